"""Outcomes asked for after months"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "outcome_rounds",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("participation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("nonce", sa.String(length=43), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("month IN (1, 3, 6, 12)", name=op.f("ck_outcome_rounds_month")),
        sa.ForeignKeyConstraint(
            ["participation_id"],
            ["session_participations.id"],
            name=op.f("fk_outcome_rounds_participation_id_session_participations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcome_rounds")),
        sa.UniqueConstraint("participation_id", "month", name=op.f("uq_outcome_rounds_participation_id_month")),
    )
    op.create_table(
        "outcome_asks",
        sa.Column("round_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("meeting_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("answer", sa.String(length=12), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meetings.id"], name=op.f("fk_outcome_asks_meeting_id_meetings"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["outcome_rounds.id"],
            name=op.f("fk_outcome_asks_round_id_outcome_rounds"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("round_id", "meeting_id", name=op.f("pk_outcome_asks")),
    )
    with op.batch_alter_table("outcome_asks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outcome_asks_meeting_id"), ["meeting_id"], unique=False)

    with op.batch_alter_table("outcomes", schema=None) as batch_op:
        batch_op.add_column(sa.Column("file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True))
        batch_op.create_index(batch_op.f("ix_outcomes_file_id"), ["file_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_outcomes_file_id_stored_files"), "stored_files", ["file_id"], ["id"], ondelete="SET NULL"
        )


def downgrade() -> None:
    with op.batch_alter_table("outcomes", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_outcomes_file_id_stored_files"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_outcomes_file_id"))
        batch_op.drop_column("file_id")

    with op.batch_alter_table("outcome_asks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outcome_asks_meeting_id"))

    op.drop_table("outcome_asks")
    op.drop_table("outcome_rounds")
