"""Rulesets that judgements propose and who put them in force"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "proposed_rulesets",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("against", sa.String(length=60), nullable=False),
        sa.Column("demands", sa.Integer(), nullable=False),
        sa.Column("before", sa.Float(), nullable=False),
        sa.Column("after", sa.Float(), nullable=False),
        sa.Column("gain", sa.Float(), nullable=False),
        sa.Column("low", sa.Float(), nullable=False),
        sa.Column("high", sa.Float(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposed_rulesets")),
    )
    op.create_table(
        "ruleset_adoptions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("proposed_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("version", sa.String(length=60), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("adopted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["proposed_id"], ["proposed_rulesets.id"], name=op.f("fk_ruleset_adoptions_proposed_id_proposed_rulesets")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ruleset_adoptions")),
    )
    with op.batch_alter_table("ruleset_adoptions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ruleset_adoptions_proposed_id"), ["proposed_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("ruleset_adoptions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ruleset_adoptions_proposed_id"))

    op.drop_table("ruleset_adoptions")
    op.drop_table("proposed_rulesets")
