"""Watches what they found and robots of groups"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "robots",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("service", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("address", sa.String(length=500), nullable=False),
        sa.Column("secret", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submission_id", sa.String(length=64), nullable=True),
        sa.Column("off_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("off_reason", sa.String(length=40), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("wait_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sending_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("service IN ('wecom', 'dingtalk', 'feishu')", name=op.f("ck_robots_service")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_robots_user_id_users"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_robots")),
        sa.UniqueConstraint("submission_id", name=op.f("uq_robots_submission_id")),
    )
    with op.batch_alter_table("robots", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_robots_user_id"), ["user_id"], unique=False)

    op.create_table(
        "robot_lines",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("robot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("dedupe_key", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["robot_id"], ["robots.id"], name=op.f("fk_robot_lines_robot_id_robots"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_robot_lines")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_robot_lines_dedupe_key")),
    )
    with op.batch_alter_table("robot_lines", schema=None) as batch_op:
        batch_op.create_index("ix_robot_lines_waiting", ["robot_id", "sent_at", "id"], unique=False)

    op.create_table(
        "robot_sendings",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("robot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["robot_id"], ["robots.id"], name=op.f("fk_robot_sendings_robot_id_robots"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_robot_sendings")),
    )
    with op.batch_alter_table("robot_sendings", schema=None) as batch_op:
        batch_op.create_index("ix_robot_sendings_recent", ["robot_id", "sent_at"], unique=False)

    op.create_table(
        "watches",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("what", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("name_folded", sa.String(length=160), nullable=False),
        sa.Column("collection", sa.String(length=10), nullable=False),
        sa.Column("query", sa.JSON(), nullable=False),
        sa.Column("standing", sa.JSON(), nullable=False),
        sa.Column("version", sa.String(length=80), nullable=False),
        sa.Column("demand_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("cadence", sa.String(length=10), nullable=False),
        sa.Column("by_mail", sa.Boolean(), nullable=False),
        sa.Column("robot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("feed_hash", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submission_id", sa.String(length=64), nullable=True),
        sa.CheckConstraint("cadence IN ('now', 'daily', 'weekly')", name=op.f("ck_watches_cadence")),
        sa.CheckConstraint("what IN ('search', 'demand', 'profile')", name=op.f("ck_watches_what")),
        sa.ForeignKeyConstraint(
            ["demand_id"], ["demands.id"], name=op.f("fk_watches_demand_id_demands"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_watches_organisation_id_organisations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["robot_id"], ["robots.id"], name=op.f("fk_watches_robot_id_robots"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_watches_user_id_users"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watches")),
        sa.UniqueConstraint("feed_hash", name=op.f("uq_watches_feed_hash")),
        sa.UniqueConstraint("submission_id", name=op.f("uq_watches_submission_id")),
        sa.UniqueConstraint("user_id", "name_folded", name=op.f("uq_watches_user_id_name_folded")),
    )
    with op.batch_alter_table("watches", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_watches_demand_id"), ["demand_id"], unique=False)
        batch_op.create_index("ix_watches_profile", ["what", "organisation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_watches_robot_id"), ["robot_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_watches_version"), ["version"], unique=False)

    op.create_table(
        "watch_keys",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column(
            "watch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["watch_id"], ["watches.id"], name=op.f("fk_watch_keys_watch_id_watches"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", "watch_id", name=op.f("pk_watch_keys")),
    )
    with op.batch_alter_table("watch_keys", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_watch_keys_watch_id"), ["watch_id"], unique=False)

    op.create_table(
        "watch_sightings",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("watch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("listing_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.JSON(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.CheckConstraint("kind IN ('offer', 'demand')", name=op.f("ck_watch_sightings_kind")),
        sa.ForeignKeyConstraint(
            ["watch_id"], ["watches.id"], name=op.f("fk_watch_sightings_watch_id_watches"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watch_sightings")),
        sa.UniqueConstraint("watch_id", "kind", "listing_id", name=op.f("uq_watch_sightings_watch_id_kind_listing_id")),
    )
    with op.batch_alter_table("watch_sightings", schema=None) as batch_op:
        batch_op.create_index("ix_watch_sightings_due", ["watch_id", "done_at", "due_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("watch_sightings", schema=None) as batch_op:
        batch_op.drop_index("ix_watch_sightings_due")

    op.drop_table("watch_sightings")
    with op.batch_alter_table("watch_keys", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_watch_keys_watch_id"))

    op.drop_table("watch_keys")
    with op.batch_alter_table("watches", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_watches_version"))
        batch_op.drop_index(batch_op.f("ix_watches_robot_id"))
        batch_op.drop_index("ix_watches_profile")
        batch_op.drop_index(batch_op.f("ix_watches_demand_id"))

    op.drop_table("watches")
    with op.batch_alter_table("robot_sendings", schema=None) as batch_op:
        batch_op.drop_index("ix_robot_sendings_recent")

    op.drop_table("robot_sendings")
    with op.batch_alter_table("robot_lines", schema=None) as batch_op:
        batch_op.drop_index("ix_robot_lines_waiting")

    op.drop_table("robot_lines")
    with op.batch_alter_table("robots", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_robots_user_id"))

    op.drop_table("robots")
