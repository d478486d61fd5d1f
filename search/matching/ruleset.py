"""The ruleset in force: weights and lists from one reviewed file, and the version that stands with every match."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).parent / "data" / "ruleset.yaml"
_PARTS = (
    "thing", "wording", "requirements", "closest", "context", "kind", "place", "budget", "lead_time", "evidence",
)  # fmt: skip


@dataclass(frozen=True)
class Coverage:
    """How fully one word or concept is answered, 0 to 1, by where the offer has it."""

    title: float
    body: float
    body_again: float
    broader: float
    other_language: float


@dataclass(frozen=True)
class Wording:
    """Parameters of the BM25F over words; `demand_title` and `requirements` are shares that add up to 1."""

    title_weight: float
    k1: float
    b: float
    demand_title: float
    requirements: float


@dataclass(frozen=True)
class Ruleset:
    """Weights of matching. `points` by part add up to 100; `version` changes with every number.

    `meaning`: points of the part that needs encoders; where they are, the others share what it leaves.
    """

    version: str
    points: Mapping[str, float]
    meaning: float
    unknown: Mapping[str, float]
    related_kinds: Mapping[frozenset[str], float]
    coverage: Coverage
    wording: Wording
    ignored_concepts: frozenset[str]
    ignored_words: frozenset[str]
    generic_heads: frozenset[str]

    def kind_share(self, wanted: str, offered: str) -> float:
        """The share of the part `kind` that an offer of one kind earns for a demand of another, 0 to 1."""
        return 1.0 if wanted == offered else self.related_kinds.get(frozenset((wanted, offered)), 0.0)


def read(data: Mapping[str, Any]) -> Ruleset:
    """A ruleset from the structure of `data/ruleset.yaml`. Raises ValueError for parts that do not add up to 100."""
    points = {name: float(data["parts"][name]) for name in _PARTS}
    if set(data["parts"]) != set(_PARTS) or abs(sum(points.values()) - 100) > 1e-9:
        raise ValueError(f"the parts of a ruleset are {', '.join(_PARTS)} and add up to 100")
    digest = hashlib.sha256(repr(sorted(data.items(), key=lambda item: item[0])).encode()).hexdigest()[:8]
    return Ruleset(
        version=f"{data['name']}-{digest}",
        points=points,
        meaning=float(data["meaning"]),
        unknown={name: float(share) for name, share in data["unknown"].items()},
        related_kinds={frozenset((a, b)): float(share) for a, b, share in data["related_kinds"]},
        coverage=Coverage(**data["coverage"]),
        wording=Wording(**data["wording"]),
        ignored_concepts=frozenset(data["ignored_concepts"]),
        ignored_words=frozenset(data["ignored_words"]),
        generic_heads=frozenset(data["generic_heads"]),
    )


@lru_cache(maxsize=1)
def _file() -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load(FILE.read_text("utf-8"))
    return data


@lru_cache(maxsize=8)
def _with_parts(parts: tuple[tuple[str, float], ...]) -> Ruleset:
    return read({**_file(), "parts": dict(parts)} if parts else _file())


_adopted: tuple[tuple[str, float], ...] = ()


def put_in_force(parts: Mapping[str, float] | None) -> None:
    """Judge with these points of the parts from now on, in this process; None: with those of the file.

    Raises ValueError for parts that are not those of a ruleset or do not add up to 100.
    """
    global _adopted
    adopted = tuple(sorted((parts or {}).items()))
    _with_parts(adopted)
    _adopted = adopted


def ruleset() -> Ruleset:
    """The ruleset in force: that of the file until another is put in its place."""
    return _with_parts(_adopted)
