"""Shifts that are offered to others: who was asked, and who took them. Volunteers' own pages."""

import sqlalchemy as sa
from alembic import op

from checkin.migrations.indexes import index_many_rows
from checkin.store.columns import UtcDateTime

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('shift_swap',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('volunteer_id', sa.Integer(), nullable=False),
    sa.Column('circle_id', sa.Integer(), nullable=False),
    sa.Column('starts_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('ends_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('closes_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('tell_at', UtcDateTime(timezone=True), nullable=True),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('standing', sa.String(length=60), nullable=True),
    sa.Column('by', sa.String(length=60), nullable=False),
    sa.Column('offered_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('ended_at', UtcDateTime(timezone=True), nullable=True),
    sa.Column('next_action_at', UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['circle_id'], ['circle.id'], name=op.f('fk_shift_swap_circle_id')),
    sa.ForeignKeyConstraint(['volunteer_id'], ['volunteer.id'], name=op.f('fk_shift_swap_volunteer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_shift_swap')),
    sa.UniqueConstraint('standing', name=op.f('uq_shift_swap_standing'))
    )
    op.create_index(op.f('ix_shift_swap_circle_id'), 'shift_swap', ['circle_id'], unique=False)
    op.create_index(op.f('ix_shift_swap_next_action_at'), 'shift_swap', ['next_action_at'], unique=False)
    op.create_index(op.f('ix_shift_swap_volunteer_id'), 'shift_swap', ['volunteer_id'], unique=False)
    op.create_table('swap_ask',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('swap_id', sa.Integer(), nullable=False),
    sa.Column('volunteer_id', sa.Integer(), nullable=False),
    sa.Column('asked_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('passed_at', UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['swap_id'], ['shift_swap.id'], name=op.f('fk_swap_ask_swap_id')),
    sa.ForeignKeyConstraint(['volunteer_id'], ['volunteer.id'], name=op.f('fk_swap_ask_volunteer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_swap_ask')),
    sa.UniqueConstraint('swap_id', 'volunteer_id', name=op.f('uq_swap_ask_swap_id_volunteer_id'))
    )
    op.create_index(op.f('ix_swap_ask_volunteer_id'), 'swap_ask', ['volunteer_id'], unique=False)
    op.create_table('swap_cover',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('swap_id', sa.Integer(), nullable=False),
    sa.Column('volunteer_id', sa.Integer(), nullable=False),
    sa.Column('at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('how', sa.String(length=60), nullable=False),
    sa.Column('given_back_at', UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['swap_id'], ['shift_swap.id'], name=op.f('fk_swap_cover_swap_id')),
    sa.ForeignKeyConstraint(['volunteer_id'], ['volunteer.id'], name=op.f('fk_swap_cover_volunteer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_swap_cover')),
    sa.UniqueConstraint('swap_id', name=op.f('uq_swap_cover_swap_id'))
    )
    op.create_index(op.f('ix_swap_cover_volunteer_id'), 'swap_cover', ['volunteer_id'], unique=False)
    op.create_table('swap_list',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('volunteer_id', sa.Integer(), nullable=False),
    sa.Column('starts', sa.JSON(), nullable=False),
    sa.Column('told_at', UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['volunteer_id'], ['volunteer.id'], name=op.f('fk_swap_list_volunteer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_swap_list')),
    sa.UniqueConstraint('volunteer_id', name=op.f('uq_swap_list_volunteer_id'))
    )
    op.create_table('own_page',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('volunteer_id', sa.Integer(), nullable=False),
    sa.Column('link_hash', sa.String(length=64), nullable=True),
    sa.Column('link_ends_at', UtcDateTime(timezone=True), nullable=True),
    sa.Column('made_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('by', sa.String(length=60), nullable=False),
    sa.Column('opened_hash', sa.String(length=64), nullable=True),
    sa.Column('opened_at', UtcDateTime(timezone=True), nullable=True),
    sa.Column('ends_at', UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['volunteer_id'], ['volunteer.id'], name=op.f('fk_own_page_volunteer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_own_page')),
    sa.UniqueConstraint('link_hash', name=op.f('uq_own_page_link_hash')),
    sa.UniqueConstraint('opened_hash', name=op.f('uq_own_page_opened_hash')),
    sa.UniqueConstraint('volunteer_id', name=op.f('uq_own_page_volunteer_id'))
    )
    op.add_column('shift_change', sa.Column("swap_id", sa.Integer(), nullable=True))
    index_many_rows('ix_shift_change_swap_id', 'shift_change', 'swap_id')
