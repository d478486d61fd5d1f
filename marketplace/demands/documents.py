"""The search documents of demands: made from the rows as they stand, a tombstone where nothing may be found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from marketplace import clock
from marketplace.demands.models import Demand, DemandVersion
from marketplace.extensions import db
from marketplace.indexing.models import DocumentRevision
from marketplace.listings import price_invitations
from marketplace.listings.states import document_boundaries
from marketplace.organisations.models import Organisation
from search import documents


def demand_documents(ids: Sequence[int], revisions: dict[int, int]) -> list[dict[str, Any]]:
    """One document for each id, with its revision; read in one statement."""
    found = {
        demand.id: (demand, version, owner)
        for demand, version, owner in db.session.execute(
            sa.select(Demand, DemandVersion, Organisation)
            .join(DemandVersion, DemandVersion.id == Demand.live_version_id)
            .join(Organisation, Organisation.id == Demand.organisation_id)
            .where(Demand.id.in_(list(ids)))
        )
    }
    told = price_invitations.told("demand", found)
    return [
        _document(one, revisions.get(one, 0), told.get(one, frozenset()), *found.get(one, (None, None, None)))
        for one in ids
    ]


def demand_document(demand_id: int) -> dict[str, Any]:
    """The document of one demand as it stands now, or its tombstone."""
    revision = (
        db.session.scalar(
            sa.select(DocumentRevision.revision).where(
                DocumentRevision.kind == "demand", DocumentRevision.subject_id == demand_id
            )
        )
        or 0
    )
    return demand_documents([demand_id], {demand_id: revision})[0]


def document_of_content(content: dict[str, Any]) -> dict[str, Any]:
    """The document of a demand that is not kept or not published, as if it were open now and its buyer unknown."""
    return documents.demand_document(
        id="draft",
        revision=0,
        content=content,
        buyer={"id": "", "names": {}, "places": []},
        approved=True,
        opens_at=clock.now().isoformat(),
        closes_at=None,
        updated_at=None,
    )


def all_demand_ids() -> Sequence[int]:
    """The ids of all demands that have, or had, a document."""
    return db.session.scalars(
        sa.select(DocumentRevision.subject_id)
        .where(DocumentRevision.kind == "demand")
        .order_by(DocumentRevision.subject_id)
    ).all()


def _document(
    demand_id: int,
    revision: int,
    told: frozenset[int],
    demand: Demand | None,
    version: DemandVersion | None,
    owner: Organisation | None,
) -> dict[str, Any]:
    boundaries = None if demand is None else document_boundaries(demand, owner, clock.now())
    if boundaries is None or version is None or owner is None:
        return documents.tombstone(id=demand_id, revision=revision)
    return documents.demand_document(
        id=demand_id,
        revision=revision,
        content=version.content,
        buyer={
            "id": str(owner.id),
            "names": owner.searched_names,
            "places": [owner.place_id] if owner.place_id else [],
        },
        updated_at=version.created_at.isoformat(),
        price_audience=version.content.get("price_audience", "public"),
        price_told=[str(one) for one in told],
        **boundaries,
    )
