"""The rows of the review pages, and what they say when they are sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from catalogue import kinds, places
from marketplace.i18n import data_lang
from marketplace.listings import wording as listing_words
from marketplace.listings.content import BASES, NEEDS
from marketplace.listings.form_fields import amount_and_currency, currency_choices, unit_name
from marketplace.listings.forms import kind_choices
from marketplace.reading.products import price_unit_field
from marketplace.reading.wording import LABELS


class Control(NamedTuple):
    """`sort`: text, area, date or select; `choices` for the last."""

    name: str
    label: Any
    sort: str
    value: str
    choices: list[tuple[str, Any]]


class Row(NamedTuple):
    """One proposal beside its words. `assumed`: whether the words leave something open that was filled in."""

    key: str
    label: Any
    kept: bool
    controls: list[Control]
    quotes: list[dict[str, Any]]
    assumed: bool = False


Typed = Mapping[str, str] | None


def _control(typed: Typed, name: str, label: Any, sort: str, value: Any, choices: Any = ()) -> Control:
    said = typed.get(name, "") if typed is not None else str(value or "")
    return Control(name, label, sort, said, list(choices))


def _row(typed: Typed, key: str, controls: list[Control], quotes: list[dict[str, Any]]) -> Row:
    kept = typed is None or f"keep.{key}" in typed
    group = key.rsplit(".", 1)[0] if key.rsplit(".", 1)[-1].isdecimal() else key
    return Row(key, LABELS[group], kept, controls, quotes)


def demand_rows(found: Mapping[str, Any], lang: str, typed: Typed = None) -> list[Row]:
    """The proposals of a demand in reading order, as found or, where sent, as typed."""
    content, quotes = found["content"], found["quotes"]
    own = content["lang"]

    def row(key: str, *controls: Control) -> Row:
        proposed = _row(typed, key, list(controls), quotes.get(key, []))
        return proposed._replace(assumed=key in found.get("assumed", ()))

    def control(name: str, label: Any, sort: str, value: Any, choices: Any = ()) -> Control:
        return _control(typed, name, label, sort, value, choices)

    rows = [
        row("kind", control("kind", LABELS["kind"], "select", content["kind"], [("", "–"), *kind_choices()])),
        row("title", control("title", LABELS["title"], "text", content["texts"]["title"].get(own, ""))),
    ]
    for number, line in enumerate(content["lines"]):
        key = f"lines.{number}"
        rows.append(
            row(
                key,
                control(f"{key}.text", _names("what"), "text", line["text"].get(own, "")),
                control(f"{key}.quantity", _names("quantity"), "text", line["quantity"]),
                control(f"{key}.unit", _names("unit"), "text", unit_name(line["unit"], lang)),
            )
        )
    if content["budget"]:
        amount, currency = amount_and_currency(content["budget"])
        rows.append(
            row(
                "budget",
                control("budget.amount", LABELS["budget"], "text", amount),
                control("budget.currency", _names("currency"), "select", currency, currency_choices()),
                control(
                    "budget.basis", _names("basis"), "select", content["budget"]["basis"],
                    [(basis, listing_words.BASES[basis]) for basis in BASES],
                ),
            )
        )  # fmt: skip
    if content["places"]:
        rows.append(row("places", control("places", LABELS["places"], "text", content["place_text"])))
    for name in ("closes_on", "needed_by", "deadline_days"):
        if content["dates"].get(name):
            key = f"dates.{name}"
            rows.append(
                row(key, control(key, LABELS[key], "text" if "days" in name else "date", content["dates"][name]))
            )
    for number, asked in enumerate(content["requirements"]):
        key = f"requirements.{number}"
        rows.append(
            row(
                key,
                control(
                    f"{key}.need", _names("need"), "select", asked["need"],
                    [(need, listing_words.TEXT_NAMES[need]) for need in NEEDS],
                ),
                control(f"{key}.text", LABELS["requirements"], "text", asked["text"].get(own, "")),
            )
        )  # fmt: skip
    for number, asked in enumerate(found.get("credentials", [])):
        key = f"credentials.{number}"
        said = control(f"{key}.text", LABELS["credentials"], "text", asked["text"])
        rows.append(_row(typed, key, [said], asked["quotes"]))
    text = control("text", LABELS["text"], "area", content["texts"]["text"].get(own, ""))
    rows.append(_row(typed, "text", [text], []))
    return rows


def _names(name: str) -> Any:
    from flask_babel import lazy_gettext as _l

    return {
        "what": _l("What"),
        "quantity": _l("Quantity"),
        "unit": _l("Unit"),
        "currency": _l("Currency"),
        "basis": _l("The budget is"),
        "need": _l("How much it matters"),
    }[name]


def demand_raw(found: Mapping[str, Any], typed: Mapping[str, str]) -> dict[str, Any]:
    """The raw content of a demand that keeps what is ticked, as typed."""
    content = found["content"]
    lang: str = content["lang"]

    def kept(key: str) -> bool:
        return f"keep.{key}" in typed

    def said(name: str) -> str:
        return typed.get(name, "")

    asked: list[dict[str, Any]] = [
        {"need": said(f"requirements.{number}.need") or "must", "text": {lang: said(f"requirements.{number}.text")}}
        for number in range(len(content["requirements"]))
        if kept(f"requirements.{number}")
    ] + [
        {"need": "must", "text": {lang: said(f"credentials.{number}.text")}}
        for number in range(len(found.get("credentials", [])))
        if kept(f"credentials.{number}")
    ]
    place_text = said("places") if kept("places") else ""
    return {
        "kind": said("kind") or None if kept("kind") else None,
        "lang": lang,
        "texts": {
            "title": {lang: said("title") if kept("title") else ""},
            "text": {lang: said("text") if kept("text") else ""},
        },
        "requirements": [one for one in asked if one["text"][lang].strip()],
        "lines": [
            {
                "text": {lang: said(f"lines.{number}.text")},
                "quantity": said(f"lines.{number}.quantity"),
                "unit": said(f"lines.{number}.unit"),
            }
            for number in range(len(content["lines"]))
            if kept(f"lines.{number}")
        ],
        "budget": {name: said(f"budget.{name}") for name in ("amount", "currency", "basis")}
        if kept("budget")
        else None,
        "place_text": place_text,
        "places": list(places.resolve(place_text)),
        "dates": {
            name: said(f"dates.{name}") for name in ("closes_on", "needed_by", "deadline_days") if kept(f"dates.{name}")
        },
    }


class Product(NamedTuple):
    """A product of an offer's review page."""

    number: int
    kept: bool
    controls: list[Control]
    quotes: list[dict[str, Any]]
    pictures: list[tuple[int, bool]]
    lang: str


