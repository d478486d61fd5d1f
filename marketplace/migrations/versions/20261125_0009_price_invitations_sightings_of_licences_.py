"""Price invitations, sightings of licences and what is known of credentials"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "price_invitations",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("listing_kind", sa.String(length=10), nullable=False),
        sa.Column("listing_id", sa.BigInteger(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_price_invitations_organisation_id_organisations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_invitations")),
        sa.UniqueConstraint(
            "listing_kind",
            "listing_id",
            "organisation_id",
            name=op.f("uq_price_invitations_listing_kind_listing_id_organisation_id"),
        ),
    )
    with op.batch_alter_table("price_invitations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_price_invitations_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "licence_sightings",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("credential_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("document", sa.String(length=300), nullable=False),
        sa.Column("seen_on", sa.Date(), nullable=False),
        sa.Column("seen_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("submission_id", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["credential_id"],
            ["credentials.id"],
            name=op.f("fk_licence_sightings_credential_id_credentials"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_licence_sightings_organisation_id_organisations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["seen_by"], ["users.id"], name=op.f("fk_licence_sightings_seen_by_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_licence_sightings")),
        sa.UniqueConstraint("submission_id", name=op.f("uq_licence_sightings_submission_id")),
    )
    with op.batch_alter_table("licence_sightings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_licence_sightings_credential_id"), ["credential_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_licence_sightings_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_licence_sightings_seen_by"), ["seen_by"], unique=False)

    with op.batch_alter_table("credentials", schema=None) as batch_op:
        batch_op.add_column(sa.Column("place_id", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("valid_from", sa.Date(), nullable=True))

    with op.batch_alter_table("memberships", schema=None) as batch_op:
        batch_op.add_column(sa.Column("authorised_how", sa.String(length=20), server_default="entered", nullable=False))

    with op.batch_alter_table("organisations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("contact_given", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("number_checked_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("organisations", schema=None) as batch_op:
        batch_op.drop_column("number_checked_at")
        batch_op.drop_column("contact_given")

    with op.batch_alter_table("memberships", schema=None) as batch_op:
        batch_op.drop_column("authorised_how")

    with op.batch_alter_table("credentials", schema=None) as batch_op:
        batch_op.drop_column("valid_from")
        batch_op.drop_column("place_id")

    with op.batch_alter_table("licence_sightings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_licence_sightings_seen_by"))
        batch_op.drop_index(batch_op.f("ix_licence_sightings_organisation_id"))
        batch_op.drop_index(batch_op.f("ix_licence_sightings_credential_id"))

    op.drop_table("licence_sightings")
    with op.batch_alter_table("price_invitations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_price_invitations_organisation_id"))

    op.drop_table("price_invitations")
