"""Create radio: channels and their airtime, groups, campaigns, frames; orders delivered slowly."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0012_radio"
down_revision = "0011_commissioning"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("command", sa.Column("delivered_by", INSTANT))
    _create_channels()
    _create_groups()
    _create_campaigns()
    _create_frames()


def _organisation() -> sa.Column[object]:
    return sa.Column(
        "organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False, index=True
    )


def _create_channels() -> None:
    op.create_table(
        "radio_channel",
        sa.Column("gateway_address", sa.String(), primary_key=True),
        sa.Column("sub_band", sa.String(), primary_key=True),
        sa.Column("free_at", INSTANT, nullable=False),
    )
    # Each frame moves its channel's row: room for updates in place.
    op.execute("ALTER TABLE radio_channel SET (fillfactor = 50)")
    op.create_table(
        "radio_airtime",
        sa.Column("gateway_address", sa.String(), primary_key=True),
        sa.Column("sub_band", sa.String(), primary_key=True),
        sa.Column("slice_at", INSTANT, primary_key=True),
        sa.Column("airtime_us", sa.BigInteger(), nullable=False),
        sa.Column("frame_count", sa.Integer(), nullable=False),
    )


def _create_groups() -> None:
    op.create_table(
        "radio_group",
        sa.Column("id", sa.Uuid(), primary_key=True),
        _organisation(),
        sa.Column("network", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("remote_id", sa.String(), nullable=False),
        sa.Column("slot", sa.SmallInteger(), nullable=False),
        sa.Column("profile", sa.String(), nullable=False),
        sa.Column("data_rate", sa.SmallInteger(), nullable=False),
        sa.Column("frequency_hz", sa.Integer(), nullable=False),
        sa.Column("gateways", JSONB(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.UniqueConstraint("network", "name"),
        sa.CheckConstraint("data_rate BETWEEN 0 AND 6", name="data_rate"),
        sa.CheckConstraint("slot BETWEEN 0 AND 3", name="slot"),
    )
    op.create_table(
        "radio_group_member",
        sa.Column("group_id", sa.Uuid(), sa.ForeignKey("radio_group.id"), primary_key=True),
        sa.Column("controller_key", sa.Integer(), primary_key=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.CheckConstraint("state IN ('wanted', 'ready', 'refused')", name="state"),
    )
    op.create_index(None, "radio_group_member", ["controller_key"])


def _create_campaigns() -> None:
    op.create_table(
        "radio_campaign",
        sa.Column("id", sa.Uuid(), primary_key=True),
        _organisation(),
        sa.Column(
            "command_id", sa.Uuid(), sa.ForeignKey("command.id"), nullable=False, unique=True
        ),
        sa.Column("level_percent", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("plan", JSONB(), nullable=False),
        sa.Column("light_count", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("planned_finish_at", INSTANT, nullable=False),
        sa.Column("proven_by", INSTANT, nullable=False),
        sa.Column("finished_at", INSTANT),
        sa.CheckConstraint("state IN ('sending', 'finished', 'cancelled')", name="state"),
    )
    op.create_index(
        "ix_radio_campaign_sending",
        "radio_campaign",
        ["created_at"],
        postgresql_where=sa.text("state = 'sending'"),
    )
    op.create_table(
        "radio_campaign_light",
        sa.Column("campaign_id", sa.Uuid(), sa.ForeignKey("radio_campaign.id"), primary_key=True),
        sa.Column("light_point_id", sa.Uuid(), sa.ForeignKey("light_point.id"), primary_key=True),
        sa.Column("controller_key", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Uuid(), sa.ForeignKey("radio_group.id")),
        sa.Column("gateway_address", sa.String()),
        sa.Column("period_s", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("proof", sa.String()),
        sa.Column("proven_at", INSTANT),
        sa.Column("reason", sa.String()),
        sa.CheckConstraint("outcome IN ('pending', 'proven', 'failed')", name="outcome"),
        sa.CheckConstraint(
            "proof IN ('echo', 'report', 'unchanged', 'sample', 'cabinet_meter')", name="proof"
        ),
        sa.CheckConstraint(
            "(outcome = 'proven') = (proof IS NOT NULL AND proven_at IS NOT NULL)", name="proven"
        ),
        sa.CheckConstraint("(outcome = 'failed') = (reason IS NOT NULL)", name="failed"),
    )


def _create_frames() -> None:
    op.create_table(
        "radio_frame",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("campaign_id", sa.Uuid(), sa.ForeignKey("radio_campaign.id"), index=True),
        sa.Column("group_id", sa.Uuid(), sa.ForeignKey("radio_group.id")),
        sa.Column("controller_key", sa.Integer()),
        sa.Column("port", sa.SmallInteger(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("not_before", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("sent_at", INSTANT),
        sa.Column("detail", sa.String()),
        sa.CheckConstraint("state IN ('waiting', 'sent', 'failed')", name="state"),
        sa.CheckConstraint("(group_id IS NULL) <> (controller_key IS NULL)", name="addressee"),
    )
    op.create_index(
        "ix_radio_frame_waiting",
        "radio_frame",
        ["not_before"],
        postgresql_where=sa.text("state = 'waiting'"),
    )


def downgrade() -> None:
    for table in (
        "radio_frame",
        "radio_campaign_light",
        "radio_campaign",
        "radio_group_member",
        "radio_group",
        "radio_airtime",
        "radio_channel",
    ):
        op.drop_table(table)
    op.drop_column("command", "delivered_by")
