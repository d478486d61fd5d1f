"""Plans in rows, and what the day itself writes down"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "card_exchanges",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("scanner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("scanned_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("need", sa.String(length=40), nullable=False),
        sa.Column("interest", sa.String(length=10), nullable=False),
        sa.Column("next_step", sa.String(length=10), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submission_id", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_card_exchanges_event_id_events"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["scanned_id"],
            ["event_people.id"],
            name=op.f("fk_card_exchanges_scanned_id_event_people"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["scanner_id"],
            ["event_people.id"],
            name=op.f("fk_card_exchanges_scanner_id_event_people"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_exchanges")),
        sa.UniqueConstraint("scanner_id", "scanned_id", name=op.f("uq_card_exchanges_scanner_id_scanned_id")),
        sa.UniqueConstraint("submission_id", name=op.f("uq_card_exchanges_submission_id")),
    )
    with op.batch_alter_table("card_exchanges", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_card_exchanges_event_id"), ["event_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_card_exchanges_scanned_id"), ["scanned_id"], unique=False)

    op.create_table(
        "planned_loads",
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=130), nullable=False),
        sa.Column("slot", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["plan_versions.id"],
            name=op.f("fk_planned_loads_version_id_plan_versions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("version_id", "key", "slot", name=op.f("pk_planned_loads")),
    )
    op.create_table(
        "planned_meetings",
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("a_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("b_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("zone", sa.String(length=24), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["plan_versions.id"],
            name=op.f("fk_planned_meetings_version_id_plan_versions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("version_id", "a_id", "b_id", name=op.f("pk_planned_meetings")),
    )
    with op.batch_alter_table("planned_meetings", schema=None) as batch_op:
        batch_op.create_index("ix_planned_meetings_b", ["version_id", "b_id"], unique=False)
        batch_op.create_index("ix_planned_meetings_place", ["version_id", "zone", "slot"], unique=False)

    op.create_table(
        "planned_pairs",
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("a_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("b_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("pinned_slot", sa.Integer(), nullable=True),
        sa.Column("interpreter", sa.String(length=120), nullable=True),
        sa.Column("published_slot", sa.Integer(), nullable=True),
        sa.Column("published_number", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["plan_versions.id"],
            name=op.f("fk_planned_pairs_version_id_plan_versions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("version_id", "a_id", "b_id", name=op.f("pk_planned_pairs")),
    )
    op.create_table(
        "planned_people",
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("participation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["plan_versions.id"],
            name=op.f("fk_planned_people_version_id_plan_versions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("version_id", "participation_id", name=op.f("pk_planned_people")),
    )
    op.create_table(
        "floor_delays",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("participation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["participation_id"],
            ["session_participations.id"],
            name=op.f("fk_floor_delays_participation_id_session_participations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_floor_delays")),
    )
    with op.batch_alter_table("floor_delays", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_floor_delays_participation_id"), ["participation_id"], unique=False)

    op.create_table(
        "freed_offers",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("session_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("part_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("a_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("b_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("a_accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("b_accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("meeting_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["a_id"],
            ["session_participations.id"],
            name=op.f("fk_freed_offers_a_id_session_participations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["b_id"],
            ["session_participations.id"],
            name=op.f("fk_freed_offers_b_id_session_participations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meetings.id"], name=op.f("fk_freed_offers_meeting_id_meetings"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["part_id"], ["session_parts.id"], name=op.f("fk_freed_offers_part_id_session_parts"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["matchmaking_sessions.id"],
            name=op.f("fk_freed_offers_session_id_matchmaking_sessions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_freed_offers")),
        sa.UniqueConstraint("a_id", "b_id", "starts_at", name=op.f("uq_freed_offers_a_id_b_id_starts_at")),
    )
    with op.batch_alter_table("freed_offers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_freed_offers_b_id"), ["b_id"], unique=False)
        batch_op.create_index("ix_freed_offers_open", ["session_id", "closed_at"], unique=False)

    with op.batch_alter_table("plan_versions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("board", sa.JSON(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("plan_versions", schema=None) as batch_op:
        batch_op.drop_column("board")

    with op.batch_alter_table("freed_offers", schema=None) as batch_op:
        batch_op.drop_index("ix_freed_offers_open")
        batch_op.drop_index(batch_op.f("ix_freed_offers_b_id"))

    op.drop_table("freed_offers")
    with op.batch_alter_table("floor_delays", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_floor_delays_participation_id"))

    op.drop_table("floor_delays")
    op.drop_table("planned_people")
    op.drop_table("planned_pairs")
    with op.batch_alter_table("planned_meetings", schema=None) as batch_op:
        batch_op.drop_index("ix_planned_meetings_place")
        batch_op.drop_index("ix_planned_meetings_b")

    op.drop_table("planned_meetings")
    op.drop_table("planned_loads")
    with op.batch_alter_table("card_exchanges", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_card_exchanges_scanned_id"))
        batch_op.drop_index(batch_op.f("ix_card_exchanges_event_id"))

    op.drop_table("card_exchanges")
