"""Create calendar assignments, commands, their deliveries, and the levels of each light."""

revision = "0007_control"
down_revision = "0006_energy"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
