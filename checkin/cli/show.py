"""Listings: a table for people, JSON for programs."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import click


def show(rows: Sequence[dict[str, Any]], as_json: bool, empty: str) -> None:
    """Print rows that share their keys."""
    if as_json:
        click.echo(json.dumps(list(rows), default=_plain, indent=2))
        return
    if not rows:
        click.echo(empty)
        return
    names = list(rows[0])
    texts = [[_words(row[name]) for name in names] for row in rows]
    widths = [max(len(name), *(len(text[i]) for text in texts)) for i, name in enumerate(names)]
    for line in [[name for name in names], *texts]:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def _words(value: Any) -> str:
    if value is None:
        return "-"
    return f"{value:%Y-%m-%d %H:%M:%S}" if isinstance(value, datetime) else str(value)


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
