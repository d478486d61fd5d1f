"""Matchmaking sessions, wishes, requests, plans, meetings and the calendar"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "matchmaking_sessions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("slot_minutes", sa.Integer(), nullable=False),
        sa.Column("gap_minutes", sa.Integer(), nullable=False),
        sa.Column("breaks", sa.JSON(), nullable=False),
        sa.Column("zone_ids", sa.JSON(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("fewest", sa.Integer(), nullable=False),
        sa.Column("in_a_row", sa.Integer(), nullable=True),
        sa.Column("walking", sa.Boolean(), nullable=False),
        sa.Column("request_quota", sa.Integer(), nullable=True),
        sa.Column("request_hours", sa.Integer(), nullable=False),
        sa.Column("weights", sa.JSON(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lock_version", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_matchmaking_sessions_event_id_events"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matchmaking_sessions")),
        sa.UniqueConstraint("submission_id", name=op.f("uq_matchmaking_sessions_submission_id")),
    )
    with op.batch_alter_table("matchmaking_sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_matchmaking_sessions_event_id"), ["event_id"], unique=False)

    op.create_table(
        "plan_versions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("session_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("mode", sa.String(length=12), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("pins", sa.JSON(), nullable=False),
        sa.Column("problem", sa.JSON(), nullable=True),
        sa.Column("frame", sa.JSON(), nullable=True),
        sa.Column("plan", sa.JSON(), nullable=True),
        sa.Column("progress", sa.JSON(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stop_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("provisional_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lock_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["matchmaking_sessions.id"],
            name=op.f("fk_plan_versions_session_id_matchmaking_sessions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_versions")),
        sa.UniqueConstraint("session_id", "number", name=op.f("uq_plan_versions_session_id_number")),
    )
    op.create_table(
        "session_participations",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("session_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("registration_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_key", sa.BigInteger(), nullable=False),
        sa.Column("side", sa.String(length=10), nullable=False),
        sa.Column("most", sa.Integer(), nullable=True),
        sa.Column("fewest", sa.Integer(), nullable=True),
        sa.Column("in_a_row", sa.Integer(), nullable=True),
        sa.Column("away", sa.JSON(), nullable=False),
        sa.Column("accepts", sa.String(length=10), nullable=False),
        sa.Column("manages", sa.Boolean(), nullable=False),
        sa.Column("at_booth", sa.Boolean(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("no_show_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("nonce", sa.String(length=43), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("side IN ('supply', 'demand')", name=op.f("ck_session_participations_side")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_session_participations_organisation_id_organisations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["event_registrations.id"],
            name=op.f("fk_session_participations_registration_id_event_registrations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["matchmaking_sessions.id"],
            name=op.f("fk_session_participations_session_id_matchmaking_sessions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_participations")),
        sa.UniqueConstraint(
            "session_id",
            "registration_id",
            "person_key",
            name=op.f("uq_session_participations_session_id_registration_id_person_key"),
        ),
    )
    with op.batch_alter_table("session_participations", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_session_participations_organisation_id"), ["organisation_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_session_participations_registration_id"), ["registration_id"], unique=False
        )

    op.create_table(
        "meeting_requests",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("session_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("from_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("to_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("turn_id", sa.BigInteger(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("declined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submission_id", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["from_id"],
            ["session_participations.id"],
            name=op.f("fk_meeting_requests_from_id_session_participations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["matchmaking_sessions.id"],
            name=op.f("fk_meeting_requests_session_id_matchmaking_sessions"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["to_id"],
            ["session_participations.id"],
            name=op.f("fk_meeting_requests_to_id_session_participations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_requests")),
        sa.UniqueConstraint("submission_id", name=op.f("uq_meeting_requests_submission_id")),
    )
    with op.batch_alter_table("meeting_requests", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meeting_requests_from_id"), ["from_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_meeting_requests_session_id"), ["session_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_meeting_requests_to_id"), ["to_id"], unique=False)

    op.create_table(
        "participation_people",
        sa.Column("participation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["participation_id"],
            ["session_participations.id"],
            name=op.f("fk_participation_people_participation_id_session_participations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["event_people.id"],
            name=op.f("fk_participation_people_person_id_event_people"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("participation_id", "person_id", name=op.f("pk_participation_people")),
    )
    with op.batch_alter_table("participation_people", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_participation_people_person_id"), ["person_id"], unique=False)

    op.create_table(
        "session_parts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("session_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("starts", sa.String(length=5), nullable=False),
        sa.Column("ends", sa.String(length=5), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("participation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint(
            "kind IN ('presentation', 'pitch', 'tables', 'booth', 'one_buyer', 'route', 'signing')",
            name=op.f("ck_session_parts_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["participation_id"],
            ["session_participations.id"],
            name=op.f("fk_session_parts_participation_id_session_participations"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["matchmaking_sessions.id"],
            name=op.f("fk_session_parts_session_id_matchmaking_sessions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_parts")),
    )
    with op.batch_alter_table("session_parts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_session_parts_participation_id"), ["participation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_session_parts_session_id"), ["session_id"], unique=False)

    op.create_table(
        "session_preferences",
        sa.Column("participation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("other_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("choice", sa.String(length=10), nullable=False),
        sa.CheckConstraint("choice IN ('must', 'would', 'no')", name=op.f("ck_session_preferences_choice")),
        sa.ForeignKeyConstraint(
            ["other_id"],
            ["session_participations.id"],
            name=op.f("fk_session_preferences_other_id_session_participations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["participation_id"],
            ["session_participations.id"],
            name=op.f("fk_session_preferences_participation_id_session_participations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("participation_id", "other_id", name=op.f("pk_session_preferences")),
    )
    with op.batch_alter_table("session_preferences", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_session_preferences_other_id"), ["other_id"], unique=False)

    op.create_table(
        "meetings",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("session_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("part_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("origin", sa.String(length=10), nullable=False),
        sa.Column("a_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("b_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("zone_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("table_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("interpreter_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_meetings_times")),
        sa.ForeignKeyConstraint(
            ["a_id"],
            ["session_participations.id"],
            name=op.f("fk_meetings_a_id_session_participations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["b_id"],
            ["session_participations.id"],
            name=op.f("fk_meetings_b_id_session_participations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["interpreter_id"],
            ["event_interpreters.id"],
            name=op.f("fk_meetings_interpreter_id_event_interpreters"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["part_id"], ["session_parts.id"], name=op.f("fk_meetings_part_id_session_parts"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["matchmaking_sessions.id"],
            name=op.f("fk_meetings_session_id_matchmaking_sessions"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["table_id"], ["event_tables.id"], name=op.f("fk_meetings_table_id_event_tables"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["zone_id"], ["event_zones.id"], name=op.f("fk_meetings_zone_id_event_zones"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meetings")),
    )
    with op.batch_alter_table("meetings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meetings_a_id"), ["a_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_meetings_b_id"), ["b_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_meetings_part_id"), ["part_id"], unique=False)
        batch_op.create_index("ix_meetings_session", ["session_id", "starts_at", "id"], unique=False)

    op.create_table(
        "occupancy",
        sa.Column("resource_kind", sa.String(length=12), nullable=False),
        sa.Column("resource_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("tick", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("meeting_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meetings.id"], name=op.f("fk_occupancy_meeting_id_meetings"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("resource_kind", "resource_id", "tick", name=op.f("pk_occupancy")),
    )
    with op.batch_alter_table("occupancy", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_occupancy_meeting_id"), ["meeting_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("occupancy", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_occupancy_meeting_id"))

    op.drop_table("occupancy")
    with op.batch_alter_table("meetings", schema=None) as batch_op:
        batch_op.drop_index("ix_meetings_session")
        batch_op.drop_index(batch_op.f("ix_meetings_part_id"))
        batch_op.drop_index(batch_op.f("ix_meetings_b_id"))
        batch_op.drop_index(batch_op.f("ix_meetings_a_id"))

    op.drop_table("meetings")
    with op.batch_alter_table("session_preferences", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_session_preferences_other_id"))

    op.drop_table("session_preferences")
    with op.batch_alter_table("session_parts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_session_parts_session_id"))
        batch_op.drop_index(batch_op.f("ix_session_parts_participation_id"))

    op.drop_table("session_parts")
    with op.batch_alter_table("participation_people", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_participation_people_person_id"))

    op.drop_table("participation_people")
    with op.batch_alter_table("meeting_requests", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_meeting_requests_to_id"))
        batch_op.drop_index(batch_op.f("ix_meeting_requests_session_id"))
        batch_op.drop_index(batch_op.f("ix_meeting_requests_from_id"))

    op.drop_table("meeting_requests")
    with op.batch_alter_table("session_participations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_session_participations_registration_id"))
        batch_op.drop_index(batch_op.f("ix_session_participations_organisation_id"))

    op.drop_table("session_participations")
    op.drop_table("plan_versions")
    with op.batch_alter_table("matchmaking_sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_matchmaking_sessions_event_id"))

    op.drop_table("matchmaking_sessions")
