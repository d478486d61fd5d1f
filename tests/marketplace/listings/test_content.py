"""What is typed, cleaned: values, and a code at the path of what cannot be taken."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from catalogue.languages import LANGUAGES
from marketplace.actor import Actor
from marketplace.errors import ErrorCode
from marketplace.listings import content as contents
from tests.marketplace.listings.steps import DEMAND, OFFER


def errors(side: str, **changes: Any) -> dict[str, ErrorCode]:
    return contents.clean(side, {**(OFFER if side == "offer" else DEMAND), **changes})[1]


def test_an_offer_as_typed_becomes_the_shared_shape() -> None:
    content, wrong = contents.clean(
        "offer",
        {
            "kind": "equipment",
            "lang": "zh-Hans",
            "texts": {
                "title": {"zh-Hans": " 护理床 ", "en": "Nursing bed", "zh-Hant": ""},
                "summary": {"zh-Hans": "四电机"},
            },
            "facts": {
                "price": {"amount": "6,800.50", "currency": "CNY"},
                "load_kg": "200",
                "rental": "true",
                "features": {"zh-Hans": "防夹\n带电池"},
                "serves": ["CN-4403"],
            },
            "dates": {"opens_on": "2026-12-01", "closes_on": ""},
            "pictures": [{"file": 4, "alt": {"zh-Hans": "床"}}, {"file": None, "alt": {}}],
        },
    )
    assert wrong == {}
    assert content == {
        "kind": "equipment",
        "lang": "zh-Hans",
        "texts": {
            "title": {"zh-Hans": "护理床", "en": "Nursing bed"},
            "summary": {"zh-Hans": "四电机"},
            "description": {},
        },
        "facts": {
            "price": {"minor": 680050, "currency": "CNY"},
            "load_kg": "200",
            "rental": True,
            "features": {"zh-Hans": ["防夹", "带电池"]},
            "serves": ["CN-4403"],
        },
        "dates": {"opens_on": "2026-12-01"},
        "price_audience": "public",
        "pictures": [{"file": 4, "alt": {"zh-Hans": "床"}}],
        "documents": [],
    }


def test_a_demand_as_typed_becomes_the_shared_shape() -> None:
    content, wrong = contents.clean(
        "demand",
        {
            **DEMAND,
            "requirements": [*DEMAND["requirements"], {"need": "must", "text": {"zh-Hant": ""}}],
            "lines": [*DEMAND["lines"], {"text": {}, "quantity": "", "unit": ""}],
            "dates": {"needed_by": "2026-12-31", "deadline_days": "30"},
        },
    )
    assert wrong == {}
    assert content == {
        "kind": "equipment",
        "lang": "zh-Hant",
        "texts": {"title": {"zh-Hant": "護理床三十張"}, "text": {"zh-Hant": "安老院更換護理床。"}},
        "facts": {},
        "requirements": [
            {"need": "must", "text": {"zh-Hant": "承重至少180公斤"}},
            {"need": "nice", "text": {"zh-Hant": "可租"}},
        ],
        "lines": [{"text": {"zh-Hant": "電動護理床"}, "quantity": "30", "unit": "piece"}],
        "budget": {"minor": 20000000, "currency": "HKD", "basis": "total"},
        "places": ["HK"],
        "place_text": "香港",
        "dates": {"needed_by": "2026-12-31", "deadline_days": 30},
        "price_audience": "public",
        "pictures": [],
        "documents": [],
    }


@pytest.mark.parametrize(("side", "raw"), [("offer", OFFER), ("demand", DEMAND)])
def test_cleaning_what_is_clean_changes_nothing(side: str, raw: dict[str, Any]) -> None:
    once, _ = contents.clean(side, raw)
    assert contents.clean(side, once) == (once, {})


OFFERS: dict[str, tuple[dict[str, Any], str, ErrorCode]] = {
    "a long title": (
        {"texts": {"title": {"en": "x" * 4000}}},
        "texts.title.en",
        ErrorCode("too_long", {"max": 150, "length": 4000}),
    ),
    "a bell": ({"texts": {"title": {"en": "a\x07b"}}}, "texts.title.en", ErrorCode("control_characters")),
    "a wrong currency": (
        {"facts": {"price": {"amount": "10", "currency": "XYZ"}}},
        "facts.price",
        ErrorCode("currency_unknown", {"value": "XYZ"}),
    ),
    "a negative load": ({"facts": {"load_kg": "-3"}}, "facts.load_kg", ErrorCode("negative")),
    "no number": ({"facts": {"load_kg": "heavy"}}, "facts.load_kg", ErrorCode("not_a_number")),
    "no kind of ours": ({"kind": "spaceship"}, "kind", ErrorCode("unknown_choice", {"value": "spaceship"})),
    "no language of ours": ({"lang": "pt"}, "lang", ErrorCode("unknown_choice", {"value": "pt"})),
    "end before start": (
        {"dates": {"opens_on": "2026-12-10", "closes_on": "2026-12-09"}},
        "dates.closes_on",
        ErrorCode("end_before_start"),
    ),
    "no date": ({"dates": {"closes_on": "31.12.2026"}}, "dates.closes_on", ErrorCode("not_a_date")),
}
DEMANDS: dict[str, tuple[dict[str, Any], str, ErrorCode]] = {
    "a wrong currency": (
        {"budget": {"amount": "100", "currency": "XYZ"}},
        "budget.currency",
        ErrorCode("currency_unknown", {"value": "XYZ"}),
    ),
    "no currency": ({"budget": {"amount": "1", "currency": ""}}, "budget.currency", ErrorCode("currency_missing")),
    "a negative budget": ({"budget": {"amount": "-1", "currency": "HKD"}}, "budget.amount", ErrorCode("negative")),
    "too fine": (
        {"budget": {"amount": "1.005", "currency": "HKD"}},
        "budget.amount",
        ErrorCode("too_many_decimals", {"max": 2}),
    ),
    "no number": ({"budget": {"amount": "NaN", "currency": "HKD"}}, "budget.amount", ErrorCode("not_a_number")),
    "too much": (
        {"budget": {"amount": "9" * 40, "currency": "HKD"}},
        "budget.amount",
        ErrorCode("too_large", {"max": "1,000,000,000,000"}),
    ),
    "a negative quantity": (
        {"lines": [{"text": {"en": "bed"}, "quantity": "-30", "unit": ""}]},
        "lines.0.quantity",
        ErrorCode("negative"),
    ),
    "none of them": (
        {"lines": [{"text": {"en": "bed"}, "quantity": "0", "unit": ""}]},
        "lines.0.quantity",
        ErrorCode("zero"),
    ),
    "nothing counted": ({"lines": [{"text": {}, "quantity": "3"}]}, "lines.0.text", ErrorCode("required")),
    "neither must nor nice": (
        {"requirements": [{"need": "perhaps", "text": {"en": "bed"}}]},
        "requirements.0.need",
        ErrorCode("unknown_choice", {"value": "perhaps"}),
    ),
    "needed before it opens": (
        {"dates": {"opens_on": "2026-12-10", "needed_by": "2026-12-01"}},
        "dates.needed_by",
        ErrorCode("end_before_start"),
    ),
    "no days": ({"dates": {"deadline_days": "-1"}}, "dates.deadline_days", ErrorCode("not_days")),
}
CASES = [("offer", case) for case in OFFERS] + [("demand", case) for case in DEMANDS]


@pytest.mark.parametrize(("side", "case"), CASES)
def test_what_cannot_be_taken_is_named_by_its_path(side: str, case: str) -> None:
    changes, path, error = (OFFERS if side == "offer" else DEMANDS)[case]
    assert errors(side, **changes) == {path: error}


def test_one_error_leaves_everything_else_as_typed() -> None:
    content, wrong = contents.clean("offer", {**OFFER, "facts": {**OFFER["facts"], "load_kg": "-1"}})
    assert wrong == {"facts.load_kg": ErrorCode("negative")}
    assert content["texts"]["title"] == {"en": "Electric nursing bed"}
    assert content["facts"] == {"price": {"minor": 680000, "currency": "HKD"}, "serves": ["HK"]}


def test_a_draft_may_be_empty_and_says_what_publishing_needs() -> None:
    for side, body in (("offer", "summary"), ("demand", "text")):
        content, wrong = contents.clean(side, {"lang": "zh-Hant"})
        assert wrong == {}
        assert contents.missing(side, content) == ["kind", "texts.title.zh-Hant", f"texts.{body}.zh-Hant"]


def test_a_picture_without_words_keeps_an_offer_from_being_published() -> None:
    content, _ = contents.clean("offer", {**OFFER, "pictures": [{"file": 1, "alt": {"zh-Hans": "床"}}]})
    assert contents.missing("offer", content) == ["pictures.0.alt.en"]


def test_a_closing_day_counts_until_its_end_in_the_region() -> None:
    now = datetime(2026, 11, 24, 3, tzinfo=UTC)
    opens, closes = contents.boundaries({"dates": {"closes_on": "2026-11-30"}}, now)
    assert (opens, closes) == (now, datetime(2026, 11, 30, 16, tzinfo=UTC))
    assert contents.last_day(closes) == date(2026, 11, 30)  # type: ignore[arg-type]
    assert contents.boundaries({"dates": {"opens_on": "2026-12-01"}}, now) == (
        datetime(2026, 11, 30, 16, tzinfo=UTC),
        None,
    )
    assert contents.boundaries({"dates": {"opens_on": "2020-01-01"}}, now) == (now, None)


PRICED = {
    **OFFER,
    "facts": {"price": {"minor": 1, "currency": "HKD"}, "price_max": {"minor": 2, "currency": "HKD"}, "load_kg": "9"},
}
READERS = {
    "stranger": Actor(),
    "member": Actor(1, 5, frozenset({"owner"}), "member"),
    "buyer": Actor(2, 6, frozenset({"owner", "approved", "institution"}), "member"),
    "seller": Actor(2, 7, frozenset({"owner", "approved", "supplier"}), "member"),
    "waiting": Actor(2, 8, frozenset({"owner", "supplier", "institution"}), "member"),
    "own": Actor(3, 9, frozenset({"viewer"}), "member"),
    "organiser": Actor(4, None, frozenset(), "organiser"),
}


ALWAYS = {"own", "organiser"}


@pytest.mark.parametrize(
    ("audience", "of_offer", "of_demand", "of_offer_invited"),
    [
        ("public", set(READERS), set(READERS), set(READERS)),
        ("members", {"buyer"} | ALWAYS, {"seller"} | ALWAYS, {"buyer"} | ALWAYS),
        ("invited", ALWAYS, ALWAYS, {"buyer"} | ALWAYS),
        ("hidden", ALWAYS, ALWAYS, ALWAYS),
    ],
)
def test_a_price_is_told_to_its_audience_alone(
    audience: str, of_offer: set[str], of_demand: set[str], of_offer_invited: set[str]
) -> None:
    offer = {**PRICED, "price_audience": audience}
    demand = {
        **DEMAND,
        "facts": {},
        "budget": {"minor": 5, "currency": "HKD", "basis": "total"},
        "price_audience": audience,
    }
    for name, actor in READERS.items():
        seen = contents.for_reader("offer", offer, actor, 9)["facts"]
        assert seen == (offer["facts"] if name in of_offer else {"load_kg": "9"}), name
        seen = contents.for_reader("offer", offer, actor, 9, told=True)["facts"]
        assert seen == (offer["facts"] if name in of_offer_invited else {"load_kg": "9"}), name
        budget = contents.for_reader("demand", demand, actor, 9)["budget"]
        assert budget == (demand["budget"] if name in of_demand else None), name


def test_every_language_of_a_text_is_kept() -> None:
    content, _ = contents.clean("offer", {**OFFER, "texts": {"title": dict.fromkeys(LANGUAGES, "x")}})
    assert content["texts"]["title"] == dict.fromkeys(LANGUAGES, "x")
