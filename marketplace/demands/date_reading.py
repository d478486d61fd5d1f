"""The days that a text names for handing in bids and for delivery, in the ways three languages write a day."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from search import text as analysis
from search.text.quantities import chinese_number

_MONTHS = {
    name: number
    for number, names in enumerate(
        [
            "january jan",
            "february feb",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sept sep",
            "october oct",
            "november nov",
            "december dec",
        ],
        1,
    )
    for name in names.split()
}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_HAN = "[零〇一二三四五六七八九十]"
_PATTERNS = (
    re.compile(r"(?P<roc>民国)\s*(?P<y>\d{2,3})\s*[年./-]\s*(?P<m>\d{1,2})\s*[月./-]\s*(?P<d>\d{1,2})"),
    re.compile(r"(?<!\d)(?P<y>20\d{2})\s*[年./-]\s*(?P<m>\d{1,2})\s*[月./-]\s*(?P<d>\d{1,2})(?!\d)\s*日?"),
    re.compile(rf"(?P<y>二[零〇]{_HAN}{{2}})年(?P<m>{_HAN}{{1,2}})月(?P<d>{_HAN}{{1,3}})日"),
    re.compile(r"(?<!\d)(?P<y>20\d{2})\s*年\s*(?P<m>\d{1,2})\s*月(?P<d>)[底末]"),
    re.compile(rf"\bend of (?P<d>)(?P<m>{_MONTH})\.?,?\s+(?P<y>20\d{{2}})"),
    re.compile(rf"(?<!\d)(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<m>{_MONTH})\.?,?\s+(?P<y>20\d{{2}})"),
    re.compile(rf"(?<![a-z])(?P<m>{_MONTH})\.?\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y>20\d{{2}})"),
    re.compile(r"(?<![\d/])(?P<d>\d{1,2})/(?P<m>\d{1,2})/(?P<y>20\d{2})(?!\d)"),
)
# The same without a year; in English a month is one only with its capital letter.
_YEARLESS = (
    re.compile(r"(?<![\d年./-])(?P<m>\d{1,2})\s*月\s*(?P<d>\d{1,2})\s*[日号]"),
    re.compile(rf"(?<![年{_HAN[1:-1]}])(?P<m>{_HAN}{{1,2}})月(?P<d>{_HAN}{{1,3}})[日号]"),
    re.compile(rf"(?<![\d年./{_HAN[1:-1]}-])(?P<m>\d{{1,2}}|{_HAN}{{1,2}})\s*月(?P<d>)[底末]"),
    re.compile(rf"(?<!\d)(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<m>{_MONTH})(?![a-z])(?!\.?,?\s+20\d{{2}})"),
    re.compile(rf"(?<![a-z])(?P<m>{_MONTH})\.?\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:]|,?\s+20\d{{2}})"),
    re.compile(rf"\bend of (?P<d>)(?P<m>{_MONTH})(?![a-z])(?!\.?,?\s+20\d{{2}})"),
)
# Behind the first day of a span, whose last day counts.
_SPAN = re.compile(r"\s*(?:[\d:时点分]{1,8}\s*)?(?:至|到(?![货位达场])|起(?!用)|[-~–—]|to\b|until\b|through\b)")
# What a day is, by the words before it in its clause, and by those right behind it.
_CLOSES = (
    re.compile(
        r"截止|截标|截至|递交|提交|报名|投标|响应文件|逾期|开标|询价|报价|\bclos(?:e|es|ing)\b|\bdeadline|\bdue\b|\bbids?\b|\bsubmi|\btenders?\b|\bproposals?\b"
        r"|\bquotations?\b|\breturn(?:ed)? by\b"
    ),
    re.compile(r"[^。;,\n]{0,12}(?:截止|截标|前(?:递交|提交|送达|报名|投标|报价))"),
)
_NEEDED = (
    re.compile(
        r"交货|交付|到货|送货|送到|完工|完成|启用|使用|需用|入伙|投入|验收|\bdeliver"
        r"|\bneeded|\brequired by\b|\bcomplet|\binstall|\bin use\b|\bin place\b"
    ),
    re.compile(r"\s*(?:之?前|以前)?[^。;,\n]{0,8}(?:交货|交付|到货|送货|送到|完工|完成|装完|启用|投入使用|验收)"),
)


class Day(NamedTuple):
    """A day of the text. `what`: "closes_on", "needed_by", or "" where the words do not say; `start`..`end` in it;
    `assumed`: whether the text names no year, so that the coming one is meant for all we know."""

    day: date
    what: str
    start: int
    end: int
    assumed: bool = False


def read_days(text: str, today: date | None = None) -> list[Day]:
    """Every day that the text names, in its order.

    `today`: from when on a day without a year is looked for; None leaves such days out.
    """
    folded = analysis.fold(text)
    found: dict[int, Day] = {}
    named = [(*one, False) for one in _days(folded.text)]
    if today is not None:
        named += [(*one, True) for one in _coming(text, folded, today)]
    for start, end, day, assumed in named:
        if any(one.start <= folded.offsets[start] < one.end for one in found.values()):
            continue
        what = "" if _SPAN.match(folded.text, end) else _what(folded.text, start, end)
        found[folded.offsets[start]] = Day(day, what, folded.offsets[start], folded.offsets[end], assumed)
    return [found[at] for at in sorted(found)]


def _coming(text: str, folded: analysis.Folded, today: date) -> Iterator[tuple[int, int, date]]:
    """The days without a year, each as the nearest that is not past."""
    for pattern in _YEARLESS:
        for match in pattern.finditer(folded.text):
            if match["m"] in _MONTHS and not text[folded.offsets[match.start("m")]].isupper():
                continue
            # The 29th of February may be eight years off.
            days = (_day(year, match) for year in range(today.year, today.year + 9))
            coming = next((day for day in days if day is not None and day >= today), None)
            if coming is not None:
                yield match.start(), match.end(), coming


def _days(folded: str) -> Iterator[tuple[int, int, date]]:
    for pattern in _PATTERNS:
        for match in pattern.finditer(folded):
            day = _day(_year(match), match)
            if day is not None:
                yield match.start(), match.end(), day


def _day(year: int, match: re.Match[str]) -> date | None:
    """The day of a match in a year, the last of its month where it names none; None where there is no such day."""
    month = _MONTHS.get(match["m"]) or _int(match["m"])
    try:
        return date(year, month, _int(match["d"]) if match["d"] else calendar.monthrange(year, month)[1])
    except ValueError:
        return None


def _year(match: re.Match[str]) -> int:
    if match.groupdict().get("roc"):
        return int(match["y"]) + 1911
    return _int(match["y"])


def _int(written: str) -> int:
    return int(written) if written.isdecimal() else int(chinese_number(written) or 0)


def _what(folded: str, start: int, end: int) -> str:
    ahead = re.split(r"[。;!?\n]|\.\s", folded[max(0, start - 60) : start])[-1]
    # A clause with a verb of its own speaks for itself; only a bare day leans on the clause before it.
    near = re.split(r",", ahead)[-1]
    behind = folded[end : end + 24]
    for name, (_before, after) in (("closes_on", _CLOSES), ("needed_by", _NEEDED)):
        if after.match(behind):
            return name
    for words in (near, ahead):
        spots = {
            name: max((match.end() for match in before.finditer(words)), default=-1)
            for name, (before, _after) in (("closes_on", _CLOSES), ("needed_by", _NEEDED))
        }
        best = max(spots, key=lambda name: spots[name])
        if spots[best] >= 0:
            return best
    return ""
