"""Whom one met and exchanged cards with, on one sheet: contacts that were given by consent, with one's own notes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from flask_babel import format_date
from flask_babel import gettext as _

from catalogue.kinds import all_kinds
from marketplace import clock
from marketplace.actor import Actor
from marketplace.errors import NotFound
from marketplace.events.models import Person
from marketplace.extensions import db
from marketplace.floor import cards
from marketplace.floor.models import CardExchange
from marketplace.i18n import pick
from marketplace.matches import service as matches
from marketplace.matchmaking import policy, queries, wording
from marketplace.matchmaking.after_models import MeetingFeedback
from marketplace.matchmaking.models import MatchmakingSession, Meeting, Participation
from marketplace.matchmaking.moments import local_moment
from marketplace.matchmaking.picture_views import place_words
from marketplace.notifications.models import Notification
from marketplace.notifications.service import notify
from marketplace.organisations.models import Organisation
from marketplace.organisations.profile import CONTACT_FIELDS, given_contact
from marketplace.transaction import transaction


@dataclass
class Row:
    """One counterpart. `people`: whose cards were exchanged; `contact`: of the organisation, as far as it gave it;
    `notes`: one's own, the newest first; `answer`: one's own feedback on the last meeting that has some."""

    organisation: Organisation
    meetings: list[Meeting] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    contact: dict[str, str] = field(default_factory=lambda: dict.fromkeys(CONTACT_FIELDS, ""))
    notes: list[CardExchange] = field(default_factory=list)
    answer: str = ""


@dataclass(frozen=True)
class Sheet:
    """The sheet of one organisation for one session: those it met first, in the order of the day."""

    session: MatchmakingSession
    rows: list[Row]


def sheet_of(*, actor: Actor, session_id: int) -> Sheet:
    """The sheet of the organisation acted for. A contact is on it when a card was exchanged, or when both sides of a
    match said that they are interested: nobody else's, and never one that was only offered or asked for.

    Raises NotFound where the organisation takes no part.
    """
    session = policy.require_see(actor, queries.session(session_id))
    if actor.organisation_id is None:
        raise NotFound
    own = {row.id for row in queries.participations_of(session_id, organisation_id=actor.organisation_id)}
    if not own:
        raise NotFound
    rows: dict[int, Row] = {}

    def row_of(organisation: Organisation) -> Row:
        return rows.setdefault(organisation.id, Row(organisation))

    now = clock.now()
    told = {row.meeting_id: row.answer for row in db.session.scalars(
        sa.select(MeetingFeedback).where(MeetingFeedback.participation_id.in_(own)))}
    for entry in queries.timetable(sorted(own)):
        if entry.other is None or entry.meeting.kind != "meeting" or entry.meeting.starts_at > now:
            continue
        row = row_of(entry.other.organisation)
        row.meetings.append(entry.meeting)
        row.answer = told.get(entry.meeting.id, row.answer)
    mine = list(db.session.scalars(sa.select(Person.id).where(
        Person.event_id == session.event_id, Person.organisation_id == actor.organisation_id)))
    agreed, _asked, sent = cards.cards_of(mine)
    for card in agreed:
        other = card.scanned if card.scanner_id in mine else card.scanner
        row = row_of(other.organisation)
        if other not in row.people:
            row.people.append(other)
        row.contact["email"] = given_contact(other.organisation)["email"]
    for card in (*agreed, *sent):
        if card.scanner_id in mine and (card.need or card.interest or card.next_step):
            row_of(card.scanned.organisation).notes.append(card)
    for opened in matches.organisations_opened(actor.organisation_id) & rows.keys():
        rows[opened].contact = given_contact(rows[opened].organisation)
    return Sheet(session, sorted(rows.values(), key=lambda one: (
        not one.meetings, one.meetings[0].starts_at if one.meetings else now, one.organisation.id)))


def table(sheet: Sheet, words: dict[str, dict[str, object]], lang: str) -> list[list[object]]:
    """The sheet as rows under headings in the reader's language, one line for each card. `words`: for interest and
    next step."""
    zone = sheet.session.event.time_zone
    kinds = {one.key: one.labels[lang] for one in all_kinds()}
    out: list[list[object]] = [[
        _("Organisation"), _("Met at"), _("Where"), _("How was it?"), _("Name"), _("Role"), _("Mobile number"),
        _("E-mail"), _("Phone"), _("What is it about?"), _("Interest"), _("Next step"), _("By when")]]
    for row in sheet.rows:
        met = [local_moment(one.starts_at, zone) for one in row.meetings]
        note = row.notes[0] if row.notes else None
        people: list[Person | None] = [*row.people] or [None]
        for person in people:
            out.append([
                pick(row.organisation.names, lang, convert=False).text, "\n".join(met),
                "\n".join(place_words(one) for one in row.meetings),
                str(wording.FEEDBACK[row.answer]) if row.answer else "",
                person.name if person else row.contact["person"], person.role if person else "",
                person.mobile if person else "", row.contact["email"], row.contact["phone"],
                kinds.get(note.need, "") if note else "", str(words["interest"].get(note.interest, "")) if note else "",
                str(words["next_step"].get(note.next_step, "")) if note else "",
                (note.next_on or "") if note else ""])
    return out


def vcards(sheet: Sheet, words: dict[str, dict[str, object]], lang: str) -> str:
    """Those whose contact one has, as vCards 3.0 for a phone's address book; one's notes go along."""
    kinds = {one.key: one.labels[lang] for one in all_kinds()}
    out: list[str] = []
    for row in sheet.rows:
        firm = pick(row.organisation.names, lang, convert=False).text
        note = row.notes[0] if row.notes else None
        said = [kinds.get(note.need, ""), words["interest"].get(note.interest), words["next_step"].get(note.next_step),
                format_date(note.next_on) if note.next_on else ""] if note else []
        people: list[tuple[str, str, str]] = [(one.name, one.role, one.mobile) for one in row.people]
        if not people and any(row.contact.values()):
            people = [(row.contact["person"] or firm, "", row.contact["phone"])]
        for name, role, phone in people:
            lines = ["BEGIN:VCARD", "VERSION:3.0", f"N:{_text(name)};;;;", f"FN:{_text(name)}", f"ORG:{_text(firm)}"]
            lines += [f"TITLE:{_text(role)}"] * bool(role)
            lines += [f"TEL;TYPE=CELL:{_text(phone)}"] * bool(phone)
            lines += [f"EMAIL:{_text(row.contact['email'])}"] * bool(row.contact["email"])
            noted = "; ".join(str(one) for one in said if one)
            lines += [f"NOTE:{_text(noted)}"] * bool(noted)
            out += [*lines, "END:VCARD"]
    return "".join(f"{line}\r\n" for line in out)


def _text(value: str) -> str:
    """What somebody wrote, unable to begin a line of its own."""
    for sign, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r", ""), ("\n", "\\n")):
        value = value.replace(sign, escaped)
    return value


def tell_ready(session_id: int, now: datetime) -> None:
    """Once the last meeting of the day is over, tell each organisation that its sheet is there; each once."""
    last = db.session.scalar(sa.select(sa.func.max(Meeting.ends_at)).where(
        Meeting.session_id == session_id, Meeting.kind == "meeting", Meeting.cancelled_at.is_(None)))
    if last is None or last > now:
        return
    key = f"contacts_ready:{session_id}:"
    took_part = sa.or_(Meeting.a_id == Participation.id, Meeting.b_id == Participation.id)
    with transaction():
        told = set(db.session.scalars(
            sa.select(Notification.dedupe_key).where(Notification.dedupe_key.startswith(key))))
        ids = db.session.scalars(
            sa.select(Participation.organisation_id).join(Meeting, took_part).where(
                Participation.session_id == session_id, Participation.withdrawn_at.is_(None),
                Participation.no_show_at.is_(None), Meeting.kind == "meeting", Meeting.cancelled_at.is_(None))
            .distinct().order_by(Participation.organisation_id)).all()
        names = queries.session(session_id).names
        for organisation_id in ids:
            if f"{key}{organisation_id}" not in told:
                notify(kind="contacts_ready", organisation_id=organisation_id, dedupe_key=f"{key}{organisation_id}",
                       params={"session_id": session_id, "names": names})
