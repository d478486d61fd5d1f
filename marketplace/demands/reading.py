"""Read a need that somebody wrote in their own words into the content of a demand.

What the text does not say is left out: nothing is guessed but the kind, and that only where its words clearly speak
for one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from functools import cache
from typing import Any

from opencc import OpenCC

from catalogue import currencies, kinds, places, units
from marketplace.demands import need_words
from marketplace.listings.content import Content, empty
from marketplace.listings.desk import TEXTS
from search import text as analysis

TITLE_LENGTH = 80
MAX_REQUIREMENTS = 30
# Units of things that are bought or of people who are served; years and percentages are no quantities of a need.
_COUNTED = {
    "bed": "bed",
    "person": "person",
    "household": "household",
    "item": "piece",
    "meal": "meal",
    "site": "facility",
    "session": "",
    "class": "",
}


def read_need(text: str, lang: str | None = None) -> Content:
    """The content of a demand as the text says it. `lang`: the reader's language, for a text too short to tell.

    The title is the clause that names what is wanted. Requirements come from bullets and numbered items, else from the
    other clauses of the first sentence that describe it and the later sentences that say what must be or would be
    welcome. Quantity, budget, places and days to delivery are
    taken where they are stated.
    """
    text = "\n".join(line.strip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")).strip()
    written = _language(text, lang)
    content = empty("demand", kind=guess_kind(text), lang=written)
    content["texts"]["title"] = {written: _title(text)}
    content["texts"]["text"] = {written: text[: TEXTS["demand"]["text"]]}
    content["requirements"] = [{"need": need, "text": {written: words}} for need, words in requirements(text)]
    content["lines"] = _lines(text, content["texts"]["title"][written], written)
    if (days := _deadline_days(text)) is not None:
        content["dates"] = {"deadline_days": days}
    content["places"] = list(places.resolve(_without_sums(text)))
    content["budget"] = budget(text, content["places"])
    content["place_text"] = (
        "、".join(places.get(one).names[written] for one in content["places"])
        if (written != "en")
        else ", ".join(places.get(one).names["en"] for one in content["places"])
    )
    return content


def _language(text: str, lang: str | None) -> str:
    found = analysis.detect_language(text)
    # Characters that both scripts share count as Simplified; the reader's own script is the better guess.
    if found == "zh-Hans" and lang == "zh-Hant" and _to_traditional().convert(text) == text:
        return "zh-Hant"
    return found


@cache
def _to_traditional() -> OpenCC:
    return OpenCC("s2t")


def _title(text: str) -> str:
    """The clause of the first line or sentence that names what is wanted, else all of it, cut at a word if long."""
    sentence = _first_sentence(text)
    sentence = _parted(sentence)[0] or sentence
    if len(sentence) <= TITLE_LENGTH:
        return sentence.rstrip("：:，,；; ")
    cut = sentence[:TITLE_LENGTH]
    shorter = re.split(r"[，,；;、](?!.*[，,；;、])|\s+(?!.*\s)", cut)[0]
    return (shorter if len(shorter) > TITLE_LENGTH // 3 else cut).rstrip("：:，,；; ") + "…"


def _first_sentence(text: str) -> str:
    bare = [need_words.BULLET.sub("", line).strip() for line in text.split("\n")]
    first = next(filter(None, bare), text)
    return re.split(r"[。！？]|[.!?](?:\s|$)", first, maxsplit=1)[0].strip() or first


def _parted(sentence: str) -> tuple[str, list[str]]:
    """(the first clause that names a thing or service, the others); "" where none does.

    A title that also says where, for how much and how would hide what is wanted among what is not.
    """
    clauses = [part.strip() for part in need_words.CLAUSE_END.split(sentence) if part.strip()]
    at = next((index for index, clause in enumerate(clauses) if _kinds_named(clause)), None)
    if at is None:
        return "", []
    named, others = clauses[at], clauses[:at] + clauses[at + 1 :]
    heading = need_words.HEADING.match(named)
    if heading and heading["rest"] and _kinds_named(heading["words"]):
        named, others = heading["words"], [*clauses[:at], heading["rest"], *clauses[at + 1 :]]
    return named, others


def _kinds_named(words: str) -> set[str]:
    """The kinds that the concepts of a clause speak for, but for names of facilities."""
    return {_kind_of(found) for found in analysis.concepts(words) if found not in need_words.WHERE} - {""}


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
        words = line[bullet.end() :].strip().rstrip("；;。.，,")
        found.append((_need(words) or under or "must", words))
    return found


def _from_sentences(text: str) -> list[tuple[str, str]]:
    sentences = [part.strip() for part in need_words.SENTENCE_END.split(text) if part and part.strip()]
    found = _from_clauses(text)
    for sentence in sentences[1:] if len(sentences) > 1 else []:
        need = _need(sentence)
        if need is not None:
            found.append((need, sentence.rstrip("；;。.")))
    return found


def _from_clauses(text: str) -> list[tuple[str, str]]:
    """What the first sentence says of the thing beside naming it: how it must be, what goes with it; no budgets."""
    named, others = _parted(_first_sentence(text))
    found = []
    for clause in others:
        costs = need_words.BUDGET.search(clause) and any(map(_is_sum, need_words.AMOUNT.finditer(clause)))
        described = need_words.DETAIL.search(clause) or _kinds_named(named) & _kinds_named(clause)
        need = _need(clause) or ("must" if described else None)
        if need and not costs and _deadline_days(clause) is None:
            found.append((need, clause.rstrip("；;。.")))
    return found


def _deadline_days(text: str) -> int | None:
    """Within how many days the text wants delivery or completion, where one of its clauses says so."""
    for clause in need_words.CLAUSE_END.split(text.replace("\n", "，").replace("。", "，")):
        said = need_words.SOON.search(clause)
        if said and need_words.DELIVERY.search(clause):
            return int(said["days"] or said["within"]) or None
    return None


def _need(words: str) -> str | None:
    """What wording says: a wish outweighs a demand in one sentence ("should ideally"); None where it says neither."""
    if need_words.NICE.search(words):
        return "nice"
    return "must" if need_words.MUST.search(words) else None


def budget(text: str, place_ids: Iterable[str] = ()) -> dict[str, Any] | None:
    """The sum that the text calls a budget, in the currency it names; None where either is missing.

    "元" alone names no currency, for four are called so; it does where the places asked for share one.
    """
    local = _currency_of(place_ids)
    for sentence in need_words.SENTENCE_END.split(text):
        said = need_words.BUDGET.search(sentence or "")
        if said is None:
            continue
        sums = [match for match in need_words.AMOUNT.finditer(sentence) if _is_sum(match)]
        for match in [one for one in sums if one.start() >= said.start()] or sums:
            currency = _currency(match["before"] or match["after"]) or (local if match["plain"] else None)
            minor = None if currency is None else _minor(match, currency)
            if minor is not None:
                near = sentence[max(0, match.start() - 12) : match.end() + 16]
                basis = "each" if need_words.EACH.search(near) else "total"
                return {"minor": minor, "currency": currency, "basis": basis}
    return None


def _is_sum(match: re.Match[str]) -> bool:
    return bool(match["before"] or match["after"] or match["plain"])


def _minor(match: re.Match[str], currency: str) -> int | None:
    scale = need_words.SCALES.get((match["scale"] or "").lower(), 1)
    try:
        return currencies.to_minor(Decimal(match["number"].replace(",", "")) * scale, currency)
    except ValueError:
        return None


def _currency(words: str | None) -> str | None:
    return next((code for pattern, code in need_words.CURRENCIES if words and pattern.fullmatch(words)), None)


def _currency_of(place_ids: Iterable[str]) -> str | None:
    """The currency of all these places, where it is one and the same."""
    areas = {place_id.partition("-")[0] for place_id in place_ids}
    found = {need_words.CURRENCY_OF_PLACE.get(area) for area in areas}
    return found.pop() if len(found) == 1 else None


def _lines(text: str, title: str, lang: str) -> list[dict[str, Any]]:
    """One line item for the first number with a unit that counts things, people or places.

    A one is a quantity only where nothing else is counted: "a home needs 30 beds" asks for beds.
    """
    counted = [
        (found, unit)
        for found in analysis.quantities(analysis.folded(_without_sums(text)))
        if (unit := _COUNTED.get(found.unit)) is not None and found.value > 0 and found.value == int(found.value)
    ]
    if not counted:
        return []
    found, unit = next((one for one in counted if one[0].value > 1), counted[0])
    written = re.sub(r"[\d.,\s]+|[零〇一二两三四五六七八九十百千万亿]+", "", found.written).strip()
    key = units.resolve(written) or (unit if unit in units.keys() else "")  # noqa: SIM118 - a function of the module
    return [{"text": {lang: title}, "quantity": str(int(found.value)), "unit": key or written}]


def _without_sums(text: str) -> str:
    """The text without amounts of money, whose numbers count nothing."""
    without = need_words.AMOUNT.sub(lambda match: " " if _is_sum(match) else match[0], text)
    return need_words.MONEY_WORDS.sub(" ", without)


def guess_kind(text: str) -> str | None:
    """The kind that the concepts of the text speak for, those of the clause that names it three times as loud.

    None where none does, or where the next kind is not clearly behind.
    """
    if need_words.OPERATOR.search(text):
        return "facility_operation"
    first = _title(text)
    votes: Counter[str] = Counter()
    for part, weight in ((first, 2), (text, 1)):
        for concept_id in analysis.concepts(part):
            votes[_kind_of(concept_id)] += weight if concept_id in need_words.WHERE else 2 * weight
    del votes[""]
    ranked = [*votes.most_common(2), ("", 0), ("", 0)]
    (best, votes_for), (_next, votes_next) = ranked[0], ranked[1]
    return best if best and votes_for >= 1.5 * votes_next else None


def _kind_of(concept_id: str) -> str:
    """The kind a concept speaks for; "" for none."""
    known = {kind.key for kind in kinds.all_kinds()}
    group = analysis.thesaurus().concepts[concept_id].group
    kind = need_words.KIND_OF_CONCEPT.get(concept_id, need_words.KIND_OF_GROUP.get(group, ""))
    return kind if kind in known else ""
