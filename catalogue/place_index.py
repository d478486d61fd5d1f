"""The index of the names of places: full and short names, other names, and names that mean several places."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from catalogue import places

_HAN_ENDINGS = (
    "特别行政区", "壮族自治区", "回族自治区", "维吾尔自治区", "自治区", "新区", "地区", "街道", "省", "市", "区", "县",
    "镇", "乡", "旗", "盟",
)  # fmt: skip
# Whole names that are common words: they need a place around them.
_COMMON = frozenset({
    "城区", "郊区", "矿区", "市区", "东区", "西区", "南区", "北区", "中区", "新区", "新市区", "市中区", "城中区",
    "城北区", "城东区", "城西区", "城关区", "开发区", "新社区", "大社区", "中山区", "和平区", "新城区", "新华区",
    "信义区", "复兴区", "中正区", "仁爱区", "大同区", "中西区", "大安区", "东山区", "桥头区", "太平区", "安定区",
    "eastern", "southern", "north", "islands",
})  # fmt: skip
HAN_RUN = re.compile(r"[\u3400-\u9fff]+")
_TYPE_IN_ENGLISH = re.compile(r" (county|city|district|town|subdistrict|township)( \(.*\))?$| .*autonomous .*$")


@dataclass(frozen=True, slots=True)
class Entry:
    """What a name may mean. `group`: all of them at once; `weak`: only beside another place."""

    ids: tuple[str, ...]
    group: bool = False
    weak: bool = False


@dataclass(frozen=True)
class Index:
    names: Mapping[str, tuple[Entry, ...]]  # folded name: its meanings
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
def index() -> Index:
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
    names: dict[str, tuple[Entry, ...]] = {}
    for name in strong.keys() | weak.keys() | groups.keys():
        if not name:
            continue
        entries = []
        if name in groups:
            entries.append(Entry(tuple(groups[name]), group=True))
        if strong.get(name):
            entries.append(Entry(tuple(strong[name])))
        if weak.get(name):
            entries.append(Entry(tuple(weak[name]), weak=True))
        names[name] = tuple(entries)
    longest = max(len(name) for name in names if HAN_RUN.fullmatch(name))
    return Index(names, longest, priority)


def _aliases() -> Iterator[tuple[str, list[str]]]:
    with places.FILE.open(encoding="utf-8") as stream:
        next(stream)
        for line in stream:
            parts = line.rstrip("\n").split("\t")
            if len(parts) > 6 and parts[6]:
                yield parts[0], parts[6].split("|")
