"""Who answered a check-in call and what came of it; how often a member was rung, and when they are rung again."""

import sqlalchemy as sa
from alembic import op

from checkin.store.columns import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('check_in', sa.Column('tries', sa.Integer(), nullable=False, server_default='0'))
    op.add_column('check_in', sa.Column('again_at', UtcDateTime(timezone=True), nullable=True))
    op.add_column('delivery', sa.Column('answered_by', sa.String(length=16), nullable=True))
    op.add_column('delivery', sa.Column('by_key', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column('delivery', sa.Column('outcome', sa.String(length=16), nullable=True))
    op.create_index('ix_delivery_calls_under_way', 'delivery', ['first_tried_at'],
        sqlite_where=sa.text("kind = 'call' AND ended_at IS NULL"),
        postgresql_where=sa.text("kind = 'call' AND ended_at IS NULL"))
