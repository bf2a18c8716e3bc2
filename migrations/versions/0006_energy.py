"""Create the energy ledger."""

revision = "0006_energy"
down_revision = "0005_faults"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
