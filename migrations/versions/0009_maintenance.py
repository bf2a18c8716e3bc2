"""Create promises, crews, parts and their books, work orders with their log, clocks and alarms."""

from collections.abc import Iterable

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009_maintenance"
down_revision = "0008_contracts_and_reports"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
MONEY = sa.Numeric(12, 2)
URGENCIES = ("U0", "U1", "U2", "U3", "U4")
CLOCKS = ("response", "make_safe", "restore")
APPEND_ONLY = ("work_order_event", "stock_move")


def _organisation() -> sa.Column[object]:
    return sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False)


def _id() -> sa.Column[object]:
    return sa.Column("id", sa.Uuid(), primary_key=True)


def _one_of(column: str, values: Iterable[str]) -> sa.CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=column)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _create_promises()
    _create_crews()
    _create_stock()
    _create_work_orders()
    _create_work_order_log()
    _create_work_order_parts()
    _refuse_changes_to_logs()


def _create_promises() -> None:
    op.create_table(
        "service_promise",
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), primary_key=True),
        sa.Column("urgency", sa.String(), primary_key=True),
        sa.Column("kind", sa.String(), primary_key=True),
        sa.Column("valid_from", INSTANT, primary_key=True),
        sa.Column("hours", sa.String(), nullable=False),
        sa.Column("elapsed_minutes", sa.Integer()),
        sa.Column("working_minutes", sa.Integer()),
        sa.Column("business_days", sa.Integer()),
        sa.Column("pausable_reasons", postgresql.JSONB(), nullable=False),
        _one_of("urgency", URGENCIES),
        _one_of("kind", CLOCKS),
        _one_of("hours", ("24/7", "7/7", "HO")),
        sa.CheckConstraint(
            "num_nonnulls(elapsed_minutes, working_minutes, business_days) = 1", name="one_budget"
        ),
        sa.CheckConstraint(
            "elapsed_minutes > 0 OR working_minutes > 0 OR business_days > 0", name="budget"
        ),
    )


def _create_crews() -> None:
    op.create_table(
        "crew",
        _id(),
        _organisation(),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.UniqueConstraint("organisation_id", "name"),
    )
    op.create_table(
        "crew_member",
        _id(),
        sa.Column("crew_id", sa.Uuid(), sa.ForeignKey("crew.id"), nullable=False),
        sa.Column(
            "user_id", sa.Uuid(), sa.ForeignKey("user_account.id"), nullable=False, index=True
        ),
        sa.Column("is_leader", sa.Boolean(), nullable=False),
        sa.Column("joined_at", INSTANT, nullable=False),
        sa.Column("left_at", INSTANT),
    )
    op.create_index(
        "uq_crew_member_present",
        "crew_member",
        ["crew_id", "user_id"],
        unique=True,
        postgresql_where=sa.text("left_at IS NULL"),
    )


