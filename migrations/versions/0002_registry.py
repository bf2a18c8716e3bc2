"""Create the estate: cabinets, circuits, supports, light points, equipment, imports."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR

from migrations import estate_columns as columns

revision = "0002_registry"
down_revision = "0001_access_and_outbox"
branch_labels = None
depends_on = None

OPEN = sa.text("removed_at IS NULL")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _create_imports()
    _create_network()
    _create_light_points()
    _create_catalogue()
    _create_equipment()
    _create_installations()
    _create_history()


def _create_imports() -> None:
    op.create_table(
        "import_run",
        columns.identifier(),
        columns.organisation(),
        *(
            columns.text(name)
            for name in ("mapping", "source", "file_name", "file_sha256", "state")
        ),
        sa.Column("counts", JSONB(), nullable=False),
        columns.instant("started_at"),
        columns.text("started_by"),
        columns.instant("applied_at", nullable=True),
        columns.instant("undone_at", nullable=True),
        columns.check("state", "state IN ('dry_run', 'applied', 'undone')"),
    )
    op.create_index(
        "ix_import_run_organisation", "import_run", ["organisation_id", "started_at", "id"]
    )
    op.create_table(
        "import_row",
        sa.Column(
            "run_id",
            sa.Uuid(),
            sa.ForeignKey("import_run.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("line_number", sa.Integer(), primary_key=True),
        sa.Column("lamp_number", sa.Integer(), primary_key=True),
        *(columns.text(name) for name in ("outcome", "source_key", "support_key", "code")),
        sa.Column("light_point_id", sa.Uuid()),
        columns.text("reason_code", nullable=True),
        columns.text("reason", nullable=True),
        *(sa.Column(name, JSONB()) for name in ("raw", "before", "after")),
        columns.check("outcome", "outcome IN ('created', 'changed', 'unchanged', 'quarantined')"),
    )
    op.create_index("ix_import_row_outcome", "import_row", ["run_id", "outcome", "line_number"])


def _create_network() -> None:
    op.create_table(
        "cabinet",
        columns.identifier(),
        columns.organisation(),
        *columns.code(),
        columns.text("name"),
        *columns.place(),
        columns.text("position_quality"),
        columns.text("prm", nullable=True),
        sa.Column("subscribed_power_kva", sa.Float()),
        columns.text("provenance"),
        *columns.state(),
        sa.Column("search_words", TSVECTOR(), nullable=False),
        columns.import_run(),
        columns.instant(),
        sa.UniqueConstraint("organisation_id", "code"),
        columns.check("provenance", "provenance IN ('imported', 'generated', 'entered')"),
        columns.check("position_quality", "position_quality IN ('surveyed', 'estimated')"),
        columns.check("subscribed_power", "subscribed_power_kva > 0"),
        columns.check("prm", "prm ~ '^[0-9]{14}$'"),
    )
    op.create_index("ix_cabinet_search_words", "cabinet", ["search_words"], postgresql_using="gin")
    op.create_index("ix_cabinet_code_id", "cabinet", ["code", "id"])
    op.create_table(
        "circuit",
        columns.identifier(),
        columns.reference("cabinet_id", "cabinet.id"),
        columns.organisation(index=True),
        *columns.code(),
        columns.text("phase", nullable=True),
        columns.import_run(),
        columns.instant(),
        sa.UniqueConstraint("cabinet_id", "code"),
        sa.UniqueConstraint("id", "cabinet_id"),
        columns.check("phase", "phase IN ('L1', 'L2', 'L3', 'L123')"),
    )
    op.create_table(
        "support",
        columns.identifier(),
        columns.organisation(),
        *columns.code(),
        *columns.place(),
        sa.Column("height_m", sa.Float()),
        columns.text("material", nullable=True),
        columns.import_run(),
        columns.instant(),
        sa.UniqueConstraint("organisation_id", "code"),
        columns.check("height", "height_m > 0"),
    )


def _create_light_points() -> None:
    op.create_table(
        "light_point",
        columns.identifier(),
        columns.integer_key(),
        columns.organisation(),
        *columns.code(),
        columns.text("street"),
        columns.reference("support_id", "support.id", nullable=True, index=True),
        columns.reference("cabinet_id", "cabinet.id", nullable=True),
        sa.Column("circuit_id", sa.Uuid()),
        sa.Column("position_on_circuit", sa.Integer()),
        *columns.place(),
        *columns.state(),
        sa.Column("attributes", JSONB(), nullable=False),
        sa.Column("tile_key", sa.BigInteger(), nullable=False, index=True),
        columns.text("street_folded"),
        sa.Column("search_words", TSVECTOR(), nullable=False),
        columns.registry_revision(),
        columns.import_run(),
        columns.instant(),
        sa.UniqueConstraint("organisation_id", "code"),
        sa.ForeignKeyConstraint(["circuit_id", "cabinet_id"], ["circuit.id", "circuit.cabinet_id"]),
        columns.check("circuit_has_cabinet", "circuit_id IS NULL OR cabinet_id IS NOT NULL"),
        columns.check("position_on_circuit", "position_on_circuit >= 0"),
        columns.check("tile_key", "tile_key >= 0"),
    )
    table = "light_point"
    op.create_index("ix_light_point_search_words", table, ["search_words"], postgresql_using="gin")
    op.create_index("ix_light_point_code_id", table, ["code", "id"])
    op.create_index("ix_light_point_cabinet_code", table, ["cabinet_id", "code", "id"])
    op.create_index("ix_light_point_circuit", table, ["circuit_id", "position_on_circuit"])
    columns.prefix_index("ix_light_point_street_folded", table, "street_folded")
    op.create_table(
        "external_id",
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), primary_key=True),
        *(sa.Column(name, sa.String(), primary_key=True) for name in ("scheme", "asset_type")),
        sa.Column("value", sa.String(), primary_key=True),
        sa.Column("asset_id", sa.Uuid(), nullable=False, index=True),
        columns.import_run(),
    )


def _create_catalogue() -> None:
    op.create_table(
        "luminaire_type",
        columns.identifier(),
        columns.text("maker"),
        columns.text("model"),
        columns.text("lamp_technology", nullable=True),
        *(
            sa.Column(name, sa.Float())
            for name in ("rated_power_w", "gear_loss_w", "standby_power_w", "flux_lm")
        ),
        sa.Column("cct_k", sa.Integer()),
        sa.Column("upward_light_percent", sa.Float()),
        sa.Column("cie_flux_code_3", sa.Integer()),
        sa.Column("level_min_percent", sa.Integer(), nullable=False),
        sa.Column("l80_hours", sa.Integer()),
        sa.Column("warranty_years", sa.Integer()),
        columns.import_run(),
        columns.instant(),
        sa.UniqueConstraint(
            *("maker", "model", "lamp_technology", "rated_power_w", "cct_k"),
            postgresql_nulls_not_distinct=True,
        ),
        columns.check(
            "lamp_technology",
            "lamp_technology IN ('LED', 'HPS', 'MH', 'HG', 'CFL', 'FLUO', 'LPS', 'OTHER')",
        ),
        columns.check("rated_power", "rated_power_w > 0"),
        columns.check("losses", "gear_loss_w >= 0 AND standby_power_w >= 0"),
        columns.check("light", "flux_lm > 0 AND cct_k > 0"),
        columns.check("level_min", "level_min_percent BETWEEN 0 AND 100"),
        columns.check("upward_light", "upward_light_percent BETWEEN 0 AND 100"),
    )


def _create_equipment() -> None:
    op.create_table(
        "luminaire",
        columns.identifier(),
        columns.organisation(),
        columns.reference("type_id", "luminaire_type.id", index=True),
        columns.text("serial", nullable=True),
        sa.Column("installed_on", sa.Date()),
        *columns.state(),
        columns.import_run(),
        columns.instant(),
        sa.UniqueConstraint("organisation_id", "serial"),
        columns.check("serial", "serial <> ''"),
    )
    columns.prefix_index("ix_luminaire_serial_prefix", "luminaire", "serial")
    op.create_table(
        "controller",
        columns.identifier(),
        columns.integer_key(),
        columns.organisation(index=True),
        *columns.address(),
        columns.text("network"),
        columns.text("profile"),
        columns.text("serial", nullable=True),
        sa.Column("expected_period_s", sa.Integer(), nullable=False),
        *columns.state(),
        columns.registry_revision(),
        columns.import_run(),
        columns.instant(),
        columns.check("expected_period", "expected_period_s > 0"),
    )
    columns.prefix_index("ix_controller_address_prefix", "controller", "address")
    columns.prefix_index("ix_controller_serial_prefix", "controller", "serial")
    op.create_table(
        "gateway",
        columns.identifier(),
        columns.organisation(index=True),
        *columns.address(),
        columns.text("name"),
        *columns.place(),
        *columns.state(),
        columns.instant(),
    )


def _equipment_id(kind: str) -> sa.Column[Any]:
    """The equipment again, where it is of this kind, so that the database proves it exists."""
    return sa.Column(
        f"{kind}_id",
        sa.Uuid(),
        sa.Computed(
            f"CASE WHEN ((kind)::text = '{kind}'::text) THEN equipment_id ELSE NULL::uuid END",
            persisted=True,
        ),
        sa.ForeignKey(f"{kind}.id"),
    )


def _create_installations() -> None:
    op.create_table(
        "installation",
        columns.identifier(),
        columns.reference("light_point_id", "light_point.id"),
        columns.text("kind"),
        sa.Column("equipment_id", sa.Uuid(), nullable=False),
        _equipment_id("luminaire"),
        _equipment_id("controller"),
        columns.instant("installed_at"),
        columns.instant("removed_at", nullable=True),
        columns.text("reason"),
        columns.import_run(),
        columns.check("kind", "kind IN ('luminaire', 'controller')"),
        columns.check("period", "removed_at >= installed_at"),
    )
    table = "installation"
    op.create_index(
        "ix_installation_light_point", table, ["light_point_id", "kind", "installed_at"]
    )
    for kind in ("luminaire", "controller"):
        column = f"{kind}_id"
        there = sa.text(f"{column} IS NOT NULL")
        op.create_index(f"ix_installation_{kind}", table, [column], postgresql_where=there)
    _one_open("uq_installation_open_place", ["light_point_id", "kind"])
    _one_open("uq_installation_open_equipment", ["equipment_id"])


def _one_open(name: str, what: list[str]) -> None:
    op.create_index(name, "installation", what, unique=True, postgresql_where=OPEN)


def _create_history() -> None:
    op.create_table(
        "asset_change",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        columns.instant("at"),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        columns.text("asset_type"),
        sa.Column("asset_id", sa.Uuid(), nullable=False),
        columns.text("action"),
        sa.Column("before", JSONB()),
        sa.Column("after", JSONB()),
        columns.import_run(),
    )
    op.create_index("ix_asset_change_asset", "asset_change", ["asset_id", "id"])
    op.create_table(
        "registry_revision",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        columns.check("one_row", "id = 1"),
    )
    op.execute("INSERT INTO registry_revision (id, revision) VALUES (1, 0)")


def downgrade() -> None:
    for table in (
        *("registry_revision", "asset_change", "installation", "gateway", "controller"),
        *("luminaire", "luminaire_type", "external_id", "light_point", "support", "circuit"),
        *("cabinet", "import_row", "import_run"),
    ):
        op.drop_table(table)
