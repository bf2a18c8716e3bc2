"""Create contracts, tariffs and frozen reports."""

revision = "0008_contracts_and_reports"
down_revision = "0007_control"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
