"""Spells of illness, and the index of what the carrier found wrong."""

import sqlalchemy as sa
from alembic import op

from checkin.store.columns import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('illness',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=60), nullable=False),
    sa.Column('part', sa.String(length=12), nullable=False),
    sa.Column('severity', sa.String(length=8), nullable=False),
    sa.Column('what', sa.String(length=400), nullable=False),
    sa.Column('since', UtcDateTime(timezone=True), nullable=False),
    sa.Column('seen_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('told_at', UtcDateTime(timezone=True), nullable=True),
    sa.Column('told_as', sa.String(length=8), nullable=True),
    sa.Column('tellings', sa.Integer(), nullable=False),
    sa.Column('well_since', UtcDateTime(timezone=True), nullable=True),
    sa.Column('well_told_at', UtcDateTime(timezone=True), nullable=True),
    sa.Column('ended_at', UtcDateTime(timezone=True), nullable=True),
    sa.Column('alert', sa.String(length=4), nullable=False),
    sa.Column('alert_taken_until', UtcDateTime(timezone=True), nullable=True),
    sa.Column('texted', sa.Integer(), nullable=False),
    sa.Column('rung_at', UtcDateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_illness'))
    )
    op.create_index('ix_illness_ended_at', 'illness', ['ended_at'])
    op.create_index('uq_illness_open_key', 'illness', ['key'], unique=True,
        sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))
    op.create_index('ix_delivery_troubled', 'delivery', ['first_tried_at'],
        sqlite_where=sa.text('error IS NOT NULL'), postgresql_where=sa.text('error IS NOT NULL'))
