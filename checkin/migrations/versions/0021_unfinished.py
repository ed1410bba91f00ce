"""Work that takes several transactions is kept until it is done."""

import sqlalchemy as sa
from alembic import op

from checkin.store.columns import UtcDateTime

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('unfinished',
    sa.Column('work', sa.String(length=40), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('done_up_to', sa.Integer(), nullable=False),
    sa.Column('next_action_at', UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('work', 'number', name=op.f('pk_unfinished'))
    )
