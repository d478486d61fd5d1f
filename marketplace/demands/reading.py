"""Read a need that somebody wrote in their own words into the content of a demand.

What the text does not say is left out: nothing is guessed but the kind, and that only where its words clearly speak
for one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from opencc import OpenCC

from catalogue import currencies, kinds, places, units
from marketplace.demands import figures, need_words
from marketplace.demands.date_reading import read_days
from marketplace.demands.place_reading import read_places
from marketplace.listings.content import LINE_LENGTH, MAX_ROWS, Content, empty
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


class Read(NamedTuple):
    """What a text says, as the content of a demand, and by which words.

    `quotes`: for each part of the content, as "budget" or "lines.0", where in `text` the words stand that say it.
    `assumed`: the parts of which the words leave something open that was filled in, as the year of "dates.needed_by".
    """

    content: Content
    text: str
    quotes: dict[str, list[tuple[int, int]]]
    assumed: tuple[str, ...] = ()


def read_need(text: str, lang: str | None = None) -> Content:
    """The content of a demand as the text says it. `lang`: the reader's language, for a text too short to tell.

    The title is the clause that names what is wanted. Requirements come from bullets and numbered items, else from the
    other clauses of the first sentence that describe it and the later sentences that say what must be or would be
    welcome. Quantity, budget, places, the closing day, the day it is needed and days to delivery are taken where they
    are stated.
    """
    return read_with_words(text, lang).content


def read_with_words(text: str, lang: str | None = None, today: date | None = None) -> Read:
    """The content of a demand as the text says it, see `read_need`, with the words that each part of it rests on.

    `today`: a day without a year is the nearest from then on; None leaves such days out.
    """
    text = "\n".join(line.strip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")).strip()
    written = written_language(text, lang)
    title = _title(text)
    listed = [name for line, _span in _listed(text, written) for name in line["text"].values()]
    if listed and not _kinds_named(title):
        title = _naming(title, listed, written)
    content = empty("demand", kind=guess_kind(text), lang=written)
    quotes: dict[str, list[tuple[int, int]]] = {}
    content["texts"]["title"] = {written: title}
    content["texts"]["text"] = {written: text[: TEXTS["demand"]["text"]]}
    quotes["title"] = _found(text, title.rstrip("…")) or _found(text, _title(text).rstrip("…"))
    quotes["kind"] = quotes["title"] if content["kind"] else []
    for number, (need, words) in enumerate(requirements(text)):
        content["requirements"].append({"need": need, "text": {written: words}})
        quotes[f"requirements.{number}"] = _found(text, words)
    for number, (line, span) in enumerate(_lines(text, title, written)):
        content["lines"].append(line)
        quotes[f"lines.{number}"] = [span]
    content["dates"], assumed = _dates(text, quotes, today)
    named = read_places(text)
    content["places"] = [one.place_id for one in named]
    quotes["places"] = [(one.start, one.end) for one in named]
    found = _best_sum(text, content["places"])
    if found is not None:
        content["budget"], quotes["budget"] = found[0], [found[1]]
    content["place_text"] = ("、" if written != "en" else ", ").join(
        places.get(one).names[written] for one in content["places"]
    )
    return Read(content, text, quotes, assumed)


def _found(text: str, words: str) -> list[tuple[int, int]]:
    at = text.find(words) if words else -1
    return [] if at < 0 else [(at, at + len(words))]


def _dates(
    text: str, quotes: dict[str, list[tuple[int, int]]], today: date | None
) -> tuple[dict[str, Any], tuple[str, ...]]:
    dates: dict[str, Any] = {}
    assumed = []
    for one in sorted(read_days(text, today), key=lambda one: one.assumed):  # a day that is said whole comes first
        if one.what and one.what not in dates:
            dates[one.what] = one.day.isoformat()
            quotes[f"dates.{one.what}"] = [(one.start, one.end)]
            assumed += [f"dates.{one.what}"] if one.assumed else []
    if (days := _deadline_days(text)) is not None:
        dates["deadline_days"] = days
        said = need_words.SOON.search(text)
        quotes["dates.deadline_days"] = [said.span()] if said else []
    return dates, tuple(assumed)


def written_language(text: str, lang: str | None) -> str:
    """The language that a text is written in. `lang`: the reader's, for a text too short to tell the scripts apart."""
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
    sentence = need_words.TITLE_LABEL.sub("", _first_sentence(text))
    sentence = _parted(sentence)[0] or sentence
    if len(sentence) <= TITLE_LENGTH:
        return sentence.rstrip("：:，,；; ")
    cut = sentence[:TITLE_LENGTH]
    shorter = re.split(r"[，,；;、](?!.*[，,；;、])|\s+(?!.*\s)", cut)[0]
    return (shorter if len(shorter) > TITLE_LENGTH // 3 else cut).rstrip("：:，,；; ") + "…"


def _naming(title: str, names: list[str], lang: str) -> str:
    """A heading that only says who asks, with as many of the listed things as a title holds."""
    colon, comma = (": ", ", ") if lang == "en" else ("：", "、")
    for count in range(len(names), 0, -1):
        whole = f"{title}{colon}{comma.join(names[:count])}" + ("…" if count < len(names) else "")
        if len(whole) <= TITLE_LENGTH:
            return whole
    return title


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
    for number, line in enumerate(lines):
        bullet = need_words.BULLET.match(line)
        if bullet is None:
            heading = need_words.HEADING.match(line)
            words = heading["words"] if heading else line
            if not heading and line.endswith(need_words.FULL_STOPS):
                # A whole sentence speaks for itself, not for what follows it; the first one names what is wanted.
                need = _need(line) if number and len(line) < 60 else None
                if need and not figures.sums(line, "CNY"):
                    found.append((need, line.rstrip("；;。.!！")))
                continue
            if heading or len(line) < 30:
                under = _need(words)
            if heading and heading["rest"] and under:
                found.append((under, heading["rest"].strip()))
            continue
        words = line[bullet.end() :].strip().rstrip("；;。.，,")
        heading = need_words.HEADING.match(words)
        if heading and not heading["rest"]:
            under = _need(heading["words"])
        elif not (heading and need_words.SAID_ELSEWHERE.match(heading["words"])):
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
        costs = bool(figures.sums(clause, "CNY"))
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
    found = _best_sum(text, place_ids)
    return None if found is None else found[0]


def _best_sum(text: str, place_ids: Iterable[str]) -> tuple[dict[str, Any], tuple[int, int]] | None:
    for one in figures.sums(text, _currency_of(place_ids)):
        if one.currency is None:
            continue
        try:
            minor = currencies.to_minor(one.amount, one.currency)
        except ValueError:
            continue
        return {"minor": minor, "currency": one.currency, "basis": one.basis}, (one.start, one.end)
    return None


def _currency_of(place_ids: Iterable[str]) -> str | None:
    """The currency of all these places, where it is one and the same."""
    areas = {place_id.partition("-")[0] for place_id in place_ids}
    found = {need_words.CURRENCY_OF_PLACE.get(area) for area in areas}
    return found.pop() if len(found) == 1 else None


def _lines(text: str, title: str, lang: str) -> list[tuple[dict[str, Any], tuple[int, int]]]:
    """Line items with where they stand: what a list names with a number each, else the number asked for most clearly.

    A one is a quantity only where nothing else is clearly counted: "a home needs 30 beds" asks for beds.
    """
    listed = _listed(text, lang)
    if listed:
        return listed
    counted = figures.counts(text)
    if not counted:
        return []
    first = next((one for one in counted if one.value > 1 and one.score > 0), counted[0])
    line = {"text": {lang: title}, "quantity": str(int(first.value)), "unit": _unit(first)}
    return [(line, (first.start, first.end))]


def _listed(text: str, lang: str) -> list[tuple[dict[str, Any], tuple[int, int]]]:
    """The lines of a list, two at least, that are a name and a number with a unit and little else."""
    found, start = [], 0
    for row in text.split("\n"):
        match = need_words.LIST_LINE.match(row)
        if match and not need_words.MUST.search(match["name"]):
            counted = figures.counts(match["count"])
            if counted and counted[0].value > 0:
                line = {
                    "text": {lang: match["name"].strip()[:LINE_LENGTH]},
                    "quantity": str(int(counted[0].value)),
                    "unit": _unit(counted[0]),
                }
                found.append((line, (start + match.start("name"), start + match.end())))
        start += len(row) + 1
    return found[:MAX_ROWS] if len(found) > 1 else []


def _unit(one: figures.Count) -> str:
    written = re.sub(r"[\d.,\s]+|^[零〇一二两三四五六七八九十百千万亿余多]+", "", one.written).strip()
    key = _COUNTED.get(one.unit, "")
    return units.resolve(written) or (key if key in units.keys() else "") or written[:40]  # noqa: SIM118 - a function


def guess_kind(text: str) -> str | None:
    """The kind that the concepts of the text speak for, those of the clause that names it three times as loud.

    None where none does, or where the next kind is not clearly behind.
    """
    if need_words.OPERATOR.search(text):
        return "facility_operation"
    first = _title(text)
    if not _kinds_named(first):
        # A heading that only says who asks: the things of the list below it speak for the kind.
        first = "\n".join([first, *(name for line, _span in _listed(text, "") for name in line["text"].values())])
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
