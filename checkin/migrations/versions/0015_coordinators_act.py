"""Coordinators act from their pages: who stands in as a holder, notes on cases and tasks, what Today asks for."""

import sqlalchemy as sa
from alembic import op

from checkin.store.columns import UtcDateTime
from checkin.store.sealed import Sealed

revision = "0015"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('case_note',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('escalation_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('about', sa.String(length=16), nullable=False),
    sa.Column('words', Sealed(), nullable=False),
    sa.ForeignKeyConstraint(['escalation_id'], ['escalation.id'], name=op.f('fk_case_note_escalation_id_escalation')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_case_note_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_case_note'))
    )
    op.create_index(op.f('ix_case_note_escalation_id'), 'case_note', ['escalation_id'], unique=False)
    op.add_column('volunteer', sa.Column('stand_in', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column('task', sa.Column('note', Sealed(), nullable=True))
    op.create_index('ix_task_undone', 'task', ['id'], unique=False,
                    sqlite_where=sa.text('done_at IS NULL'), postgresql_where=sa.text('done_at IS NULL'))
    op.create_index('ix_check_in_due_at_state_member_id', 'check_in', ['due_at', 'state', 'member_id'], unique=False)
