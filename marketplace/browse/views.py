"""The three lists. Search finds ids, the database gives the rows; without the engine the newest are listed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request

from marketplace import clock
from marketplace.accounts.web import current_actor
from marketplace.browse import parameters, queries
from marketplace.demands import queries as demand_queries
from marketplace.i18n import data_lang
from marketplace.indexing import service as indexing
from marketplace.listings.freshness import fresh_first
from marketplace.offers import queries as offer_queries
from search import FindRequest, FindResult

blueprint = Blueprint("browse", __name__)
PER_PAGE = 20
LAST_PAGE = 50
# In these orders what was last confirmed too long ago comes after the rest of its page; a price or a date is exact.
# Where words are asked for in the order of relevance, search itself lets it sink, by a little and over all pages.
SINKING = ("relevance", "newest")


@dataclass(frozen=True)
class Listed:
    """One page of a list: rows with their hits, or the newest rows without a rank while the engine is away."""

    rows: list[Any]
    hits: dict[int, Any]
    result: FindResult | None
    total: int | None
    page: int
    pages: int
    # What does not hold the words but is close in meaning; counted nowhere.
    close: tuple[Any, ...] = ()

    @property
    def ranked(self) -> bool:
        return self.result is not None


@blueprint.get("/offers")
def offers() -> str:
    """Offers that are open now."""
    return _list("offers", offer_queries.published_offers, offer_queries.newest)


@blueprint.get("/demands")
def demands() -> str:
    """Demands that are open now."""
    return _list("demands", demand_queries.published_demands, demand_queries.newest)


@blueprint.get("/organisations")
def organisations() -> str:
    """Approved organisations by name, place and role."""
    page = parameters.page(LAST_PAGE)
    chosen = parameters.organisation_filters()
    rows, total = queries.find_organisations(**chosen, page=page, size=PER_PAGE)
    return render_template(
        "browse/organisations.html",
        rows=rows,
        total=total,
        page=page,
        chosen=chosen,
        pages=min(LAST_PAGE, math.ceil(total / PER_PAGE)),
    )


def _list(collection: str, by_ids: Any, newest: Any) -> str:
    asked = parameters.find_request(collection, last_page=LAST_PAGE)
    actor = current_actor()
    wanted = FindRequest(
        collection=collection,
        text=asked.text,
        lang=data_lang(),
        filters=asked.filters,
        sort=asked.sort,
        page=asked.page,
        size=PER_PAGE,
        facets=parameters.facet_keys(collection, asked),
        now=clock.now(),
        viewer=indexing.viewer_of(actor),
    )
    try:
        result = indexing.ask(lambda engine: engine.find(wanted))
    except indexing.Away:
        rows = newest(limit=PER_PAGE, actor=actor)
        listed = Listed(rows, {}, None, None, 1, 1)
    else:
        hits = {int(hit.id): hit for hit in result.hits}
        near = {int(hit.id): hit for hit in result.close}
        found = {row.id: row for row in by_ids([*hits, *near], actor=actor)}
        rows, close = ([found[i] for i in ids if i in found] for ids in (hits, near))
        if asked.sort in SINKING and not (asked.text and asked.sort == "relevance"):
            rows = fresh_first(rows, clock.now())
        listed = Listed(rows, hits | near, result, result.total, result.page, result.pages, tuple(close))
    return render_template(
        f"browse/{collection}.html",
        listed=listed,
        asked=asked,
        chips=parameters.chips(collection, asked),
        facets=parameters.show_facets(collection, asked, result=listed.result),
        sorts={key: parameters.SORT_TEXTS[key] for key in parameters.SORTS[collection]},
        request_args=request.args,
    )

