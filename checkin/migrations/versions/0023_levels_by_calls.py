"""What each text would have been read as, had its circle's people been called more or less readily."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('inbound', sa.Column('levels_by_calls', sa.String(length=40), nullable=True))
