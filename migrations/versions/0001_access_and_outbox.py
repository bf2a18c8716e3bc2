"""Create organisations, accounts, roles, audit trail, idempotency records and the outbox."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001_access_and_outbox"
down_revision = None
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _create_access()
    _create_audit()
    _create_outbox()


def _create_access() -> None:
    op.create_table(
        "organisation",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("parent_id", sa.Uuid(), sa.ForeignKey("organisation.id"), index=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("insee_code", sa.String(), unique=True),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "kind IN ('syndicate', 'municipality', 'district', 'contractor')", name="kind"
        ),
    )
    op.create_table(
        "organisation_closure",
        sa.Column("ancestor_id", sa.Uuid(), sa.ForeignKey("organisation.id"), primary_key=True),
        sa.Column(
            "descendant_id",
            sa.Uuid(),
            sa.ForeignKey("organisation.id"),
            primary_key=True,
            index=True,
        ),
    )
    op.create_table(
        "user_account",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("email", sa.String(), nullable=False, unique=True),
        sa.Column("display_name", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
    )
    op.create_table(
        "role_assignment",
        sa.Column("user_id", sa.Uuid(), sa.ForeignKey("user_account.id"), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), primary_key=True),
        sa.Column("role", sa.String(), primary_key=True),
        sa.CheckConstraint(
            "role IN ('see', 'command', 'plan', 'dispatch', 'work', 'report', 'administer')",
            name="role",
        ),
    )


def _create_audit() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("actor_id", sa.Uuid()),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), index=True),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject_type", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("detail", postgresql.JSONB(), nullable=False),
        sa.Column("correlation_id", sa.String()),
    )
    op.create_index("ix_audit_entry_subject", "audit_entry", ["subject_type", "subject_id"])
    op.create_table(
        "idempotency_record",
        sa.Column("user_id", sa.Uuid(), primary_key=True),
        sa.Column("key", sa.String(), primary_key=True),
        sa.Column("route", sa.String(), nullable=False),
        sa.Column("request_hash", sa.String(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("answer", postgresql.JSONB(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
    )


def _create_outbox() -> None:
    op.create_table(
        "outbox_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("occurred_at", INSTANT, nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("payload", postgresql.JSONB(), nullable=False),
        sa.Column("organisation_id", sa.Uuid()),
        sa.Column("correlation_id", sa.String()),
        sa.Column("published_at", INSTANT),
    )
    op.create_index(
        "ix_outbox_event_unpublished",
        "outbox_event",
        ["id"],
        postgresql_where=sa.text("published_at IS NULL"),
    )
    op.create_table(
        "outbox_delivery",
        sa.Column(
            "event_id",
            sa.BigInteger(),
            sa.ForeignKey("outbox_event.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("reaction", sa.String(), primary_key=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", INSTANT, nullable=False),
        sa.Column("done_at", INSTANT),
        sa.Column("last_error", sa.String()),
    )
    op.create_index(
        "ix_outbox_delivery_due",
        "outbox_delivery",
        ["next_try_at"],
        postgresql_where=sa.text("done_at IS NULL"),
    )


def downgrade() -> None:
    for table in (
        "outbox_delivery",
        "outbox_event",
        "idempotency_record",
        "audit_entry",
        "role_assignment",
        "user_account",
        "organisation_closure",
        "organisation",
    ):
        op.drop_table(table)
