"""How far the deletion of old words is."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('installation', sa.Column('words_place', sa.JSON(), nullable=True))
