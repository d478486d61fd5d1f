"""Finding places by their names: free text to places, and the beginnings of names for a field that completes them."""

from __future__ import annotations

import bisect
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from catalogue import places
from catalogue.places import Place

_HAN_ENDINGS = (
    "特别行政区", "壮族自治区", "回族自治区", "维吾尔自治区", "自治区", "新区", "地区", "街道", "省", "市", "区", "县",
    "镇", "乡", "旗", "盟",
)  # fmt: skip
_MOST_WORDS = 7  # of a name in Latin script
# Whole names that are common words: they need a place around them.
_COMMON = frozenset({
    "城区", "郊区", "矿区", "市区", "东区", "西区", "南区", "北区", "中区", "新区", "新市区", "市中区", "城中区",
    "城北区", "城东区", "城西区", "城关区", "开发区", "新社区", "大社区", "中山区", "和平区", "新城区", "新华区",
    "信义区", "复兴区", "中正区", "仁爱区", "大同区", "中西区", "大安区", "东山区", "桥头区", "太平区", "安定区",
    "eastern", "southern", "north", "islands",
})  # fmt: skip
_LATIN = re.compile(r"[a-zà-ÿ0-9.'’\-]+")
_HAN_RUN = re.compile(r"[\u3400-\u9fff]+")
_STREETS = frozenset({"road", "street", "crescent", "avenue", "lane", "drive", "close", "terrace"})
_TYPE_IN_ENGLISH = re.compile(r" (county|city|district|town|subdistrict|township)( \(.*\))?$| .*autonomous .*$")
_JOINERS = re.compile(r"[及和與与或至]")


@dataclass(frozen=True, slots=True)
class _Entry:
    """What a name may mean. `group`: all of them at once; `weak`: only beside another place."""

    ids: tuple[str, ...]
    group: bool = False
    weak: bool = False


@dataclass(frozen=True)
class _Index:
    names: Mapping[str, tuple[_Entry, ...]]  # folded name: its meanings
    longest: int  # characters of the longest Han name
    priority: Mapping[str, str]


@cache
def _to_simplified() -> dict[int, str]:
    """Traditional characters to Simplified ones, as the names of the tree pair them."""
    table = {"臺": "台", "裏": "里", "衞": "卫", "峯": "峰", "巖": "岩"}
    for place in places.tree().values():
        hans, hant = place.names["zh-Hans"], place.names["zh-Hant"]
        if hans != hant and len(hans) == len(hant):
            for simplified, traditional in zip(hans, hant, strict=True):
                if simplified != traditional:
                    table.setdefault(traditional, simplified)
    return str.maketrans(table)


