"""Create discovered devices, commissionings and the steps of their self-tests."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0011_commissioning"
down_revision = "0010_field_networks"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
OPEN = sa.text("state NOT IN ('accepted', 'withdrawn')")
STATES = "'installed', 'testing', 'tested', 'failed', 'accepted', 'refused', 'withdrawn'"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _create_devices()
    _create_commissionings()
    _create_steps()


def _create_devices() -> None:
    op.create_table(
        "discovered_device",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), index=True),
        sa.Column("network", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("first_seen_at", INSTANT, nullable=False),
        sa.Column("last_seen_at", INSTANT, nullable=False),
        sa.Column("heard_count", sa.BigInteger(), nullable=False),
        sa.Column("rssi_dbm", sa.SmallInteger()),
        sa.Column("snr_db", sa.REAL()),
        sa.Column("gateways", JSONB(), nullable=False),
        sa.Column("evidence", JSONB(), nullable=False),
        sa.Column("profile_guess", sa.String()),
        sa.Column("guess_count", sa.Integer(), nullable=False),
        sa.Column("serial", sa.String()),
        sa.Column("lon_deg", sa.Float()),
        sa.Column("lat_deg", sa.Float()),
        sa.Column("ignored_reason", sa.String(), nullable=False),
        sa.CheckConstraint("state IN ('new', 'ignored', 'commissioned')", name="state"),
        sa.CheckConstraint("(lon_deg IS NULL) = (lat_deg IS NULL)", name="place"),
        sa.UniqueConstraint("network", "address"),
    )
    op.create_index("ix_discovered_device_seen", "discovered_device", ["last_seen_at", "id"])
    op.create_index("ix_discovered_device_address", "discovered_device", ["address"])


def _create_commissionings() -> None:
    op.create_table(
        "commissioning",
        sa.Column("id", sa.Uuid(), primary_key=True),
        _reference("organisation_id", "organisation.id", index=True),
        _reference("light_point_id", "light_point.id", index=True),
        _reference("controller_id", "controller.id", index=True),
        _reference("discovered_device_id", "discovered_device.id", nullable=True),
        _reference("replaced_controller_id", "controller.id", nullable=True),
        _reference("calendar_id", "calendar.id", nullable=True),
        sa.Column("matched_by", sa.String(), nullable=False),
        sa.Column("distance_m", sa.REAL()),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("remark", sa.String(), nullable=False),
        sa.Column("installed_at", INSTANT, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("tested_by", sa.String()),
        sa.Column("replayed_count", sa.Integer(), nullable=False),
        sa.Column("decided_at", INSTANT),
        sa.Column("decided_by_id", sa.Uuid()),
        sa.Column("decided_by", sa.String()),
        sa.Column("signed_name", sa.String()),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("record", JSONB()),
        sa.Column("record_sha256", sa.String()),
        sa.CheckConstraint("matched_by IN ('scan', 'proposal', 'list')", name="matched_by"),
        sa.CheckConstraint(f"state IN ({STATES})", name="state"),
    )
    for what in ("light_point", "controller"):
        op.create_index(
            f"uq_commissioning_open_{what}",
            "commissioning",
            [f"{what}_id"],
            unique=True,
            postgresql_where=OPEN,
        )
    op.create_index(
        "ix_commissioning_testing",
        "commissioning",
        ["id"],
        postgresql_where=sa.text("state = 'testing'"),
    )


def _reference(
    name: str, target: str, *, nullable: bool = False, index: bool = False
) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid(), sa.ForeignKey(target), nullable=nullable, index=index)


def _create_steps() -> None:
    op.create_table(
        "self_test_step",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column(
            "commissioning_id",
            sa.Uuid(),
            sa.ForeignKey("commissioning.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("level_percent", sa.SmallInteger()),
        sa.Column("time_max_s", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("command_id", sa.Uuid()),
        sa.Column("started_at", INSTANT),
        sa.Column("deadline_at", INSTANT),
        sa.Column("ended_at", INSTANT),
        sa.Column("proof", JSONB(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint("kind IN ('on', 'dim', 'off', 'reading')", name="kind"),
        sa.CheckConstraint("state IN ('waiting', 'running', 'passed', 'failed')", name="state"),
        sa.UniqueConstraint("commissioning_id", "run", "position"),
    )


def downgrade() -> None:
    op.drop_table("self_test_step")
    op.drop_table("commissioning")
    op.drop_table("discovered_device")
