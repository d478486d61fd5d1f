"""Documents made ready for an index: their texts analysed into streams, their facts into codes and numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from catalogue import places
from search import text
from search.engines.base import Bag, Entry
from search.schema import AUDIENCES, schema
from search.streams import exact_token, join, size, stream

# Beyond every date: what never opens, and what never closes.
NEVER = 2**53
_LANGUAGES = frozenset(text.LANGUAGES)


def entry(collection: str, document: Mapping[str, Any]) -> Entry:
    """The index entry of a document, or of a tombstone `{"id", "revision", "deleted": True}`.

    Raises KeyError or ValueError for a document that `search.documents` did not make.
    """
    if document.get("deleted"):
        return Entry(str(document["id"]), int(document["revision"]), deleted=True)
    bag = _bag(document)
    codes, numbers = codes_and_numbers(collection, document)
    numbers["length"] = size(bag.words)
    return Entry(
        id=str(document["id"]),
        revision=int(document["revision"]),
        document=document,
        bag=bag,
        length=numbers["length"],
        codes=codes,
        numbers=numbers,
    )


def codes_and_numbers(
    collection: str, document: Mapping[str, Any]
) -> tuple[dict[str, tuple[str, ...]], dict[str, int]]:
    """What a document is filtered and sorted by, but for its length, which only its analysed text has."""
    numbers = {
        "opens": seconds(document["opens_at"]) if document["opens_at"] else NEVER,
        "closes": seconds(document["closes_at"]) if document["closes_at"] else NEVER,
    }
    if document["updated_at"]:
        numbers["updated"] = seconds(document["updated_at"])
    if document.get("fresh_until"):
        numbers["fresh_until"] = seconds(document["fresh_until"])
    codes = _codes(collection, document)
    _add_price(document, codes, numbers)
    return {name: values for name, values in codes.items() if values}, numbers


def seconds(moment: str | datetime) -> int:
    """A moment as whole seconds since 1970 UTC.

    The fraction is dropped. Raises ValueError if it is naive or unreadable.
    """
    when = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    if when.tzinfo is None:
        raise ValueError(f"a moment without a zone: {moment}")
    return int((when - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() // 1)


def texts(document: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Every text of a document but the title, as (field, language, text).

    Texts, requirements, lines, facts in words.
    """
    for name, by_language in document["texts"].items():
        if name != "title":
            yield from ((name, lang, value) for lang, value in by_language.items())
    for name in ("requirements", "lines"):
        for item in document.get(name) or ():
            yield from ((name, lang, value) for lang, value in (item.get("text") or {}).items())
    for key, value in document["facts"].items():
        if isinstance(value, Mapping) and _LANGUAGES.issuperset(value):
            for lang, written in value.items():
                if isinstance(written, str):
                    yield key, lang, written
                else:
                    yield from ((key, lang, tag) for tag in written)


@lru_cache(maxsize=20_000)
def _short(written: str) -> tuple[str, str]:
    analysed = text.analyse(written)
    return stream(analysed.words), stream(token.term for token in analysed.chars)


def _streams(written: Iterable[str]) -> tuple[list[str], list[str]]:
    words, chars = [], []
    for value in dict.fromkeys(written):
        if len(value) <= 40:
            value_words, value_chars = _short(value)
        else:
            analysed = text.analyse(value)
            value_words, value_chars = stream(analysed.words), stream([token.term for token in analysed.chars])
        words.append(value_words)
        chars.append(value_chars)
    return words, chars


@lru_cache(maxsize=8_000)
def _place_names(place_id: str) -> tuple[str, ...]:
    return tuple(places.get(place_id).names.values()) if places.is_known(place_id) else ()


def _names(document: Mapping[str, Any]) -> list[str]:
    named = document.get("named_as") or {}
    return [
        *document["organisation"]["names"].values(),
        *(named[key] for key in ("supplier", "buyer") if named.get(key)),
    ]


def _bag(document: Mapping[str, Any]) -> Bag:
    names = _names(document)
    model = [code for code in (document["facts"].get("model"),) if isinstance(code, str)]
    around = [name for place_id in _places(document) for name in _place_names(place_id)]
    title_words, title_chars = _streams(document["texts"].get("title", {}).values())
    words, chars = _streams([*(value for _field, _lang, value in texts(document)), *names, *model, *around])
    exact = dict.fromkeys(exact_token(text.folded(value)) for value in (*model, *names))
    joined_words, joined_chars = "".join(title_words), join(title_chars)
    return Bag(
        joined_words,
        joined_chars,
        joined_words + "".join(words),
        join([joined_chars, *chars]),
        stream(token for token in exact if token),
    )


def _places(document: Mapping[str, Any]) -> list[str]:
    facts = document["facts"]
    named = [
        *(facts.get("serves") or ()),
        *(facts.get("located") or ()),
        *document.get("places", ()),
        *document["organisation"]["places"],
    ]
    return [place_id for place_id in dict.fromkeys(named) if places.is_known(place_id)]


def _covers(document: Mapping[str, Any]) -> list[str]:
    named = document["facts"].get("serves") or document.get("places") or ()
    return [place_id for place_id in dict.fromkeys(named) if places.is_known(place_id)]


def _codes(collection: str, document: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    within = _with_ancestors(_places(document))
    covers = sorted(_covers(document))
    codes = {
        "kind": (document["kind"],),
        "lang": (document["lang"],),
        "organisation": (document["organisation"]["id"],),
        "approved": ("yes" if document["approved"] else "no",),
        "place": within,
        "covers": tuple(covers),
        "places": (place_signature(within, covers),) if within else (),
    }
    declared = schema(collection).facts
    for key, value in document["facts"].items():
        field = declared.get(key)
        if field is not None:
            values = _values(value)
            codes[key] = _with_ancestors(values) if field.tree else values
    return codes


def _with_ancestors(place_ids: Iterable[str]) -> tuple[str, ...]:
    known = [place_id for place_id in place_ids if places.is_known(place_id)]
    return tuple(sorted({above for place_id in known for above in places.ancestors(place_id)}))


def _values(value: Any) -> tuple[str, ...]:
    if value is None or isinstance(value, Mapping):
        return ()
    if isinstance(value, bool):
        return ("true" if value else "false",)
    if isinstance(value, (list, tuple)):
        return tuple(dict.fromkeys(str(item) for item in value))
    return (str(value),)


def place_signature(within: Iterable[str], covers: Iterable[str]) -> str:
    """Both lists of places in one code; `signature_places` reads it."""
    return " ".join(within) + "|" + " ".join(covers)


@lru_cache(maxsize=20_000)
def signature_places(signature: str) -> tuple[frozenset[str], frozenset[str]]:
    """The places of a document with all above them, and those it covers."""
    within, _bar, covers = signature.partition("|")
    return frozenset(within.split()), frozenset(covers.split())


def _add_price(document: Mapping[str, Any], codes: dict[str, tuple[str, ...]], numbers: dict[str, int]) -> None:
    """The price (of a demand: the budget) at every level of readers that may know it."""
    lowest = document["facts"].get("price") or document.get("budget")
    if not lowest:
        return
    highest = document["facts"].get("price_max") or lowest
    if highest["currency"] != lowest["currency"]:
        highest = lowest
    for level in AUDIENCES[document.get("price_audience", "public")]:
        codes[f"currency_{level}"] = (lowest["currency"],)
        numbers[f"lowest_{level}"] = lowest["minor"]
        numbers[f"highest_{level}"] = max(lowest["minor"], highest["minor"])
