"""A small corpus of made-up listings whose every word is known, so that whole answers can be asserted."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from search import FindRequest, Viewer, demand_document, offer_document

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
OPEN = {"approved": True, "opens_at": "2026-01-01T00:00:00+00:00", "closes_at": None}
Texts = dict[str, str]


def organisation(id: str, **names: str) -> dict[str, Any]:
    return {"id": id, "names": {lang.replace("_", "-"): name for lang, name in names.items()}, "places": []}


EAST = organisation("o-east", zh_Hans="东山测试辅具厂", en="Eastern Test Devices")
WEST = organisation("o-west", zh_Hant="西環試驗護老社", en="Western Test Carers")


def offer(id: str, title: Texts, *, kind: str = "equipment", revision: int = 1, **rest: Any) -> dict[str, Any]:
    """An offer, open and approved unless said otherwise; `summary`, `facts`, `supplier` and times as keywords."""
    lang = next(iter(title))
    texts = {"title": title, "summary": rest.pop("summary", {})}
    content = {"kind": kind, "lang": lang, "texts": texts, "facts": rest.pop("facts", {})}
    options = OPEN | {"supplier": EAST, "updated_at": "2026-03-01T00:00:00+00:00"} | rest
    return offer_document(id=id, revision=revision, content=content, **options)


def demand(id: str, title: Texts, *, kind: str = "equipment", revision: int = 1, **rest: Any) -> dict[str, Any]:
    """A demand; `budget`, `places` and the like as keywords, the rest as of an offer."""
    lang = next(iter(title))
    content = {"kind": kind, "lang": lang, "texts": {"title": title}, "facts": {}}
    for name in ("requirements", "lines", "budget", "places", "dates"):
        if name in rest:
            content[name] = rest.pop(name)
    options = OPEN | {"buyer": WEST, "updated_at": "2026-03-01T00:00:00+00:00"} | rest
    return demand_document(id=id, revision=revision, content=content, **options)


def money(amount: int, currency: str) -> dict[str, Any]:
    return {"minor": amount * 100, "currency": currency}


def request(text: str = "", *, collection: str = "offers", viewer: Viewer | None = None, **options: Any) -> FindRequest:
    return FindRequest(
        collection=collection, text=text, now=options.pop("now", NOW), viewer=viewer or Viewer(), **options
    )


OFFERS = [
    offer(
        "chair-hans",
        {"zh-Hans": "铝合金轮椅"},
        summary={"zh-Hans": "可折叠,适合狭窄走廊。"},
        facts={"serves": ["CN-4401"], "price": money(900, "CNY"), "rental": True, "model": "QX-310/B"},
        updated_at="2026-03-03T00:00:00+00:00",
    ),
    offer(
        "chair-hant",
        {"zh-Hant": "電動輪椅", "en": "Powered wheelchair"},
        summary={"zh-Hant": "續航二十公里。"},
        facts={"serves": ["HK"], "price": money(12000, "HKD"), "rental": False},
        supplier=WEST,
        updated_at="2026-03-02T00:00:00+00:00",
    ),
    offer(
        "chair-en",
        {"en": "Bathroom commode on wheels"},
        summary={"en": "Doubles as a wheelchair for short ways."},
        facts={"serves": ["CN"], "price": money(700, "CNY"), "price_max": money(1500, "CNY")},
        updated_at="2026-03-01T00:00:00+00:00",
    ),
    offer(
        "bed",
        {"zh-Hans": "电动护理床"},
        summary={"zh-Hans": "五种功能,配床垫。"},
        facts={"serves": ["CN-4403"]},
        updated_at="2026-03-04T00:00:00+00:00",
    ),
    offer(
        "home",
        {"zh-Hant": "安老院宿位", "en": "Places in a residential home"},
        kind="care_place",
        summary={"zh-Hant": "雙人房,二十四小時護理。"},
        facts={"dementia_care": True, "languages": ["yue", "en"], "price": money(9000, "HKD")},
        supplier=WEST,
        updated_at="2026-03-05T00:00:00+00:00",
    ),
    offer("unapproved", {"zh-Hans": "未核准轮椅"}, approved=False),
    offer("not-yet", {"zh-Hans": "将来轮椅"}, opens_at="2026-06-15T12:00:01+00:00"),
    offer("unopened", {"zh-Hans": "草稿轮椅"}, opens_at=None),
    offer("over", {"zh-Hans": "过期轮椅"}, closes_at="2026-06-15T12:00:00+00:00"),
]
DEMANDS = [
    demand(
        "need-chairs",
        {"zh-Hant": "採購輪椅三十張"},
        requirements=[{"need": "must", "text": {"zh-Hant": "可摺疊"}}],
        lines=[{"text": {"zh-Hant": "手動輪椅"}, "quantity": "30", "unit": "piece"}],
        budget={"minor": 4500000, "currency": "HKD", "basis": "total"},
        places=["HK"],
        closes_at="2026-07-01T00:00:00+00:00",
    ),
    demand("need-meals", {"en": "Soft meals for sixty residents"}, kind="food_meals", places=["MO"]),
]
