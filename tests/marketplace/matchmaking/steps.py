"""A session with buyers and suppliers, as the tests of this room begin."""

from __future__ import annotations

from typing import Any

from marketplace.actor import Actor
from marketplace.events import queries as event_queries
from marketplace.events import service as events
from marketplace.events.models import Event
from marketplace.matchmaking import plans, publishing, sessions, wishes
from marketplace.matchmaking.models import MatchmakingSession, Participation, PlanVersion
from marketplace.matchmaking.sessions import SessionValues
from marketplace.outbox import worker
from tests.marketplace.events.steps import make_event, make_participant

SYSTEM = Actor.system()


def make_session(event: Event, *, starts: str = "09:00", ends: str = "11:00", kind: str = "tables", **changes: Any
                 ) -> MatchmakingSession:
    """An open session on the first day, of slots of 20 and gaps of 5 minutes: four slots unless said otherwise."""
    values: dict[str, Any] = {"names": {"en": "Morning"}, "held_on": event.starts_on.isoformat(), **changes}
    session = sessions.create_session(actor=SYSTEM, event_id=event.id, values=SessionValues(**values))
    sessions.add_part(actor=SYSTEM, session_id=session.id, kind=kind, starts=starts, ends=ends)
    sessions.open_session(actor=SYSTEM, session_id=session.id)
    return session


class World:
    """An event with one session, `buyers` and `suppliers`: lists of (participation id, actor)."""

    def __init__(self, buyers: int = 2, suppliers: int = 2, *, tables: int = 2, **changes: Any) -> None:
        self.event = make_event(tables=tables)
        self.session = make_session(self.event, **changes)
        self.event_id, self.session_id = self.event.id, self.session.id
        self.zone_id = event_queries.zones_of(self.event_id)[0].zone.id
        self.people: dict[int, list[int]] = {}
        self.buyers = [self.add("demand") for _ in range(buyers)]
        self.suppliers = [self.add("supply") for _ in range(suppliers)]

    def add(self, side: str, **more: Any) -> tuple[int, Actor]:
        """One more organisation that takes part."""
        event = event_queries.find(self.event_id)
        organisation, actor, sent = make_participant(event, side, **more)
        ids = [one.id for one in sent]
        registration = event_queries.registrations_of_organisation(self.event_id, organisation.id)[0].id
        row = sessions.join(actor=actor, session_id=self.session_id, registration_id=registration, person_ids=ids)[0]
        self.people[row.id] = ids
        return row.id, actor

    def wish(self, own: tuple[int, Actor], other: tuple[int, Actor], choice: str = "must") -> None:
        """One side's wish."""
        wishes.set_wishes(actor=own[1], participation_id=own[0], choices={other[0]: choice})

    def all_wish(self) -> None:
        """Every buyer would meet every supplier."""
        for buyer in self.buyers:
            wishes.set_wishes(actor=buyer[1], participation_id=buyer[0],
                              choices=dict.fromkeys((one[0] for one in self.suppliers), "would"))

    def plan(self, **more: Any) -> PlanVersion:
        """A finished plan."""
        version = plans.ask_for_plan(actor=SYSTEM, session_id=self.session_id, seconds=2, **more)
        worker.drain()
        version = plans.get(version.id)
        assert version.state == "draft", (version.state, version.failure)
        return version

    def published(self, **more: Any) -> PlanVersion:
        """A plan that stands."""
        version = self.plan(**more)
        publishing.publish(actor=SYSTEM, version_id=version.id, provisional=False)
        return plans.get(version.id)


def stand_for(world: World, supplier: tuple[int, Actor], code: str) -> None:
    """Give a supplier a stand in the zone."""
    from marketplace.events import registration
    from marketplace.extensions import db

    events.add_booths(actor=SYSTEM, zone_id=world.zone_id, codes=code)
    booth = next(one for one, _holder in event_queries.booths_of(world.event_id) if one.code == code)
    row = db.session.get(Participation, supplier[0])
    registration.place(actor=SYSTEM, registration_id=row.registration_id, booth_id=booth.id, owner_id=None)
