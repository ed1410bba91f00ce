"""A member who asks for a person again while their peer waits for them; and two whom we have not heard to be joined."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('handoff', sa.Column('asked_again', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column('handoff', sa.Column('unheard', sa.Integer(), nullable=False, server_default='0'))
