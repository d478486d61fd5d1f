"""Institutions that join another's demand"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "demand_joins",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("demand_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("state IN ('asked', 'accepted', 'declined', 'left')", name=op.f("ck_demand_joins_state")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_demand_joins_quantity")),
        sa.ForeignKeyConstraint(["demand_id"], ["demands.id"], name=op.f("fk_demand_joins_demand_id_demands")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_demand_joins_organisation_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demand_joins")),
        sa.UniqueConstraint("demand_id", "organisation_id", name=op.f("uq_demand_joins_demand_id_organisation_id")),
    )
    with op.batch_alter_table("demand_joins", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_demand_joins_organisation_id"), ["organisation_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("demand_joins", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_demand_joins_organisation_id"))

    op.drop_table("demand_joins")
