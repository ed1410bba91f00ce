"""Indexes of tables that may hold millions of rows: while PostgreSQL builds one plainly, nobody writes there."""

from typing import Any

from alembic import context, op

LATER = "indexes later"
"""The config's attribute that says so: they are built when the revisions are done (`store/indexes.py`)."""


def index_many_rows(name: str, table: str, *columns: str, **where: Any) -> None:
    """Make an index here and now, or leave it to whoever builds them without holding anybody up."""
    if not context.config.attributes.get(LATER):
        op.create_index(name, table, list(columns), unique=False, **where)
