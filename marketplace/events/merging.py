"""Registrations and people follow an organisation that was merged into another."""

from __future__ import annotations

import sqlalchemy as sa

from marketplace import clock
from marketplace.events.models import Person, Registration
from marketplace.extensions import db
from marketplace.organisations.merging import Moved, move


def follow(*, kept_id: int, merged_id: int, moved: Moved) -> None:
    """Give both to the organisation that stays, in the open transaction.

    Where it takes part on the same side of the same event itself, the other registration is withdrawn and its stand
    goes to the one that stays if that has none; a registration that was withdrawn or rejected gives way to a live one.
    """
    moved["people"] = move(Person, Person.organisation_id, kept_id=kept_id, merged_id=merged_id)
    own = {(one.event_id, one.side): one for one in _registrations(kept_id)}
    moved["registrations"], moved["registrations withdrawn"] = [], []
    for one in _registrations(merged_id):
        mine = own.get((one.event_id, one.side))
        if mine is None:
            one.organisation_id = kept_id
            moved["registrations"].append(one.id)
            continue
        if one.state in ("waiting", "approved"):
            booth, one.booth_id, one.withdrawn_at = one.booth_id, None, clock.now()
            moved["registrations withdrawn"].append(one.id)
            db.session.flush()  # a stand has one holder
            if mine.state in ("withdrawn", "rejected"):
                mine.asked_at, mine.approved_at = one.asked_at, one.approved_at
                mine.withdrawn_at = mine.rejected_at = None
                mine.message = mine.message or one.message
            mine.booth_id = mine.booth_id or booth
            mine.owner_id = mine.owner_id or one.owner_id
    db.session.flush()  # rooms above read who is registered now


def _registrations(organisation_id: int) -> list[Registration]:
    return list(db.session.scalars(
        sa.select(Registration).where(Registration.organisation_id == organisation_id)
        .order_by(Registration.id).with_for_update()))
