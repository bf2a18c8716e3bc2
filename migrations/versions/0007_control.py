"""Create calendar assignments, commands, their deliveries, and the levels of each light."""

import sqlalchemy as sa
from alembic import op

revision = "0007_control"
down_revision = "0006_energy"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
OPEN = "state IN ('queued', 'sent')"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _create_assignments()
    _create_commands()
    _create_light_state()
    _create_deliveries()


def _organisation() -> sa.Column[object]:
    return sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False)


def _create_assignments() -> None:
    op.create_table(
        "calendar_assignment",
        sa.Column("id", sa.Uuid(), primary_key=True),
        _organisation(),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("scope_id", sa.Uuid(), nullable=False),
        sa.Column("calendar_id", sa.Uuid(), sa.ForeignKey("calendar.id"), nullable=False),
        sa.Column("assigned_at", INSTANT, nullable=False),
        sa.Column("assigned_by", sa.Uuid()),
        sa.CheckConstraint("scope IN ('organisation', 'cabinet', 'light_point')", name="scope"),
        sa.UniqueConstraint("scope", "scope_id"),
    )
    op.create_index(None, "calendar_assignment", ["organisation_id"])
    op.create_index(None, "calendar_assignment", ["calendar_id"])


def _create_commands() -> None:
    op.create_table(
        "command",
        sa.Column("id", sa.Uuid(), primary_key=True),
        _organisation(),
        sa.Column("level_percent", sa.SmallInteger(), nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("author_id", sa.Uuid()),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT),
        sa.Column("light_count", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('active', 'expired', 'cancelled')", name="state"),
        sa.CheckConstraint("level_percent BETWEEN 0 AND 100", name="level_percent"),
    )
    op.create_index(None, "command", ["organisation_id"])
    op.create_index(
        "ix_command_active",
        "command",
        ["expires_at"],
        postgresql_where=sa.text("state = 'active'"),
    )
    op.create_table(
        "command_light",
        sa.Column("command_id", sa.Uuid(), sa.ForeignKey("command.id"), primary_key=True),
        sa.Column("light_point_id", sa.Uuid(), sa.ForeignKey("light_point.id"), primary_key=True),
    )
    op.create_index(None, "command_light", ["light_point_id"])


def _create_light_state() -> None:
    op.create_table(
        "light_state",
        sa.Column("light_point_id", sa.Uuid(), sa.ForeignKey("light_point.id"), primary_key=True),
        _organisation(),
        sa.Column("desired_level_percent", sa.SmallInteger()),
        sa.Column("desired_reason", sa.String()),
        sa.Column("desired_at", INSTANT),
        sa.Column("acknowledged_level_percent", sa.SmallInteger()),
        sa.Column("acknowledged_at", INSTANT),
        sa.Column("previous_level_percent", sa.SmallInteger()),
        sa.Column("previous_at", INSTANT),
    )
    # Room for updates in place: every step of every night rewrites these rows.
    op.execute("ALTER TABLE light_state SET (fillfactor = 60)")
    op.create_index(
        "ix_light_state_differing",
        "light_state",
        ["light_point_id"],
        postgresql_where=sa.text(
            "desired_level_percent IS DISTINCT FROM acknowledged_level_percent"
        ),
    )


def _create_deliveries() -> None:
    op.create_table(
        "command_delivery",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("command_id", sa.Uuid(), sa.ForeignKey("command.id")),
        sa.Column("light_point_id", sa.Uuid(), sa.ForeignKey("light_point.id"), nullable=False),
        _organisation(),
        sa.Column("controller_key", sa.Integer(), nullable=False),
        sa.Column("level_percent", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("next_try_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("sent_at", INSTANT),
        sa.Column("acknowledged_at", INSTANT),
        sa.Column("ended_at", INSTANT),
        sa.Column("detail", sa.String()),
        sa.CheckConstraint(
            "state IN ('queued', 'sent', 'acknowledged', 'applied', 'rejected', 'expired', "
            "'superseded', 'cancelled')",
            name="state",
        ),
    )
    op.create_index(None, "command_delivery", ["command_id"])
    op.create_index(
        "uq_command_delivery_open_light",
        "command_delivery",
        ["light_point_id"],
        unique=True,
        postgresql_where=sa.text(OPEN),
    )
    op.create_index(
        "ix_command_delivery_due",
        "command_delivery",
        ["next_try_at"],
        postgresql_where=sa.text(OPEN),
    )
    op.create_index(
        "ix_command_delivery_confirmed",
        "command_delivery",
        ["light_point_id"],
        postgresql_where=sa.text("state = 'acknowledged'"),
    )
    op.create_index(
        "ix_command_delivery_light", "command_delivery", ["light_point_id", "created_at"]
    )


def downgrade() -> None:
    for table in (
        "command_delivery",
        "light_state",
        "command_light",
        "command",
        "calendar_assignment",
    ):
        op.drop_table(table)
