"""Read a need that somebody wrote in their own words into the content of a demand.

What the text does not say is left out: nothing is guessed but the kind, and that only where its words clearly speak
for one.
"""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal
from typing import Any

from catalogue import currencies, kinds, places, units
from marketplace.demands import need_words
from marketplace.i18n import convert_script
from marketplace.listings.content import Content, empty
from marketplace.listings.desk import TEXTS
from search import text as analysis

TITLE_LENGTH = 80
MAX_REQUIREMENTS = 30
# Units of things that are bought or of people who are served; years and percentages are no quantities of a need.
_COUNTED = {"bed": "bed", "person": "person", "household": "household", "item": "piece", "meal": "meal",
            "site": "facility", "session": "", "class": ""}


def read_need(text: str, lang: str | None = None) -> Content:
    """The content of a demand as the text says it. `lang`: the reader's language, for a text too short to tell.

    Requirements come from bullets and numbered items, else from the sentences after the first that say what must be
    or would be welcome. Quantity, budget and places are taken where they are stated.
    """
    text = "\n".join(line.strip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")).strip()
    written = _language(text, lang)
    content = empty("demand", kind=guess_kind(text), lang=written)
    content["texts"]["title"] = {written: _title(text)}
    content["texts"]["text"] = {written: text[: TEXTS["demand"]["text"]]}
    content["requirements"] = [{"need": need, "text": {written: words}} for need, words in requirements(text)]
    content["lines"] = _lines(text, content["texts"]["title"][written], written)
    content["budget"] = budget(text)
    content["places"] = list(places.resolve(text))
    content["place_text"] = "、".join(places.get(one).names[written] for one in content["places"]) if (
        written != "en") else ", ".join(places.get(one).names["en"] for one in content["places"])
    return content


def _language(text: str, lang: str | None) -> str:
    found = analysis.detect_language(text)
    # Characters that both scripts share count as Simplified; the reader's own script is the better guess.
    if found == "zh-Hans" and lang == "zh-Hant" and convert_script(text, "zh-Hant") == text:
        return "zh-Hant"
    return found


def _title(text: str) -> str:
    """The first line or sentence, without its bullet, cut at a word where it is long."""
    first = next((line for line in text.split("\n") if line.strip()), "")
    first = need_words.BULLET.sub("", first).strip()
    sentence = re.split(r"[。！？]|[.!?](?:\s|$)", first, maxsplit=1)[0].strip() or first
    if len(sentence) <= TITLE_LENGTH:
        return sentence.rstrip("：:，,；; ")
    cut = sentence[:TITLE_LENGTH]
    shorter = re.split(r"[，,；;、](?!.*[，,；;、])|\s+(?!.*\s)", cut)[0]
    return (shorter if len(shorter) > TITLE_LENGTH // 3 else cut).rstrip("：:，,；; ") + "…"


def requirements(text: str) -> list[tuple[str, str]]:
    """("must" or "nice", words) for each thing the text asks for, in reading order, each once."""
    lines = [line for line in text.split("\n") if line.strip()]
    bulleted = any(need_words.BULLET.match(line) for line in lines)
    found = _from_bullets(lines) if bulleted else _from_sentences(text)
    unique = dict.fromkeys((need, words) for need, words in found if len(words) > 1)
    return list(unique)[:MAX_REQUIREMENTS]


def _from_bullets(lines: list[str]) -> list[tuple[str, str]]:
    found = []
    under: str | None = None
    for line in lines:
        bullet = need_words.BULLET.match(line)
        if bullet is None:
            heading = need_words.HEADING.match(line)
            words = heading["words"] if heading else line
            if heading or len(line) < 30:
                under = _need(words)
            if heading and heading["rest"] and under:
                found.append((under, heading["rest"].strip()))
            continue
        words = line[bullet.end():].strip().rstrip("；;。.，,")
        found.append((_need(words) or under or "must", words))
    return found


def _from_sentences(text: str) -> list[tuple[str, str]]:
    sentences = [part.strip() for part in need_words.SENTENCE_END.split(text) if part and part.strip()]
    found = []
    for sentence in sentences[1:] if len(sentences) > 1 else []:
        need = _need(sentence)
        if need is not None:
            found.append((need, sentence.rstrip("；;。.")))
    return found


def _need(words: str) -> str | None:
    """What wording says: a wish outweighs a demand in one sentence ("should ideally"); None where it says neither."""
    if need_words.NICE.search(words):
        return "nice"
    return "must" if need_words.MUST.search(words) else None


def budget(text: str) -> dict[str, Any] | None:
    """The sum that the text calls a budget, in the currency it names; None where either is missing.

    An amount in "元" alone names no currency: three of the region's are called so.
    """
    for sentence in need_words.SENTENCE_END.split(text):
        if not sentence or not need_words.BUDGET.search(sentence):
            continue
        said = need_words.BUDGET.search(sentence)
        amounts = [match for match in need_words.AMOUNT.finditer(sentence) if match["before"] or match["after"]]
        after = [match for match in amounts if said is not None and match.start() >= said.start()] or amounts
        for match in after:
            currency = _currency(match["before"] or match["after"] or "")
            if currency is None:
                continue
            scale = need_words.SCALES.get((match["scale"] or "").lower(), 1)
            amount = Decimal(match["number"].replace(",", "")) * scale
            try:
                minor = currencies.to_minor(amount, currency)
            except ValueError:
                continue
            each = need_words.EACH.search(sentence[max(0, match.start() - 12): match.end() + 16])
            return {"minor": minor, "currency": currency, "basis": "each" if each else "total"}
    return None


def _currency(words: str) -> str | None:
    return next((code for pattern, code in need_words.CURRENCIES if words and pattern.fullmatch(words)), None)


def _lines(text: str, title: str, lang: str) -> list[dict[str, Any]]:
    """One line item for the first number with a unit that counts things, people or places."""
    for found in analysis.quantities(analysis.folded(_without_sums(text))):
        unit = _COUNTED.get(found.unit)
        if unit is None or found.value <= 0 or found.value != int(found.value):
            continue
        written = re.sub(r"[\d.,\s]+|[零〇一二两三四五六七八九十百千万亿]+", "", found.written).strip()
        key = units.resolve(written) or (unit if unit in units.keys() else "")  # noqa: SIM118 - a function of the module
        return [{"text": {lang: title}, "quantity": str(int(found.value)), "unit": key or written}]
    return []


def _without_sums(text: str) -> str:
    """The text without amounts of money, whose numbers count nothing."""
    return need_words.AMOUNT.sub(lambda match: " " if match["before"] or match["after"] else match[0], text)


def guess_kind(text: str) -> str | None:
    """The kind that most concepts of the text speak for, the first ones (what it is about) counting double.

    None where none does, or two do equally.
    """
    votes: Counter[str] = Counter()
    known = {kind.key for kind in kinds.all_kinds()}
    thesaurus = analysis.thesaurus().concepts
    for place, concept_id in enumerate(analysis.concepts(text)):
        kind = need_words.KIND_OF_CONCEPT.get(concept_id)
        if kind is None:
            kind = need_words.KIND_OF_GROUP.get(thesaurus[concept_id].group, "")
        if kind in known:
            votes[kind] += 2 if place < 3 else 1
    ranked = votes.most_common(2)
    if not ranked or (len(ranked) > 1 and ranked[0][1] == ranked[1][1]):
        return None
    return ranked[0][0]
