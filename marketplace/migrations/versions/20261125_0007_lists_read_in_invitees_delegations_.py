"""Lists read in, invitees, delegations, claim links, slides of turns"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "outreach_delegations",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("coordinator", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("mobile", sa.String(length=40), nullable=False),
        sa.Column("locale", sa.String(length=10), nullable=False),
        sa.Column("coordinator_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["coordinator_id"],
            ["users.id"],
            name=op.f("fk_outreach_delegations_coordinator_id_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_outreach_delegations_event_id_events"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outreach_delegations")),
        sa.UniqueConstraint("event_id", "key", name=op.f("uq_outreach_delegations_event_id_key")),
    )
    with op.batch_alter_table("outreach_delegations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outreach_delegations_coordinator_id"), ["coordinator_id"], unique=False)

    op.create_table(
        "outreach_goals",
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("days", sa.JSON(), nullable=False),
        sa.Column("zones", sa.JSON(), nullable=False),
        sa.Column("districts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_outreach_goals_event_id_events"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_outreach_goals")),
    )
    op.create_table(
        "outreach_lists",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("header_line", sa.Integer(), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("merged", sa.JSON(), nullable=False),
        sa.Column("unread", sa.JSON(), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("created_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submission_id", sa.String(length=64), nullable=True),
        sa.CheckConstraint("kind IN ('exhibitors', 'buyers', 'delegations')", name=op.f("ck_outreach_lists_kind")),
        sa.ForeignKeyConstraint(
            ["created_by"], ["users.id"], name=op.f("fk_outreach_lists_created_by_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_outreach_lists_event_id_events"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outreach_lists")),
        sa.UniqueConstraint("submission_id", name=op.f("uq_outreach_lists_submission_id")),
    )
    with op.batch_alter_table("outreach_lists", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outreach_lists_created_by"), ["created_by"], unique=False)
        batch_op.create_index(batch_op.f("ix_outreach_lists_event_id"), ["event_id"], unique=False)

    op.create_table(
        "outreach_invitees",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("registration_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("delegation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("mobile", sa.String(length=40), nullable=False),
        sa.Column("locale", sa.String(length=10), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_call_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["delegation_id"],
            ["outreach_delegations.id"],
            name=op.f("fk_outreach_invitees_delegation_id_outreach_delegations"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_outreach_invitees_event_id_events"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["event_registrations.id"],
            name=op.f("fk_outreach_invitees_registration_id_event_registrations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outreach_invitees")),
        sa.UniqueConstraint("registration_id", name=op.f("uq_outreach_invitees_registration_id")),
    )
    with op.batch_alter_table("outreach_invitees", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outreach_invitees_delegation_id"), ["delegation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_outreach_invitees_event_id"), ["event_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_outreach_invitees_next_call_on"), ["next_call_on"], unique=False)

    op.create_table(
        "outreach_rows",
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("registration_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_outreach_rows_event_id_events"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["event_registrations.id"],
            name=op.f("fk_outreach_rows_registration_id_event_registrations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("event_id", "key", name=op.f("pk_outreach_rows")),
    )
    with op.batch_alter_table("outreach_rows", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outreach_rows_registration_id"), ["registration_id"], unique=False)

    op.create_table(
        "outreach_claim_links",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("delegation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("invitee_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("mobile", sa.String(length=40), nullable=False),
        sa.Column("locale", sa.String(length=10), nullable=False),
        sa.Column("nonce", sa.String(length=43), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint(
            "organisation_id IS NOT NULL OR delegation_id IS NOT NULL", name=op.f("ck_outreach_claim_links_one_thing")
        ),
        sa.ForeignKeyConstraint(
            ["delegation_id"],
            ["outreach_delegations.id"],
            name=op.f("fk_outreach_claim_links_delegation_id_outreach_delegations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["invitee_id"],
            ["outreach_invitees.id"],
            name=op.f("fk_outreach_claim_links_invitee_id_outreach_invitees"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_outreach_claim_links_organisation_id_organisations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["used_by"], ["users.id"], name=op.f("fk_outreach_claim_links_used_by_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outreach_claim_links")),
    )
    with op.batch_alter_table("outreach_claim_links", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outreach_claim_links_delegation_id"), ["delegation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_outreach_claim_links_invitee_id"), ["invitee_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_outreach_claim_links_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_outreach_claim_links_used_by"), ["used_by"], unique=False)

    op.create_table(
        "outreach_notes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("invitee_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("submission_id", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('note', 'call', 'sent')", name=op.f("ck_outreach_notes_kind")),
        sa.ForeignKeyConstraint(
            ["invitee_id"],
            ["outreach_invitees.id"],
            name=op.f("fk_outreach_notes_invitee_id_outreach_invitees"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_outreach_notes_user_id_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outreach_notes")),
        sa.UniqueConstraint("submission_id", name=op.f("uq_outreach_notes_submission_id")),
    )
    with op.batch_alter_table("outreach_notes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outreach_notes_invitee_id"), ["invitee_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_outreach_notes_user_id"), ["user_id"], unique=False)

    op.create_table(
        "outreach_claim_cases",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("against_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("link_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("came_to", sa.String(length=254), nullable=False),
        sa.Column("role", sa.String(length=120), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("defence", sa.Text(), nullable=False),
        sa.Column("defended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submission_id", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rejected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["against_id"], ["users.id"], name=op.f("fk_outreach_claim_cases_against_id_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["link_id"],
            ["outreach_claim_links.id"],
            name=op.f("fk_outreach_claim_cases_link_id_outreach_claim_links"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_outreach_claim_cases_organisation_id_organisations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_outreach_claim_cases_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outreach_claim_cases")),
        sa.UniqueConstraint("submission_id", name=op.f("uq_outreach_claim_cases_submission_id")),
    )
    with op.batch_alter_table("outreach_claim_cases", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outreach_claim_cases_against_id"), ["against_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_outreach_claim_cases_link_id"), ["link_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_outreach_claim_cases_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_outreach_claim_cases_user_id"), ["user_id"], unique=False)

    op.create_table(
        "session_turn_rules",
        sa.Column("part_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("slides_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("draw", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["part_id"],
            ["session_parts.id"],
            name=op.f("fk_session_turn_rules_part_id_session_parts"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("part_id", name=op.f("pk_session_turn_rules")),
    )
    op.create_table(
        "session_turn_slides",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("part_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("participation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"],
            ["stored_files.id"],
            name=op.f("fk_session_turn_slides_file_id_stored_files"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["part_id"],
            ["session_parts.id"],
            name=op.f("fk_session_turn_slides_part_id_session_parts"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["participation_id"],
            ["session_participations.id"],
            name=op.f("fk_session_turn_slides_participation_id_session_participations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_turn_slides")),
        sa.UniqueConstraint(
            "part_id", "participation_id", name=op.f("uq_session_turn_slides_part_id_participation_id")
        ),
    )
    with op.batch_alter_table("session_turn_slides", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_session_turn_slides_file_id"), ["file_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_session_turn_slides_participation_id"), ["participation_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("session_turn_slides", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_session_turn_slides_participation_id"))
        batch_op.drop_index(batch_op.f("ix_session_turn_slides_file_id"))

    op.drop_table("session_turn_slides")
    op.drop_table("session_turn_rules")
    with op.batch_alter_table("outreach_claim_cases", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outreach_claim_cases_user_id"))
        batch_op.drop_index(batch_op.f("ix_outreach_claim_cases_organisation_id"))
        batch_op.drop_index(batch_op.f("ix_outreach_claim_cases_link_id"))
        batch_op.drop_index(batch_op.f("ix_outreach_claim_cases_against_id"))

    op.drop_table("outreach_claim_cases")
    with op.batch_alter_table("outreach_notes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outreach_notes_user_id"))
        batch_op.drop_index(batch_op.f("ix_outreach_notes_invitee_id"))

    op.drop_table("outreach_notes")
    with op.batch_alter_table("outreach_claim_links", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outreach_claim_links_used_by"))
        batch_op.drop_index(batch_op.f("ix_outreach_claim_links_organisation_id"))
        batch_op.drop_index(batch_op.f("ix_outreach_claim_links_invitee_id"))
        batch_op.drop_index(batch_op.f("ix_outreach_claim_links_delegation_id"))

    op.drop_table("outreach_claim_links")
    with op.batch_alter_table("outreach_rows", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outreach_rows_registration_id"))

    op.drop_table("outreach_rows")
    with op.batch_alter_table("outreach_invitees", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outreach_invitees_next_call_on"))
        batch_op.drop_index(batch_op.f("ix_outreach_invitees_event_id"))
        batch_op.drop_index(batch_op.f("ix_outreach_invitees_delegation_id"))

    op.drop_table("outreach_invitees")
    with op.batch_alter_table("outreach_lists", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outreach_lists_event_id"))
        batch_op.drop_index(batch_op.f("ix_outreach_lists_created_by"))

    op.drop_table("outreach_lists")
    op.drop_table("outreach_goals")
    with op.batch_alter_table("outreach_delegations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outreach_delegations_coordinator_id"))

    op.drop_table("outreach_delegations")
