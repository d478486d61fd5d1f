"""Finding places by their names: free text to places, and the beginnings of names for a field that completes them."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from catalogue import places
from catalogue.place_index import HAN_RUN, Entry, fold, index
from catalogue.places import Place

_MOST_WORDS = 7  # of a name in Latin script
_LATIN = re.compile(r"[a-zà-ÿ0-9.'’\-]+")
_STREETS = frozenset({"road", "street", "crescent", "avenue", "lane", "drive", "close", "terrace"})
_JOINERS = re.compile(r"[及和與与或至]")


@dataclass(frozen=True)
class _Hit:
    """A name in the text. Hits of one run of Han characters share `segment`."""

    position: int
    segment: int
    name: str
    entries: tuple[Entry, ...]

    def ids(self, *, with_weak: bool) -> list[str]:
        entries = [entry for entry in self.entries if not entry.group and (with_weak or not entry.weak)]
        return list(dict.fromkeys(one for entry in entries for one in entry.ids))

    @property
    def group(self) -> tuple[str, ...]:
        return next((entry.ids for entry in self.entries if entry.group), ())


def _hits(text: str) -> list[_Hit]:
    known = index()
    hits: list[_Hit] = []
    segment = 0
    for run in HAN_RUN.finditer(text):
        start = run.start()
        for part in _JOINERS.split(run.group()) if not known.names.get(run.group()) else [run.group()]:
            segment += 1
            at = 0
            while at < len(part):
                length = next(
                    (n for n in range(min(known.longest, len(part) - at), 1, -1) if part[at : at + n] in known.names), 0
                )
                if length:
                    name = part[at : at + length]
                    hits.append(_Hit(start + at, segment, name, known.names[name]))
                at += length or 1
            start += len(part) + 1
    words = [(found.start(), found.group().strip(".-")) for found in _LATIN.finditer(text)]
    at = 0
    while at < len(words):
        for count in range(min(_MOST_WORDS, len(words) - at), 0, -1):
            name = " ".join(word for _, word in words[at : at + count])
            after = words[at + count][1] if at + count < len(words) else ""
            if name in known.names and not (after in _STREETS and _is_country(known.names[name])):
                segment += 1
                hits.append(_Hit(words[at][0], segment, name, known.names[name]))
                at += count
                break
        else:
            at += 1
    return sorted(hits, key=lambda hit: hit.position)


def _is_country(entries: tuple[Entry, ...]) -> bool:
    """Streets are named after countries far away, and after districts they lie in."""
    return all(places.get(one).level == "country" for entry in entries for one in entry.ids)


def resolve(text: str, near: tuple[str, ...] = ()) -> tuple[str, ...]:
    """See `places.resolve`."""
    hits = _hits(fold(text))
    found: list[str] = []
    grouped: list[str] = []
    anchors: dict[int, list[str]] = {}
    settled: dict[int, list[str]] = {}
    context = [one for one in near if places.is_known(one)]
    # Names that can mean one place only settle what the others mean, wherever in the text they stand.
    for number, hit in enumerate(hits):
        sure = hit.ids(with_weak=False)
        if hit.group:
            settled[number] = list(hit.group)
            grouped += hit.group
        elif len(sure) == 1 and len(hit.ids(with_weak=True)) == 1:
            settled[number] = sure
    around = [one for ids in settled.values() for one in ids]
    for number, hit in enumerate(hits):
        before = anchors.get(hit.segment, [])
        chosen = _choose(hit, number, settled, before, found, around, context)
        if not chosen:
            continue
        # A run of characters without a break is one address: what does not lie in its first place is part of a word.
        if before and hit.segment in anchors and not hit.group and not any(_related(one, before) for one in chosen):
            continue
        anchors.setdefault(hit.segment, []).extend(chosen)
        found += [one for one in chosen if one not in found]
    return _most_specific(found, grouped)


def is_name(text: str) -> bool:
    """See `places.is_name`."""
    return fold(text).strip() in index().names


def _choose(
    hit: _Hit, number: int, settled: Mapping[int, list[str]], before: list[str], found: list[str], around: list[str],
    context: list[str],
) -> list[str]:  # fmt: skip
    if hit.group:
        return list(hit.group)
    candidates = hit.ids(with_weak=True)
    for surroundings in (before, found[-1:] and [*found[-1:], *_parents(found[-1:])], found, around, context):
        others = [one for one in surroundings if one not in candidates]
        inside = [one for one in candidates if any(other in places.ancestors(one)[1:] for other in others)]
        if inside:
            return _largest(inside, hit.name)
    if number in settled:
        return settled[number]
    return _largest(hit.ids(with_weak=False), hit.name)


def _parents(ids: Iterable[str]) -> list[str]:
    return [one for place_id in ids for one in places.ancestors(place_id)[1:] if places.get(one).level != "country"]


def _largest(candidates: list[str], name: str) -> list[str]:
    """The one place meant by an ambiguous name: a larger before a smaller, the Greater Bay Area before others."""
    if len(candidates) < 2:
        return candidates
    preferred = index().priority.get(name)
    if preferred in candidates:
        return [preferred]
    rank = min(places.LEVELS.index(places.get(one).level) for one in candidates)
    largest = [one for one in candidates if places.LEVELS.index(places.get(one).level) == rank]
    if len(largest) > 1:
        here = [one for one in largest if places.in_gba(one)]
        largest = here or largest
    return largest if len(largest) == 1 else []


def _related(place_id: str, others: Iterable[str]) -> bool:
    return any(place_id in places.ancestors(other) or other in places.ancestors(place_id) for other in others)


def _most_specific(found: list[str], grouped: list[str]) -> tuple[str, ...]:
    above = {one for place_id in found for one in places.ancestors(place_id)[1:]}
    return tuple(dict.fromkeys(one for one in found if one in grouped or one not in above))


@cache
def _beginnings() -> tuple[list[str], list[str]]:
    pairs = sorted(
        {
            (key, place.id)
            for place in places.tree().values()
            for name in set(place.names.values())
            for key in (fold(name),)
        }
    )
    return [name for name, _ in pairs], [place_id for _, place_id in pairs]


def search(prefix: str, lang: str, limit: int) -> tuple[Place, ...]:
    """See `places.search`."""
    wanted = fold(prefix).strip()
    if not wanted:
        return ()
    names, ids = _beginnings()
    start = bisect.bisect_left(names, wanted)
    found: dict[str, None] = {}
    for at in range(start, len(names)):
        if not names[at].startswith(wanted):
            break
        found.setdefault(ids[at])
    ranked = sorted(
        (places.get(one) for one in found),
        key=lambda place: (
            not places.in_gba(place.id), places.LEVELS.index(place.level), place.names.get(lang, ""), place.id
        ),
    )  # fmt: skip
    return tuple(ranked[:limit])
