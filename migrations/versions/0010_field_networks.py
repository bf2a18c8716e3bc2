"""Create field networks and what workers say of their lines."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0010_field_networks"
down_revision = "0009_maintenance"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
KINDS = "'chirpstack', 'tts', 'modbus', 'lunatone', 'lwm2m', 'oslp', 'mqtt'"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "field_network",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            sa.ForeignKey("organisation.id"),
            nullable=False,
            index=True,
        ),
        sa.Column("name", sa.String(), nullable=False, unique=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("settings", JSONB(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.CheckConstraint(f"kind IN ({KINDS})", name="kind"),
        sa.CheckConstraint("state IN ('active', 'paused')", name="state"),
        sa.CheckConstraint("split_part(name, ':', 1) = kind", name="name"),
    )
    op.create_table(
        "field_network_line",
        sa.Column(
            "network_id",
            sa.Uuid(),
            sa.ForeignKey("field_network.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("last_frame_at", INSTANT),
        sa.Column("frame_count", sa.BigInteger(), nullable=False),
        sa.Column("sent_count", sa.BigInteger(), nullable=False),
        sa.Column("told_at", INSTANT, nullable=False),
        sa.CheckConstraint("state IN ('open', 'failing', 'closed')", name="state"),
    )
    op.create_table(
        "field_network_memory",
        sa.Column(
            "network_id",
            sa.Uuid(),
            sa.ForeignKey("field_network.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("key", sa.String(), primary_key=True),
        sa.Column("value", JSONB(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("field_network_memory")
    op.drop_table("field_network_line")
    op.drop_table("field_network")
