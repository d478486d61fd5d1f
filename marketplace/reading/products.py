"""The products of a brochure, price list or product text: a draft for each, with the words it came from."""

from __future__ import annotations

import re
from typing import Any

from catalogue import currencies, kinds, units
from catalogue.fields import Field
from marketplace.demands import figures, need_words
from marketplace.demands.reading import guess_kind
from marketplace.reading import tables
from marketplace.reading.passages import Passages
from search import text as analysis

MOST = 60
MODEL = re.compile(
    r"(?:型\s*[号號]|货号|貨號|产品编号|產品編號|\bmodel(?:\s*(?:no\.?|number))?|\bsku)\s*[:：]?\s*([A-Za-z0-9][\w./+-]{1,39})",
    re.IGNORECASE,
)
CERTIFICATE = re.compile(
    r"(?<![A-Za-z])ISO\s?\d{4,5}(?:-\d)?(?::\d{4})?|(?<![A-Za-z])CE(?![A-Za-z])(?:\s?(?:认证|認證|marking|mark))?|(?<![A-Za-z])(?:FDA|NMPA)(?![A-Za-z])|(?<![A-Za-z])(?:EN|IEC|GB(?:/T)?|YY(?:/T)?)\s?\d{3,6}(?:[.-]\d+)*"
    r"|[\u4e00-\u9fff]械[注备備](?:准|許|进|進)?\s?(?:字)?\s?\d{6,14}|(?<![A-Za-z])UL\s?\d{3,5}"
)
_NAMED = re.compile(
    r"^\W{0,3}(?:产品名称|產品名稱|品名|产品|產品|product(?: name)?)\s*[:：]\s*(?P<name>.{2,100})$", re.IGNORECASE
)
# "7,600 元/张", "HK$300 per hour": what stands behind a sum.
_FOR_EACH = re.compile(r"^\s*(?:/|每|\bper\b)\s*(?:1|一)?\s*(?P<unit>[^\W\d_]{1,20})", re.IGNORECASE)
_PRICE_LINE = re.compile(r"价|價|售|price|rrp|msrp", re.IGNORECASE)


def products(passages: Passages, lines: list[dict[str, Any]], lang: str, local: str | None) -> list[dict[str, Any]]:
    """Up to `MOST` of {"title", "summary", "kind", "lang", "model", "price", "price_unit", "features", "certificates",
    "pictures", "quotes": {part: [quote]}}; what a document does not say is left out.

    `local`: the currency that a bare "元" means to this supplier.
    """
    found = [
        _of_row(passages, row, lang, local)
        for line in lines
        if "table" in line
        for row in tables.rows_of(line["table"], line["where"])
        if row.cells.get("price") or row.cells.get("model") or row.cells.get("description")
    ]
    if not found:
        found = [_of_block(passages, start, words, lang, local) for start, words in _blocks(passages, lines)]
    _hand_out(found, lines)
    return found[:MOST]


def _language(words: str, lang: str) -> str:
    return analysis.detect_language(words) if words.strip() else lang


def _of_row(passages: Passages, row: tables.Row, lang: str, local: str | None) -> dict[str, Any]:
    said = {key: " ".join(passages.clean(words).split()) for key, words in row.cells.items()}
    quote = {"before": "", "words": passages.clean(row.words), "after": "", "where": row.where}
    description = said.get("description", "")
    # The heading of the column may name the currency, or the cell.
    priced = f"{row.headings.get('price', '')}: {said.get('price', '')}" if said.get("price") else ""
    named = _price(said.get("price", ""), local) or _price(priced, local)
    answer = {
        "title": said["name"][:150],
        "summary": (description or said["name"])[:1000],
        "kind": guess_kind(f"{said['name']}\n{description}"),
        "lang": _language(f"{said['name']} {description}", lang),
        "model": said.get("model", "")[:40],
        "price": named and named[0],
        "price_unit": named[1] if named else "",
        "features": [],
        "certificates": _certificates(f"{said['name']} {description}"),
        "pictures": [],
        "where": row.where,
    }
    return {**answer, "quotes": {"all": [quote]}}


def _price(words: str, local: str | None) -> tuple[dict[str, Any], str] | None:
    """The first price of the words and the unit it is for, a key that offers are priced by or "" where none is said."""
    for one in figures.prices(words, local):
        if one.currency is not None:
            try:
                price = {"minor": currencies.to_minor(one.amount, one.currency), "currency": one.currency}
            except ValueError:
                continue
            said = _FOR_EACH.match(words[one.end :])
            unit = units.resolve(said["unit"]) if said else None
            is_offered = any(unit == choice.code for choice in price_unit_field().choices)
            return price, unit or "" if is_offered else ""
    return None


def price_unit_field() -> Field:
    """The field that says what an offer's price is for, the same for every kind."""
    return kinds.get_kind("equipment").field("price_unit")


