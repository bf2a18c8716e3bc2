"""Create devices, contacts, meter readings and switch orders of cabinets; name their faults."""

import sqlalchemy as sa
from alembic import op

revision = "0015_cabinets"
down_revision = "0014_firmware"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
LAMP_CAUSES = (
    "'lamp_failure', 'lamp_unexpected_on', 'lamp_power_too_low',"
    " 'lamp_power_too_high', 'communication_loss'"
)
CABINET_CAUSES = (
    "'door_open', 'breaker_tripped', 'residual_current', 'supply_loss', 'phase_loss',"
    " 'contactor_stuck'"
)
ROLES = (
    "role IN ('door_open', 'breaker_tripped', 'residual_current', 'supply_lost', 'dark',"
    " 'contactor_closed', 'other')"
)
STATES = (
    "state IN ('queued', 'sent', 'acknowledged', 'applied', 'rejected', 'expired', 'superseded',"
    " 'cancelled')"
)
OPEN = sa.text("state IN ('queued', 'sent', 'acknowledged')")
MEASURED = (
    *("active_power_w", "active_power_l1_w", "active_power_l2_w", "active_power_l3_w"),
    *("supply_voltage_l1_v", "supply_voltage_l2_v", "supply_voltage_l3_v"),
    *("current_l1_a", "current_l2_a", "current_l3_a", "power_factor", "frequency_hz"),
)
COUNTED = (
    *("active_energy_wh", "active_energy_l1_wh", "active_energy_l2_wh", "active_energy_l3_wh"),
    "exported_energy_wh",
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table in ("alarm", "fault_watch"):
        _name_causes(table, f"{LAMP_CAUSES}, {CABINET_CAUSES}")
    _create_devices()
    _create_contacts()
    _create_readings()
    _create_watches()
    _create_orders()


def _name_causes(table: str, causes: str) -> None:
    op.drop_constraint(op.f(f"ck_{table}_cause"), table, type_="check")
    op.create_check_constraint("cause", table, f"cause IN ({causes})")


def _reference(name: str, target: str, **options: object) -> sa.Column[object]:
    key = sa.ForeignKey(f"{target}.id")
    return sa.Column(name, sa.Uuid(), key, **{"nullable": False, **options})  # type: ignore[arg-type]


def _create_devices() -> None:
    op.create_table(
        "cabinet_device",
        sa.Column("id", sa.Uuid(), primary_key=True),
        _reference("organisation_id", "organisation", index=True),
        _reference("cabinet_id", "cabinet", index=True),
        _reference("controller_id", "controller"),
        sa.Column("phase_count", sa.SmallInteger(), nullable=False),
        sa.Column("installed_at", INSTANT, nullable=False),
        sa.Column("removed_at", INSTANT),
        sa.Column("seen_at", INSTANT),
        sa.CheckConstraint("phase_count BETWEEN 1 AND 3", name="phase_count"),
        sa.CheckConstraint("removed_at >= installed_at", name="period"),
    )
    op.create_index(
        "uq_cabinet_device_open_controller",
        "cabinet_device",
        ["controller_id"],
        unique=True,
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_table(
        "cabinet_channel",
        sa.Column("id", sa.Uuid(), primary_key=True),
        _reference("device_id", "cabinet_device"),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("is_inverted", sa.Boolean(), nullable=False),
        _reference("follows_id", "cabinet_channel", nullable=True),
        sa.Column("rest_is_closed", sa.Boolean()),
        sa.UniqueConstraint("device_id", "direction", "channel"),
        sa.CheckConstraint("direction IN ('input', 'output')", name="direction"),
        sa.CheckConstraint(ROLES, name="role"),
        sa.CheckConstraint("direction = 'input' OR follows_id IS NULL", name="follows"),
        sa.CheckConstraint("direction = 'output' OR rest_is_closed IS NULL", name="rest"),
    )
    op.create_table(
        "cabinet_directory",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name="one_row"),
    )


def _create_contacts() -> None:
    op.create_table(
        "cabinet_contact",
        _reference("channel_id", "cabinet_channel", primary_key=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
    )
    op.create_table(
        "cabinet_contact_change",
        _reference("channel_id", "cabinet_channel", primary_key=True),
        sa.Column("at", INSTANT, primary_key=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
    )


def _create_readings() -> None:
    op.create_table(
        "cabinet_reading",
        _reference("device_id", "cabinet_device", primary_key=True),
        sa.Column("at", INSTANT, primary_key=True),
        *(sa.Column(name, sa.REAL()) for name in MEASURED),
        *(sa.Column(name, sa.BigInteger()) for name in COUNTED),
    )


def _create_watches() -> None:
    op.create_table(
        "cabinet_watch",
        sa.Column("asset_id", sa.Uuid(), primary_key=True),
        sa.Column("cause", sa.String(), primary_key=True),
        _reference("cabinet_id", "cabinet", index=True),
        sa.Column("faulty_since", INSTANT, nullable=False),
        sa.Column("judged_at", INSTANT, nullable=False),
        sa.Column("healthy_since", INSTANT),
        _reference("alarm_id", "alarm", nullable=True),
        sa.CheckConstraint(f"cause IN ({CABINET_CAUSES}, 'communication_loss')", name="cause"),
    )


def _create_orders() -> None:
    op.create_table(
        "contactor",
        _reference("channel_id", "cabinet_channel", primary_key=True),
        sa.Column("desired_is_closed", sa.Boolean()),
        sa.Column("desired_at", INSTANT),
        sa.Column("desired_until", INSTANT),
        sa.Column("desired_reason", sa.String(), nullable=False),
        sa.Column("acknowledged_is_closed", sa.Boolean()),
        sa.Column("acknowledged_at", INSTANT),
    )
    op.create_table(
        "switch_order",
        sa.Column("id", sa.Uuid(), primary_key=True),
        _reference("organisation_id", "organisation"),
        _reference("cabinet_id", "cabinet"),
        _reference("channel_id", "cabinet_channel"),
        sa.Column("is_closed", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("author_id", sa.Uuid()),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("deliver_by", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT),
        sa.Column("next_try_at", INSTANT, nullable=False),
        sa.Column("sent_at", INSTANT),
        sa.Column("acknowledged_at", INSTANT),
        sa.Column("applied_at", INSTANT),
        sa.Column("ended_at", INSTANT),
        sa.Column("detail", sa.String()),
        sa.CheckConstraint(STATES, name="state"),
    )
    op.create_index(
        "uq_switch_order_open_channel",
        "switch_order",
        ["channel_id"],
        unique=True,
        postgresql_where=OPEN,
    )
    op.create_index("ix_switch_order_cabinet", "switch_order", ["cabinet_id", "created_at", "id"])
    op.create_index("ix_switch_order_due", "switch_order", ["next_try_at"], postgresql_where=OPEN)


def downgrade() -> None:
    for table in (
        *("switch_order", "contactor", "cabinet_watch", "cabinet_reading"),
        *("cabinet_contact_change", "cabinet_contact", "cabinet_directory"),
        *("cabinet_channel", "cabinet_device"),
    ):
        op.drop_table(table)
    op.execute(f"DELETE FROM fault_watch WHERE cause IN ({CABINET_CAUSES})")
    op.execute(f"DELETE FROM alarm WHERE cause IN ({CABINET_CAUSES})")
    for table in ("alarm", "fault_watch"):
        _name_causes(table, LAMP_CAUSES)
