"""What is asked of the search, what it answers, and what it refuses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

SORTS = ("relevance", "newest", "price_asc", "price_desc", "closing")
ROLES = ("public", "member", "organiser")
# Who a collection is for: what members of that side may know of it, competitors may not.
COUNTERPARTS = {"offers": "institution", "demands": "supplier"}
LAST_PAGE = 50
LARGEST_PAGE = 100


class SearchUnavailable(RuntimeError):
    """The engine is down, or did not answer within its time."""


class UnknownFilter(ValueError):
    """A filter or facet that this collection does not have; `name` says which."""

    def __init__(self, name: str) -> None:
        super().__init__(f"unknown filter: {name}")
        self.name = name


class UnknownSort(ValueError):
    """A sort that does not exist; `name` says which."""

    def __init__(self, name: str) -> None:
        super().__init__(f"unknown sort: {name}")
        self.name = name


class BadFilterValue(UnknownFilter):
    """A known filter with a value that it cannot take (a price that is no number, without a currency)."""

    def __init__(self, name: str, value: str) -> None:
        super().__init__(name)
        self.value = value


class UnknownCollection(ValueError):
    """Neither "offers" nor "demands"."""


class RebuildUnderway(RuntimeError):
    """An index of this collection is being built already."""


@dataclass(frozen=True)
class Viewer:
    """Who looks. `role`: "public", "member" (of an approved organisation) or "organiser"; `sides`: what a member's
    organisation is, "supplier", "institution" or both.

    Own listings are found before approval. A member without an organisation stands for both sides of each pair that is
    judged: it knows no more than either may know of the other.
    """

    organisation_id: str | None = None
    role: str = "public"
    sides: frozenset[str] = frozenset(COUNTERPARTS.values())

    def __post_init__(self) -> None:
        if self.role not in ROLES:
            raise ValueError(f"unknown role {self.role!r}")

    def level(self, collection: str) -> str:
        """What the viewer may know of prices or budgets in a collection: a member of its counterparts, no competitor,
        knows what is for members."""
        if self.role == "member" and COUNTERPARTS[collection] not in self.sides:
            return "public"
        return self.role


@dataclass(frozen=True, kw_only=True)
class FindRequest:
    """A search. `filters` are values by name, any of which will do; ranges take one decimal ("price_min",
    "price_max") and need "currency".

    `now` (aware) decides what is open. `facets` are names of filters to count values of, each as if not filtered by
    itself.
    """

    collection: str
    now: datetime
    viewer: Viewer
    text: str = ""
    lang: str = "en"
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: str = "relevance"
    page: int = 1
    size: int = 20
    facets: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.now.tzinfo is None:
            raise ValueError("now must be aware")
        if self.sort not in SORTS:
            raise UnknownSort(self.sort)


class Fragment(NamedTuple):
    """A piece of the original text (never HTML) and where in it the words asked for stand.

    (start, end) in characters.
    """

    text: str
    marks: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Hit:
    """A document found. `highlights` by field: "title", "summary", ... in the language asked for where there is one."""

    id: str
    score: float
    highlights: Mapping[str, Fragment]


@dataclass(frozen=True)
class FindResult:
    """The page asked for, and counts of everything found. `relaxed`: words that had to be left out to find anything.

    `suggestions`: other words to try, only where nothing was found. `ranked`: whether the order is by the sort asked
    for. `close`: what does not hold the words but is close in meaning, on the first page, where encoders are installed;
    not counted anywhere.
    """

    hits: tuple[Hit, ...]
    total: int
    facets: Mapping[str, tuple[tuple[str, int], ...]]
    relaxed: tuple[str, ...]
    suggestions: tuple[str, ...]
    page: int
    pages: int
    ranked: bool = True
    close: tuple[Hit, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)
