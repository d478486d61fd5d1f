"""Offers, demands, exchange rates, matches and answers"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# A listing points to its versions and a version to its listing. SQLite takes both with the tables; PostgreSQL needs the
# second one added once both tables stand.
CIRCLES = [
    (f"fk_{table}_{column}_{versions}", table, versions, column)
    for table, versions in (("offers", "offer_versions"), ("demands", "demand_versions"))
    for column in ("live_version_id", "draft_version_id")
]


def upgrade() -> None:
    op.create_table(
        "exchange_rates",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("base", sa.String(length=3), nullable=False),
        sa.Column("rate", sa.String(length=40), nullable=False),
        sa.Column("valid_on", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("entered_by", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchange_rates")),
    )
    with op.batch_alter_table("exchange_rates", schema=None) as batch_op:
        batch_op.create_index("ix_exchange_rates_currency", ["currency", "valid_on", "id"], unique=False)

    op.create_table(
        "demands",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lock_version", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.String(length=80), nullable=True),
        sa.Column("import_key", sa.String(length=120), nullable=True),
        sa.Column("organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("live_version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("draft_version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["draft_version_id"],
            ["demand_versions.id"],
            name=op.f("fk_demands_draft_version_id_demand_versions"),
            use_alter=True,
        ),
        sa.ForeignKeyConstraint(
            ["live_version_id"],
            ["demand_versions.id"],
            name=op.f("fk_demands_live_version_id_demand_versions"),
            use_alter=True,
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_demands_organisation_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demands")),
        sa.UniqueConstraint("import_key", name=op.f("uq_demands_import_key")),
        sa.UniqueConstraint("submission_id", name=op.f("uq_demands_submission_id")),
    )
    with op.batch_alter_table("demands", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_demands_draft_version_id"), ["draft_version_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_demands_live_version_id"), ["live_version_id"], unique=False)
        batch_op.create_index("ix_demands_newest", ["opens_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_demands_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "offers",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lock_version", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.String(length=80), nullable=True),
        sa.Column("import_key", sa.String(length=120), nullable=True),
        sa.Column("organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("live_version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("draft_version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["draft_version_id"],
            ["offer_versions.id"],
            name=op.f("fk_offers_draft_version_id_offer_versions"),
            use_alter=True,
        ),
        sa.ForeignKeyConstraint(
            ["live_version_id"],
            ["offer_versions.id"],
            name=op.f("fk_offers_live_version_id_offer_versions"),
            use_alter=True,
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_offers_organisation_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offers")),
        sa.UniqueConstraint("import_key", name=op.f("uq_offers_import_key")),
        sa.UniqueConstraint("submission_id", name=op.f("uq_offers_submission_id")),
    )
    with op.batch_alter_table("offers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_offers_draft_version_id"), ["draft_version_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_offers_live_version_id"), ["live_version_id"], unique=False)
        batch_op.create_index("ix_offers_newest", ["opens_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_offers_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "answers",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("demand_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("offer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("side", sa.String(length=20), nullable=False),
        sa.Column("answer", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("answer IN ('interested', 'declined')", name=op.f("ck_answers_answer")),
        sa.CheckConstraint("side IN ('supplier', 'institution')", name=op.f("ck_answers_side")),
        sa.ForeignKeyConstraint(["demand_id"], ["demands.id"], name=op.f("fk_answers_demand_id_demands")),
        sa.ForeignKeyConstraint(["offer_id"], ["offers.id"], name=op.f("fk_answers_offer_id_offers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answers")),
        sa.UniqueConstraint("demand_id", "offer_id", "side", name=op.f("uq_answers_demand_id_offer_id_side")),
    )
    with op.batch_alter_table("answers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_answers_offer_id"), ["offer_id"], unique=False)

    op.create_table(
        "demand_versions",
        sa.Column("listing_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("submission_id", sa.String(length=80), nullable=True),
        sa.ForeignKeyConstraint(["listing_id"], ["demands.id"], name=op.f("fk_demand_versions_listing_id_demands")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demand_versions")),
        sa.UniqueConstraint("listing_id", "number", name=op.f("uq_demand_versions_listing_id_number")),
        sa.UniqueConstraint("submission_id", name=op.f("uq_demand_versions_submission_id")),
    )
    with op.batch_alter_table("demand_versions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_demand_versions_listing_id"), ["listing_id"], unique=False)

    op.create_table(
        "matches",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("demand_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("offer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("band", sa.String(length=20), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("order_key", sa.String(length=60), nullable=False),
        sa.Column("explanation", sa.JSON(), nullable=False),
        sa.Column("ruleset", sa.String(length=60), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("band IN ('strong', 'partial', 'near miss')", name=op.f("ck_matches_band")),
        sa.ForeignKeyConstraint(["demand_id"], ["demands.id"], name=op.f("fk_matches_demand_id_demands")),
        sa.ForeignKeyConstraint(["offer_id"], ["offers.id"], name=op.f("fk_matches_offer_id_offers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matches")),
        sa.UniqueConstraint("demand_id", "offer_id", name=op.f("uq_matches_demand_id_offer_id")),
    )
    with op.batch_alter_table("matches", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_matches_demand_id"), ["demand_id"], unique=False)
        batch_op.create_index("ix_matches_offer_order", ["offer_id", "order_key"], unique=False)

    op.create_table(
        "offer_versions",
        sa.Column("listing_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("submission_id", sa.String(length=80), nullable=True),
        sa.ForeignKeyConstraint(["listing_id"], ["offers.id"], name=op.f("fk_offer_versions_listing_id_offers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer_versions")),
        sa.UniqueConstraint("listing_id", "number", name=op.f("uq_offer_versions_listing_id_number")),
        sa.UniqueConstraint("submission_id", name=op.f("uq_offer_versions_submission_id")),
    )
    with op.batch_alter_table("offer_versions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_offer_versions_listing_id"), ["listing_id"], unique=False)

    op.create_table(
        "pasted_needs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("lang", sa.String(length=10), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("demand_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["demand_id"], ["demands.id"], name=op.f("fk_pasted_needs_demand_id_demands")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pasted_needs")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_pasted_needs_token_hash")),
    )
    with op.batch_alter_table("pasted_needs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pasted_needs_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_pasted_needs_demand_id"), ["demand_id"], unique=False)

    op.create_table(
        "demand_version_files",
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_files.id"], name=op.f("fk_demand_version_files_file_id_stored_files")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["demand_versions.id"],
            name=op.f("fk_demand_version_files_version_id_demand_versions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("version_id", "file_id", name=op.f("pk_demand_version_files")),
    )
    with op.batch_alter_table("demand_version_files", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_demand_version_files_file_id"), ["file_id"], unique=False)

    op.create_table(
        "offer_version_files",
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_files.id"], name=op.f("fk_offer_version_files_file_id_stored_files")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["offer_versions.id"],
            name=op.f("fk_offer_version_files_version_id_offer_versions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("version_id", "file_id", name=op.f("pk_offer_version_files")),
    )
    with op.batch_alter_table("offer_version_files", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_offer_version_files_file_id"), ["file_id"], unique=False)

    if op.get_bind().dialect.name == "postgresql":
        for name, table, versions, column in CIRCLES:
            op.create_foreign_key(name, table, versions, [column], ["id"])


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for name, table, _versions, _column in CIRCLES:
            op.drop_constraint(name, table, type_="foreignkey")
    with op.batch_alter_table("offer_version_files", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_offer_version_files_file_id"))

    op.drop_table("offer_version_files")
    with op.batch_alter_table("demand_version_files", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_demand_version_files_file_id"))

    op.drop_table("demand_version_files")
    with op.batch_alter_table("pasted_needs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_pasted_needs_demand_id"))
        batch_op.drop_index(batch_op.f("ix_pasted_needs_created_at"))

    op.drop_table("pasted_needs")
    with op.batch_alter_table("offer_versions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_offer_versions_listing_id"))

    op.drop_table("offer_versions")
    with op.batch_alter_table("matches", schema=None) as batch_op:
        batch_op.drop_index("ix_matches_offer_order")
        batch_op.drop_index(batch_op.f("ix_matches_demand_id"))

    op.drop_table("matches")
    with op.batch_alter_table("demand_versions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_demand_versions_listing_id"))

    op.drop_table("demand_versions")
    with op.batch_alter_table("answers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_answers_offer_id"))

    op.drop_table("answers")
    with op.batch_alter_table("offers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_offers_organisation_id"))
        batch_op.drop_index("ix_offers_newest")
        batch_op.drop_index(batch_op.f("ix_offers_live_version_id"))
        batch_op.drop_index(batch_op.f("ix_offers_draft_version_id"))

    op.drop_table("offers")
    with op.batch_alter_table("demands", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_demands_organisation_id"))
        batch_op.drop_index("ix_demands_newest")
        batch_op.drop_index(batch_op.f("ix_demands_live_version_id"))
        batch_op.drop_index(batch_op.f("ix_demands_draft_version_id"))

    op.drop_table("demands")
    with op.batch_alter_table("exchange_rates", schema=None) as batch_op:
        batch_op.drop_index("ix_exchange_rates_currency")

    op.drop_table("exchange_rates")
