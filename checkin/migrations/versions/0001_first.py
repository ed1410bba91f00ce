"""The first tables."""

import sqlalchemy as sa
from alembic import op

from checkin.store.columns import UtcDateTime
from checkin.store.sealed import BlindIndex, Sealed

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('audit',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('who', sa.String(length=60), nullable=False),
    sa.Column('what', sa.String(length=60), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('detail', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit'))
    )
    op.create_table('circle',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('programme', sa.String(length=20), nullable=False),
    sa.Column('discreet_name', sa.String(length=20), nullable=False),
    sa.Column('policy', sa.JSON(), nullable=False),
    sa.Column('created_at', UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_circle')),
    sa.UniqueConstraint('name', name=op.f('uq_circle_name'))
    )
    op.create_table('heartbeat',
    sa.Column('process', sa.String(length=60), nullable=False),
    sa.Column('at', UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('process', name=op.f('pk_heartbeat'))
    )
    op.create_table('installation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('index_key', Sealed(), nullable=False),
    sa.Column('created_at', UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_installation'))
    )
    op.create_table('person',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('phone', Sealed(), nullable=False),
    sa.Column('phone_index', BlindIndex(length=64), nullable=False),
    sa.Column('name', Sealed(), nullable=False),
    sa.Column('language', sa.String(length=8), nullable=False),
    sa.Column('timezone', sa.String(length=60), nullable=True),
    sa.Column('country', sa.String(length=2), nullable=False),
    sa.Column('line_type', sa.String(length=10), nullable=False),
    sa.Column('textable', sa.Boolean(), nullable=False),
    sa.Column('created_at', UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person')),
    sa.UniqueConstraint('phone_index', name=op.f('uq_person_phone_index'))
    )
    op.create_table('sender_pace',
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('free_at', UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_sender_pace'))
    )
    op.create_table('consent_record',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('how', sa.String(length=40), nullable=False),
    sa.Column('wording', Sealed(), nullable=False),
    sa.Column('at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('recorded_at', UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_consent_record_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consent_record'))
    )
    op.create_index('ix_consent_record_person_id_id', 'consent_record', ['person_id', 'id'], unique=False)
    op.create_table('coordinator',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('circle_id', sa.Integer(), nullable=True),
    sa.Column('email', Sealed(), nullable=False),
    sa.Column('role', sa.String(length=12), nullable=False),
    sa.Column('created_at', UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['circle_id'], ['circle.id'], name=op.f('fk_coordinator_circle_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_coordinator_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_coordinator')),
    sa.UniqueConstraint('person_id', name=op.f('uq_coordinator_person_id'))
    )
    op.create_index(op.f('ix_coordinator_circle_id'), 'coordinator', ['circle_id'], unique=False)
    op.create_table('volunteer',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('circle_id', sa.Integer(), nullable=False),
    sa.Column('languages', sa.JSON(), nullable=False),
    sa.Column('topics', sa.JSON(), nullable=False),
    sa.Column('shifts', sa.String(), nullable=False),
    sa.Column('override_on', sa.Boolean(), nullable=True),
    sa.Column('override_until', UtcDateTime(timezone=True), nullable=True),
    sa.Column('max_per_day', sa.Integer(), nullable=False),
    sa.Column('reach', sa.String(length=8), nullable=False),
    sa.Column('last_taken_at', UtcDateTime(timezone=True), nullable=True),
    sa.Column('rest_until', UtcDateTime(timezone=True), nullable=True),
    sa.Column('created_at', UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['circle_id'], ['circle.id'], name=op.f('fk_volunteer_circle_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_volunteer_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_volunteer')),
    sa.UniqueConstraint('person_id', name=op.f('uq_volunteer_person_id'))
    )
    op.create_index(op.f('ix_volunteer_circle_id'), 'volunteer', ['circle_id'], unique=False)
    op.create_table('member',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('circle_id', sa.Integer(), nullable=False),
    sa.Column('channel', sa.String(length=8), nullable=False),
    sa.Column('topics', sa.JSON(), nullable=False),
    sa.Column('prefers', sa.String(length=60), nullable=False),
    sa.Column('buddy_id', sa.Integer(), nullable=True),
    sa.Column('discreet', sa.Boolean(), nullable=False),
    sa.Column('misses', sa.Integer(), nullable=False),
    sa.Column('recent_ratings', sa.JSON(), nullable=False),
    sa.Column('created_at', UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['buddy_id'], ['volunteer.id'], name=op.f('fk_member_buddy_id')),
    sa.ForeignKeyConstraint(['circle_id'], ['circle.id'], name=op.f('fk_member_circle_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_member_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_member')),
    sa.UniqueConstraint('person_id', name=op.f('uq_member_person_id'))
    )
    op.create_index(op.f('ix_member_circle_id'), 'member', ['circle_id'], unique=False)
    op.create_table('check_in',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('due_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('channel', sa.String(length=8), nullable=False),
    sa.Column('state', sa.String(length=14), nullable=False),
    sa.Column('asked_at', UtcDateTime(timezone=True), nullable=True),
    sa.Column('reached', sa.Boolean(), nullable=True),
    sa.Column('answered_at', UtcDateTime(timezone=True), nullable=True),
    sa.Column('rating', sa.Integer(), nullable=True),
    sa.Column('policy', sa.JSON(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('next_action_at', UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_check_in_member_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_check_in')),
    sa.UniqueConstraint('member_id', 'due_at', name=op.f('uq_check_in_member_id_due_at'))
    )
    op.create_index('ix_check_in_member_id_id', 'check_in', ['member_id', 'id'], unique=False)
    op.create_index('ix_check_in_next_action_at', 'check_in', ['next_action_at'], unique=False)
    op.create_table('exclusion',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('volunteer_id', sa.Integer(), nullable=False),
    sa.Column('created_at', UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_exclusion_member_id')),
    sa.ForeignKeyConstraint(['volunteer_id'], ['volunteer.id'], name=op.f('fk_exclusion_volunteer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_exclusion')),
    sa.UniqueConstraint('member_id', 'volunteer_id', name=op.f('uq_exclusion_member_id_volunteer_id'))
    )
    op.create_table('schedule',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('rule', sa.String(), nullable=False),
    sa.Column('skip', sa.JSON(), nullable=False),
    sa.Column('paused_until', UtcDateTime(timezone=True), nullable=True),
    sa.Column('next_action_at', UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_schedule_member_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_schedule')),
    sa.UniqueConstraint('member_id', name=op.f('uq_schedule_member_id'))
    )
    op.create_index('ix_schedule_next_action_at', 'schedule', ['next_action_at'], unique=False)
    op.create_table('escalation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('circle_id', sa.Integer(), nullable=False),
    sa.Column('check_in_id', sa.Integer(), nullable=True),
    sa.Column('cause', sa.String(length=10), nullable=False),
    sa.Column('level', sa.String(length=10), nullable=False),
    sa.Column('matters', Sealed(), nullable=False),
    sa.Column('state', sa.String(length=18), nullable=False),
    sa.Column('opened_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('policy', sa.JSON(), nullable=False),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.Column('holder_id', sa.Integer(), nullable=True),
    sa.Column('closed_at', UtcDateTime(timezone=True), nullable=True),
    sa.Column('closed_by', sa.String(length=40), nullable=True),
    sa.Column('closed_how', sa.String(length=200), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('next_action_at', UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['check_in_id'], ['check_in.id'], name=op.f('fk_escalation_check_in_id')),
    sa.ForeignKeyConstraint(['circle_id'], ['circle.id'], name=op.f('fk_escalation_circle_id')),
    sa.ForeignKeyConstraint(['holder_id'], ['volunteer.id'], name=op.f('fk_escalation_holder_id')),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_escalation_member_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_escalation'))
    )
    op.create_index('ix_escalation_holder_id', 'escalation', ['holder_id'], unique=False)
    op.create_index('ix_escalation_next_action_at', 'escalation', ['next_action_at'], unique=False)
    op.create_index('uq_escalation_open_member_id', 'escalation', ['member_id'], unique=True, sqlite_where=sa.text("state != 'closed'"), postgresql_where=sa.text("state != 'closed'"))
    op.create_table('handoff',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('escalation_id', sa.Integer(), nullable=False),
    sa.Column('volunteer_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=18), nullable=False),
    sa.Column('volunteer_leg', sa.Integer(), nullable=True),
    sa.Column('member_leg', sa.Integer(), nullable=True),
    sa.Column('member_tries', sa.Integer(), nullable=False),
    sa.Column('volunteer_tries', sa.Integer(), nullable=False),
    sa.Column('volunteer_in', sa.Boolean(), nullable=False),
    sa.Column('member_in', sa.Boolean(), nullable=False),
    sa.Column('joined_at', UtcDateTime(timezone=True), nullable=True),
    sa.Column('ended_at', UtcDateTime(timezone=True), nullable=True),
    sa.Column('talked_seconds', sa.Integer(), nullable=False),
    sa.Column('policy_tries', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('started_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('next_action_at', UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['escalation_id'], ['escalation.id'], name=op.f('fk_handoff_escalation_id')),
    sa.ForeignKeyConstraint(['volunteer_id'], ['volunteer.id'], name=op.f('fk_handoff_volunteer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_handoff'))
    )
    op.create_index(op.f('ix_handoff_escalation_id'), 'handoff', ['escalation_id'], unique=False)
    op.create_index('ix_handoff_next_action_at', 'handoff', ['next_action_at'], unique=False)
    op.create_table('inbound',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('sid', sa.String(length=64), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('channel', sa.String(length=8), nullable=False),
    sa.Column('body', Sealed(), nullable=False),
    sa.Column('received_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('level', sa.String(length=10), nullable=False),
    sa.Column('rating', sa.Integer(), nullable=True),
    sa.Column('command', sa.String(length=16), nullable=True),
    sa.Column('reasons', sa.JSON(), nullable=False),
    sa.Column('reasons_words', Sealed(), nullable=False),
    sa.Column('check_in_id', sa.Integer(), nullable=True),
    sa.Column('escalation_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['check_in_id'], ['check_in.id'], name=op.f('fk_inbound_check_in_id')),
    sa.ForeignKeyConstraint(['escalation_id'], ['escalation.id'], name=op.f('fk_inbound_escalation_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_inbound_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_inbound')),
    sa.UniqueConstraint('sid', name=op.f('uq_inbound_sid'))
    )
    op.create_index('ix_inbound_person_id_id', 'inbound', ['person_id', 'id'], unique=False)
    op.create_table('offer',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('escalation_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('volunteer_id', sa.Integer(), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('reasons', sa.JSON(), nullable=False),
    sa.Column('offered_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('expires_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('ended_at', UtcDateTime(timezone=True), nullable=True),
    sa.Column('ended_how', sa.String(length=40), nullable=True),
    sa.ForeignKeyConstraint(['escalation_id'], ['escalation.id'], name=op.f('fk_offer_escalation_id')),
    sa.ForeignKeyConstraint(['volunteer_id'], ['volunteer.id'], name=op.f('fk_offer_volunteer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_offer')),
    sa.UniqueConstraint('escalation_id', 'number', name=op.f('uq_offer_escalation_id_number'))
    )
    op.create_index(op.f('ix_offer_volunteer_id'), 'offer', ['volunteer_id'], unique=False)
    op.create_table('timeline',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('escalation_id', sa.Integer(), nullable=False),
    sa.Column('at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('what', sa.String(length=40), nullable=False),
    sa.Column('detail', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['escalation_id'], ['escalation.id'], name=op.f('fk_timeline_escalation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_timeline'))
    )
    op.create_index(op.f('ix_timeline_escalation_id'), 'timeline', ['escalation_id'], unique=False)
    op.create_table('delivery',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=120), nullable=False),
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('lane', sa.String(length=8), nullable=False),
    sa.Column('routine', sa.Boolean(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('template', sa.String(length=40), nullable=False),
    sa.Column('body', Sealed(), nullable=False),
    sa.Column('subject', sa.String(length=20), nullable=False),
    sa.Column('check_in_id', sa.Integer(), nullable=True),
    sa.Column('escalation_id', sa.Integer(), nullable=True),
    sa.Column('offer_number', sa.Integer(), nullable=True),
    sa.Column('handoff_id', sa.Integer(), nullable=True),
    sa.Column('about_delivery_id', sa.Integer(), nullable=True),
    sa.Column('ring_seconds', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('status', sa.String(length=16), nullable=False),
    sa.Column('sid', sa.String(length=64), nullable=True),
    sa.Column('error', sa.String(length=40), nullable=True),
    sa.Column('attempt', sa.Integer(), nullable=False),
    sa.Column('first_tried_at', UtcDateTime(timezone=True), nullable=True),
    sa.Column('taken_until', UtcDateTime(timezone=True), nullable=True),
    sa.Column('created_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('answered_at', UtcDateTime(timezone=True), nullable=True),
    sa.Column('ended_at', UtcDateTime(timezone=True), nullable=True),
    sa.Column('deadline_at', UtcDateTime(timezone=True), nullable=True),
    sa.Column('next_action_at', UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['about_delivery_id'], ['delivery.id'], name=op.f('fk_delivery_about_delivery_id')),
    sa.ForeignKeyConstraint(['check_in_id'], ['check_in.id'], name=op.f('fk_delivery_check_in_id')),
    sa.ForeignKeyConstraint(['escalation_id'], ['escalation.id'], name=op.f('fk_delivery_escalation_id')),
    sa.ForeignKeyConstraint(['handoff_id'], ['handoff.id'], name=op.f('fk_delivery_handoff_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_delivery_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_delivery')),
    sa.UniqueConstraint('key', name=op.f('uq_delivery_key'))
    )
    op.create_index('ix_delivery_check_in_id', 'delivery', ['check_in_id'], unique=False)
    op.create_index('ix_delivery_escalation_id', 'delivery', ['escalation_id'], unique=False)
    op.create_index('ix_delivery_lane_state_next_action_at', 'delivery', ['lane', 'state', 'next_action_at'], unique=False)
    op.create_index('ix_delivery_person_id_id', 'delivery', ['person_id', 'id'], unique=False)
    op.create_index('ix_delivery_sid', 'delivery', ['sid'], unique=False)
    op.create_table('task',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=120), nullable=False),
    sa.Column('circle_id', sa.Integer(), nullable=True),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('escalation_id', sa.Integer(), nullable=True),
    sa.Column('inbound_id', sa.Integer(), nullable=True),
    sa.Column('what', sa.String(length=40), nullable=False),
    sa.Column('detail', sa.JSON(), nullable=False),
    sa.Column('created_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('done_at', UtcDateTime(timezone=True), nullable=True),
    sa.Column('done_by', sa.String(length=40), nullable=True),
    sa.ForeignKeyConstraint(['circle_id'], ['circle.id'], name=op.f('fk_task_circle_id')),
    sa.ForeignKeyConstraint(['escalation_id'], ['escalation.id'], name=op.f('fk_task_escalation_id')),
    sa.ForeignKeyConstraint(['inbound_id'], ['inbound.id'], name=op.f('fk_task_inbound_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_task_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_task')),
    sa.UniqueConstraint('key', name=op.f('uq_task_key'))
    )
    op.create_index(op.f('ix_task_circle_id'), 'task', ['circle_id'], unique=False)
