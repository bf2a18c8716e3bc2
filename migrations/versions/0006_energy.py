"""Create the energy ledger."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006_energy"
down_revision = "0005_faults"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    # Eight-byte columns first: no padding between them.
    op.create_table(
        "energy_day",
        sa.Column("light_point_id", sa.Uuid(), sa.ForeignKey("light_point.id"), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        *(
            sa.Column(name, sa.BigInteger(), nullable=False)
            for name in ("energy_wh", "measured_wh", "bridged_wh", "estimated_wh", "morning_wh")
        ),
        sa.Column("counter_from_wh", sa.BigInteger()),
        sa.Column("counter_to_wh", sa.BigInteger()),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("computed_at", INSTANT, nullable=False),
        sa.Column("on", sa.Date(), primary_key=True),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("expected_s", "measured_s", "estimated_s", "missing_s")
        ),
        sa.Column("burning_time_s", sa.Integer()),
        sa.Column("is_settled", sa.Boolean(), nullable=False),
        sa.Column("quality", sa.String(), nullable=False),
        sa.Column("notes", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint(
            "quality IN ('measured', 'estimated', 'partial', 'missing')", name="quality"
        ),
        sa.CheckConstraint("energy_wh = measured_wh + estimated_wh", name="sum_wh"),
        sa.CheckConstraint("expected_s = measured_s + estimated_s + missing_s", name="sum_s"),
        sa.CheckConstraint("least(bridged_wh, estimated_wh, morning_wh) >= 0", name="positive"),
        sa.CheckConstraint("bridged_wh <= measured_wh AND morning_wh <= energy_wh", name="parts"),
    )
    op.create_index("ix_energy_day_organisation", "energy_day", ["organisation_id", "on"])
    op.execute("CREATE SEQUENCE energy_revision AS bigint")


def downgrade() -> None:
    op.execute("DROP SEQUENCE energy_revision")
    op.drop_table("energy_day")
