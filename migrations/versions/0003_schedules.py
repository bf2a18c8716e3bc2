"""Create calendars and control programs, with every version of each."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003_schedules"
down_revision = "0002_registry"
branch_labels = None
depends_on = None

KINDS = ("control_program", "calendar")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for kind in KINDS:
        op.create_table(
            kind,
            sa.Column("id", sa.Uuid(), primary_key=True),
            sa.Column(
                "organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False
            ),
            sa.Column("name", sa.String(), nullable=False),
            sa.Column("version", sa.Integer(), nullable=False),
            sa.UniqueConstraint("organisation_id", "name"),
        )
        op.create_table(
            f"{kind}_version",
            sa.Column("document_id", sa.Uuid(), sa.ForeignKey(f"{kind}.id"), primary_key=True),
            sa.Column("version", sa.Integer(), primary_key=True),
            sa.Column("definition", postgresql.JSONB(), nullable=False),
            sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
            sa.Column("changed_by", sa.Uuid(), sa.ForeignKey("user_account.id")),
            sa.Column("changed_by_name", sa.String(), nullable=False),
            sa.Column("why", sa.String(), nullable=False),
        )


def downgrade() -> None:
    for kind in reversed(KINDS):
        op.drop_table(f"{kind}_version")
        op.drop_table(kind)