def fold(text: str) -> str:
    """Text as names are compared: compatibility forms, case and Chinese script levelled."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    return folded.translate(_to_simplified())


def _short(name: str) -> str:
    """A Han name without the word for what it is; unchanged if fewer than two characters would be left."""
    for ending in _HAN_ENDINGS:
        if name.endswith(ending) and len(name) - len(ending) >= 2:
            return name[: -len(ending)]
    return name


def _autonomous_short(name: str) -> str:
    """宽甸 of 宽甸满族自治县, 延边 of 延边朝鲜族自治州."""
    found = re.match(r"(.{2,4}?)(?:[\u4e00-\u9fff]{1,4}族)+自治[县州旗]\Z", name)
    return found.group(1) if found else name


@cache
def _index() -> _Index:
    strong: dict[str, list[str]] = defaultdict(list)
    weak: dict[str, list[str]] = defaultdict(list)
    groups: dict[str, list[str]] = defaultdict(list)
    priority: dict[str, str] = {}

    def add(name: str, place_id: str, is_weak: bool) -> None:
        bucket = weak if is_weak or name in _COMMON else strong
        if place_id not in bucket[name] and place_id not in strong[name]:
            bucket[name].append(place_id)

    for place in places.tree().values():
        mainland = place.id.startswith("CN-")
        street = place.level == "street"
        # Names of small places far from here mean them only beside a larger one.
        far = mainland and place.level == "district" and not place.id.startswith("CN-44")
        town = place.id.startswith("TW-") and place.level == "district"
        hans = fold(place.names["zh-Hans"])
        hant = fold(place.names["zh-Hant"])
        for full in {hans, hant}:
            add(full, place.id, False)
            for short in {_short(full), _autonomous_short(full)} - {full}:
                add(short, place.id, street or town or (far and len(short) < 3 and not full.endswith("市")))
        english = fold(place.names["en"])
        add(english, place.id, far or town or street or english in _COMMON)
        bare = english if place.id.startswith("HK-") else _TYPE_IN_ENGLISH.sub("", english)
        if bare != english:
            add(bare, place.id, far or town or street)
    for place_id, aliases in _aliases():
        for alias in aliases:
            name = fold(alias.lstrip("~!&"))
            if alias.startswith("&"):
                groups[name].append(place_id)
            elif alias.startswith("!"):
                priority[name] = place_id
            else:
                add(name, place_id, alias.startswith("~"))
    names: dict[str, tuple[_Entry, ...]] = {}
    for name in strong.keys() | weak.keys() | groups.keys():
        if not name:
            continue
        entries = []
        if name in groups:
            entries.append(_Entry(tuple(groups[name]), group=True))
        if strong.get(name):
            entries.append(_Entry(tuple(strong[name])))
        if weak.get(name):
            entries.append(_Entry(tuple(weak[name]), weak=True))
        names[name] = tuple(entries)
    longest = max(len(name) for name in names if _HAN_RUN.fullmatch(name))
    return _Index(names, longest, priority)


def _aliases() -> Iterator[tuple[str, list[str]]]:
    with places.FILE.open(encoding="utf-8") as stream:
        next(stream)
        for line in stream:
            parts = line.rstrip("\n").split("\t")
            if len(parts) > 6 and parts[6]:
                yield parts[0], parts[6].split("|")


@dataclass(frozen=True)
class _Hit:
    """A name in the text. Hits of one run of Han characters share `segment`."""

    position: int
    segment: int
    name: str
    entries: tuple[_Entry, ...]

    def ids(self, *, with_weak: bool) -> list[str]:
        entries = [entry for entry in self.entries if not entry.group and (with_weak or not entry.weak)]
        return list(dict.fromkeys(one for entry in entries for one in entry.ids))

    @property
    def group(self) -> tuple[str, ...]:
        return next((entry.ids for entry in self.entries if entry.group), ())


def _hits(text: str) -> list[_Hit]:
    index = _index()
    hits: list[_Hit] = []
    segment = 0
    for run in _HAN_RUN.finditer(text):
        start = run.start()
        for part in _JOINERS.split(run.group()) if not index.names.get(run.group()) else [run.group()]:
            segment += 1
            at = 0
            while at < len(part):
                length = next(
                    (n for n in range(min(index.longest, len(part) - at), 1, -1) if part[at : at + n] in index.names), 0
                )
                if length:
                    name = part[at : at + length]
                    hits.append(_Hit(start + at, segment, name, index.names[name]))
                at += length or 1
            start += len(part) + 1
    words = [(found.start(), found.group().strip(".-")) for found in _LATIN.finditer(text)]
    at = 0
    while at < len(words):
        for count in range(min(_MOST_WORDS, len(words) - at), 0, -1):
            name = " ".join(word for _, word in words[at : at + count])
            after = words[at + count][1] if at + count < len(words) else ""
            if name in index.names and not (after in _STREETS and _is_country(index.names[name])):
                segment += 1
                hits.append(_Hit(words[at][0], segment, name, index.names[name]))
                at += count
                break
        else:
            at += 1
    return sorted(hits, key=lambda hit: hit.position)


def _is_country(entries: tuple[_Entry, ...]) -> bool:
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
    return fold(text).strip() in _index().names


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
    preferred = _index().priority.get(name)
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
