"""Create the estate: cabinets, circuits, supports, light points, equipment, imports."""

revision = "0002_registry"
down_revision = "0001_access_and_outbox"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
