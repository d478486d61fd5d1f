"""Turns of a part, one after the other: pitches, presentations, stops of a guided route, signings."""

from __future__ import annotations

import random
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from marketplace.actor import Actor
from marketplace.errors import ErrorCode, Invalid, NotFound
from marketplace.events.models import Booth, Registration, Zone
from marketplace.extensions import db
from marketplace.matchmaking import calendar, policy
from marketplace.matchmaking.grid import moment
from marketplace.matchmaking.models import TURN_PARTS, Meeting, Part, Participation, Preference
from marketplace.matchmaking.sessions import lock, note
from marketplace.matchmaking.slides_models import TurnRule
from marketplace.matchmaking.wishes import best_matches
from marketplace.transaction import transaction


def lay_out(
    *, actor: Actor, part_id: int, order: list[int], draw: int | None = None, guest_id: int | None = None
) -> int:
    """Give each participation of `order` its turn, replacing the turns there were; returns how many fit.

    `draw`: the number from which the order is drawn instead, kept in the audit so that anybody can draw it again.
    `guest_id`: who walks a guided route; the participations of `order` are then the hosts.

    Raises:
        NotAllowed, NotFound; Invalid at "order" for participations of another session, "part_too_short" where not all
        fit, and at "slot" with "double_booked" where somebody is elsewhere then.
    """
    policy.require_organise(actor)
    with transaction():
        found = db.session.get(Part, part_id)
        if found is None or found.kind not in TURN_PARTS:
            raise NotFound
        session = lock(found.session_id)
        part = db.session.get_one(Part, part_id, with_for_update=True)
        known = set(db.session.scalars(sa.select(Participation.id).where(
            Participation.session_id == session.id, Participation.withdrawn_at.is_(None))))
        wanted = list(dict.fromkeys(order))
        if not set(wanted) <= known or (part.kind == "route" and guest_id not in known):
            raise Invalid({"order": ErrorCode("unknown_choice")})
        if draw is not None:
            wanted.sort()  # so that the number and who takes part alone decide
            random.Random(draw).shuffle(wanted)  # noqa: S311 - a fair order, not a secret
        start = moment(session.held_on, part.starts, session.event.time_zone)
        end = moment(session.held_on, part.ends, session.event.time_zone)
        step = timedelta(minutes=part.minutes)
        if start + step * len(wanted) > end:
            raise Invalid({"order": ErrorCode("part_too_short", {"fit": int((end - start) / step)})})
        db.session.execute(sa.delete(Meeting).where(Meeting.part_id == part_id))
        turns = []
        for number, one in enumerate(wanted):
            sides = (guest_id, one) if part.kind == "route" else (one, None)
            turns.append(Meeting(session_id=session.id, part_id=part_id, kind=part.kind, origin="turn", a_id=sides[0],
                                 b_id=sides[1], starts_at=start + step * number, ends_at=start + step * (number + 1)))
        db.session.add_all(turns)
        db.session.flush()
        calendar.occupy(turns)
        rule = db.session.get(TurnRule, part_id)
        if rule is None:
            rule = TurnRule(part_id=part_id)
            db.session.add(rule)
        rule.draw = draw
        note(actor, "session.turns_laid_out", session.id, part=part_id, draw=draw)
    return len(turns)


def by_place(chosen: list[int], places: dict[int, str]) -> list[int]:
    """The chosen participations by the places written beside them; those without a place follow as they stood."""
    def place(one: int) -> tuple[int, int]:
        text = places.get(one, "").strip()
        return (int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 10**6, chosen.index(one))

    return sorted(dict.fromkeys(chosen), key=place)


def route_for(part_id: int, guest_id: int) -> list[int]:
    """The suppliers with a stand that fit a buyer best, as many as the part has time for, in the order of their stands:
    those it said "no thanks" to, or that said so, are left out."""
    part = db.session.get(Part, part_id)
    guest = db.session.get(Participation, guest_id)
    if part is None or guest is None or guest.session_id != part.session_id:
        raise NotFound
    scores = best_matches(part.session_id, guest)
    refused = {
        one for pair in db.session.execute(
            sa.select(Preference.participation_id, Preference.other_id).where(
                Preference.choice == "no",
                sa.or_(Preference.participation_id == guest_id, Preference.other_id == guest_id)))
        for one in pair}
    hosts = [
        (getattr(match, "score", match), booth.zone.code, booth.code, one.id)
        for one, booth in db.session.execute(
            sa.select(Participation, Booth)
            .join(Registration, Registration.id == Participation.registration_id)
            .join(Booth, Booth.id == Registration.booth_id).join(Zone, Zone.id == Booth.zone_id)
            .where(Participation.session_id == part.session_id, Participation.side == "supply",
                   Participation.withdrawn_at.is_(None)).options(joinedload(Booth.zone))
            .order_by(Participation.id))
        if (match := scores.get((guest.organisation_id, one.organisation_id))) is not None and one.id not in refused
    ]
    first = [int(text[:2]) * 60 + int(text[3:]) for text in (part.starts, part.ends)]
    best = sorted(hosts, reverse=True)[: (first[1] - first[0]) // part.minutes]
    return [one[3] for one in sorted(best, key=lambda host: host[1:])]
