"""The weeks before the demonstration's event: marked exhibitors and a delegation from lists, calls noted, targets."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from marketplace import clock
from marketplace.actor import Actor
from marketplace.events import queries as events
from marketplace.events.models import Registration
from marketplace.extensions import db
from marketplace.organisations.models import Organisation
from marketplace.outreach import columns, following, links, lists, sheets
from marketplace.outreach.applying import apply_list
from marketplace.outreach.models import Delegation, Invitee
from marketplace.transaction import transaction

PLACES = ("沙田區", "灣仔區", "觀塘區", "深圳市", "廣州市")
FIRMS, HOMES = 12, 5


def load_outreach(event_id: int, *, organiser_id: int, coordinator_id: int) -> None:
    """Read two lists in as the organiser and follow some of the entries up; the delegation is the institution's."""
    actor = Actor(user_id=organiser_id, kind="organiser")
    firms = [{
        "name_hant": f"示範參展商 {number:02}（非真實機構）",
        "name_en": f"Demonstration exhibitor {number:02} (not real)",
        "booth": f"{'AB'[number % 2]}{number + 12}", "zone": "AB"[number % 2], "person": f"示範聯絡人 {number:02}",
        "email": f"exhibitor{number:02}@example.org", "district": PLACES[number % len(PLACES)],
        "languages": "粵語、普通話",
    } for number in range(1, FIRMS + 1)]
    homes = [{
        "delegation": "示範代表團（非真實）", "coordinator": "示範領隊",
        "coordinator_email": "coordinator@example.org", "name_hant": f"示範代表團院舍 {number}（非真實機構）",
        "person": f"示範院長 {number}", "email": f"home{number}@example.org", "district": PLACES[number % 3],
        "languages": "粵語",
    } for number in range(1, HOMES + 1)]
    for kind, rows in (("exhibitors", firms), ("delegations", homes)):
        keys = [column.key for column in columns.OF_KIND[kind]]
        content = sheets.written([column.head for column in columns.OF_KIND[kind]],
                                 [[row.get(key, "") for key in keys] for row in rows])
        read = lists.upload(actor=actor, event_id=event_id, kind=kind, name=f"demonstration-{kind}.xlsx",
                            content=content)
        apply_list(actor=actor, list_id=read.id, owner_id=organiser_id)
    _mark(event_id, coordinator_id)
    zones = {str(row.zone.id): str(target) for row, target in zip(events.zones_of(event_id), (14, 12), strict=False)}
    following.set_targets(actor=actor, event_id=event_id, zones=zones, districts={"HK-NST": "6", "HK-HWC": "4"})
    today = clock.now().date()
    ids = list(db.session.scalars(sa.select(Invitee.id).where(Invitee.event_id == event_id).order_by(Invitee.id)))
    for number, invitee_id in enumerate(ids):
        if number % 3:
            links.for_invitee(actor=actor, invitee_id=invitee_id)
            following.sent_by_hand(actor=actor, invitee_id=invitee_id)
        if number % 4 == 0:
            following.note(actor=actor, invitee_id=invitee_id, kind="call", text="示範：電話無人接聽，下次再致電。",
                           next_call_on=today + timedelta(days=number - 4), owner_id=organiser_id)


def _mark(event_id: int, coordinator_id: int) -> None:
    with transaction():
        made = sa.select(Registration.organisation_id).where(Registration.event_id == event_id)
        for organisation in db.session.scalars(sa.select(Organisation).where(Organisation.id.in_(made))):
            organisation.is_demo = True
        for delegation in db.session.scalars(sa.select(Delegation).where(Delegation.event_id == event_id)):
            delegation.coordinator_id = coordinator_id
