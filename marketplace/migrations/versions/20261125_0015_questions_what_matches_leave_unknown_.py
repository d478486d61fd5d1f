"""Questions: what matches leave unknown, and who asked"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "questions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("demand_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("offer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("topic", sa.String(length=140), nullable=False),
        sa.Column("text", sa.JSON(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["demand_id"], ["demands.id"], name=op.f("fk_questions_demand_id_demands"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["offer_id"], ["offers.id"], name=op.f("fk_questions_offer_id_offers"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questions")),
        sa.UniqueConstraint("demand_id", "offer_id", "topic", name=op.f("uq_questions_demand_id_offer_id_topic")),
    )
    with op.batch_alter_table("questions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_questions_offer_id"), ["offer_id"], unique=False)

    op.create_table(
        "unknown_requirements",
        sa.Column("demand_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("offer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("topic", sa.String(length=140), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("need", sa.String(length=10), nullable=False),
        sa.Column("text", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["demand_id"], ["demands.id"], name=op.f("fk_unknown_requirements_demand_id_demands"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["offer_id"], ["offers.id"], name=op.f("fk_unknown_requirements_offer_id_offers"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("demand_id", "offer_id", "position", name=op.f("pk_unknown_requirements")),
    )
    with op.batch_alter_table("unknown_requirements", schema=None) as batch_op:
        batch_op.create_index("ix_unknown_requirements_topic", ["offer_id", "topic"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("unknown_requirements", schema=None) as batch_op:
        batch_op.drop_index("ix_unknown_requirements_topic")

    op.drop_table("unknown_requirements")
    with op.batch_alter_table("questions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_questions_offer_id"))

    op.drop_table("questions")
