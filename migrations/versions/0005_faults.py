"""Create alarms and their evidence."""

revision = "0005_faults"
down_revision = "0004_telemetry"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
