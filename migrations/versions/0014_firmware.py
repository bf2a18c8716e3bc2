"""Create images, campaigns, waves and devices of firmware."""

import sqlalchemy as sa
from alembic import op

revision = "0014_firmware"
down_revision = "0013_sensors"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
CAMPAIGN_STATES = "'running', 'paused', 'stopped', 'aborted', 'finished'"
DEVICE_STATES = (
    "'waiting', 'due', 'sending', 'watched', 'updated', 'update_mode', 'failed', 'silent', "
    "'faulty', 'skipped'"
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _create_images()
    _create_campaigns()
    _create_devices()


def _organisation() -> sa.Column[object]:
    target = sa.ForeignKey("organisation.id")
    return sa.Column("organisation_id", sa.Uuid(), target, nullable=False, index=True)


def _campaign() -> sa.Column[object]:
    target = sa.ForeignKey("firmware_campaign.id", ondelete="CASCADE")
    return sa.Column("campaign_id", sa.Uuid(), target, primary_key=True)


def _create_images() -> None:
    op.create_table(
        "firmware_image",
        sa.Column("id", sa.Uuid(), primary_key=True),
        _organisation(),
        sa.Column("profile", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.UniqueConstraint("organisation_id", "profile", "version"),
    )


def _create_campaigns() -> None:
    op.create_table(
        "firmware_campaign",
        sa.Column("id", sa.Uuid(), primary_key=True),
        _organisation(),
        sa.Column(
            "image_id", sa.Uuid(), sa.ForeignKey("firmware_image.id"), nullable=False, index=True
        ),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("fault_limit_percent", sa.SmallInteger(), nullable=False),
        sa.Column("watch_s", sa.Integer(), nullable=False),
        sa.Column("bytes_per_hour", sa.Integer(), nullable=False),
        sa.Column("wave", sa.SmallInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("last_handed_at", INSTANT),
        sa.Column("ended_at", INSTANT),
        sa.CheckConstraint(f"state IN ({CAMPAIGN_STATES})", name="state"),
        sa.CheckConstraint("fault_limit_percent BETWEEN 0 AND 100", name="fault_limit"),
        sa.CheckConstraint("watch_s > 0 AND bytes_per_hour > 0", name="pace"),
    )
    op.create_index(
        "ix_firmware_campaign_running",
        "firmware_campaign",
        ["id"],
        postgresql_where=sa.text("state = 'running'"),
    )
    op.create_table(
        "firmware_wave",
        _campaign(),
        sa.Column("number", sa.SmallInteger(), primary_key=True),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("baseline_count", sa.Integer(), nullable=False),
    )


def _create_devices() -> None:
    op.create_table(
        "firmware_device",
        _campaign(),
        sa.Column(
            "controller_id", sa.Uuid(), sa.ForeignKey("controller.id"), primary_key=True, index=True
        ),
        sa.Column("wave", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("handed_at", INSTANT),
        sa.Column("updated_at", INSTANT),
        sa.Column("ended_at", INSTANT),
        sa.Column("detail", sa.String(), nullable=False),
        sa.CheckConstraint(f"state IN ({DEVICE_STATES})", name="state"),
    )
    op.create_index("ix_firmware_device_wave", "firmware_device", ["campaign_id", "wave", "state"])
    op.create_index(
        "ix_firmware_device_due",
        "firmware_device",
        ["handed_at"],
        postgresql_where=sa.text("state = 'due'"),
    )


def downgrade() -> None:
    op.drop_table("firmware_device")
    op.drop_table("firmware_wave")
    op.drop_table("firmware_campaign")
    op.drop_table("firmware_image")
