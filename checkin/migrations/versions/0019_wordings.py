"""Words of a circle's or the programme's own; a text that was sent says which of them it used."""

import sqlalchemy as sa
from alembic import op

from checkin.store.columns import UtcDateTime

revision = "0019"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('wording',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('circle_id', sa.Integer(), nullable=True),
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('template', sa.String(length=40), nullable=False),
    sa.Column('language', sa.String(length=8), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('text', sa.String(), nullable=True),
    sa.Column('by', sa.String(length=60), nullable=False),
    sa.Column('at', UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['circle_id'], ['circle.id'], name=op.f('fk_wording_circle_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_wording')),
    sa.UniqueConstraint('circle_id', 'kind', 'template', 'language', 'version',
                        name=op.f('uq_wording_circle_id_kind_template_language_version'))
    )
    op.create_index('uq_wording_programme', 'wording', ['kind', 'template', 'language', 'version'], unique=True,
                    sqlite_where=sa.text('circle_id IS NULL'), postgresql_where=sa.text('circle_id IS NULL'))
    op.add_column('delivery', sa.Column('wording_id', sa.Integer(), nullable=True))
