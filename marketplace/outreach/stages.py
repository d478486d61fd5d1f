"""How far each registration of an event is, counted in the database: the same few statements for three and for three
thousand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload

from catalogue import places
from marketplace import clock, i18n
from marketplace.accounts.models import User
from marketplace.demands.models import Demand
from marketplace.events.models import Booth, Event, Registration, Zone
from marketplace.events.values import zone_of
from marketplace.extensions import db
from marketplace.matchmaking.models import MatchmakingSession, Participation, Preference
from marketplace.offers.models import Offer
from marketplace.organisations import place_words
from marketplace.organisations.models import Membership, Organisation
from marketplace.outreach.models import Goals, Invitee
from marketplace.types import fold_key

STAGES = ("invited", "claimed", "profile", "listings", "availability", "preferences", "confirmed")
# Days before the first day by which a stage should be reached, unless the organisers say otherwise.
DAYS = {"invited": 42, "claimed": 35, "profile": 28, "listings": 21, "availability": 14, "preferences": 7,
        "confirmed": 3}
SIZE = 50


def _flags() -> dict[str, sa.ColumnElement[bool]]:
    """Stage to its condition on `Registration`, `Organisation` and an outer-joined `Invitee`."""
    supply = Registration.side == "supply"
    taking_part = sa.select(Participation.id).join(
        MatchmakingSession, MatchmakingSession.id == Participation.session_id).where(
        Participation.registration_id == Registration.id, Participation.withdrawn_at.is_(None),
        MatchmakingSession.event_id == Registration.event_id)
    claimed = sa.exists().where(Membership.organisation_id == Registration.organisation_id)
    return {
        # Who registered by themselves needs no invitation.
        "invited": sa.or_(Invitee.invited_at.is_not(None), claimed),
        "claimed": claimed,
        "profile": sa.and_(Organisation.place_id.is_not(None),
                           sa.cast(Organisation.profile, sa.String).not_in(("{}", "null", ""))),
        "listings": sa.case(
            (supply, sa.exists().where(Offer.organisation_id == Registration.organisation_id,
                                       Offer.live_version_id.is_not(None), Offer.withdrawn_at.is_(None))),
            else_=sa.exists().where(Demand.organisation_id == Registration.organisation_id,
                                    Demand.live_version_id.is_not(None), Demand.withdrawn_at.is_(None))),
        "availability": taking_part.exists(),
        "preferences": taking_part.join(Preference, Preference.participation_id == Participation.id).exists(),
        "confirmed": taking_part.where(Participation.confirmed_at.is_not(None)).exists(),
    }


def _taking_part(event_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    return (Registration.event_id == event_id, Registration.withdrawn_at.is_(None), Registration.rejected_at.is_(None))


def _flag(condition: Any) -> sa.ColumnElement[int]:
    return sa.case((condition, 1), else_=0)


@dataclass(frozen=True)
class StageLine:
    """One stage of the board: its day, how many reached it on each side, of how many."""

    stage: str
    due: date
    days: int
    supply: int
    demand: int
    late: bool
    total: int

    @property
    def reached(self) -> int:
        """How many on both sides."""
        return self.supply + self.demand


@dataclass(frozen=True)
class TargetLine:
    """A zone or district: how many are registered and confirmed there, and how many there should be."""

    key: str
    name: str
    registered: int
    confirmed: int
    target: int | None

    @property
    def lacking(self) -> int | None:
        """How many are missing to the target; None without one."""
        return None if self.target is None else max(0, self.target - self.registered)


@dataclass
class Board:
    """All that the board shows."""

    lines: list[StageLine] = field(default_factory=list)
    totals: dict[str, int] = field(default_factory=dict)
    zones: list[TargetLine] = field(default_factory=list)
    districts: list[TargetLine] = field(default_factory=list)
    owners: list[dict[str, Any]] = field(default_factory=list)


def goals_of(event_id: int) -> Goals:
    """Dates and targets; those of the start where nobody changed them."""
    row = db.session.get(Goals, event_id)
    return row or Goals(event_id=event_id, days={}, zones={}, districts={})


def today_of(event: Event) -> date:
    """The day at the event."""
    return clock.now().astimezone(zone_of(event.time_zone)).date()


def due_days(event: Event, goals: Goals) -> dict[str, date]:
    """Stage to its day."""
    return {stage: event.starts_on - timedelta(days=(goals.days or {}).get(stage, DAYS[stage])) for stage in STAGES}


def board(event: Event) -> Board:
    """Counts by stage and side, by zone, by district and by who looks after them."""
    goals, flags, today = goals_of(event.id), _flags(), today_of(event)
    base = (
        sa.select(
            Registration.side, Organisation.place_id, Booth.zone_id, Registration.owner_id, User.name,
            sa.func.count(Registration.id), *(sa.func.sum(_flag(flags[stage])) for stage in STAGES))
        .select_from(Registration)
        .join(Organisation, Organisation.id == Registration.organisation_id)
        .outerjoin(Invitee, Invitee.registration_id == Registration.id)
        .outerjoin(Booth, Booth.id == Registration.booth_id)
        .outerjoin(User, User.id == Registration.owner_id)
        .where(*_taking_part(event.id))
        .group_by(Registration.side, Organisation.place_id, Booth.zone_id, Registration.owner_id, User.name)
    )
    found = Board(totals={"supply": 0, "demand": 0})
    reached = {stage: {"supply": 0, "demand": 0} for stage in STAGES}
    zones: dict[int | None, list[int]] = {}
    districts: dict[str, list[int]] = {}
    owners: dict[int | None, dict[str, Any]] = {}
    for side, place_id, zone_id, owner_id, owner, count, *sums in db.session.execute(base):
        by_stage = dict(zip(STAGES, (int(one or 0) for one in sums), strict=True))
        found.totals[side] += count
        line = owners.setdefault(owner_id, {"name": owner or "", "id": owner_id, "total": 0,
                                            **dict.fromkeys(STAGES, 0)})
        line["total"] += count
        for stage, number in by_stage.items():
            reached[stage][side] += number
            line[stage] += number
        if side == "supply":
            _count(zones, zone_id, count, by_stage["confirmed"])
        _count(districts, district_of(place_id), count, by_stage["confirmed"])
    total = found.totals["supply"] + found.totals["demand"]
    days = due_days(event, goals)
    found.lines = [
        StageLine(stage, days[stage], (event.starts_on - days[stage]).days, reached[stage]["supply"],
                  reached[stage]["demand"], days[stage] < today and sum(reached[stage].values()) < total, total)
        for stage in STAGES]
    found.zones = _zone_lines(event.id, zones, goals.zones or {})
    found.districts = _district_lines(districts, goals.districts or {})
    found.owners = sorted(owners.values(), key=lambda one: (one["id"] is None, one["name"], one["id"] or 0))
    return found


def _count(into: dict[Any, list[int]], key: Any, count: int, confirmed: int) -> None:
    line = into.setdefault(key, [0, 0])
    line[0] += count
    line[1] += confirmed


def district_of(place_id: str | None) -> str:
    """The district or city that a place counts for; "" where none is known."""
    if not place_id or not places.is_known(place_id):
        return ""
    chain = [places.get(one) for one in places.ancestors(place_id)]
    return next((one.id for one in chain if one.level in ("district", "city")), chain[0].id)


def _zone_lines(event_id: int, counted: Mapping[Any, list[int]], targets: Mapping[str, int]) -> list[TargetLine]:
    lines = [
        TargetLine(str(zone.id), f"{zone.code} {zone.name}".strip(), *counted.get(zone.id, [0, 0]),
                   target=targets.get(str(zone.id)))
        for zone in db.session.scalars(sa.select(Zone).where(Zone.event_id == event_id).order_by(Zone.code, Zone.id))]
    if None in counted:
        lines.append(TargetLine("", "", *counted[None], target=None))
    return lines


def _district_lines(counted: Mapping[str, list[int]], targets: Mapping[str, int]) -> list[TargetLine]:
    lang = i18n.data_lang()
    lines = [
        TargetLine(key, places.path_name(key, lang) if key and places.is_known(key) else key,
                   *counted.get(key, [0, 0]), target=targets.get(key))
        for key in {*counted, *targets}]
    return sorted(lines, key=lambda one: (not one.key, -one.registered, one.key))


@dataclass(frozen=True)
class CallRow:
    """One line of the call list."""

    registration: Registration
    invitee: Invitee | None
    reached: dict[str, bool]
    owner: str

    @property
    def next_stage(self) -> str | None:
        """The first stage that is not reached; None when all are."""
        return next((stage for stage in STAGES if not self.reached[stage]), None)


@dataclass(frozen=True)
class Filters:
    """What the call list is narrowed to. `owner`: an id, or 0 for nobody; `lacks`: a stage not reached yet."""

    owner: int | None = None
    zone: int | None = None
    district: str = ""
    lacks: str = ""
    side: str = ""
    text: str = ""
    delegation: int | None = None
    registration: int | None = None


def calls(
    event: Event, filters: Filters, *, page: int = 1, size: int | None = SIZE
) -> tuple[list[CallRow], int]:
    """One page of the call list and how many there are: whom to call by today first, then the others by the day noted
    and by name; two statements."""
    flags = _flags()
    owner = aliased(User)
    where = [*_taking_part(event.id), *_narrowed(filters, flags)]
    query = (
        sa.select(Registration, Invitee, owner.name, *(_flag(flags[stage]) for stage in STAGES))
        .join(Organisation, Organisation.id == Registration.organisation_id)
        .outerjoin(Invitee, Invitee.registration_id == Registration.id)
        .outerjoin(Booth, Booth.id == Registration.booth_id)
        .outerjoin(owner, owner.id == Registration.owner_id)
        .where(*where)
        .options(joinedload(Registration.organisation), joinedload(Registration.booth).joinedload(Booth.zone))
        .order_by(Invitee.next_call_on.asc().nulls_last(), *(_flag(flags[stage]) for stage in STAGES),
                  Organisation.name_folded, Registration.id)
    )
    total = db.session.scalar(
        sa.select(sa.func.count(Registration.id)).select_from(Registration)
        .join(Organisation, Organisation.id == Registration.organisation_id)
        .outerjoin(Invitee, Invitee.registration_id == Registration.id)
        .outerjoin(Booth, Booth.id == Registration.booth_id).where(*where)) or 0
    if size is not None:
        query = query.limit(size).offset((page - 1) * size)
    rows = [
        CallRow(registration, invitee, {stage: bool(one) for stage, one in zip(STAGES, reached, strict=True)},
                name or "")
        for registration, invitee, name, *reached in db.session.execute(query)]
    return rows, total


def _narrowed(filters: Filters, flags: Mapping[str, sa.ColumnElement[bool]]) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if filters.owner is not None:
        found.append(Registration.owner_id == filters.owner if filters.owner else Registration.owner_id.is_(None))
    if filters.zone is not None:
        found.append(Booth.zone_id == filters.zone)
    if filters.district:
        known = [one for one in db.session.scalars(sa.select(Organisation.place_id).distinct()) if one]
        found.append(Organisation.place_id.in_([one for one in known if district_of(one) == filters.district]))
    if filters.lacks in flags:
        found.append(_flag(flags[filters.lacks]) == 0)
    if filters.side in ("supply", "demand"):
        found.append(Registration.side == filters.side)
    if filters.registration is not None:
        found.append(Registration.id == filters.registration)
    if filters.delegation is not None:
        found.append(Invitee.delegation_id == filters.delegation)
    if filters.text:
        spellings = {fold_key(filters.text),
                     *(fold_key(i18n.convert_script(filters.text, lang)) for lang in ("zh-Hans", "zh-Hant"))}
        found.append(sa.or_(*(Organisation.name_folded.contains(one, autoescape=True) for one in sorted(spellings))))
    return found


def short_place(place_id: str | None, lang: str) -> str:
    """A word for a place that is read as this place again."""
    return place_words.word(place_id, lang) if place_id else ""
