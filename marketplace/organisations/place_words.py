"""Places as people write them: words to ids of the catalogue's tree, and back to words that lead to the same id."""

from __future__ import annotations

import re
from collections.abc import Iterable

from catalogue import places

_BETWEEN = re.compile(r"[\n,，、;；]+")


def read_one(text: str) -> tuple[str, ...]:
    """The ids that `text` may mean: one when it is clear, none when no place has this name."""
    text = text.strip()
    return (text,) if places.is_known(text) else places.resolve(text)


def read_many(text: str) -> tuple[list[str], list[str]]:
    """(ids in the order written without repeats, the pieces that name no place); pieces end at commas and lines."""
    found: list[str] = []
    unknown: list[str] = []
    for piece in filter(None, (part.strip() for part in _BETWEEN.split(text))):
        ids = read_one(piece)
        if not ids:
            unknown.append(piece)
        found += [one for one in ids if one not in found]
    return found, unknown


def word(place_id: str, lang: str) -> str:
    """A short name that `read_one` reads as this very place, without a comma in it."""
    if not places.is_known(place_id):
        return place_id
    name = places.get(place_id).names[lang]
    for candidate in (name, places.path_name(place_id, lang).replace(",", "")):
        if not _BETWEEN.search(candidate) and read_one(candidate) == (place_id,):
            return candidate
    return place_id


def words(place_ids: Iterable[str], lang: str) -> str:
    """Short names, one a line, for a field that `read_many` reads."""
    return "\n".join(word(place_id, lang) for place_id in place_ids)


def suggestions(lang: str) -> list[str]:
    """Names to offer beside a field: the cities of the Greater Bay Area, then the districts of each."""
    cities = places.gba()
    below = [child.id for city in cities for child in places.children(city)]
    named = ((place_id, word(place_id, lang)) for place_id in (*cities, *below))
    return [name for place_id, name in named if name != place_id]
