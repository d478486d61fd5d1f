"""Together: where no single supplier meets all that is required, the fewest that do so between them.

Exact for what a demand asks in practice: a small set cover, searched from the rarest thing asked. Reads matches as
plain data (`Match.as_dict()`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from search.matching.results import FAILED, IDENTITY, MET

# Search steps before the greedy answer is taken for good; far more than demands of thirty requirements need.
_MOST_STEPS = 50_000


@dataclass(frozen=True)
class Partner:
    """A supplier of the set. `covers`: codes ("line:0", "requirement:2") of what its `offers` meet."""

    supplier: str
    offers: tuple[str, ...]
    covers: tuple[str, ...]


@dataclass(frozen=True)
class Together:
    """The fewest `partners` that meet all that anybody meets, the best first; empty where nobody meets anything.

    `asked`: codes of all lines and must-haves; `nobody`: those that no offer shows to meet.
    """

    partners: tuple[Partner, ...]
    asked: tuple[str, ...]
    nobody: tuple[str, ...]

    @property
    def needs_several(self) -> bool:
        """Whether no single supplier meets all that can be met."""
        return len(self.partners) > 1


@dataclass(frozen=True)
class _Supplier:
    id: str
    mask: int
    score: float


def together(matches: Iterable[Mapping[str, Any]], lines: int) -> Together:
    """The smallest set of suppliers for a demand of so many `lines` and the must-haves that the matches carry.

    An offer counts where no gate excludes it and it is the thing, or one of the lines, that is asked for. Among sets of
    one size the one of the higher scores wins, then the smaller ids, so that the answer is always the same.
    """
    rows = list(matches)
    musts = {row["index"] for match in rows for row in match["requirements"] if row["need"] == "must"}
    asked = (*(f"line:{at}" for at in range(lines)), *(f"requirement:{at}" for at in sorted(musts)))
    bit = {code: 1 << at for at, code in enumerate(asked)}
    offers: dict[str, list[tuple[int, float, str]]] = {}
    for match in rows:
        mask = sum(bit[code] for code in covers(match) if code in bit)
        if mask:
            owner = str(match.get("organisation_id") or f"offer {match['id']}")
            offers.setdefault(owner, []).append((mask, float(match["score"]), str(match["id"])))
    suppliers = [
        _Supplier(owner, _union(own), max(score for _mask, score, _id in own)) for owner, own in offers.items()
    ]
    everything = 0
    for one in suppliers:
        everything |= one.mask
    chosen = sorted(_fewest(suppliers, everything), key=lambda one: (-one.score, one.id))
    return Together(
        partners=tuple(_partner(one, offers[one.id], bit) for one in chosen),
        asked=asked,
        nobody=tuple(code for code in asked if not bit[code] & everything),
    )


def covers(match: Mapping[str, Any]) -> tuple[str, ...]:
    """What of a demand's lines and must-haves an offer meets; nothing where it cannot be had or is another thing."""
    lines = tuple(match.get("lines") or ())
    if any(gate["state"] == FAILED for gate in match["gates"]):
        return ()
    if not lines and not IDENTITY.isdisjoint(match.get("stopped_by") or ()):
        return ()
    met = [row["index"] for row in match["requirements"] if row["need"] == "must" and row["state"] == MET]
    return (*(f"line:{at}" for at in lines), *(f"requirement:{at}" for at in met))


def _union(own: Iterable[tuple[int, float, str]]) -> int:
    found = 0
    for mask, _score, _id in own:
        found |= mask
    return found


def _partner(one: _Supplier, own: Sequence[tuple[int, float, str]], bit: Mapping[str, int]) -> Partner:
    """A supplier with the offers that it needs for what it covers, the best first."""
    left, needed = one.mask, []
    for mask, _score, id in sorted(own, key=lambda offer: (-(offer[0]).bit_count(), -offer[1], offer[2])):
        if mask & left:
            needed.append(id)
            left &= ~mask
    return Partner(one.id, tuple(needed), tuple(code for code, value in bit.items() if value & one.mask))


def _fewest(suppliers: Sequence[_Supplier], everything: int) -> tuple[_Supplier, ...]:
    """The best of the smallest sets that cover `everything`."""
    if not everything:
        return ()
    order = sorted(_undominated(suppliers), key=lambda one: (-one.score, one.id))
    best = _greedy(order, everything)
    steps = 0

    def value(chosen: Sequence[_Supplier]) -> tuple[int, float, tuple[str, ...]]:
        return len(chosen), -round(sum(one.score for one in chosen), 6), tuple(sorted(one.id for one in chosen))

    def search(chosen: tuple[_Supplier, ...], left: int) -> None:
        nonlocal best, steps
        steps += 1
        if not left:
            best = min(best, chosen, key=value)
            return
        widest = max((one.mask & left).bit_count() for one in order)
        if steps > _MOST_STEPS or len(chosen) + -(-left.bit_count() // widest) > len(best):
            return
        for one in _of_the_rarest(order, left):
            search((*chosen, one), left & ~one.mask)

    search((), everything)
    return best


def _undominated(suppliers: Sequence[_Supplier]) -> list[_Supplier]:
    """Without those for whom another covers as much and more, or the same at a higher score."""

    def better(one: _Supplier, other: _Supplier) -> bool:
        if one.mask | other.mask != one.mask:
            return False
        return (one.score, other.id) > (other.score, one.id)

    return [one for one in suppliers if not any(better(other, one) for other in suppliers if other is not one)]


def _greedy(order: Sequence[_Supplier], everything: int) -> tuple[_Supplier, ...]:
    chosen: list[_Supplier] = []
    left = everything
    while left:
        one = max(order, key=lambda one: (one.mask & left).bit_count())
        chosen.append(one)
        left &= ~one.mask
    return tuple(chosen)


def _of_the_rarest(order: Sequence[_Supplier], left: int) -> list[_Supplier]:
    """The suppliers of whatever the fewest offer among what is left."""
    bits = [1 << at for at in range(left.bit_length()) if left >> at & 1]
    return min(([one for one in order if one.mask & bit] for bit in bits), key=len)
