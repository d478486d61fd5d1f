"""The demonstration's event: a session of marked organisations with wishes, requests, and a plan that is published."""

from __future__ import annotations

from datetime import timedelta

from marketplace import clock
from marketplace.actor import Actor
from marketplace.events import people, registration
from marketplace.events import queries as event_queries
from marketplace.events import service as events
from marketplace.events.people import PersonValues
from marketplace.events.values import EventValues
from marketplace.extensions import db
from marketplace.matchmaking import plans, publishing, requests, sessions, wishes
from marketplace.matchmaking.sessions import SessionValues, Terms
from marketplace.organisations.models import Membership
from marketplace.organisations.profile import Profile
from marketplace.organisations.service import create_approved
from marketplace.outbox import worker

SYSTEM = Actor.system()
BUYERS, SUPPLIERS = 6, 10
LETTERS = "ABCDEFGHIJ"
IN_DAYS = 42


def load_event(owners: dict[str, int]) -> int:
    """Make the event; its organisations are marked and belong to the demonstration's two members. Returns its id.

    `owners`: "supplier" and "institution" to the id of the account, whose first organisation takes part, too.
    """
    day = (clock.now() + timedelta(days=IN_DAYS)).date().isoformat()
    event = events.create_event(actor=SYSTEM, values=EventValues(
        slug="demonstration-expo", kind="expo", starts_on=day, ends_on=day, time_zone="Asia/Hong_Kong",
        names={"zh-Hans": "演示：长者用品博览（非真实活动）", "zh-Hant": "示範：長者用品博覽（非真實活動）",
               "en": "Demonstration: expo for older people (not a real event)"},
        summary={"zh-Hans": "供试用的活动：配对、排程、会场看板、现场补位。",
                 "zh-Hant": "供試用的活動：配對、排程、會場看板、現場補位。",
                 "en": "An event to try things on: matching, timetable, board, repair on the day."}, place="Demo"))
    zones = [events.add_zone(actor=SYSTEM, event_id=event.id, hall="1", code=code, tables=4).id for code in "AB"]
    for zone, code in zip(zones, "AB", strict=True):
        events.add_booths(actor=SYSTEM, zone_id=zone, codes=f"{code}01-{code}12")
    events.add_interpreter(actor=SYSTEM, event_id=event.id, name="Demo", languages=["yue", "cmn", "en"])
    events.publish_event(actor=SYSTEM, event_id=event.id)
    session = sessions.create_session(actor=SYSTEM, event_id=event.id, values=SessionValues(
        names={"zh-Hans": "供需对接会", "zh-Hant": "供需對接會", "en": "Matchmaking session"}, held_on=day,
        breaks="12:00-13:00", most=8, fewest=1, in_a_row=4))
    parts = (("pitch", "09:00", "10:00"), ("tables", "10:00", "15:00"), ("signing", "15:30", "16:30"))
    for kind, starts, ends in parts:
        sessions.add_part(actor=SYSTEM, session_id=session.id, kind=kind, starts=starts, ends=ends)
    sessions.open_session(actor=SYSTEM, session_id=session.id)
    booths = [booth.id for booth, _holder in event_queries.booths_of(event.id)]
    buyers = [_take_part(event.id, session.id, one, "demand") for one in _organisations(owners, "institution", BUYERS)]
    suppliers = [_take_part(event.id, session.id, one, "supply", booths.pop(0))
                 for one in _organisations(owners, "supplier", SUPPLIERS)]
    for number, buyer in enumerate(buyers):
        chosen = {one: "must" if (number + place) % 5 == 0 else "would"
                  for place, one in enumerate(suppliers) if (number * 3 + place) % 4}
        wishes.set_wishes(actor=SYSTEM, participation_id=buyer, choices=chosen)
    requests.ask(actor=SYSTEM, from_id=suppliers[0], to_id=buyers[0], message="示範：我們想介紹電動護理床。")
    sessions.set_terms(actor=SYSTEM, participation_id=buyers[1], terms=Terms(most=5, fewest=2))
    version = plans.ask_for_plan(actor=SYSTEM, session_id=session.id, seconds=5)
    worker.drain(("heavy",))
    if plans.get(version.id).finished_at is not None:
        publishing.publish(actor=SYSTEM, version_id=version.id, provisional=True)
    return event.id


def _organisations(owners: dict[str, int], role: str, count: int) -> list[int]:
    """The demonstration's own organisation of a role and marked others beside it."""
    first = db.session.query(Membership).filter_by(user_id=owners[role]).order_by(Membership.id).first()
    found = [first.organisation_id] if first is not None else []
    words = {"supplier": ("演示供应商", "示範供應商", "Demonstration supplier"),
             "institution": ("演示院舍", "示範院舍", "Demonstration care home")}[role]
    for letter in LETTERS[: count - len(found)]:
        names = {"zh-Hans": f"{words[0]} {letter}（非真实机构）", "zh-Hant": f"{words[1]} {letter}（非真實機構）",
                 "en": f"{words[2]} {letter} (not real)"}
        found.append(create_approved(actor=SYSTEM, owner_id=owners[role], is_demo=True, profile=Profile(
            names=names, is_supplier=role == "supplier", is_institution=role == "institution", place_id="HK",
            contact={"person": "Demo", "email": f"{role}@demo.invalid", "phone": ""})).id)
    return found


def _take_part(event_id: int, session_id: int, organisation_id: int, side: str, booth_id: int | None = None) -> int:
    """Register an organisation, give it a stand, name a person, and have it take part; returns the participation."""
    row = registration.register(actor=SYSTEM, event_id=event_id, organisation_id=organisation_id, side=side).id
    if booth_id is not None:
        registration.place(actor=SYSTEM, registration_id=row, booth_id=booth_id, owner_id=None)
    languages = {"yue": "fluent", "cmn": "fluent"} if side == "demand" else {"cmn": "fluent", "en": "working"}
    person = people.add_person(actor=SYSTEM, event_id=event_id, organisation_id=organisation_id,
                               values=PersonValues(name=f"示範代表 {organisation_id}", languages=languages)).id
    return sessions.join(actor=SYSTEM, session_id=session_id, registration_id=row, person_ids=[person])[0].id
