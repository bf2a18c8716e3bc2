"""Create readings, latest state, device events, quarantine and energy marks."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004_telemetry"
down_revision = "0003_schedules"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _create_reading()
    _create_latest_state()
    _create_device_event()
    _create_quarantined_frame()
    _create_energy_dirty()


def _create_reading() -> None:
    # Eight-byte columns first: no padding between them. Partitions are made by ensure_partitions.
    op.create_table(
        "reading",
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("active_energy_wh", sa.BigInteger()),
        sa.Column("burning_time_s", sa.BigInteger()),
        sa.Column("controller_key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("active_power_w", sa.REAL()),
        sa.Column("supply_voltage_v", sa.REAL()),
        sa.Column("current_a", sa.REAL()),
        sa.Column("power_factor", sa.REAL()),
        sa.Column("temperature_c", sa.REAL()),
        sa.Column("flags", sa.Integer()),
        sa.Column("level_percent", sa.SmallInteger()),
        sa.PrimaryKeyConstraint("controller_key", "at"),
        postgresql_partition_by="RANGE (at)",
    )
    op.create_index(
        "ix_reading_at",
        "reading",
        ["at"],
        postgresql_using="brin",
        postgresql_with={"autosummarize": "on"},
    )


def _create_latest_state() -> None:
    values = (
        ("level_percent", sa.SmallInteger(), "level_at"),
        ("active_power_w", sa.REAL(), "power_at"),
        ("active_energy_wh", sa.BigInteger(), "energy_at"),
        ("supply_voltage_v", sa.REAL(), "supply_voltage_at"),
        ("current_a", sa.REAL(), "current_at"),
        ("power_factor", sa.REAL(), "power_factor_at"),
        ("temperature_c", sa.REAL(), "temperature_at"),
        ("burning_time_s", sa.BigInteger(), "burning_time_at"),
        ("flags", sa.Integer(), "flags_at"),
    )
    op.create_table(
        "latest_state",
        sa.Column("controller_key", sa.Integer(), autoincrement=False, primary_key=True),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.Column("rssi_dbm", sa.SmallInteger()),
        sa.Column("snr_db", sa.REAL()),
        sa.Column("gateway_address", sa.String()),
        *(
            column
            for value, kind, instant in values
            for column in (sa.Column(value, kind), sa.Column(instant, INSTANT))
        ),
    )
    # Every uplink updates its row in place: room for the new version on the same page, no index.
    op.execute("ALTER TABLE latest_state SET (fillfactor = 50)")


def _create_device_event() -> None:
    op.create_table(
        "device_event",
        sa.Column("controller_key", sa.Integer(), autoincrement=False, primary_key=True),
        sa.Column("at", INSTANT, primary_key=True),
        sa.Column("kind", sa.String(), primary_key=True),
        sa.Column("fingerprint", sa.LargeBinary(), primary_key=True),
        sa.Column("detail", postgresql.JSONB(), nullable=False),
    )


def _create_quarantined_frame() -> None:
    op.create_table(
        "quarantined_frame",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False, unique=True),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("last_received_at", INSTANT, nullable=False),
        sa.Column("repeat_count", sa.Integer(), nullable=False),
        sa.Column("network", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("address", sa.String(), index=True),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id")),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("reason_code", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("replayed_at", INSTANT),
    )
    op.create_index(
        "ix_quarantined_frame_waiting",
        "quarantined_frame",
        ["last_received_at", "id"],
        postgresql_where=sa.text("replayed_at IS NULL"),
    )


def _create_energy_dirty() -> None:
    op.create_table(
        "energy_dirty",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("controller_key", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
    )


def downgrade() -> None:
    for table in (
        "energy_dirty",
        "quarantined_frame",
        "device_event",
        "latest_state",
        "reading",
    ):
        op.drop_table(table)
