"""Small listings for the tests of matching."""

from __future__ import annotations

from datetime import UTC, datetime

from search import demand_document, offer_document

NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)


def offer(id, title, *, kind="equipment", lang="en", summary="", supplier="s1", facts=None, **more):
    """An offer document, approved and open unless told otherwise."""
    content = {
        "kind": kind,
        "lang": lang,
        "texts": {"title": {lang: title}} | ({"summary": {lang: summary}} if summary else {}),
        "facts": facts or {},
    }
    settings = {"approved": True, "opens_at": "2026-01-01T00:00:00+00:00", "closes_at": None} | more
    return offer_document(
        id=id,
        revision=1,
        content=content,
        supplier={"id": supplier, "names": {lang: f"Supplier {supplier}"}, "places": []},
        updated_at="2026-10-01T00:00:00+00:00",
        **settings,
    )


def demand(id, title, *, kind="equipment", lang="zh-Hant", text="", must=(), nice=(), buyer="b1", **more):
    """A demand document, approved and open unless told otherwise; `more` goes into its content or settings."""
    names = ("approved", "opens_at", "closes_at", "price_audience")
    settings = {"approved": True, "opens_at": "2026-01-01T00:00:00+00:00", "closes_at": None}
    settings |= {key: more.pop(key) for key in names if key in more}
    content = {
        "kind": kind,
        "lang": lang,
        "texts": {"title": {lang: title}} | ({"text": {lang: text}} if text else {}),
        "requirements": [{"need": "must", "text": {lang: one}} for one in must]
        + [{"need": "nice", "text": {lang: one}} for one in nice],
        "lines": [],
        "budget": None,
        "places": [],
        "dates": {},
        "facts": {},
    } | more
    return demand_document(
        id=id,
        revision=1,
        content=content,
        buyer={"id": buyer, "names": {lang: f"Buyer {buyer}"}, "places": []},
        updated_at="2026-10-01T00:00:00+00:00",
        **settings,
    )
