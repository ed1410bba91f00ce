"""Members wait on the line with a place of their own; two who came apart are brought together again."""

import sqlalchemy as sa
from alembic import op

from checkin.store.columns import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('waiting',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('escalation_id', sa.Integer(), nullable=False),
    sa.Column('circle_id', sa.Integer(), nullable=False),
    sa.Column('call_id', sa.Integer(), nullable=False),
    sa.Column('since', UtcDateTime(timezone=True), nullable=False),
    sa.Column('said_at', UtcDateTime(timezone=True), nullable=True),
    sa.Column('told', sa.Integer(), nullable=False),
    sa.Column('ended_at', UtcDateTime(timezone=True), nullable=True),
    sa.Column('ended_how', sa.String(length=12), nullable=True),
    sa.ForeignKeyConstraint(['call_id'], ['delivery.id'], name=op.f('fk_waiting_call_id_delivery')),
    sa.ForeignKeyConstraint(['circle_id'], ['circle.id'], name=op.f('fk_waiting_circle_id_circle')),
    sa.ForeignKeyConstraint(['escalation_id'], ['escalation.id'], name=op.f('fk_waiting_escalation_id_escalation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_waiting'))
    )
    op.create_index(op.f('ix_waiting_escalation_id'), 'waiting', ['escalation_id'], unique=False)
    op.create_index(op.f('ix_waiting_call_id'), 'waiting', ['call_id'], unique=False)
    op.create_index('ix_waiting_circle_id_ended_how_id', 'waiting', ['circle_id', 'ended_how', 'id'], unique=False)
    op.add_column('handoff', sa.Column('together_since', UtcDateTime(timezone=True), nullable=True))
    op.add_column('handoff', sa.Column('apart_since', UtcDateTime(timezone=True), nullable=True))
    op.add_column('handoff', sa.Column('partings', sa.Integer(), server_default='0', nullable=False))
    op.add_column('handoff', sa.Column('again', sa.Integer(), server_default='0', nullable=False))
    op.add_column('handoff', sa.Column('third', sa.String(length=10), server_default='', nullable=False))
    op.add_column('handoff', sa.Column('third_leg', sa.Integer(), nullable=True))
