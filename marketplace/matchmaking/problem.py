"""A session as a scheduling problem: who may meet whom, when, at which tables, and what each pair is worth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from marketplace.events.models import Interpreter
from marketplace.extensions import db
from marketplace.matchmaking import calendar
from marketplace.matchmaking.grid import Slot, slots_of
from marketplace.matchmaking.models import (
    MatchmakingSession,
    Meeting,
    MeetingRequest,
    Participation,
    Preference,
)
from marketplace.matchmaking.places import booth_zones, home_zone, parts_of, tables_of, zones_of
from marketplace.matchmaking.wishes import best_matches
from scheduling import Interpreter as Interpreters
from scheduling import Meeting as Placed
from scheduling import Pair, Problem, Zone, repair_problem
from scheduling import Participant as Person

NOBODY = "nobody"   # the interpreter that a pair without a common language needs where none speaks both
STABILITY = 400


@dataclass(frozen=True)
class Framed:
    """A problem and what its numbers stand for.

    `frame`: "slots" [[starts, ends, part or None]] as ISO times; "tables" {zone key: [table id]}; "interpreters"
    {languages: [interpreter id]}.
    """

    problem: Problem
    frame: dict[str, Any]


def name_of(participation_id: int) -> str:
    """A participation as the problem names it."""
    return f"p{participation_id}"


def id_of(name: str) -> int:
    """The participation that a name of the problem stands for."""
    return int(name[1:])


def table_key(zone_id: int) -> str:
    """The tables of a zone as the problem names them."""
    return f"z{zone_id}"


def booth_key(zone_id: int) -> str:
    """The stands of a zone as the problem names them."""
    return f"b{zone_id}"


def weight_of(session: MatchmakingSession, *, score: float | None, buyer: str, supplier: str, requested: bool) -> int:
    """What a pair is worth by the session's weights. `buyer`, `supplier`: what each wishes ("" for no wish)."""
    total = session.weight("match") * (score or 0)
    total += {"must": session.weight("buyer_must"), "would": session.weight("buyer_would")}.get(buyer, 0)
    total += {"must": session.weight("supplier_must"), "would": session.weight("supplier_would")}.get(supplier, 0)
    total += session.weight("both") if buyer and supplier else 0
    total += session.weight("request") if requested else 0
    return round(total)


def problem_for(
    session_id: int, *, mode: str = "new", pins: Iterable[tuple[int, int, str]] = (), now: datetime | None = None
) -> Framed:
    """The problem of a session as it stands now.

    `mode`: "new" moves everything that is not pinned; "newcomers" keeps every meeting that stands and adds to them;
    "repair" keeps what is over at `now`, leaves out who did not come, and moves as little as it can. `pins`: (buyer,
    supplier, ISO time at which the slot starts) of the draft that this plan goes on from.
    """
    session = db.session.get_one(MatchmakingSession, session_id)
    slots = slots_of(session, parts_of(session_id))
    people = _participations(session_id)
    live = _live(session_id)
    by_start = {slot.starts_at: slot.index for slot in slots}
    frame: dict[str, Any] = {
        "slots": [[one.starts_at.isoformat(), one.ends_at.isoformat(), one.part_id] for one in slots]}
    zones = _zones(session, people, slots, frame)
    interpreters = interpreters_for(session, slots, frame)
    booths = booth_zones(session_id)
    used = zones_of(session)
    tables = tables_of([zone.id for zone in used])
    away = away_slots(session, people, slots)
    persons = [
        person_for(session, one, booths, home_zone(used, tables, booths.get(one.id), one.id), away[one.id])
        for one in people
    ]
    pinned = {(a, b): by_start[datetime.fromisoformat(at)] for a, b, at in pins
              if datetime.fromisoformat(at) in by_start}
    for meeting in live:
        if meeting.starts_at in by_start and meeting.b_id is not None and meeting.pinned:
            pinned[meeting.a_id, meeting.b_id] = by_start[meeting.starts_at]
    pairs = _pairs(session, people, live, pinned, frame["interpreters"])
    problem = Problem(
        slots=len(slots), zones=zones, participants=tuple(persons), pairs=tuple(pairs), interpreters=interpreters,
        shortfall_penalty=session.weight("shortfall"), walking_gap=session.walking)
    if mode != "new":
        absent = [name_of(one.id) for one in people if one.no_show_at is not None] if mode == "repair" else []
        begun = sum(slot.starts_at <= now for slot in slots) if now is not None else 0
        problem = repair_problem(problem, _placed(live, by_start, frame["tables"]), now_slot=begun, absent=absent,
                                 stability=STABILITY, move=mode == "repair")
    return Framed(problem, frame)


