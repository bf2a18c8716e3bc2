"""Create tariffs, CO2 factors, baselines and frozen reports."""

from decimal import Decimal

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import reference_rates

revision = "0008_contracts_and_reports"
down_revision = "0007_control"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
FROZEN = ("baseline", "baseline_group", "baseline_adjustment", "report", "report_file")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _create_rates()
    _create_baselines()
    _create_reports()
    _freeze()


def _text(name: str, *, nullable: bool = False, primary_key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=nullable, primary_key=primary_key)


def _number(name: str, precision: int, scale: int, *, nullable: bool = False) -> sa.Column[Decimal]:
    return sa.Column(name, sa.Numeric(precision, scale), nullable=nullable)


def _create_rates() -> None:
    rates = op.create_table(
        "tariff_rate",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id")),
        sa.Column("cabinet_id", sa.Uuid(), sa.ForeignKey("cabinet.id")),
        _text("component"),
        _text("power_class", nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        _number("value", 14, 6),
        _text("source"),
        sa.UniqueConstraint(
            *("organisation_id", "cabinet_id", "component", "power_class", "valid_from"),
            postgresql_nulls_not_distinct=True,
        ),
        sa.CheckConstraint(
            "component IN ('supply_fixed', 'supply_energy', 'network_fixed', 'network_power',"
            " 'network_energy', 'excise', 'cta', 'vat')",
            name="component",
        ),
        sa.CheckConstraint("power_class IN ('low', 'high')", name="power_class"),
        sa.CheckConstraint("value >= 0", name="value"),
        sa.CheckConstraint("source <> ''", name="source"),
        sa.CheckConstraint("cabinet_id IS NULL OR organisation_id IS NOT NULL", name="scope"),
    )
    factors = op.create_table(
        "co2_factor",
        _text("territory", primary_key=True),
        _text("kind", primary_key=True),
        sa.Column("valid_from", sa.Date(), primary_key=True),
        _number("kg_per_kwh", 8, 5),
        _text("source"),
        sa.CheckConstraint("kind IN ('average', 'marginal')", name="kind"),
        sa.CheckConstraint("kg_per_kwh >= 0", name="kg_per_kwh"),
        sa.CheckConstraint("source <> ''", name="source"),
    )
    op.bulk_insert(rates, list(reference_rates.NATIONAL_RATES))
    op.bulk_insert(factors, list(reference_rates.CO2_FACTORS))


def _regime(*, nullable: bool) -> list[sa.Column[object]]:
    return [
        sa.Column("switch_on_offset_min", sa.Integer(), nullable=nullable),
        sa.Column("switch_off_offset_min", sa.Integer(), nullable=nullable),
        sa.Column("cut_from", sa.Time()),
        sa.Column("cut_to", sa.Time()),
    ]


def _create_baselines() -> None:
    op.create_table(
        "baseline",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        _text("name"),
        sa.Column("valid_from", sa.Date(), nullable=False),
        _number("reference_hours", 7, 2),
        *_regime(nullable=False),
        sa.Column("lon_deg", sa.Float(), nullable=False),
        sa.Column("lat_deg", sa.Float(), nullable=False),
        _text("timezone"),
        _text("source"),
        _number("guaranteed_share", 5, 4, nullable=True),
        sa.Column("frozen_at", INSTANT, nullable=False),
        _text("frozen_by"),
        sa.UniqueConstraint("organisation_id", "valid_from"),
        sa.CheckConstraint("reference_hours > 0", name="reference_hours"),
        sa.CheckConstraint("(cut_from IS NULL) = (cut_to IS NULL)", name="cut"),
        sa.CheckConstraint("guaranteed_share BETWEEN 0 AND 1", name="guaranteed_share"),
    )
    op.create_table(
        "baseline_group",
        sa.Column("baseline_id", sa.Uuid(), sa.ForeignKey("baseline.id"), primary_key=True),
        _text("code", primary_key=True),
        _text("technology"),
        sa.Column("light_count", sa.Integer(), nullable=False),
        _number("circuit_power_w", 9, 2),
        _number("reference_kwh", 14, 3, nullable=True),
        sa.CheckConstraint("light_count >= 0 AND circuit_power_w >= 0", name="amounts"),
        sa.CheckConstraint("reference_kwh >= 0", name="reference_kwh"),
    )
    op.create_table(
        "baseline_adjustment",
        sa.Column("baseline_id", sa.Uuid(), sa.ForeignKey("baseline.id"), primary_key=True),
        sa.Column("perimeter_version", sa.Integer(), autoincrement=False, primary_key=True),
        _text("kind"),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("effective_to", sa.Date()),
        _text("label"),
        sa.Column("light_count", sa.Integer(), nullable=False),
        _number("circuit_power_w", 9, 2),
        _number("kwh_per_day", 12, 3),
        *_regime(nullable=True),
        *(_text(name) for name in ("justification", "author", "countersigned_by")),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "kind IN ('addition', 'removal', 'other_load', 'city_hours')", name="kind"
        ),
        sa.CheckConstraint("effective_to >= effective_from", name="period"),
        sa.CheckConstraint("light_count >= 0 AND circuit_power_w >= 0", name="amounts"),
        sa.CheckConstraint("(cut_from IS NULL) = (cut_to IS NULL)", name="cut"),
        sa.CheckConstraint(
            "(kind = 'city_hours') = (switch_on_offset_min IS NOT NULL)"
            " AND (kind = 'city_hours') = (switch_off_offset_min IS NOT NULL)",
            name="hours",
        ),
        sa.CheckConstraint("justification <> '' AND countersigned_by <> ''", name="signed"),
    )


def _create_reports() -> None:
    op.create_table(
        "report",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("frozen_at", INSTANT, nullable=False),
        _text("frozen_by"),
        sa.Column("inputs", sa.LargeBinary(), nullable=False),
        _text("inputs_sha256"),
        sa.Column("summary", postgresql.JSONB(), nullable=False),
        sa.Column("changes", postgresql.JSONB(), nullable=False),
        sa.UniqueConstraint("organisation_id", "month", "version"),
        sa.CheckConstraint("version > 0", name="version"),
        sa.CheckConstraint("extract(day from month) = 1", name="month"),
    )
    op.create_table(
        "report_file",
        sa.Column("report_id", sa.Uuid(), sa.ForeignKey("report.id"), primary_key=True),
        _text("name", primary_key=True),
        _text("media_type"),
        _text("sha256"),
        sa.Column("content", sa.LargeBinary(), nullable=False),
    )


def _freeze() -> None:
    """What was signed or closed is never changed; a correction is a new row."""
    op.execute(
        """
        CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '% is frozen: add a new version instead', TG_TABLE_NAME;
        END $$
        """
    )
    for table in FROZEN:
        op.execute(
            f"CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    for table in (*reversed(FROZEN), "co2_factor", "tariff_rate"):
        op.drop_table(table)
    op.execute("DROP FUNCTION refuse_change()")
