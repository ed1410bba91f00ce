"""Contacts whom members named, and look-ins by them when a check-in was not answered."""

import sqlalchemy as sa
from alembic import op

from checkin.store.columns import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "contact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("hears_name", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_contact_member_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_contact_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
        sa.UniqueConstraint("member_id", "person_id", name=op.f("uq_contact_member_id_person_id")),
    )
    op.create_table(
        "look_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("check_in_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("contacts", sa.JSON(), nullable=False),
        sa.Column("policy", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=True),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("end", sa.String(length=12), nullable=True),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("started_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("next_action_at", UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["check_in_id"], ["check_in.id"], name=op.f("fk_look_in_check_in_id")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_look_in_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_look_in")),
        sa.UniqueConstraint("check_in_id", name=op.f("uq_look_in_check_in_id")),
    )
    op.create_index("ix_look_in_next_action_at", "look_in", ["next_action_at"], unique=False)
    op.create_index(op.f("ix_look_in_member_id"), "look_in", ["member_id"], unique=False)
    op.add_column("delivery", sa.Column("look_in_id", sa.Integer(), nullable=True))