def _participations(session_id: int) -> list[Participation]:
    return list(db.session.scalars(
        sa.select(Participation)
        .where(Participation.session_id == session_id, Participation.withdrawn_at.is_(None))
        .options(selectinload(Participation.people), joinedload(Participation.registration))
        .order_by(Participation.id)))


def _live(session_id: int) -> list[Meeting]:
    return list(db.session.scalars(
        sa.select(Meeting).where(Meeting.session_id == session_id, Meeting.kind == "meeting",
                                 Meeting.cancelled_at.is_(None)).order_by(Meeting.starts_at, Meeting.id)))


def person_for(
    session: MatchmakingSession, one: Participation, booths: dict[int, int], home: int | None, away: frozenset[int]
) -> Person:
    """A participation as the problem knows it, with its own limits or else the session's."""
    most = session.most if one.most is None else one.most
    zone: str | None = None
    if one.side == "supply":
        if one.at_booth and one.id in booths:
            zone = booth_key(booths[one.id])
        elif home is not None:
            zone = table_key(home)
    return Person(
        id=name_of(one.id), side=one.side, max_meetings=most,
        min_meetings=min(session.fewest if one.fewest is None else one.fewest, most), unavailable=away,
        max_in_a_row=session.in_a_row if one.in_a_row is None else one.in_a_row, zone=zone,
        languages=tuple(sorted(spoken(one))))


def spoken(participation: Participation) -> set[str]:
    """The languages in which somebody of a participation holds a meeting."""
    return {one["code"] for person in participation.people for one in person.languages if one["level"] != "basic"}


def _zones(
    session: MatchmakingSession, people: list[Participation], slots: list[Slot], frame: dict[str, Any]
) -> tuple[Zone, ...]:
    """The tables that nobody else uses in a slot of the session, and a stand for each supplier that meets there."""
    zones = zones_of(session)
    tables = tables_of([zone.id for zone in zones])
    ids = [table.id for rows in tables.values() for table in rows]
    busy = _taken_in(calendar.TABLE, ids, session.id, slots)
    frame["tables"] = {
        table_key(zone.id): [table.id for table in tables[zone.id] if table.id not in busy] for zone in zones}
    found = [Zone(key, len(rows)) for key, rows in frame["tables"].items()]
    booths = booth_zones(session.id)
    stands = Counter(booths[one.id] for one in people if one.at_booth and one.id in booths)
    found += [Zone(booth_key(zone_id), count) for zone_id, count in sorted(stands.items())]
    return tuple(found)


def _taken_in(kind: str, ids: list[int], session_id: int, slots: list[Slot]) -> set[int]:
    """What others hold in a slot that meetings use; what they hold in the breaks or at other times is free here."""
    ticks = {tick for slot in slots if slot.part_id is not None for tick in slot.ticks}
    span = range(min(ticks), max(ticks) + 1) if ticks else range(0)
    return {one for one, tick in calendar.taken(kind, ids, span, leave_out=session_id) if tick in ticks}


def interpreters_for(
    session: MatchmakingSession, slots: list[Slot], frame: dict[str, Any]
) -> tuple[Interpreters, ...]:
    """Interpreters whom nobody else holds in a slot of the session, by the languages that they speak."""
    rows = list(db.session.scalars(
        sa.select(Interpreter).where(Interpreter.event_id == session.event_id).order_by(Interpreter.id)))
    busy = _taken_in(calendar.INTERPRETER, [row.id for row in rows], session.id, slots)
    kinds: dict[str, list[int]] = {}
    for row in rows:
        if row.id not in busy:
            kinds.setdefault("+".join(row.languages), []).append(row.id)
    frame["interpreters"] = kinds
    return tuple(Interpreters(key, len(ids)) for key, ids in kinds.items())


def interpreter_of(buyer: Participation, supplier: Participation, kinds: dict[str, list[int]]) -> str | None:
    """The interpreters that a pair needs, None where it needs none: a common language, or both say they manage."""
    ours, theirs = spoken(buyer), spoken(supplier)
    if not ours or not theirs or ours & theirs or (buyer.manages and supplier.manages):
        return None
    fitting = [key for key in kinds if set(key.split("+")) & ours and set(key.split("+")) & theirs]
    return max(fitting, key=lambda key: (len(kinds[key]), key), default=NOBODY)


