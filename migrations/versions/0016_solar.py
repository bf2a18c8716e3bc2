"""Create what luminaires on sun and battery say, their forecasts and the light they shed."""

import sqlalchemy as sa
from alembic import op

revision = "0016_solar"
down_revision = "0015_cabinets"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
EARLIER_CAUSES = (
    "'lamp_failure', 'lamp_unexpected_on', 'lamp_power_too_low', 'lamp_power_too_high',"
    " 'communication_loss', 'door_open', 'breaker_tripped', 'residual_current', 'supply_loss',"
    " 'phase_loss', 'contactor_stuck'"
)
SOLAR_CAUSES = "'battery_low', 'battery_not_charging', 'panel_failure'"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("luminaire_type", sa.Column("battery_capacity_wh", sa.Float()))
    op.add_column("luminaire_type", sa.Column("panel_peak_w", sa.Float()))
    op.create_check_constraint(
        "solar", "luminaire_type", "battery_capacity_wh > 0 AND panel_peak_w > 0"
    )
    for table in ("alarm", "fault_watch"):
        _name_causes(table, f"{EARLIER_CAUSES}, {SOLAR_CAUSES}")
    _create_tables()


def _create_tables() -> None:
    op.create_table(
        "solar_reading",
        sa.Column("controller_key", sa.Integer(), primary_key=True),
        sa.Column("at", INSTANT, primary_key=True),
        sa.Column("battery_charge_percent", sa.REAL()),
        sa.Column("battery_voltage_v", sa.REAL()),
        sa.Column("charge_current_a", sa.REAL()),
        sa.Column("panel_power_w", sa.REAL()),
        sa.Column("panel_energy_wh", sa.BigInteger()),
    )
    op.create_table(
        "solar_forecast",
        _of_light_point(),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("lit_time_s", sa.Integer(), nullable=False),
        sa.Column("dark_at", INSTANT),
    )
    op.create_table(
        "solar_shedding",
        _of_light_point(),
        sa.Column("decided_at", INSTANT, primary_key=True),
        sa.Column("holds_until", INSTANT, nullable=False, index=True),
        sa.Column("share_percent", sa.SmallInteger(), nullable=False),
        sa.Column("floor_percent", sa.SmallInteger(), nullable=False),
        sa.Column("charge_percent", sa.REAL(), nullable=False),
        sa.Column("available_wh", sa.REAL(), nullable=False),
        sa.Column("needed_wh", sa.REAL(), nullable=False),
        sa.CheckConstraint("share_percent BETWEEN 0 AND 100", name="share_percent"),
        sa.CheckConstraint("floor_percent BETWEEN 0 AND 100", name="floor_percent"),
    )


def _of_light_point() -> sa.Column[object]:
    reference = sa.ForeignKey("light_point.id", ondelete="CASCADE")
    return sa.Column("light_point_id", sa.Uuid(), reference, primary_key=True)


def _name_causes(table: str, causes: str) -> None:
    op.drop_constraint(op.f(f"ck_{table}_cause"), table, type_="check")
    op.create_check_constraint("cause", table, f"cause IN ({causes})")


def downgrade() -> None:
    for table in ("solar_shedding", "solar_forecast", "solar_reading"):
        op.drop_table(table)
    op.execute(f"DELETE FROM fault_watch WHERE cause IN ({SOLAR_CAUSES})")
    op.execute(f"DELETE FROM alarm WHERE cause IN ({SOLAR_CAUSES})")
    for table in ("alarm", "fault_watch"):
        _name_causes(table, EARLIER_CAUSES)
    op.drop_constraint(op.f("ck_luminaire_type_solar"), "luminaire_type", type_="check")
    op.drop_column("luminaire_type", "panel_peak_w")
    op.drop_column("luminaire_type", "battery_capacity_wh")
