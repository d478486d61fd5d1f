"""Credentials that the supplier itself holds: a requirement that asks for one is met by one in force, as it is named.

A licence is not a thing that is offered: what stands in it counts only for requirements that ask for a licence, a
certificate or a registration, and only until its last day. It must be named by its words or number; a concept alone
will do where it is not one that several different certificates share.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from catalogue import places
from catalogue.credentials import is_past
from search.matching.passages import Passage, passage
from search.matching.readings import read
from search.matching.results import MET, UNKNOWN
from search.text import analyse_query, folded
from search.text.analysis import CONCEPT, Group

FILE = Path(__file__).parent / "data" / "credentials.yaml"
_DIGIT = re.compile(r"\d")


@lru_cache(maxsize=1)
def _words() -> dict[str, Any]:
    data = yaml.safe_load(FILE.read_text("utf-8"))
    return {
        "asking": re.compile(data["asking"]),
        "empty": frozenset(map(str, data["empty"])),
        "broad": frozenset(CONCEPT + concept for concept in data["broad"]),
        "separators": re.compile(data["separators"]),
    }


@lru_cache(maxsize=10_000)
def _asked(written: str) -> tuple[Group, ...]:
    """What a requirement says of the credential it asks for; nothing where it asks for none, or for more than one."""
    text, words = folded(written), _words()
    reading = read(written)
    if reading.negated or reading.bounds or not words["asking"].search(text) or words["separators"].search(text):
        return ()
    groups = tuple(group for group in analyse_query(text).groups if not _is_empty(group, words["empty"]))
    # "Must be licensed" does not say for what.
    return () if all(set(group.concepts) & {f"{CONCEPT}licence"} for group in groups) else groups


def _is_empty(group: Group, empty: frozenset[str]) -> bool:
    said = {folded(group.surface), *group.words, " ".join(group.phrase)}
    return bool(said & empty) or not (group.words or group.phrase)


def _names(named: Passage, group: Group) -> bool:
    if f" {' '.join(group.phrase)} " in named.stream:
        return True
    if _DIGIT.search(group.surface):
        return False
    return any(term in named.bag for term in (*group.words, *(set(group.concepts) - _words()["broad"])))


def judged(
    texts: tuple[str, ...], held: tuple[Mapping[str, Any], ...], *, wanted: tuple[str, ...], today: date
) -> tuple[str, dict[str, object]] | None:
    """State and evidence of a requirement (its text in each language) by the supplier's own credentials.

    `held`: as in `search.documents.offer_document`; `wanted`: ids of the places where it is wanted, in which the
    credential must count. None where none is the one asked for; "unknown" where the one that is has run out.
    """
    lapsed = None
    for groups in filter(None, map(_asked, texts)):
        for one in held:
            written = " ".join(filter(None, (one["kind"], one.get("scope"), one.get("number"), one.get("issuer"))))
            named = passage(written)
            if not all(_names(named, group) for group in groups) or not _counts_in(one, wanted):
                continue
            gone = is_past(one.get("expires_on"), today)
            words = " · ".join(filter(None, (one["kind"], one.get("issuer"))))
            why = {"words": words, "field": "credential", "code": "credential", "until": one.get("expires_on") or ""}
            if not gone:
                return MET, why
            lapsed = UNKNOWN, why | {"code": "credential_lapsed"}
    return lapsed


def in_force(
    held: tuple[Mapping[str, Any], ...], *, wanted: tuple[str, ...], today: date
) -> tuple[Mapping[str, Any], ...]:
    """The credentials that count today in the places where something is wanted; arguments as of `judged`."""
    return tuple(one for one in held if not is_past(one.get("expires_on"), today) and _counts_in(one, wanted))


def _counts_in(one: Mapping[str, Any], wanted: tuple[str, ...]) -> bool:
    if not one.get("place") or not wanted:
        return True
    return places.relation([one["place"]], wanted, place_bound=True) != places.EXCLUDED
