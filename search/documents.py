"""The plain documents that are put into the index.

What is found, filtered and matched by, with the boundaries of its state.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

# Who may know the price or budget; for everybody else it is as if there were none.
PRICE_AUDIENCES = ("public", "members", "invited", "hidden")


def offer_document(
    *,
    id: str | int,
    revision: int,
    content: Mapping[str, Any],
    supplier: Mapping[str, Any],
    approved: bool,
    opens_at: str | None,
    closes_at: str | None,
    updated_at: str | None,
    price_audience: str = "public",
    price_told: Iterable[str] = (),
    fresh_until: str | None = None,
    credentials: Iterable[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """The document of an offer.

    `content`: the live version's content; `supplier`: {"id", "names": {lang: str}, "places": [place id]}. Times are
    ISO 8601 with a zone. `opens_at` None: not open yet, so never found; `closes_at` None: open without end. `revision`
    rises with every change. `price_told`: ids of the organisations that know a price told on invitation.
    `fresh_until`: after that moment what it states counts as confirmed too long ago; None where nothing of it ages.
    `credentials`: what the supplier itself holds, each {"kind", "issuer", "number", "scope": str, "place": place id or
    None, "expires_on": its last day, YYYY-MM-DD, or None}.
    `answers` of the content: what the supplier answered to questions, each {"topic", "state", "words", "value", "on"}.
    """
    document = _document(
        "offers", id, revision, content, supplier, approved, opens_at, closes_at, updated_at, price_audience
    )
    document["price_told"] = sorted(price_told)
    if fresh_until is not None:
        document["fresh_until"] = fresh_until
    if held := [dict(one) for one in credentials]:
        document["credentials"] = held
    if content.get("answers"):
        document["answers"] = list(content["answers"])
    return document


def demand_document(
    *,
    id: str | int,
    revision: int,
    content: Mapping[str, Any],
    buyer: Mapping[str, Any],
    approved: bool,
    opens_at: str | None,
    closes_at: str | None,
    updated_at: str | None,
    price_audience: str = "public",
    price_told: Iterable[str] = (),
) -> dict[str, Any]:
    """The document of a demand.

    Arguments as of an offer, `buyer` shaped like a supplier, `price_audience` and `price_told` about its budget.
    """
    document = _document(
        "demands", id, revision, content, buyer, approved, opens_at, closes_at, updated_at, price_audience
    )
    document["price_told"] = sorted(price_told)
    document["requirements"] = list(content.get("requirements") or ())
    document["lines"] = list(content.get("lines") or ())
    document["budget"] = content.get("budget")
    document["places"] = list(content.get("places") or ())
    document["place_text"] = content.get("place_text") or ""
    document["dates"] = dict(content.get("dates") or {})
    return document


def tombstone(*, id: str | int, revision: int) -> dict[str, Any]:
    """What is put in the place of a document that is gone: it keeps late writers from bringing it back."""
    return {"id": str(id), "revision": revision, "deleted": True}


def _document(
    collection: str,
    id: str | int,
    revision: int,
    content: Mapping[str, Any],
    organisation: Mapping[str, Any],
    approved: bool,
    opens_at: str | None,
    closes_at: str | None,
    updated_at: str | None,
    price_audience: str,
) -> dict[str, Any]:
    if price_audience not in PRICE_AUDIENCES:
        raise ValueError(f"unknown audience {price_audience!r}")
    document = {
        "collection": collection,
        "id": str(id),
        "revision": revision,
        "kind": content["kind"],
        "lang": content.get("lang") or "zh-Hans",
        "texts": {name: dict(text) for name, text in (content.get("texts") or {}).items()},
        "facts": dict(content.get("facts") or {}),
        "organisation": {
            "id": str(organisation["id"]),
            "names": dict(organisation.get("names") or {}),
            "places": list(organisation.get("places") or ()),
        },
        "approved": bool(approved),
        "opens_at": opens_at,
        "closes_at": closes_at,
        "updated_at": updated_at,
        "price_audience": price_audience,
    }
    if content.get("named_as"):
        document["named_as"] = dict(content["named_as"])
    return document
