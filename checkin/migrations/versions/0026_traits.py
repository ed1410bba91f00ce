"""What members may ask for in a volunteer, such as: woman, over 50, veteran."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('volunteer', sa.Column('traits', sa.JSON(), server_default='[]', nullable=False))