def _certificates(words: str) -> list[str]:
    return list(dict.fromkeys(" ".join(match[0].split()) for match in CERTIFICATE.finditer(words)))[:12]


def _blocks(passages: Passages, lines: list[dict[str, Any]]) -> list[tuple[int, str]]:
    """(start in the text, words) of the parts that speak of one product each: slides, chapters, or named products."""
    text = passages.text
    starts, at = [], 0
    rows = text.split("\n")
    for number, row in enumerate(rows):
        following = next((one for one in rows[number + 1 : number + 4] if one.strip()), "")
        if _NAMED.match(row) or _is_heading(row, following):
            starts.append(at)
        at += len(row) + 1
    slides = [place for place in _starts_of(passages, lines) if place is not None]
    starts = slides if len(slides) > 1 and len(slides) >= len(starts) // 2 else starts
    if not starts:
        return [(0, text)] if text.strip() else []
    ends = [*starts[1:], len(text)]
    found = [(start, text[start:end].strip()) for start, end in zip(starts, ends, strict=True)]
    # A title page, a page of contents or of contacts says nothing of a product.
    speaking = [(start, words) for start, words in found if _says_something(words)]
    return speaking or [(0, text)]


def _starts_of(passages: Passages, lines: list[dict[str, Any]]) -> list[int | None]:
    """Where the slides or chapters begin, as far as the document has them."""
    found: list[int | None] = []
    for line in lines:
        if "text" in line and ("slide" in line["where"] or "paragraph" in line["where"]):
            first = passages.clean(line["text"].strip().split("\n")[0]).strip()
            found.append(passages.text.find(first) if first and first in passages.text else None)
    return found


def _is_heading(row: str, following: str) -> bool:
    words = row.strip()
    if not 2 < len(words) < 60 or re.search(r"[。；;，,!?！？:：|]|\.\s*$", words) or need_words.BULLET.match(words):
        return False
    about = bool(re.search(r"\b[A-Z]{2,}[- ]?\d{2,}\w*", words)) or bool(analysis.concepts(words))
    return about and len(following.strip()) > 0 and (len(following) > len(words) or bool(MODEL.search(following)))


def _says_something(words: str) -> bool:
    body = words.partition("\n")[2]
    return bool(body.strip()) and (
        bool(MODEL.search(words))
        or bool(figures.prices(words, "XXX"))
        or (len(body) > 30 and bool(analysis.concepts(words)))
    )


def _of_block(passages: Passages, start: int, words: str, lang: str, local: str | None) -> dict[str, Any]:
    rows = [row.strip() for row in words.split("\n") if row.strip()]
    named = next((match["name"] for row in rows[:5] if (match := _NAMED.match(row))), rows[0] if rows else "")
    quotes = {"title": [_quote(passages, start, words, named)]}
    model = MODEL.search(words)
    if model:
        quotes["model"] = [passages.quote(words, model.start(), model.end(), start)]
    price, spot = None, None
    for row in sorted(rows, key=lambda row: not _PRICE_LINE.search(row)):
        if price := _price(row, local):
            spot = row
            break
    if spot:
        quotes["price"] = [_quote(passages, start, words, spot)]
    features = [
        need_words.BULLET.sub("", row).strip(" ；;。.")[:120]
        for row in rows[1:]
        if need_words.BULLET.match(row) and len(row) < 130
    ]
    for number, feature in enumerate(features[:12]):
        quotes[f"features.{number}"] = [_quote(passages, start, words, feature)]
    certificates = _certificates(words)
    for number, one in enumerate(certificates):
        quotes[f"certificates.{number}"] = [_quote(passages, start, words, one.split(" ")[0])]
    body = " ".join(row for row in rows[1:] if not need_words.BULLET.match(row) and not _NAMED.match(row))
    return {
        "title": named[:150],
        "summary": (body or named)[:1000],
        "kind": guess_kind(words[:4000]),
        "lang": _language(words[:2000], lang),
        "model": model[1] if model else "",
        "price": price and price[0],
        "price_unit": price[1] if price else "",
        "features": features[:12],
        "certificates": certificates,
        "pictures": [],
        "where": passages.where(start),
        "quotes": quotes,
    }


def _quote(passages: Passages, start: int, words: str, said: str) -> dict[str, Any]:
    at = max(0, words.find(said))
    return passages.quote(words, at, at + len(said), start)


def _hand_out(found: list[dict[str, Any]], lines: list[dict[str, Any]]) -> None:
    """Give each picture to the product of its page or slide; those of no page only where there is one product."""
    for line in lines:
        if "picture" not in line:
            continue
        where = line["where"]
        same = [one for one in found if where and all(one["where"].get(key) == value for key, value in where.items())]
        owner = same[0] if len(same) == 1 else found[0] if len(found) == 1 else None
        if owner is not None and len(owner["pictures"]) < 6:
            owner["pictures"].append(line["picture"])
