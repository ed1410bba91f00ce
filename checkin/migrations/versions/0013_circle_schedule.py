"""A circle's own schedule, who follows it, and holidays that are left out."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('circle_schedule',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('circle_id', sa.Integer(), nullable=False),
    sa.Column('rule', sa.String(), nullable=False),
    sa.Column('skip', sa.JSON(), nullable=False),
    sa.Column('holidays', sa.String(length=12), nullable=False),
    sa.Column('kept', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['circle_id'], ['circle.id'], name=op.f('fk_circle_schedule_circle_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_circle_schedule')),
    sa.UniqueConstraint('circle_id', name=op.f('uq_circle_schedule_circle_id'))
    )
    op.add_column('schedule', sa.Column('follows', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column('schedule', sa.Column('holidays', sa.String(length=12), server_default='', nullable=False))
    op.add_column('schedule', sa.Column('kept', sa.JSON(), nullable=True))
