"""Files that hold what only their owner may read."""

import os
from pathlib import Path

import click


def write_for_owner(file: Path, raw: bytes) -> None:
    """Write the whole file or none of it, for its owner alone. Raises ClickException."""
    draft = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
                out.write(raw)
            draft.replace(file)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        reason = (error.strerror or "it cannot be written").lower()
        raise click.ClickException(f"The file {file} cannot be written: {reason}.") from None
