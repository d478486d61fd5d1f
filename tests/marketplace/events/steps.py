"""What the tests of events and matchmaking begin with."""

from __future__ import annotations

from typing import Any

from marketplace.actor import Actor
from marketplace.events import people, registration, service
from marketplace.events.models import Event, Person
from marketplace.events.people import PersonValues
from marketplace.events.values import EventValues
from marketplace.organisations.models import Organisation
from tests.marketplace import factories as make

ORGANISER = Actor(user_id=None, kind="organiser")


def make_event(*, slug: str = "elderly-expo", publish: bool = True, tables: int = 2, **changes: Any) -> Event:
    """An event of two days in Hong Kong with one zone."""
    values: dict[str, Any] = {
        "slug": slug, "kind": "expo", "names": {"en": f"Expo {slug}"}, "starts_on": "2030-05-01",
        "ends_on": "2030-05-02", "time_zone": "Asia/Hong_Kong", **changes,
    }
    event = service.create_event(actor=Actor.system(), values=EventValues(**values))
    service.add_zone(actor=Actor.system(), event_id=event.id, hall="3", code="A", tables=tables)
    if publish:
        service.publish_event(actor=Actor.system(), event_id=event.id)
    return event


def make_participant(
    event: Event, side: str, *, name: str | None = None, languages: tuple[str, ...] = ("yue",), people_count: int = 1,
) -> tuple[Organisation, Actor, list[Person]]:
    """An organisation that takes part on a side, its owner, and the people it sends."""
    kind = "supplier" if side == "supply" else "institution"
    organisation, actor = make.make_organisation(kind=kind, name=name)
    registration.register(actor=Actor.system(), event_id=event.id, organisation_id=organisation.id, side=side)
    sent = [
        people.add_person(
            actor=actor, event_id=event.id, organisation_id=organisation.id,
            values=PersonValues(name=f"Guest {number} of {organisation.id}", mobile="5550 1234",
                                languages=dict.fromkeys(languages, "fluent")))
        for number in range(1, people_count + 1)
    ]
    return organisation, actor, sent
