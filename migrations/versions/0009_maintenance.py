"""Create work orders, crews and parts."""

revision = "0009_maintenance"
down_revision = "0008_contracts_and_reports"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
