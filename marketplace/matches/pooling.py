"""Pool demands: another institution needs the same, says how much, and the demander accepts or declines.

Suppliers are told the quantity that was accepted, and a name only where its bearer wants that. Contacts stay as they
are: joining opens none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager

from marketplace import clock
from marketplace.actor import Actor
from marketplace.audit import service as audit
from marketplace.demands.models import Demand
from marketplace.errors import ErrorCode, Invalid, NotFound
from marketplace.extensions import db
from marketplace.matches import policy
from marketplace.matches.pooling_models import MOST, DemandJoin
from marketplace.notifications import service as notifications
from marketplace.organisations.models import Organisation
from marketplace.transaction import transaction

NOTE_LENGTH = 500
ANSWERS = ("accepted", "declined")


@dataclass(frozen=True)
class Pool:
    """What everybody who reads a demand may know: `joined` institutions and what they add; `own` is the demander's
    quantity in `unit`, None where it states none or several; `names` only of those who want to be named."""

    joined: int
    added: int
    own: Decimal | None
    unit: str
    names: tuple[dict[str, str], ...]

    @property
    def total(self) -> Decimal | None:
        """All quantities together, where the demander's is known."""
        return None if self.own is None else self.own + self.added


def join(*, actor: Actor, demand_id: int, quantity: int | None, note: str | None = None, named: bool = False) -> int:
    """Ask to join a demand, or change what one asked; a changed quantity must be accepted anew. Returns the row's id.

    Raises:
        NotFound: no such demand that is open.
        NotAllowed: not an approved institution ("approval", "institution"), only a viewer ("role"), the actor's own
            demand ("own"), or a share that was declined ("declined").
        Invalid: a quantity below 1 or over 1,000,000, a note over 500 characters.
    """
    actor.require_user()
    errors = {}
    if quantity is None:
        errors["quantity"] = ErrorCode("not_a_number")
    elif quantity < 1:
        errors["quantity"] = ErrorCode("too_small", {"minimum": 1})
    elif quantity > MOST:
        errors["quantity"] = ErrorCode("too_large", {"maximum": MOST})
    if note and len(note) > NOTE_LENGTH:
        errors["note"] = ErrorCode("too_long", {"maximum": NOTE_LENGTH, "length": len(note)})
    with transaction():
        demand = db.session.get(Demand, demand_id, with_for_update=True)
        policy.require_join(actor, demand, clock.now())
        if errors or quantity is None or demand is None:
            raise Invalid(errors)
        row = _own(demand_id, actor)
        policy.require_ask_again(row)
        now, before = clock.now(), row and row.state
        same = row is not None and (row.quantity, row.state) == (quantity, "accepted")
        row = row or DemandJoin(demand_id=demand_id, organisation_id=actor.organisation_id, asked_at=now)
        row.quantity, row.note, row.named = quantity, note or None, named
        row.state = "accepted" if same else "asked"
        row.changed_at, row.user_id = now, actor.require_user()
        db.session.add(row)
        db.session.flush()  # its id names the notification
        _record(actor, row, before)
        if row.state == "asked":
            _tell(demand, row, "asked", to=demand.organisation_id)
        return row.id


def decide(*, actor: Actor, join_id: int, answer: str) -> DemandJoin:
    """Accept or decline an institution's share in one's own demand; an accepted one may be declined later.

    Raises:
        NotFound: no such share in a demand of the actor's organisation, or its bearer left.
        NotAllowed: the actor may only view, or its organisation is not approved.
        Invalid: another answer than "accepted" or "declined".
    """
    actor.require_user()
    if answer not in ANSWERS:
        raise Invalid({"answer": ErrorCode("unknown_choice")})
    with transaction():
        row = db.session.get(DemandJoin, join_id, with_for_update=True)
        policy.require_decide(actor, row and row.demand)
        if row is None or row.state == "left":
            raise NotFound
        before = row.state
        if before != answer:
            row.state, row.changed_at = answer, clock.now()
            _record(actor, row, before)
            _tell(row.demand, row, answer, to=row.organisation_id)
    return row


