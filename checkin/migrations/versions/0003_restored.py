"""A restored database knows from when on it must catch up; which versions may work beside; when the next backup is due."""

import sqlalchemy as sa
from alembic import op

from checkin.store.columns import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('installation', sa.Column('restored_from', UtcDateTime(timezone=True), nullable=True))
    op.add_column('installation', sa.Column('restored_at', UtcDateTime(timezone=True), nullable=True))
    op.add_column('installation', sa.Column('catch_up_from', UtcDateTime(timezone=True), nullable=True))
    op.add_column('installation', sa.Column('works_from', sa.String(length=32), nullable=True))
    op.add_column('installation', sa.Column('backup_due_at', UtcDateTime(timezone=True), nullable=True))
    op.add_column('installation', sa.Column('backed_up_at', UtcDateTime(timezone=True), nullable=True))
    op.add_column('check_in', sa.Column('in_question_since', UtcDateTime(timezone=True), nullable=True))
