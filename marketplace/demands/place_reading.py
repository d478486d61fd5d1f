"""Which of the places that a text names are those it wants something for, each with the words that name it.

A long text names places for many reasons: where a maker comes from, what a figure is compared with. And a few ordinary
words are names of towns as well. So the title, the first sentence that names a place, and the clauses that say where
to deliver decide; a place elsewhere in the world than the rest is left out unless its name is written in full.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from catalogue import places
from search import text as analysis

LONGEST = 20_000  # characters that are looked through for places
_SENTENCES = re.compile(r"(?<=[。！？!?\n])|(?<=[.;；])(?=\s)")
_WHERE = re.compile(
    r"(?:交[货貨付]|[项項]目|[实實]施|履[约約行]|[供送][货貨]|安[装裝]|服[务務])?(?:地[点點址]|[区區]域|[范範][围圍])"
    r"|送[货貨]?[到至往]|\b(?:place of (?:delivery|performance|use)|locations?"
    r"|delivery (?:address|to)|deliver(?:ed)? to|sites?)\b\s*:?",
    re.IGNORECASE,
)
_LABELLED = re.compile(
    r"^\W*(?:[一二三四五六七八九十\d]+[、.．)）]\s*)?(?:(?:交[货貨付]|[项項]目|[实實]施|履[约約行]|[供送][货貨]|安[装裝]|服[务務])?(?:地[点點址]|[区區]域|[范範][围圍])"
    r"|place of (?:delivery|performance)|location|delivery address)\s*[:：|]",
    re.IGNORECASE | re.MULTILINE,
)
_ADDRESS_OF_BUYER = re.compile(
    r"(?:采购人|採購人|代理机构|代理機構|联系|聯絡|通讯|通訊|开标|開標|投标|投標|递交|遞交|报名|報名)\S{0,4}地[点點址]"
)
# What is left out on purpose, and remarks in brackets; and the "people's" of money and offices, which is a street too.
_EXCEPT = re.compile(r"除[^,，。]{1,40}外|人民(?=币|幣|政府|医院|醫院|法院|检察|檢察|共和国|共和國)")
_BRACKETS = re.compile(r"[(（][^()（）\n]*[)）]")
# So small that every name in them is near every other.
_SMALL = ("HK", "MO")
_POSSESSIVE = re.compile(r"(?<=[A-Za-z])['’]s\b")


class Named(NamedTuple):
    """A place with where its name, or the sentence that means it, stands in the text."""

    place_id: str
    start: int
    end: int


def read_places(text: str) -> list[Named]:
    """The places that the text wants something for, in the order of the text; [] where it names none."""
    text = _blank(_EXCEPT, _blank(_POSSESSIVE, text[:LONGEST]))
    sentences = [
        (start, words if start == 0 or _LABELLED.match(words) else _blank(_BRACKETS, words))
        for start, words in _sentences(text)
    ]
    with_places = [(start, words, found) for start, words in sentences if (found := places.resolve(words))]
    if not with_places:
        return []
    chosen = [one for one in with_places if _LABELLED.match(one[1]) and not _ADDRESS_OF_BUYER.search(one[1])][:3]
    if not chosen:
        first = with_places[0]
        chosen = [first]
        if first[0] == 0 and len(with_places) > 1:  # the title says where; the sentence after it may say it better
            chosen.append(with_places[1])
        chosen += [one for one in with_places if one not in chosen and _WHERE.search(one[1])][:3]
    folded = analysis.fold(text).text
    resolved = places.resolve("\n".join(words for _start, words, _ids in chosen))
    ids = [one for one in resolved if not _shared(one, folded)]
    if not ids:
        return []
    main = _main(ids, folded)
    kept = [one for one in ids if _belongs(one, main, folded)]
    return [Named(one, *_where(one, text, chosen)) for one in kept]


def _blank(pattern: re.Pattern[str], text: str) -> str:
    return pattern.sub(lambda match: " " * len(match[0]), text)


def _sentences(text: str) -> list[tuple[int, str]]:
    found, start = [], 0
    for part in _SENTENCES.split(text):
        if part.strip():
            found.append((start, part))
        start += len(part)
    return found


def _names(place_id: str) -> Iterable[str]:
    return (analysis.fold(name).text for name in places.get(place_id).names.values() if name)


def _in_full(place_id: str, folded: str) -> bool:
    return any(name in folded for name in _names(place_id) if len(name) > 1)


def _short(name: str) -> str:
    return name[:-1] if len(name) > 2 and name[-1] > "\u2e7f" else name


def _shared(place_id: str, folded: str) -> bool:
    """Whether a name stands in the text without the word for its level, and is an ordinary word as well."""
    return not _in_full(place_id, folded) and any(
        _short(name) in folded and _is_a_thing(_short(name)) for name in _names(place_id)
    )


def _is_a_thing(word: str) -> bool:
    parts = {one for part in (word[:-1], word[1:]) for one in analysis.concepts(part)}
    groups = {analysis.thesaurus().concepts[one].group for one in analysis.concepts(word) if one not in parts}
    return bool(groups - {"places"})


def _main(ids: list[str], folded: str) -> str:
    """The place that the others are measured by: of the country with most names in full, the first in full."""
    if len({_root(one) for one in ids if places.get(one).level == "country"}) > 1:
        return next(one for one in ids if places.get(one).level == "country")
    clear: Counter[str] = Counter()
    for one in ids:
        above = [other for other in places.ancestors(one) if places.get(other).level != "country"]
        clear[_root(one)] += 1 + any(_in_full(other, folded) for other in above)
    root = max(clear, key=lambda key: clear[key])
    own = [one for one in ids if _root(one) == root]
    return next((one for one in own if _in_full(one, folded)), own[0]) if root not in _SMALL else own[0]


def _root(place_id: str) -> str:
    return place_id.partition("-")[0]


def _belongs(place_id: str, main: str, folded: str) -> bool:
    if place_id == main:
        return True
    if places.get(place_id).level == "country":
        return places.get(main).level == "country"
    if _root(place_id) != _root(main):
        return places.get(main).level == "country" and _root(place_id) == "GB"
    if _root(main) in _SMALL or set(map(_short, _names(place_id))) & set(map(_short, _names(main))):
        return True
    if places.get(place_id).level == "street" and not _in_full(place_id, folded):
        return False
    above = places.ancestors(place_id)[1:]
    near = set(places.ancestors(main)) - {_root(main)}
    if _root(main) == "CN":  # a province is too large to tell a town from a word that sounds like it
        near = {one for one in near if one.count("-") == 1 and len(one) > 5}
    elif _in_full(place_id, folded) and not near.intersection(above):
        return any(_short(name) in folded for one in above if _root(one) != one for name in _names(one))
    # A short name counts where it lies in the same city or county as the place that is named, or that is named too.
    named = any(_short(name) in folded for one in above if one != _root(main) for name in _names(one))
    return bool(near.intersection(above)) or named or _in_full(place_id, folded)


def _where(place_id: str, text: str, chosen: list[tuple[int, str, tuple[str, ...]]]) -> tuple[int, int]:
    folded = analysis.fold(text)
    spots = []
    for name in _names(place_id):
        for shorter in (name, _short(name)):
            at = folded.text.find(shorter)
            if at >= 0:
                spots.append((-len(shorter), folded.offsets[at], folded.offsets[at + len(shorter)]))
    if spots:
        _length, start, end = min(spots)
        return start, end
    start, words = next(((start, words) for start, words, ids in chosen if place_id in ids), chosen[0][:2])
    return start, start + len(words.rstrip())
