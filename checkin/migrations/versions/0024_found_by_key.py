"""A member's cases and a call's handoff are found without reading all that ever were."""

from checkin.migrations.indexes import index_many_rows

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    index_many_rows('ix_escalation_member_id', 'escalation', 'member_id')
    index_many_rows('ix_handoff_volunteer_leg', 'handoff', 'volunteer_leg')
