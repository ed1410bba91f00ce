"""What came while we were away is found in the carrier's log; a delivery whose last word was lost is asked after."""

import sqlalchemy as sa
from alembic import op

from checkin.store.columns import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('catch_up',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('read_until', UtcDateTime(timezone=True), nullable=False),
    sa.Column('asked_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('next_action_at', UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_catch_up'))
    )
    op.add_column('inbound', sa.Column('sent_at', UtcDateTime(timezone=True), nullable=True))
    op.add_column('delivery', sa.Column('ask_at', UtcDateTime(timezone=True), nullable=True))
    op.create_index('ix_delivery_ask_at', 'delivery', ['ask_at'], unique=False,
    sqlite_where=sa.text('ask_at IS NOT NULL'), postgresql_where=sa.text('ask_at IS NOT NULL'))