def away_slots(
    session: MatchmakingSession, people: list[Participation], slots: list[Slot]
) -> dict[int, frozenset[int]]:
    """Slots in which each participation cannot meet: away, elsewhere in the event, or in a part not meant for it."""
    parts = {part.id: part for part in parts_of(session.id)}
    with_booths = any(part.kind == "booth" for part in parts.values())
    seated = calendar.people_by_participation(one.id for one in people)
    persons = {person for row in seated.values() for person in row}
    span = range(slots[0].ticks.start, slots[-1].ticks.stop) if slots else range(0)
    elsewhere: dict[int, set[int]] = {}
    for person, tick in calendar.taken(calendar.PERSON, persons, span, leave_out=session.id):
        elsewhere.setdefault(person, set()).add(tick)
    found = {}
    for one in people:
        taken = set().union(*(elsewhere.get(person, set()) for person in seated.get(one.id, [])))
        closed = set()
        for slot in slots:
            part = parts.get(slot.part_id or 0)
            if part is None:
                closed.add(slot.index)
                continue
            if part.kind == "one_buyer" and one.side == "demand" and one.id != part.participation_id:
                closed.add(slot.index)
            if with_booths and one.side == "supply" and one.at_booth != (part.kind == "booth"):
                closed.add(slot.index)
            if any(first < slot.ticks.stop and last > slot.ticks.start for first, last in one.away or []):
                closed.add(slot.index)
            if taken and not taken.isdisjoint(slot.ticks):
                closed.add(slot.index)
        found[one.id] = frozenset(closed)
    return found


def _pairs(
    session: MatchmakingSession, people: list[Participation], live: list[Meeting],
    pinned: dict[tuple[int, int], int], kinds: dict[str, list[int]],
) -> list[Pair]:
    """Pairs that fit, wish for each other, agreed or meet already; a "no thanks" of either side takes a pair out."""
    by_id = {one.id: one for one in people}
    wishes: dict[tuple[int, int], str] = {
        (own, other): choice for own, other, choice in db.session.execute(
            sa.select(Preference.participation_id, Preference.other_id, Preference.choice)
            .where(Preference.participation_id.in_(list(by_id))))}
    accepted = {
        (own, other) for own, other in db.session.execute(
            sa.select(MeetingRequest.from_id, MeetingRequest.to_id)
            .where(MeetingRequest.session_id == session.id, MeetingRequest.accepted_at.is_not(None)))}
    scores: dict[Any, Any] = best_matches(session.id)
    buyers = [one for one in people if one.side == "demand"]
    suppliers_of: dict[int, list[Participation]] = {}
    for one in people:
        if one.side == "supply":
            suppliers_of.setdefault(one.organisation_id, []).append(one)
    wanted: set[tuple[int, int]] = {(m.a_id, m.b_id) for m in live if m.b_id is not None} | set(pinned)
    fitting: dict[int, list[int]] = {}
    for buyer_organisation, supplier_organisation in scores:
        fitting.setdefault(buyer_organisation, []).append(supplier_organisation)
    for buyer in buyers:
        wanted |= {(buyer.id, one.id) for organisation in fitting.get(buyer.organisation_id, [])
                   for one in suppliers_of.get(organisation, [])}
    for own, other in {*wishes, *accepted}:
        if own in by_id and other in by_id:
            wanted.add((own, other) if by_id[own].side == "demand" else (other, own))
    found = []
    for a, b in sorted(wanted):
        if a not in by_id or b not in by_id or by_id[a].organisation_id == by_id[b].organisation_id:
            continue
        buyer_wish, supplier_wish = wishes.get((a, b), ""), wishes.get((b, a), "")
        if "no" in (buyer_wish, supplier_wish):
            continue
        weight = weight_of(
            session, score=scores.get((by_id[a].organisation_id, by_id[b].organisation_id)), buyer=buyer_wish,
            supplier=supplier_wish, requested=(a, b) in accepted or (b, a) in accepted)
        found.append(Pair(name_of(a), name_of(b), weight, pinned.get((a, b)),
                          interpreter_of(by_id[a], by_id[b], kinds)))
    return found


def _placed(live: list[Meeting], by_start: dict[datetime, int], tables: dict[str, list[int]]) -> list[Placed]:
    """The meetings that stand, as the problem writes them; at a stand the number counts up within the slot."""
    found, stands = [], Counter[tuple[int, str]]()
    for meeting in live:
        slot = by_start.get(meeting.starts_at)
        if slot is None or meeting.b_id is None or meeting.zone_id is None:
            continue
        if meeting.table_id is None:
            key = booth_key(meeting.zone_id)
            stands[slot, key] += 1
            number = stands[slot, key]
        else:
            key = table_key(meeting.zone_id)
            if meeting.table_id not in tables.get(key, ()):
                continue
            number = tables[key].index(meeting.table_id) + 1
        found.append(Placed(name_of(meeting.a_id), name_of(meeting.b_id), slot, key, number))
    return found