def _create_stock() -> None:
    op.create_table(
        "part",
        _id(),
        _organisation(),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("designation", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("unit_cost_eur", MONEY, nullable=False),
        sa.Column("reorder_quantity", sa.Integer(), nullable=False),
        sa.UniqueConstraint("organisation_id", "reference"),
        _one_of("unit", ("piece", "metre")),
        sa.CheckConstraint("unit_cost_eur >= 0", name="unit_cost_eur"),
        sa.CheckConstraint("reorder_quantity >= 0", name="reorder_quantity"),
    )
    op.create_table(
        "store",
        _id(),
        _organisation(),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("crew_id", sa.Uuid(), sa.ForeignKey("crew.id"), unique=True),
        sa.UniqueConstraint("organisation_id", "name"),
        _one_of("kind", ("store", "van")),
        sa.CheckConstraint("crew_id IS NULL OR kind = 'van'", name="crew_has_a_van"),
    )
    op.create_table(
        "stock_level",
        sa.Column("store_id", sa.Uuid(), sa.ForeignKey("store.id"), primary_key=True),
        sa.Column("part_id", sa.Uuid(), sa.ForeignKey("part.id"), primary_key=True, index=True),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity >= 0", name="quantity"),
    )
    op.create_table(
        "stock_move",
        _id(),
        sa.Column("store_id", sa.Uuid(), sa.ForeignKey("store.id"), nullable=False),
        sa.Column("part_id", sa.Uuid(), sa.ForeignKey("part.id"), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("work_order_id", sa.Uuid(), index=True),
        sa.Column("actor_id", sa.Uuid()),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        _one_of("reason", ("receipt", "transfer", "count", "consumption", "shortfall")),
    )
    op.create_index(
        "ix_stock_move_store_id_part_id_at", "stock_move", ["store_id", "part_id", "at"]
    )


OPEN = (
    *("new", "qualified", "planned", "dispatched", "en_route", "on_site"),
    *("in_progress", "suspended", "reopened"),
)
ENDED = ("rejected", "duplicate", "done", "verified", "closed", "cancelled")


def _create_work_orders() -> None:
    op.create_table(
        "work_order_counter",
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), primary_key=True),
        sa.Column("year", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
    )
    op.create_table(
        "work_order",
        _id(),
        _organisation(),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("title", sa.String()),
        sa.Column("description", sa.String()),
        sa.Column("hazards", postgresql.JSONB(), nullable=False),
        sa.Column("asset_type", sa.String()),
        sa.Column("asset_id", sa.Uuid(), index=True),
        sa.Column("light_point_id", sa.Uuid(), index=True),
        sa.Column("cabinet_id", sa.Uuid(), index=True),
        sa.Column("lon_deg", sa.Float()),
        sa.Column("lat_deg", sa.Float()),
        sa.Column("repeat_of_id", sa.Uuid(), sa.ForeignKey("work_order.id")),
        sa.Column("master_id", sa.Uuid(), sa.ForeignKey("work_order.id")),
        sa.Column("report_count", sa.Integer(), nullable=False),
        sa.Column("crew_id", sa.Uuid(), sa.ForeignKey("crew.id"), index=True),
        sa.Column("planned_on", sa.Date()),
        sa.Column("taken_by_id", sa.Uuid()),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("urgency", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("arrived_at", INSTANT),
        sa.Column("made_safe_at", INSTANT),
        sa.Column("done_at", INSTANT),
        sa.Column("ended_at", INSTANT),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("alarms_cleared_at", INSTANT),
        sa.Column("failure_mode", sa.String()),
        sa.Column("failure_mechanism", sa.String()),
        sa.Column("failure_cause", sa.String()),
        sa.Column("remedy", sa.String()),
        sa.Column("replacement_reason", sa.String()),
        sa.Column("completion_note", sa.String()),
        sa.Column("labour_minutes", sa.Integer()),
        sa.UniqueConstraint("organisation_id", "number"),
        _one_of("status", (*OPEN, *ENDED)),
        _one_of("source", ("alarm", "citizen", "patrol", "operator", "plan", "works_notice")),
        _one_of("urgency", URGENCIES),
        _one_of("asset_type", ("light_point", "cabinet", "controller", "gateway")),
        _one_of(
            "replacement_reason",
            (
                *("accident", "vandalism", "failure_like_for_like"),
                *("programmed_renovation", "relamping"),
            ),
        ),
    )
    op.create_index(
        "uq_work_order_open_cause",
        "work_order",
        ["asset_id", "cause"],
        unique=True,
        postgresql_where=sa.text(f"status IN ({', '.join(repr(status) for status in OPEN)})"),
    )
    op.create_index(
        "ix_work_order_organisation_id_opened_at",
        "work_order",
        ["organisation_id", "opened_at", "id"],
    )
    op.create_index("ix_work_order_opened_at_id", "work_order", ["opened_at", "id"])
    op.create_index(
        "ix_work_order_organisation_id_status", "work_order", ["organisation_id", "status"]
    )


def _create_work_order_log() -> None:
    op.create_table(
        "work_order_event",
        sa.Column("work_order_id", sa.Uuid(), sa.ForeignKey("work_order.id"), primary_key=True),
        sa.Column("sequence", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("to", sa.String()),
        sa.Column("urgency", sa.String()),
        sa.Column("reason", sa.String()),
        sa.Column("actor_id", sa.Uuid()),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("occurred_at", INSTANT, nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("detail", postgresql.JSONB(), nullable=False),
        _one_of(
            "kind",
            ("opened", "joined", "alarm_cleared", "classed", "assigned", "moved", "noted"),
        ),
    )
    op.create_table(
        "work_order_clock",
        sa.Column("work_order_id", sa.Uuid(), sa.ForeignKey("work_order.id"), primary_key=True),
        sa.Column("kind", sa.String(), primary_key=True),
        sa.Column("urgency", sa.String(), primary_key=True),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("counted_from", INSTANT, nullable=False),
        sa.Column("due_at", INSTANT, index=True),
        sa.Column("stopped_at", INSTANT),
        sa.Column("escalated_percent", sa.SmallInteger(), nullable=False),
        sa.Column("next_escalation_at", INSTANT),
        _one_of("kind", CLOCKS),
        _one_of("urgency", URGENCIES),
    )
    op.create_index(
        "ix_work_order_clock_escalation",
        "work_order_clock",
        ["next_escalation_at"],
        postgresql_where=sa.text("is_current AND stopped_at IS NULL"),
    )
    op.create_table(
        "work_order_alarm",
        sa.Column("alarm_id", sa.Uuid(), primary_key=True),
        sa.Column("work_order_id", sa.Uuid(), sa.ForeignKey("work_order.id"), index=True),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("urgency", sa.String(), nullable=False),
        sa.Column("raised_at", INSTANT),
        sa.Column("cleared_at", INSTANT),
    )


def _create_work_order_parts() -> None:
    op.create_table(
        "work_order_part",
        _id(),
        sa.Column(
            "work_order_id", sa.Uuid(), sa.ForeignKey("work_order.id"), nullable=False, index=True
        ),
        sa.Column("part_id", sa.Uuid(), sa.ForeignKey("part.id"), nullable=False),
        sa.Column("store_id", sa.Uuid(), sa.ForeignKey("store.id")),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("shortfall_quantity", sa.Integer(), nullable=False),
        sa.Column("unit_cost_eur", MONEY, nullable=False),
        sa.Column("used_at", INSTANT, nullable=False),
        sa.CheckConstraint("quantity > 0", name="quantity"),
    )


def _refuse_changes_to_logs() -> None:
    op.execute(
        """
        CREATE FUNCTION refuse_change_of_log() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '% is append only: write another entry instead', TG_TABLE_NAME;
        END
        $$
        """
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_is_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change_of_log()"
        )


def downgrade() -> None:
    for table in (
        *("work_order_part", "work_order_alarm", "work_order_clock", "work_order_event"),
        *("work_order", "work_order_counter"),
        *("stock_move", "stock_level", "store", "part", "crew_member", "crew", "service_promise"),
    ):
        op.drop_table(table)
    op.execute("DROP FUNCTION refuse_change_of_log()")
