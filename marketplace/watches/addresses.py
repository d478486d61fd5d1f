"""The address of a search on this site, read into what it asks, and made of it again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import current_app

from marketplace.errors import ErrorCode, Invalid
from search import BadFilterValue, UnknownFilter
from search.filters import filter_names
from search.standing import Standing, stand
from search.statistics import Statistics

PATHS = {"/offers": "offers", "/demands": "demands"}
LONGEST = 4000
LONGEST_TEXT = 500
MOST_FIELDS, MOST_VALUES = 200, 50
# About the page and not about what is listed.
_PAGE = ("q", "sort", "page")


def read_address(address: str) -> dict[str, Any]:
    """What the address of a list of offers or demands asks: {"collection", "text", "filters": {name: [value]}}.

    A whole address of this site will do, or what follows its name. Raises Invalid at "search".
    """
    try:
        parts = urlsplit(address.strip())
        pairs = parse_qsl(parts.query, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise _wrong("not_a_search") from None
    own = urlsplit(current_app.config["SETTINGS"].public_url).netloc
    if len(address) > LONGEST or parts.netloc not in ("", own) or parts.path.rstrip("/") not in PATHS:
        raise _wrong("not_a_search")
    collection = PATHS[parts.path.rstrip("/")]
    text, filters = "", dict[str, list[str]]()
    known = filter_names(collection)
    for name, raw in pairs:
        value = raw.replace("\x00", " ").strip()
        if name == "q":
            text = " ".join(value.split())[:LONGEST_TEXT]
        elif name not in _PAGE and value:
            if name not in known:
                raise _wrong("unknown_filter", name=name)
            values = filters.setdefault(name, [])
            if value not in values and len(values) < MOST_VALUES:
                values.append(value)
    if "price_min" not in filters and "price_max" not in filters:
        filters.pop("currency", None)
    query = {"collection": collection, "text": text, "filters": filters}
    standing_of(query, "en", Statistics())
    return query


def standing_of(query: Mapping[str, Any], lang: str, statistics: Statistics) -> Standing:
    """The search as one that stands. Raises Invalid at "search" where it cannot find anything, ever."""
    try:
        standing = stand(query["collection"], query["text"], lang, query["filters"], statistics)
    except BadFilterValue as error:
        raise _wrong("bad_filter_value", name=error.name, value=error.value) from error
    except UnknownFilter as error:
        raise _wrong("unknown_filter", name=error.name) from error
    if standing.void:
        raise _wrong("no_words")
    return standing


def address_of(query: Mapping[str, Any]) -> str:
    """The address of a search on this site, without its name."""
    pairs = [("q", query["text"])] if query["text"] else []
    pairs += [(name, value) for name, values in query["filters"].items() for value in values]
    return f"/{query['collection']}" + (f"?{urlencode(pairs)}" if pairs else "")


def _wrong(code: str, **params: Any) -> Invalid:
    return Invalid({"search": ErrorCode(code, params)})
