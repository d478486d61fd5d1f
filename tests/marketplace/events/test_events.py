"""Making events and furnishing them."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask

from marketplace.actor import Actor
from marketplace.errors import AlreadyDone, Conflict, Invalid, NotAllowed
from marketplace.events import queries, service
from marketplace.events.models import Booth, Event, Table
from marketplace.events.values import EventValues, booth_codes
from marketplace.extensions import db
from tests.marketplace import factories as make
from tests.marketplace.events.steps import make_event

VALUES = EventValues(slug="expo-2030", kind="expo", names={"zh-Hant": "長者博覽 2030"}, starts_on="2030-05-01",
                     ends_on="2030-05-02", time_zone="Asia/Hong_Kong")


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"slug": "Expo 2030"}, {"slug": "not_a_slug"}),
        ({"names": {"en": ""}}, {"name_zh_hant": "name_needed"}),
        ({"starts_on": "soon"}, {"starts_on": "not_a_date"}),
        ({"starts_on": ""}, {"starts_on": "required"}),
        ({"ends_on": "2030-04-30"}, {"ends_on": "end_before_start"}),
        ({"ends_on": "2031-04-30"}, {"ends_on": "event_too_long"}),
        ({"registration_until": "2030-05-03"}, {"registration_until": "after_the_event"}),
        ({"time_zone": "Mars/Olympus"}, {"time_zone": "unknown_choice"}),
        ({"kind": "fair"}, {"kind": "unknown_choice"}),
    ],
)
def test_each_mistake_is_named_at_its_field(app: Flask, changes: dict[str, object], errors: dict[str, str]) -> None:
    with pytest.raises(Invalid) as refused:
        service.create_event(actor=Actor.system(), values=replace(VALUES, **changes))  # type: ignore[arg-type]
    assert {name: error.code for name, error in refused.value.errors.items()} == errors
    assert db.session.scalars(sa.select(Event)).all() == []


def test_one_submission_makes_one_event_and_an_address_is_given_once(app: Flask) -> None:
    made = service.create_event(actor=Actor.system(), values=VALUES, submission_id="once").id
    with pytest.raises(AlreadyDone) as again:
        service.create_event(actor=Actor.system(), values=VALUES, submission_id="once")
    assert again.value.result == made
    with pytest.raises(Invalid) as refused:
        service.create_event(actor=Actor.system(), values=VALUES, submission_id="twice")
    assert refused.value.errors["slug"].code == "taken"


def test_the_second_of_two_savers_is_told(app: Flask) -> None:
    event = service.create_event(actor=Actor.system(), values=VALUES)
    service.edit_event(actor=Actor.system(), event_id=event.id, values=replace(VALUES, place="Hall 3"), base_version=1)
    with pytest.raises(Conflict):
        service.edit_event(actor=Actor.system(), event_id=event.id, values=replace(VALUES, place="?"), base_version=1)
    assert queries.find(event.id).place == "Hall 3"


def test_members_make_no_events(app: Flask) -> None:
    _organisation, actor = make.make_organisation()
    with pytest.raises(NotAllowed):
        service.create_event(actor=actor, values=VALUES)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("A01-A03", ["A01", "A02", "A03"]),
        ("A1 – A2, B7，C9", ["A1", "A2", "B7", "C9"]),
        ("3-5\n3", ["3", "4", "5"]),
        ("B-2", ["B-2"]),
    ],
)
def test_stands_are_read_from_ranges(text: str, codes: list[str]) -> None:
    assert booth_codes(text) == codes


@pytest.mark.parametrize("text", ["", " ,", "A9-A1", "A1-A9999"])
def test_what_is_no_range_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        booth_codes(text)


def test_tables_out_of_use_stay_and_come_back(app: Flask) -> None:
    event = make_event(tables=3)
    zone = queries.zones_of(event.id)[0].zone
    ids = db.session.scalars(sa.select(Table.id).order_by(Table.id)).all()
    service.set_tables(actor=Actor.system(), zone_id=zone.id, tables=1)
    assert queries.zones_of(event.id)[0].tables == 1
    service.set_tables(actor=Actor.system(), zone_id=zone.id, tables=3)
    assert db.session.scalars(sa.select(Table.id).order_by(Table.id)).all() == ids
    assert queries.zones_of(event.id)[0].tables == 3


def test_stands_are_added_once(app: Flask) -> None:
    event = make_event()
    zone = queries.zones_of(event.id)[0].zone
    assert service.add_booths(actor=Actor.system(), zone_id=zone.id, codes="A01-A03") == 3
    assert service.add_booths(actor=Actor.system(), zone_id=zone.id, codes="A03-A04") == 1
    codes = db.session.scalars(sa.select(Booth.code).order_by(Booth.code, Booth.id)).all()
    assert codes == ["A01", "A02", "A03", "A04"]
