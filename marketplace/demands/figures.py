"""Sums and counts of a text, each with where it stands and how clearly its words say that it is what is asked for.

Everything is looked for in the folded text, where one spelling stands for both scripts and for full-width digits.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import NamedTuple

from catalogue import currencies
from marketplace.demands import figure_words as words
from search import text as analysis
from search.text.quantities import chinese_number

MOST = 400  # candidates of each sort that are weighed; a price list of a thousand rows names no budget a thousand times


class Sum(NamedTuple):
    """An amount of money. `currency` is None where the text names none; `start`..`end` in the original text."""

    amount: Decimal
    currency: str | None
    basis: str
    start: int
    end: int
    score: float


class Count(NamedTuple):
    """A number of things or people. `unit` as the analysis calls it, `written` as the text does."""

    value: Decimal
    unit: str
    written: str
    start: int
    end: int
    score: float


def sums(text: str, local: str | None = None) -> list[Sum]:
    """The sums that the text speaks of as a budget or worth, the clearest first.

    `local`: the currency that a bare "元" means where the text is about, None where that is not known.
    """
    folded = analysis.fold(text)
    found: list[Sum] = []
    taken: set[int] = set()
    for pattern in (words.TABLE_AMOUNT, words.AMOUNT):
        for match in pattern.finditer(folded.text):
            if len(found) >= MOST:
                break
            one = _sum(text, folded, match, local)
            if one is not None and one.start not in taken:
                taken.add(one.start)
                found.append(one)
    return sorted((one for one in found if one.score > 0), key=lambda one: (-one.score, -one.amount, one.start))


def _sum(text: str, folded: analysis.Folded, match: re.Match[str], local: str | None) -> Sum | None:
    start, end = match.span()
    start += len(match[0]) - len(match[0].lstrip())
    # An ordinary English word may be the code of a currency, but not in small letters.
    before, after = (
        None
        if word
        and word.isascii()
        and word.isalpha()
        and word != "rs"
        and not _written(text, folded, match, name).isupper()
        else word
        for name, word in (("before", match["before"]), ("after", match["after"]))
    )
    named = _currency(before) or _currency(after)
    plain = bool(match["plain"])
    if not (named or plain):
        return None
    amount = _number(match["number"])
    if amount is None or amount <= 0:
        return None
    amount *= words.SCALES.get((match["scale"] or "").strip(), 1)
    if amount > 10**13:
        return None
    end -= len(match[0]) - len(match[0].rstrip(" (（"))
    ahead, behind = _around(folded.text, start, end)
    return Sum(
        amount,
        named or (local if plain else None),
        "each" if words.EACH.search(_clause(folded.text, start, end)) else "total",
        folded.offsets[start],
        folded.offsets[end],
        _weigh(words.SUM_CUES, ahead, behind),
    )


def _written(text: str, folded: analysis.Folded, match: re.Match[str], group: str) -> str:
    start, end = match.span(group)
    return text[folded.offsets[start] : folded.offsets[end]]


def _number(written: str) -> Decimal | None:
    try:
        return Decimal(written.replace(",", "").replace(" ", ""))
    except InvalidOperation:
        return chinese_number(written)


def _currency(word: str | None) -> str | None:
    if not word:
        return None
    for pattern, code in words.CURRENCIES:
        if pattern.fullmatch(word):
            return code
    return word.upper() if currencies.is_known(word.upper()) else None


def counts(text: str) -> list[Count]:
    """What the text counts, what it most clearly asks for first. Money, ages, times and measures count nothing."""
    folded = analysis.fold(text)
    blank = folded.text
    for pattern in words.NO_COUNT:
        blank = pattern.sub(lambda match: " " * len(match[0]), blank)
    blank = words.AMOUNT.sub(
        lambda match: " " * len(match[0]) if match["before"] or match["after"] or match["plain"] else match[0], blank
    )
    title = len(blank.partition("\n")[0]) if "\n" in blank else 0
    found: dict[int, Count] = {}
    for start, end, value, unit in _counted(blank):
        if len(found) >= MOST:
            break
        if start in found or value <= 0 or value != int(value):
            continue
        ahead, behind = _around(blank, start, end)
        if unit == "meal":
            ahead = words.PERIOD.sub("", ahead)
        score = 1 + _weigh(words.COUNT_CUES, ahead, behind) + words.UNIT_WEIGHTS.get(unit, 0.0)
        score += 5.0 if start < title else 0.0
        score -= 3.0 if value == 1 else 0.0
        score -= min(len(found), 20) * 0.12
        found[start] = Count(value, unit, blank[start:end], folded.offsets[start], folded.offsets[end], score)
    return sorted(found.values(), key=lambda one: (-one.score, one.start))


def _counted(blank: str) -> Iterable[tuple[int, int, Decimal, str]]:
    for one in analysis.quantities(blank):
        if one.unit in words.COUNTED:
            yield one.start, one.end, one.value, one.unit
    for pattern in (words.MORE_CHINESE, words.MORE_ENGLISH):
        for match in pattern.finditer(blank):
            value = _english().get(match["number"]) or _number(match["number"])
            if value is not None:
                yield match.start("number"), match.end(), value * words.SCALES.get(match["scale"] or "", 1), "thing"


@cache
def _english() -> dict[str, Decimal]:
    return {word: Decimal(value) for value, word in enumerate(words.ENGLISH_NUMBERS, 1)}


def _around(folded: str, start: int, end: int) -> tuple[str, str]:
    """What stands before and behind, within the sentence: fewer characters of Chinese say as much."""
    ahead = re.split(r"[。;!?\n]|\.\s", folded[max(0, start - 60) : start])[-1]
    behind = re.split(r"[。;!?\n]|\.\s", folded[end : end + 40])[0]
    wide = sum(character > "\u2e7f" for character in ahead[-20:]) < 5
    return ahead if wide else ahead[-18:], behind if wide else behind[:12]


def _clause(folded: str, start: int, end: int) -> str:
    ahead = re.split(r"[,。;:、\n]", folded[max(0, start - 16) : start])[-1]
    behind = re.split(r"[,。;、\n]|\.\s", folded[end : end + 18])[0]
    return f"{ahead}#{behind}"


def _weigh(cues: Iterable[tuple[re.Pattern[str], re.Pattern[str] | None, float]], ahead: str, behind: str) -> float:
    """The weights of all cues that stand before or behind; a cue nearer than a comma counts in full, else half."""
    near = re.split(r"[,、]", ahead)[-1]
    weight = 0.0
    for before, after, points in cues:
        if before.search(near):
            weight += points
        elif before.search(ahead):
            weight += points / 2
        if after is not None and after.match(behind.lstrip()):
            weight += points
    return weight


def prices(text: str, local: str | None = None) -> list[Sum]:
    """Every sum of the text, whatever it is called, in its order; for a line that is known to be a price."""
    folded = analysis.fold(text)
    found: dict[int, Sum] = {}
    for pattern in (words.TABLE_AMOUNT, words.AMOUNT):
        for match in pattern.finditer(folded.text):
            one = _sum(text, folded, match, local)
            if one is not None and len(found) < MOST:
                found.setdefault(one.end, one)
    return sorted(found.values(), key=lambda one: one.start)
