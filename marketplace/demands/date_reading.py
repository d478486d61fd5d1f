"""The days that a text names for handing in bids and for delivery, in the ways three languages write a day."""

from __future__ import annotations

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
    re.compile(rf"(?<!\d)(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<m>{_MONTH})\.?,?\s+(?P<y>20\d{{2}})"),
    re.compile(rf"(?<![a-z])(?P<m>{_MONTH})\.?\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y>20\d{{2}})"),
    re.compile(r"(?<![\d/])(?P<d>\d{1,2})/(?P<m>\d{1,2})/(?P<y>20\d{2})(?!\d)"),
)
# What a day is, by the words before it in its clause, and by those right behind it.
_CLOSES = (
    re.compile(
        r"截止|截标|截至|递交|提交|报名|投标|响应文件|逾期|开标|询价|报价|\bclos(?:e|es|ing)\b|\bdeadline|\bdue\b|\bbids?\b|\bsubmi|\btenders?\b|\bproposals?\b"
        r"|\bquotations?\b|\breturn(?:ed)? by\b"
    ),
    re.compile(r"[^。;\n]{0,12}(?:截止|截标|前(?:递交|提交|送达|报名|投标|报价))"),
)
_NEEDED = (
    re.compile(
        r"交货|交付|到货|送货|送到|完工|完成|启用|使用|需用|入伙|投入|验收|\bdeliver"
        r"|\bneeded|\brequired by\b|\bcomplet|\binstall|\bin use\b|\bin place\b"
    ),
    re.compile(r"\s*(?:之?前|以前)?[^。;,\n]{0,8}(?:交货|交付|到货|送货|送到|完工|完成|装完|启用|投入使用|验收)"),
)


class Day(NamedTuple):
    """A day of the text. `what`: "closes_on", "needed_by", or "" where the words do not say; `start`..`end` in it."""

    day: date
    what: str
    start: int
    end: int


def read_days(text: str) -> list[Day]:
    """Every whole day that the text names, in its order."""
    folded = analysis.fold(text)
    found: dict[int, Day] = {}
    for start, end, day in _days(folded.text):
        if any(one.start <= folded.offsets[start] < one.end for one in found.values()):
            continue
        found[folded.offsets[start]] = Day(
            day, _what(folded.text, start, end), folded.offsets[start], folded.offsets[end]
        )
    return [found[at] for at in sorted(found)]


def _days(folded: str) -> Iterator[tuple[int, int, date]]:
    for pattern in _PATTERNS:
        for match in pattern.finditer(folded):
            year, month, day = _year(match), _MONTHS.get(match["m"]) or _int(match["m"]), _int(match["d"])
            try:
                yield match.start(), match.end(), date(year, month, day)
            except ValueError:
                continue


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
