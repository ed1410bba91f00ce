"""Calls to our number, what callers leave after the beep, and the PINs of those who act by telephone."""

import sqlalchemy as sa
from alembic import op

from checkin.store.columns import UtcDateTime
from checkin.store.sealed import Sealed, SealedBytes

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('pin',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('hash', sa.String(length=200), nullable=False),
    sa.Column('set_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('set_how', sa.String(length=40), nullable=False),
    sa.Column('waiting_hash', sa.String(length=200), nullable=True),
    sa.Column('wrong', sa.Integer(), nullable=False),
    sa.Column('locks', sa.Integer(), nullable=False),
    sa.Column('locked_until', UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_pin_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pin')),
    sa.UniqueConstraint('person_id', name=op.f('uq_pin_person_id'))
    )
    op.create_table('voicemail',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('recording_sid', sa.String(length=64), nullable=False),
    sa.Column('call_sid', sa.String(length=64), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('circle_id', sa.Integer(), nullable=True),
    sa.Column('escalation_id', sa.Integer(), nullable=True),
    sa.Column('language', sa.String(length=8), nullable=False),
    sa.Column('seconds', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('at_carrier', sa.Boolean(), nullable=False),
    sa.Column('sound', SealedBytes(), nullable=True),
    sa.Column('transcript', Sealed(), nullable=True),
    sa.Column('inbound_id', sa.Integer(), nullable=True),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('left_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('delete_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('carrier_at', UtcDateTime(timezone=True), nullable=True),
    sa.Column('next_action_at', UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['circle_id'], ['circle.id'], name=op.f('fk_voicemail_circle_id')),
    sa.ForeignKeyConstraint(['escalation_id'], ['escalation.id'], name=op.f('fk_voicemail_escalation_id')),
    sa.ForeignKeyConstraint(['inbound_id'], ['inbound.id'], name=op.f('fk_voicemail_inbound_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_voicemail_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_voicemail')),
    sa.UniqueConstraint('recording_sid', name=op.f('uq_voicemail_recording_sid'))
    )
    op.create_index(op.f('ix_voicemail_carrier_at'), 'voicemail', ['carrier_at'], unique=False)
    op.create_index(op.f('ix_voicemail_next_action_at'), 'voicemail', ['next_action_at'], unique=False)
    op.create_index(op.f('ix_voicemail_person_id'), 'voicemail', ['person_id'], unique=False)
    op.create_table('incoming_call',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('sid', sa.String(length=64), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('language', sa.String(length=8), nullable=False),
    sa.Column('step', sa.String(length=16), nullable=False),
    sa.Column('turn', sa.Integer(), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('wants', sa.String(length=16), nullable=False),
    sa.Column('lead', sa.String(length=40), nullable=False),
    sa.Column('lead_values', sa.JSON(), nullable=False),
    sa.Column('verified_at', UtcDateTime(timezone=True), nullable=True),
    sa.Column('came_to', sa.String(length=24), nullable=False),
    sa.Column('call_id', sa.Integer(), nullable=True),
    sa.Column('doubted', sa.Boolean(), nullable=False),
    sa.Column('began_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('next_action_at', UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['call_id'], ['delivery.id'], name=op.f('fk_incoming_call_call_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_incoming_call_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_incoming_call')),
    sa.UniqueConstraint('sid', name=op.f('uq_incoming_call_sid'))
    )
    op.create_index(op.f('ix_incoming_call_next_action_at'), 'incoming_call', ['next_action_at'], unique=False)
    op.create_index(op.f('ix_incoming_call_person_id'), 'incoming_call', ['person_id'], unique=False)
