"""Passages of a document to proposals, each with the words that it came from, in a child with limits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from catalogue import units
from marketplace.demands import figures, need_words
from marketplace.demands.reading import Read, read_with_words
from marketplace.listings.content import MAX_ROWS, REQUIREMENT_LENGTH
from marketplace.reading import contradictions, products, tables
from marketplace.reading.passages import Passages

CREDENTIAL = re.compile(
    r"资质|資質|资格|資格(?!者)|证书|證書|许可证|許可證|执照|執照|牌照|认证|認證|注册证|註冊證|备案|營業登記|ISO\s?\d{4}|\bCE\b|\bFDA\b|\bNMPA\b"
    r"|\blicen[cs]ed?\b|\bcertificat|\baccredit|\bregist(?:ered|ration) (?:with|under|number)",
    re.IGNORECASE,
)


def interpret(request: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """One line: what is proposed for a demand or for offers, see `demand` and `products.products`."""
    passages = Passages(request["lines"])
    if request["side"] == "demand":
        today = date.fromisoformat(request["today"]) if request.get("today") else None
        answer = demand(passages, request["lines"], request["lang"], today)
    else:
        answer = {"products": products.products(passages, request["lines"], request["lang"], request.get("local"))}
    if passages.private:
        yield {"note": "private", "params": {"kinds": passages.private}}
    if passages.cut:
        yield {"note": "interpreted", "params": {"read": len(passages.text)}}
    yield answer


def demand(passages: Passages, lines: list[dict[str, Any]], lang: str, today: date | None = None) -> dict[str, Any]:
    """{"content": a demand's content, "quotes": {part: [quote]}, "assumed": [part], "credentials": [...],
    "contradictions": [[i, j]]}. `today`: see `read_with_words`."""
    read = read_with_words(passages.text, lang, today)
    offset = passages.text.find(read.text[:200]) if read.text else 0
    quotes = {
        part: [passages.quote(read.text, start, end, max(0, offset)) for start, end in spans]
        for part, spans in read.quotes.items()
    }
    content = read.content
    content["texts"]["title"] = {key: words[:150] for key, words in content["texts"]["title"].items()}
    listed = _table_lines(passages, lines, content["lang"])
    if listed:
        quotes = {part: said for part, said in quotes.items() if not part.startswith("lines.")}
        content["lines"] = [line for line, _quote in listed]
        quotes |= {f"lines.{number}": [quote] for number, (_line, quote) in enumerate(listed)}
    credentials = _credentials(passages, read)
    return {
        "content": content,
        "quotes": quotes,
        "assumed": list(read.assumed),
        "credentials": credentials,
        "contradictions": contradictions.pairs([one["text"][content["lang"]] for one in content["requirements"]]),
    }


def _table_lines(
    passages: Passages, lines: list[dict[str, Any]], lang: str
) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    found = []
    for line in lines:
        if "table" not in line:
            continue
        for row in tables.rows_of(line["table"], line["where"]):
            quantity, unit = _quantity(row.cells.get("quantity", ""), row.cells.get("unit", ""))
            if not quantity:
                continue
            name = " ".join(passages.clean(row.cells["name"]).split())[:300]
            item = {"text": {lang: name}, "quantity": quantity, "unit": unit}
            quote = {"before": "", "words": passages.clean(row.words), "after": "", "where": row.where}
            found.append((item, quote))
    return found[:MAX_ROWS]


def _quantity(written: str, unit: str) -> tuple[str, str]:
    counted = figures.counts(f"{written}{unit}") if written else []
    if counted and not re.fullmatch(r"[\d.,\s]+", written):
        rest = re.sub(r"^[\d.,\s]+", "", written)
        return str(int(counted[0].value)), units.resolve(rest or unit) or (rest or unit)[:40]
    number = re.fullmatch(r"\s*(\d{1,3}(?:,\d{3})+|\d+)(?:\.0+)?\s*", written)
    return (number[1].replace(",", ""), units.resolve(unit) or unit[:40]) if number else ("", "")


def _credentials(passages: Passages, read: Read) -> list[dict[str, Any]]:
    """The clauses that ask for a licence or certificate, but for those that are requirements already."""
    known = {words for one in read.content["requirements"] for words in one["text"].values()}
    found: dict[str, dict[str, Any]] = {}
    at = 0
    for part in re.split(r"(?<=[。！？；;\n])|(?<=[.!?])(?=\s)", read.text):
        words = need_words.BULLET.sub("", part.strip()).strip(" 。；;.\n")
        if (
            CREDENTIAL.search(words)
            and 4 < len(words) <= REQUIREMENT_LENGTH
            and words not in known
            and words not in found
        ):
            start = read.text.find(words, at)
            if start >= 0 and read.text.find("\n") != -1 and start > read.text.find("\n"):
                found[words] = {"text": words, "quotes": [passages.quote(read.text, start, start + len(words))]}
        at += len(part)
    return list(found.values())[:20]
