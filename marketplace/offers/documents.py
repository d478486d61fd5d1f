"""The search documents of offers: made from the rows as they stand, a tombstone where nothing may be found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from marketplace import clock
from marketplace.extensions import db
from marketplace.indexing.models import DocumentRevision
from marketplace.listings import price_invitations
from marketplace.listings.freshness import fresh_until
from marketplace.listings.states import document_boundaries
from marketplace.offers.models import Offer, OfferVersion
from marketplace.organisations.models import Organisation
from search import documents


def offer_documents(ids: Sequence[int], revisions: dict[int, int]) -> list[dict[str, Any]]:
    """One document for each id, with its revision; read in one statement, and one more for what suppliers hold."""
    found = {
        offer.id: (offer, version, owner)
        for offer, version, owner in db.session.execute(
            sa.select(Offer, OfferVersion, Organisation)
            .join(OfferVersion, OfferVersion.id == Offer.live_version_id)
            .join(Organisation, Organisation.id == Offer.organisation_id)
            .where(Offer.id.in_(list(ids)))
            .options(sa.orm.selectinload(Organisation.credentials))
        )
    }
    told = price_invitations.told("offer", found)
    return [
        _document(one, revisions.get(one, 0), told.get(one, frozenset()), *found.get(one, (None, None, None)))
        for one in ids
    ]


def offer_document(offer_id: int) -> dict[str, Any]:
    """The document of one offer as it stands now, or its tombstone."""
    revision = (
        db.session.scalar(
            sa.select(DocumentRevision.revision).where(
                DocumentRevision.kind == "offer", DocumentRevision.subject_id == offer_id
            )
        )
        or 0
    )
    return offer_documents([offer_id], {offer_id: revision})[0]


def all_offer_ids() -> Sequence[int]:
    """The ids of all offers that have, or had, a document."""
    return db.session.scalars(
        sa.select(DocumentRevision.subject_id)
        .where(DocumentRevision.kind == "offer")
        .order_by(DocumentRevision.subject_id)
    ).all()


def _document(
    offer_id: int,
    revision: int,
    told: frozenset[int],
    offer: Offer | None,
    version: OfferVersion | None,
    owner: Organisation | None,
) -> dict[str, Any]:
    boundaries = None if offer is None else document_boundaries(offer, owner, clock.now())
    if boundaries is None or offer is None or version is None or owner is None:
        return documents.tombstone(id=offer_id, revision=revision)
    until = fresh_until(version.content, offer.confirmed_at or offer.opens_at)
    return documents.offer_document(
        id=offer_id,
        revision=revision,
        content=version.content,
        supplier={
            "id": str(owner.id),
            "names": owner.searched_names,
            "places": [owner.place_id] if owner.place_id else [],
        },
        updated_at=version.created_at.isoformat(),
        price_audience=version.content.get("price_audience", "public"),
        price_told=[str(one) for one in told],
        credentials=[
            {
                "kind": one.kind,
                "issuer": one.issuer,
                "number": one.number,
                "scope": one.scope,
                "place": one.place_id,
                "expires_on": one.expires_on.isoformat() if one.expires_on else None,
            }
            for one in owner.credentials
        ],
        fresh_until=until.isoformat() if until else None,
        **boundaries,
    )
