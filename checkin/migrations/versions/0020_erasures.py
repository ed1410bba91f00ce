"""People who were erased, people who got another number, words that have been kept long enough."""

import sqlalchemy as sa
from alembic import op

from checkin.migrations.indexes import index_many_rows
from checkin.store.columns import UtcDateTime

revision = "0020"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('erasure',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('born_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('number_mark', sa.String(length=64), nullable=False),
    sa.Column('stays_out', sa.Boolean(), server_default=sa.text('true'), nullable=False),
    sa.Column('at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('by', sa.String(length=60), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_erasure')),
    sa.UniqueConstraint('person_id', 'born_at', name=op.f('uq_erasure_person_id_born_at'))
    )
    op.create_index('ix_erasure_number_mark', 'erasure', ['number_mark'], unique=False)
    op.create_index('ix_erasure_at', 'erasure', ['at'], unique=False)
    op.add_column('member', sa.Column('erased_at', UtcDateTime(timezone=True), nullable=True))
    op.add_column('installation', sa.Column('words_due_at', UtcDateTime(timezone=True), nullable=True))
    op.add_column('person', sa.Column('number_since', UtcDateTime(timezone=True), nullable=True))
    index_many_rows('ix_member_erased', 'member', 'id', sqlite_where=sa.text('erased_at IS NOT NULL'),
                    postgresql_where=sa.text('erased_at IS NOT NULL'))
