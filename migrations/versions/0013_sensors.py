"""Create sensors on columns: devices, declarations, values and their periods."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0013_sensors"
down_revision = "0012_radio"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
KINDS = (
    "'pedestrian_count', 'traffic_count', 'parking', 'air_quality', 'noise', 'water_level', 'light'"
)
BASES = "'no_personal_data', 'public_task', 'legal_obligation', 'legitimate_interest', 'consent'"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _create_devices()
    _create_sensors()
    _create_values()


def _create_devices() -> None:
    op.create_table(
        "sensor_device",
        sa.Column("id", sa.Uuid(), primary_key=True),
        _reference("organisation_id", "organisation.id", index=True),
        sa.Column("address", sa.String(), nullable=False, unique=True),
        sa.Column("network", sa.String(), nullable=False),
        sa.Column("profile", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("expected_period_s", sa.Integer(), nullable=False),
        _reference("light_point_id", "light_point.id", nullable=True, index=True),
        sa.Column("lon_deg", sa.Float(), nullable=False),
        sa.Column("lat_deg", sa.Float(), nullable=False),
        sa.Column("declined", JSONB(), nullable=False),
        sa.Column("is_generated", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.CheckConstraint("address <> '' AND address = lower(address)", name="address"),
        sa.CheckConstraint("expected_period_s > 0", name="expected_period"),
        sa.CheckConstraint(
            "lon_deg BETWEEN -180 AND 180 AND lat_deg BETWEEN -90 AND 90", name="place"
        ),
    )
    op.create_table(
        "sensor_device_state",
        sa.Column(
            "device_id",
            sa.Uuid(),
            sa.ForeignKey("sensor_device.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.Column("battery_charge_percent", sa.REAL()),
        sa.Column("battery_voltage_v", sa.REAL()),
    )


def _create_sensors() -> None:
    op.create_table(
        "sensor",
        sa.Column("id", sa.Uuid(), primary_key=True),
        _reference("organisation_id", "organisation.id", index=True),
        _reference("device_id", "sensor_device.id"),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("quantity", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("legal_basis", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("retention_days", sa.Integer(), nullable=False),
        sa.Column("is_publishable", sa.Boolean(), nullable=False),
        sa.Column("is_near_dwellings", sa.Boolean(), nullable=False),
        sa.Column("registered_at", INSTANT, nullable=False),
        _reference("registered_by", "user_account.id", nullable=True),
        sa.Column("retired_at", INSTANT),
        sa.CheckConstraint(f"kind IN ({KINDS})", name="kind"),
        sa.CheckConstraint(f"legal_basis IN ({BASES})", name="legal_basis"),
        sa.CheckConstraint(
            "length(btrim(purpose)) >= 10 AND btrim(owner) <> ''", name="declaration"
        ),
        sa.CheckConstraint("retention_days BETWEEN 1 AND 3650", name="retention_days"),
    )
    op.create_index(
        "uq_sensor_channel",
        "sensor",
        ["device_id", "quantity", "channel"],
        unique=True,
        postgresql_where=sa.text("retired_at IS NULL"),
    )


def _create_values() -> None:
    op.create_table(
        "sensor_reading",
        _of_sensor(),
        sa.Column("at", INSTANT, primary_key=True),
        sa.Column("value", sa.Float()),
    )
    op.create_index("ix_sensor_reading_at", "sensor_reading", ["at"])
    op.create_table(
        "sensor_period",
        _of_sensor(),
        sa.Column("starts_at", INSTANT, primary_key=True),
        sa.Column("total", sa.Float(), nullable=False),
        sa.Column("minimum", sa.Float(), nullable=False),
        sa.Column("maximum", sa.Float(), nullable=False),
        sa.Column("samples", sa.Integer(), nullable=False),
        sa.CheckConstraint("samples > 0", name="samples"),
    )


def _reference(
    name: str, target: str, *, nullable: bool = False, index: bool = False
) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid(), sa.ForeignKey(target), nullable=nullable, index=index)


def _of_sensor() -> sa.Column[object]:
    return sa.Column(
        "sensor_id", sa.Uuid(), sa.ForeignKey("sensor.id", ondelete="CASCADE"), primary_key=True
    )


def downgrade() -> None:
    for table in (
        "sensor_period", "sensor_reading", "sensor", "sensor_device_state", "sensor_device"
    ):  # fmt: skip
        op.drop_table(table)
