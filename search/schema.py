"""What an index holds of a document, each field declared once: codes to filter and count by, numbers to compare and
sort by.

Both engines derive their tables and mappings from here, the finder its filters, and `search.indexing` what it must
fill in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property

from catalogue import kinds
from search.requests import UnknownCollection

COLLECTIONS = ("offers", "demands")
# Who may know a price, from the fewest to the most: what a document says at one level it says at those below, too.
LEVELS = ("public", "member", "organiser")
# What a reader of this level sees is public, for members, or for organisers. What is told on invitation is filtered,
# counted and sorted by as if it were hidden, so that it cannot be found by trying; only a match says it to the invited.
AUDIENCES = {"public": LEVELS, "members": LEVELS[1:], "invited": LEVELS[2:], "hidden": LEVELS[2:]}

# Types of catalogue fields whose values are codes to filter by, or can be written as such.
_CODED_TYPES = frozenset({"boolean", "choice", "choices", "code", "place", "places"})
_LIST_TYPES = frozenset({"choices", "place", "places"})
_PLACE_TYPES = frozenset({"place", "places"})


@dataclass(frozen=True)
class CodeField:
    """Codes of a document under a name. `single`: never more than one; `filter`: whether a request may name it;
    `tree`: places, each of them indexed with everything above it.
    """

    name: str
    single: bool = False
    filter: bool = True
    tree: bool = False


@dataclass(frozen=True)
class NumberField:
    """A whole number of a document: seconds since 1970 UTC, minor units of a currency, or words."""

    name: str


@dataclass(frozen=True)
class Schema:
    """The fields of a collection. `version` changes whenever they do."""

    collection: str
    codes: tuple[CodeField, ...]
    numbers: tuple[NumberField, ...]

    @property
    def version(self) -> str:
        """Twelve hexadecimal digits over names and shapes, and over what engines keep beside them."""
        return hashlib.sha256(repr((_KEPT, self.codes, self.numbers)).encode()).hexdigest()[:12]

    def code(self, name: str) -> CodeField | None:
        """The code field of that name."""
        return next((field for field in self.codes if field.name == name), None)

    @cached_property
    def facts(self) -> Mapping[str, CodeField]:
        """The code fields that hold facts of the catalogue, by key."""
        own = {field.name for field in _OWN_CODES}
        return {field.name: field for field in self.codes if field.name not in own}

    @property
    def single(self) -> tuple[CodeField, ...]:
        """Code fields with at most one value a document."""
        return tuple(field for field in self.codes if field.single)


# What engines keep of every document whatever its kind: it says more when that changes.
_KEPT = ("bag", "outline")
_OWN_CODES = (
    CodeField("kind", single=True),
    CodeField("lang", single=True),
    CodeField("organisation", single=True, filter=False),  # asked for as "supplier" or "buyer"
    CodeField("approved", single=True, filter=False),
    CodeField("place"),  # each place the document names, with everything above it
    CodeField("covers", filter=False),  # the places served or wanted, themselves alone
    CodeField("places", single=True, filter=False),  # both of these in one code, to count places by
    *(CodeField(f"currency_{level}", single=True, filter=False) for level in LEVELS),
)
_NUMBERS = (
    NumberField("opens"),
    NumberField("closes"),
    NumberField("updated"),
    NumberField("length"),
    NumberField("fresh_until"),  # none for what does not age
    *(NumberField(f"{edge}_{level}") for level in LEVELS for edge in ("lowest", "highest")),
)


@cache
def schema(collection: str) -> Schema:
    """The schema of a collection: our own fields, then a code field for each catalogue field that is a facet.

    Raises UnknownCollection.
    """
    if collection not in COLLECTIONS:
        raise UnknownCollection(collection)
    own = {field.name for field in _OWN_CODES}
    facets = {}
    for kind in kinds.all_kinds():
        for field in kind.fields(collection.removesuffix("s")):
            if field.facet and field.key not in own and field.type in _CODED_TYPES:
                facets[field.key] = CodeField(
                    field.key, single=field.type not in _LIST_TYPES, tree=field.type in _PLACE_TYPES
                )
    return Schema(collection, (*_OWN_CODES, *(facets[key] for key in sorted(facets))), _NUMBERS)
