"""Why one's own offer is not among a demand's matches: the same judgement, told to its supplier alone.

What a stranger to the demand may not know (a hidden budget, other suppliers) is in no answer: the offer is judged by
what is public, and of the others only the place among them is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from marketplace import clock, rate_limits
from marketplace.actor import Actor
from marketplace.demands.documents import demand_document
from marketplace.demands.models import Demand
from marketplace.errors import NotFound
from marketplace.extensions import db
from marketplace.indexing import service as indexing
from marketplace.listings.states import state_of
from marketplace.matches import policy, rulesets
from marketplace.matches.service import KEPT
from marketplace.offers.documents import offer_document
from marketplace.offers.models import Offer
from marketplace.rates.service import rate_table
from search import Viewer
from search.matching.results import IDENTITY

PACE = "30/minute"
# A place among others must not tell what of theirs is for the other side alone: all are judged by what is public.
STRANGER = Viewer(organisation_id=None, role="public")
OPEN = "open"


@dataclass(frozen=True)
class Standing:
    """`reason`: why the offer is not listed, "" where it is: its state ("draft", "withdrawn", "closed" ...), "own",
    "not found" or "below". `match`: the judgement, None where the state alone decides. `place`: among `limit`."""

    reason: str
    match: dict[str, Any] | None
    place: int | None
    limit: int
    stopped_by: tuple[str, ...] = ()

    @property
    def is_another(self) -> bool:
        """Whether it is not what is asked for at all."""
        return not IDENTITY.isdisjoint(self.stopped_by)


def own_offers(actor: Actor, *, limit: int = 300) -> Sequence[Offer]:
    """The offers of the actor's organisation that were ever published or drafted, newest first."""
    if actor.organisation_id is None:
        return []
    return db.session.scalars(
        sa.select(Offer)
        .where(Offer.organisation_id == actor.organisation_id)
        .options(joinedload(Offer.live_version), joinedload(Offer.draft_version))
        .order_by(Offer.created_at.desc().nulls_last(), Offer.id.desc())
        .limit(limit)
    ).all()


def standing(*, actor: Actor, demand_id: int, offer_id: int) -> Standing:
    """How an offer of the actor's organisation stands for an open demand.

    Raises:
        NotFound: no such open demand, or the offer is not the actor's.
        TooMany: more questions from one organisation than PACE.
        marketplace.indexing.service.Away: the search engine does not answer.
    """
    demand, offer = db.session.get(Demand, demand_id), db.session.get(Offer, offer_id)
    policy.require_ask_why(actor, offer)
    if demand is None or state_of(demand, demand.organisation, clock.now()) != OPEN:
        raise NotFound
    state = state_of(offer, offer.organisation, clock.now()) if offer else "draft"
    if demand.organisation_id == actor.organisation_id:
        return Standing("own", None, None, KEPT)
    if state != OPEN:
        return Standing(state, None, None, KEPT)
    document, offered = demand_document(demand_id), offer_document(offer_id)
    if document.get("deleted") or offered.get("deleted"):
        return Standing(state, None, None, KEPT)
    rulesets.put_in_force()
    rate_limits.limit(f"standing:{actor.organisation_id}", PACE)
    rates = rate_table(clock.now().date())
    found = indexing.ask(
        lambda engine: engine.stand(document, offered, now=clock.now(), viewer=STRANGER, limit=KEPT, rates=rates)
    )
    match = found.match.as_dict()
    reason = "" if found.place else "below" if found.total >= KEPT else "not found"
    return Standing(reason, match, found.place, KEPT, tuple(match["stopped_by"]))
