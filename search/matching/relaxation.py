"""Relaxation: which single requirement or gate, were it less strict, would let which offers meet what is required.

Reads matches as plain data (`Match.as_dict()`), since those that are kept are no longer anything else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from search.matching.results import IDENTITY

# Gates whose condition is one number that can be moved.
_MEASURED = ("gate:date", "gate:budget", "gate:capacity")


@dataclass(frozen=True)
class Added:
    """An offer that would fit: `needed` is the number to which the condition must move for it, where it is one."""

    id: str
    needed: int | None


@dataclass(frozen=True)
class Relaxation:
    """A condition (`code`: "gate:NAME" or "requirement:INDEX") that alone keeps `adds` out, the nearest first.

    `facts`: those of the gate, or why the requirement is refused, for the first offer. `needed`: the number that lets
    in all of `adds`: days, or minor units of `currency`, or the quantity; None where the condition is no number or
    the currencies differ.
    """

    code: str
    adds: tuple[Added, ...]
    facts: Mapping[str, Any]
    needed: int | None = None
    currency: str | None = None


def relaxations(matches: Iterable[Mapping[str, Any]]) -> tuple[Relaxation, ...]:
    """Conditions by how many offers each alone keeps out, the most first; offers that are another thing are none."""
    kept_out: dict[str, list[Mapping[str, Any]]] = {}
    for match in matches:
        stops = tuple(match.get("stopped_by") or ())
        if len(stops) == 1 and stops[0] not in IDENTITY:
            kept_out.setdefault(stops[0], []).append(match)
    found = [_relaxation(code, rows) for code, rows in kept_out.items()]
    return tuple(sorted(found, key=lambda one: (-len(one.adds), one.code)))


def fits(match: Mapping[str, Any]) -> bool:
    """Whether nothing that is required speaks against a match."""
    return match["band"] != "near miss" and not match.get("stopped_by")


def _relaxation(code: str, rows: list[Mapping[str, Any]]) -> Relaxation:
    measured = [(_needed(code, _facts(code, row)), row) for row in rows]
    currencies = {currency for (_number, currency), _row in measured}
    alike = len(currencies) == 1 and all(number is not None for (number, _currency), _row in measured)
    if alike:
        down = code == "gate:capacity"
        measured.sort(key=lambda one: -(one[0][0] or 0) if down else (one[0][0] or 0))
    adds = tuple(Added(str(row["id"]), number if alike else None) for (number, _currency), row in measured)
    return Relaxation(
        code=code,
        adds=adds,
        facts=_facts(code, measured[0][1]),
        needed=adds[-1].needed,
        currency=currencies.pop() if alike else None,
    )


def _facts(code: str, match: Mapping[str, Any]) -> Mapping[str, Any]:
    sort, _colon, name = code.partition(":")
    if sort == "gate":
        return next((gate["facts"] or {} for gate in match["gates"] if gate["name"] == name), {})
    return next((row["why"] or {} for row in match["requirements"] if row["index"] == int(name)), {})


def _needed(code: str, facts: Mapping[str, Any]) -> tuple[int | None, str | None]:
    """The number at which the gate would let this offer in, and the currency of a sum."""
    if code not in _MEASURED:
        return None, None
    if code == "gate:date":
        return facts.get("lead_time_days"), None
    if code == "gate:budget":
        price = facts.get("total") or facts.get("price") or {}
        return price.get("minor"), price.get("currency")
    stated = [int(value) for value in (facts.get("stated") or {}).values()]
    return (min(stated) if stated else None), None
