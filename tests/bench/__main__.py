"""`make bench`: one table, ratios of one run. `ONLY=webhook,ring` measures a part, `DATABASE=sqlite` one.

How long the whole takes is printed at its end.
"""

import os
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.ground import Ground
from tests.bench.memory import memory
from tests.bench.pages import pages
from tests.bench.ring import ring
from tests.bench.scan import scan
from tests.bench.voice import voice
from tests.bench.wave import wave
from tests.bench.webhook import webhook
from tests.postgres import Postgres, why_not

PARTS = {"webhook": webhook, "ring": ring, "voice": voice, "scan": scan, "wave": wave, "memory": memory, "pages": pages}
DATABASES = ("sqlite", "postgresql")


def main(arguments: list[str]) -> int:
    """Measure the parts and databases that are named, or all of them."""
    named = [name for argument in arguments for name in argument.split(",") if name]
    unknown = [name for name in named if name not in PARTS and name not in DATABASES]
    if unknown:
        print(f"There is no part {unknown[0]}; name some of {', '.join((*PARTS, *DATABASES))}.", file=sys.stderr)
        return 2
    parts = [name for name in PARTS if name in named] or list(PARTS)
    databases = [name for name in DATABASES if name in named] or list(DATABASES)
    began = time.monotonic()
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} at the start; medians, 16 connections\n")
    print("| database | what | measured | beside |\n| --- | --- | --- | --- |", flush=True)
    with tempfile.TemporaryDirectory(prefix="bench") as folder:
        if "sqlite" in databases:
            measure(parts, Ground("SQLite", Path(folder) / "sqlite", None))
        if "postgresql" in databases and (reason := why_not()) is not None:
            print(f"PostgreSQL is left out: {reason}")
        elif "postgresql" in databases:
            with Postgres() as postgres:
                measure(parts, Ground("PostgreSQL", Path(folder) / "postgresql", postgres))
    print(f"\nIt took {(time.monotonic() - began) / 60:.1f} minutes; load {os.getloadavg()[0]:.1f} at the end.")
    return 0


def measure(parts: list[str], ground: Ground) -> None:
    """Measure parts on one database."""
    for name in parts:
        PARTS[name](ground)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
