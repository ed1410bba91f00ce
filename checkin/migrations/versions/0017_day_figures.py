"""Kept sums for results, what the carrier charged, and ways to find what happened on one day."""

import sqlalchemy as sa
from alembic import op

from checkin.migrations.indexes import index_many_rows
from checkin.store.columns import UtcDateTime

revision = "0017"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('day_figure',
    sa.Column('span', sa.String(length=5), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('circle_id', sa.Integer(), nullable=False),
    sa.Column('what', sa.String(length=16), nullable=False),
    sa.Column('part', sa.String(length=16), nullable=False),
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('count', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['circle_id'], ['circle.id'], name=op.f('fk_day_figure_circle_id')),
    sa.PrimaryKeyConstraint('span', 'day', 'circle_id', 'what', 'part', name=op.f('pk_day_figure'))
    )
    op.create_index('ix_day_figure_span_month_circle_id', 'day_figure', ['span', 'month', 'circle_id'], unique=False)
    op.create_table('counted_day',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('zone', sa.String(length=60), nullable=False),
    sa.Column('counted_at', UtcDateTime(timezone=True), nullable=True),
    sa.Column('next_action_at', UtcDateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_counted_day')),
    sa.UniqueConstraint('day', name=op.f('uq_counted_day_day'))
    )
    op.create_index('ix_counted_day_next_action_at', 'counted_day', ['next_action_at'], unique=False)
    op.create_table('counted_month',
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('zone', sa.String(length=60), nullable=False),
    sa.PrimaryKeyConstraint('month', name=op.f('pk_counted_month'))
    )
    op.add_column('delivery', sa.Column('segments', sa.Integer(), nullable=True))
    op.add_column('delivery', sa.Column('price', sa.BigInteger(), nullable=True))
    op.add_column('delivery', sa.Column('currency', sa.String(length=3), nullable=True))
    op.add_column('catch_up', sa.Column('prices_due_at', UtcDateTime(timezone=True), nullable=True))
    index_many_rows('ix_delivery_created_at', 'delivery', 'created_at')
    index_many_rows('ix_escalation_opened_at', 'escalation', 'opened_at')
    index_many_rows('ix_offer_offered_at', 'offer', 'offered_at')
    index_many_rows('ix_handoff_started_at', 'handoff', 'started_at')
    index_many_rows('ix_consent_record_at', 'consent_record', 'at')
