"""Who hears that an organisation is represented by somebody else or registered under another number."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from marketplace.demands.models import Demand
from marketplace.extensions import db
from marketplace.matches.models import Answer
from marketplace.matchmaking.models import Meeting, Participation
from marketplace.notifications import service as notifications
from marketplace.offers.models import Offer
from marketplace.organisations.models import Organisation


def tell_counterparts(*, organisation_id: int, what: list[str], version: int, **_facts: Any) -> None:
    """Tell whoever has a mutual interest or a meeting with the organisation, once for each change."""
    names = db.session.scalar(sa.select(Organisation.names).where(Organisation.id == organisation_id))
    for other in sorted(_interested(organisation_id) | _meeting(organisation_id)):
        notifications.notify(
            organisation_id=other,
            kind="identity_changed",
            params={"organisation_id": organisation_id, "names": names, "what": what},
            dedupe_key=f"identity_changed:{organisation_id}:{version}:{other}",
        )


def _interested(organisation_id: int) -> set[int]:
    """Organisations of pairs in which both sides are interested."""
    theirs = aliased(Answer)
    pairs = db.session.execute(
        sa.select(Demand.organisation_id, Offer.organisation_id)
        .select_from(Answer)
        .join(theirs, sa.and_(theirs.demand_id == Answer.demand_id, theirs.offer_id == Answer.offer_id))
        .join(Demand, Demand.id == Answer.demand_id)
        .join(Offer, Offer.id == Answer.offer_id)
        .where(
            Answer.side == "supplier",
            theirs.side == "institution",
            Answer.answer == "interested",
            theirs.answer == "interested",
            sa.or_(Demand.organisation_id == organisation_id, Offer.organisation_id == organisation_id),
        )
    )
    return {one for pair in pairs for one in pair} - {organisation_id}


def _meeting(organisation_id: int) -> set[int]:
    """Organisations of meetings that stand."""
    one, other = aliased(Participation), aliased(Participation)
    pairs = db.session.execute(
        sa.select(one.organisation_id, other.organisation_id)
        .select_from(Meeting)
        .join(one, one.id == Meeting.a_id)
        .join(other, other.id == Meeting.b_id)
        .where(
            Meeting.kind == "meeting",
            Meeting.cancelled_at.is_(None),
            sa.or_(one.organisation_id == organisation_id, other.organisation_id == organisation_id),
        )
    )
    return {one for pair in pairs for one in pair} - {organisation_id}