def leave(*, actor: Actor, demand_id: int) -> None:
    """Take one's share back; a second time changes nothing.

    Raises:
        NotFound: the actor's organisation has no share in this demand.
        NotAllowed: the actor may only view.
    """
    actor.require_user()
    with transaction():
        row = _own(demand_id, actor)
        policy.require_leave(actor, row)
        if row is None or row.state in ("left", "declined"):
            return
        before = row.state
        row.state, row.changed_at, row.user_id = "left", clock.now(), actor.require_user()
        _record(actor, row, before)
        _tell(row.demand, row, "left", to=row.demand.organisation_id)


def pool_of(demand: Demand) -> Pool:
    """What is accepted of a demand's shares, of organisations that are approved and not suspended."""
    rows = _rows(demand.id, "accepted")
    own, unit = own_quantity(demand.live_content)
    return Pool(
        joined=len(rows),
        added=sum(row.quantity for row in rows),
        own=own,
        unit=unit,
        names=tuple(row.organisation.names for row in rows if row.named),
    )


def shares(actor: Actor, demand: Demand) -> Sequence[DemandJoin]:
    """The shares that wait or are accepted, oldest first: for the demander's people alone.

    Raises NotFound for anybody else.
    """
    policy.require_see_shares(actor, demand)
    return _rows(demand.id, "asked", "accepted")


def own_share(actor: Actor, demand_id: int) -> DemandJoin | None:
    """The share of the actor's own organisation, whatever became of it."""
    return None if actor.organisation_id is None else _own(demand_id, actor, lock=False)


def own_quantity(content: dict[str, Any] | None) -> tuple[Decimal | None, str]:
    """The quantity and unit of a demand's only line with a quantity; None where there are none or several."""
    found = []
    for line in (content or {}).get("lines") or ():
        try:
            found.append((Decimal(str(line.get("quantity"))), str(line.get("unit") or "")))
        except InvalidOperation:
            continue
    return found[0] if len(found) == 1 else (None, "")


def _rows(demand_id: int, *states: str) -> Sequence[DemandJoin]:
    return db.session.scalars(
        sa.select(DemandJoin)
        .join(DemandJoin.organisation)
        .options(contains_eager(DemandJoin.organisation))
        .where(
            DemandJoin.demand_id == demand_id,
            DemandJoin.state.in_(states),
            Organisation.approved_at.is_not(None),
            Organisation.suspended_at.is_(None),
        )
        .order_by(DemandJoin.asked_at.asc().nulls_last(), DemandJoin.id)
    ).all()


def _own(demand_id: int, actor: Actor, *, lock: bool = True) -> DemandJoin | None:
    statement = sa.select(DemandJoin).where(
        DemandJoin.demand_id == demand_id, DemandJoin.organisation_id == actor.organisation_id
    )
    return db.session.scalar(statement.with_for_update() if lock else statement)


def _record(actor: Actor, row: DemandJoin, before: str | None) -> None:
    audit.record(
        actor=actor,
        action=f"demand_join.{row.state}",
        subject_kind="demand",
        subject_id=row.demand_id,
        changes={
            "state": (before, row.state, "commercial"),
            "quantity": (None, row.quantity, "commercial"),
            "organisation": (None, row.organisation_id, "commercial"),
        },
    )


def _tell(demand: Demand, row: DemandJoin, what: str, *, to: int) -> None:
    """Tell the demander who asks or leaves, or who asked what became of it; once a day for each change."""
    organisation = db.session.get_one(Organisation, row.organisation_id)
    notifications.notify(
        organisation_id=to,
        kind="demand_join",
        params={
            "demand_id": demand.id,
            "demand_title": demand.live_content["texts"]["title"],
            "what": what,
            "quantity": row.quantity,
            "names": organisation.names,
        },
        dedupe_key=f"demand_join:{row.id}:{what}:{row.quantity}:{row.changed_at.date().isoformat()}",
    )
