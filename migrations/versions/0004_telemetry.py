"""Create readings, latest state, events and quarantine."""

revision = "0004_telemetry"
down_revision = "0003_schedules"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
