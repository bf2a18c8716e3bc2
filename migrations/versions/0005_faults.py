"""Create alarms, the evidence being gathered, and thresholds per luminaire type."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005_faults"
down_revision = "0004_telemetry"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
CAUSES = (
    "cause IN ('lamp_failure', 'lamp_unexpected_on', 'lamp_power_too_low',"
    " 'lamp_power_too_high', 'communication_loss')"
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _create_alarm()
    _create_fault_watch()
    _create_fault_threshold()


def _create_alarm() -> None:
    op.create_table(
        "alarm",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("asset_type", sa.String(), nullable=False),
        sa.Column("asset_id", sa.Uuid(), nullable=False),
        sa.Column("light_point_id", sa.Uuid()),
        sa.Column("cabinet_id", sa.Uuid()),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("urgency", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("raised_at", INSTANT, nullable=False),
        sa.Column("last_seen_at", INSTANT, nullable=False),
        sa.Column("evidence_count", sa.Integer(), nullable=False),
        sa.Column("cleared_at", INSTANT),
        sa.Column("acknowledged_at", INSTANT),
        sa.Column("acknowledged_by", sa.Uuid(), sa.ForeignKey("user_account.id")),
        sa.Column("evidence", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint(
            "asset_type IN ('light_point', 'cabinet', 'controller', 'gateway')", name="asset_type"
        ),
        sa.CheckConstraint(CAUSES, name="cause"),
        sa.CheckConstraint("urgency IN ('U0', 'U1', 'U2', 'U3', 'U4')", name="urgency"),
        sa.CheckConstraint(
            "state IN ('unacknowledged', 'acknowledged', 'returned', 'normal')", name="state"
        ),
    )
    op.create_index(
        "uq_alarm_open_asset_cause",
        "alarm",
        ["asset_id", "cause"],
        unique=True,
        postgresql_where=sa.text("cleared_at IS NULL"),
    )
    op.create_index("ix_alarm_organisation_raised", "alarm", ["organisation_id", "raised_at", "id"])
    op.create_index("ix_alarm_light_point_raised", "alarm", ["light_point_id", "raised_at"])
    op.create_index("ix_alarm_cabinet_raised", "alarm", ["cabinet_id", "raised_at"])


def _create_fault_watch() -> None:
    op.create_table(
        "fault_watch",
        sa.Column("asset_id", sa.Uuid(), primary_key=True),
        sa.Column("cause", sa.String(), primary_key=True),
        sa.Column("controller_key", sa.Integer(), nullable=False),
        sa.Column("light_point_id", sa.Uuid(), nullable=False, index=True),
        sa.Column("judged_at", INSTANT, nullable=False),
        sa.Column("is_faulty", sa.Boolean(), nullable=False),
        sa.Column("faulty_samples", sa.Integer(), nullable=False),
        sa.Column("faulty_time", sa.Interval(), nullable=False),
        sa.Column("healthy_samples", sa.Integer(), nullable=False),
        sa.Column("healthy_time", sa.Interval(), nullable=False),
        sa.Column("nights", sa.ARRAY(sa.Date()), nullable=False),
        sa.Column("alarm_id", sa.Uuid(), sa.ForeignKey("alarm.id")),
        sa.Column("has_warned", sa.Boolean(), nullable=False),
        sa.CheckConstraint(CAUSES, name="cause"),
    )


def _create_fault_threshold() -> None:
    op.create_table(
        "fault_threshold",
        sa.Column(
            "luminaire_type_id", sa.Uuid(), sa.ForeignKey("luminaire_type.id"), primary_key=True
        ),
        sa.Column("thresholds", postgresql.JSONB(), nullable=False),
    )


def downgrade() -> None:
    for table in ("fault_threshold", "fault_watch", "alarm"):
        op.drop_table(table)
