"""Alembic's own entry: it uses the connection that it is given."""

from alembic import context

from checkin.store.tables import Row

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Row.metadata,
    render_as_batch=True,
    user_module_prefix="checkin.store.columns.",
    compare_type=False,
)
with context.begin_transaction():
    context.run_migrations()
