"""A pause outlives a member's schedule, and waits for one."""

import sqlalchemy as sa
from alembic import op

from checkin.store.columns import UtcDateTime

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('member', sa.Column('paused_until', UtcDateTime(timezone=True), nullable=True))
