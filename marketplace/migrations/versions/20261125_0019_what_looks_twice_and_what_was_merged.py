"""What looks twice and what was merged"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "likeness_keys",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("kind", "key", "subject_id", name=op.f("pk_likeness_keys")),
    )
    with op.batch_alter_table("likeness_keys", schema=None) as batch_op:
        batch_op.create_index("ix_likeness_keys_subject", ["kind", "subject_id"], unique=False)

    op.create_table(
        "duplicate_cases",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("first_id", sa.BigInteger(), nullable=False),
        sa.Column("second_id", sa.BigInteger(), nullable=False),
        sa.Column("why", sa.String(length=10), nullable=False),
        sa.Column("noticed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("decision", sa.String(length=10), nullable=True),
        sa.Column("kept_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("decision IN ('merged', 'different')", name=op.f("ck_duplicate_cases_decision")),
        sa.CheckConstraint("kind IN ('offer', 'demand', 'organisation')", name=op.f("ck_duplicate_cases_kind")),
        sa.CheckConstraint("first_id <= second_id", name=op.f("ck_duplicate_cases_order")),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["users.id"], name=op.f("fk_duplicate_cases_decided_by_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duplicate_cases")),
        sa.UniqueConstraint("kind", "first_id", "second_id", name=op.f("uq_duplicate_cases_kind_first_id_second_id")),
    )
    with op.batch_alter_table("duplicate_cases", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_duplicate_cases_decided_by"), ["decided_by"], unique=False)
        batch_op.create_index("ix_duplicate_cases_open", ["decided_at", "noticed_at", "id"], unique=False)

    with op.batch_alter_table("demands", schema=None) as batch_op:
        batch_op.add_column(sa.Column("merged_into_id", sa.BigInteger(), nullable=True))
        batch_op.create_index(batch_op.f("ix_demands_merged_into_id"), ["merged_into_id"], unique=False)

    with op.batch_alter_table("offers", schema=None) as batch_op:
        batch_op.add_column(sa.Column("merged_into_id", sa.BigInteger(), nullable=True))
        batch_op.create_index(batch_op.f("ix_offers_merged_into_id"), ["merged_into_id"], unique=False)

    with op.batch_alter_table("organisations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("other_names", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("merged_into_id", sa.BigInteger(), nullable=True))
        batch_op.create_index(batch_op.f("ix_organisations_merged_into_id"), ["merged_into_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("organisations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_organisations_merged_into_id"))
        batch_op.drop_column("merged_into_id")
        batch_op.drop_column("other_names")

    with op.batch_alter_table("offers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_offers_merged_into_id"))
        batch_op.drop_column("merged_into_id")

    with op.batch_alter_table("demands", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_demands_merged_into_id"))
        batch_op.drop_column("merged_into_id")

    with op.batch_alter_table("duplicate_cases", schema=None) as batch_op:
        batch_op.drop_index("ix_duplicate_cases_open")
        batch_op.drop_index(batch_op.f("ix_duplicate_cases_decided_by"))

    op.drop_table("duplicate_cases")
    with op.batch_alter_table("likeness_keys", schema=None) as batch_op:
        batch_op.drop_index("ix_likeness_keys_subject")

    op.drop_table("likeness_keys")