def products(found: Mapping[str, Any], typed: Typed = None) -> list[Product]:
    """The products, as found or, where sent, as typed."""
    from flask_babel import lazy_gettext as _l

    answer = []
    priced = price_unit_field()
    units_said = [(choice.code, choice.labels[data_lang()]) for choice in priced.choices]
    for number, one in enumerate(found["products"]):
        key = f"p{number}"
        amount, currency = amount_and_currency(one["price"]) if one["price"] else ("", "")

        def control(name: str, label: Any, sort: str, value: Any, choices: Any = (), key: str = key) -> Control:
            return _control(typed, f"{key}.{name}", label, sort, value, choices)

        controls = [
            control("title", _l("Title"), "text", one["title"]),
            control("kind", _l("Kind"), "select", one["kind"], [("", "–"), *kind_choices()]),
            control("model", _l("Model"), "text", one["model"]),
            control("amount", _l("Price"), "text", amount),
            control("currency", _l("Currency"), "select", currency, [("", "–"), *currency_choices()]),
            control("unit", priced.labels[data_lang()], "select", one.get("price_unit", ""), [("", "–"), *units_said]),
            control("summary", _l("Summary"), "area", one["summary"]),
            control("features", _l("Features, one per line"), "area", "\n".join(one["features"])),
            control("certificates", _l("Certificates, one per line"), "area", "\n".join(one["certificates"])),
        ]
        seen: dict[tuple[str, str], dict[str, Any]] = {}
        for quotes in one["quotes"].values():
            for quote in quotes:
                seen.setdefault((quote["words"], str(quote["where"])), quote)
        pictures = [(file_id, typed is None or f"{key}.picture.{file_id}" in typed) for file_id in one["pictures"]]
        kept = typed is None or f"keep.{key}" in typed
        answer.append(Product(number, kept, controls, list(seen.values()), pictures, one["lang"]))
    return answer


def offer_raws(found: Mapping[str, Any], typed: Mapping[str, str]) -> list[dict[str, Any]]:
    """The raw contents of the offers that are ticked, as typed."""
    raws = []
    for number, one in enumerate(found["products"]):
        key, lang = f"p{number}", one["lang"]
        if f"keep.{key}" not in typed:
            continue

        def said(name: str, key: str = key) -> str:
            return typed.get(f"{key}.{name}", "").strip()

        kind = said("kind") if any(said("kind") == known.key for known in kinds.all_kinds()) else None
        facts: dict[str, Any] = {}
        if said("model"):
            facts["model"] = said("model")
        if said("amount"):
            facts["price"] = {"amount": said("amount"), "currency": said("currency")}
            if any(said("unit") == choice.code for choice in price_unit_field().choices):
                facts["price_unit"] = said("unit")
        for name in ("features", "certificates"):
            rows = [row.strip() for row in said(name).splitlines() if row.strip()]
            if rows:
                facts[name] = {lang: rows}
        own = {field.key for field in kinds.get_kind(kind).fields("offer")} if kind else set()
        raws.append(
            {
                "kind": kind,
                "lang": lang,
                "texts": {"title": {lang: said("title")}, "summary": {lang: said("summary")}},
                "facts": {name: value for name, value in facts.items() if name in own},
                "pictures": [
                    {"file": file_id, "alt": {}} for file_id in one["pictures"] if f"{key}.picture.{file_id}" in typed
                ],
            }
        )
    return raws
