"""Gates: conditions a match must not fail. What is not known never fails one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from catalogue import credentials, kinds, places, rules, units
from search.matching import held
from search.matching.demands import DemandProfile
from search.matching.offers import OfferProfile
from search.matching.reach import reach
from search.matching.results import FAILED, PASSED, UNKNOWN, Gate
from search.requests import Viewer
from search.schema import AUDIENCES

_STATES = {rules.MET: PASSED, rules.NOT_MET: FAILED, rules.UNKNOWN: UNKNOWN}
_REACH = {places.INCLUDED: PASSED, places.EXCLUDED: FAILED, places.UNKNOWN: UNKNOWN}
# Units of a quantity wanted in which a capacity is counted, by the field that holds it.
_COUNTED_IN = {
    "vacancies": frozenset({"bed", "person", "room"}),
    "capacity": frozenset({"bed", "person", "seat"}),
    "beds": frozenset({"bed"}),
    "seats": frozenset({"seat", "person"}),
    "meals_per_day": frozenset({"meal", "portion"}),
}
_FREE_NOW = frozenset({"vacancies"})


@lru_cache(maxsize=256)
def _gated(kind: str | None, side: str, gate: str) -> tuple[kinds.Field, ...]:
    """The fields of a kind behind a gate; a need that names no kind asks for none."""
    if kind is None:
        return ()
    return tuple(field for field in kinds.get_kind(kind).fields(side) if field.gate == gate)


def judge_gates(
    demand: DemandProfile, offer: OfferProfile, *, now: datetime, viewer: Viewer, rates: Any
) -> tuple[Gate, ...]:
    """Every gate that the demand sets, in a fixed order; what it does not ask about is left out."""
    found = (
        _place(demand, offer),
        _date(demand, offer, now.date()),
        _budget(demand, offer, viewer, rates),
        _capacity(demand, offer),
        _wanted("credential", demand, offer, _in_force(demand, offer, credentials.day(now))),
        _wanted("ability", demand, offer, offer.facts),
    )
    return tuple(gate for gate in found if gate is not None)


def may_see_price(document: Mapping[str, Any], viewer: Viewer, counterpart: str | None = None) -> bool:
    """Whether the viewer may know the price or budget of a listing; to others it is as if there were none.

    `counterpart`: the other organisation of the pair, for which a viewer without an organisation stands.
    """
    audience, level = document.get("price_audience", "public"), viewer.level(document["collection"])
    if level in AUDIENCES[audience]:
        return True
    reader = counterpart if viewer.organisation_id is None else viewer.organisation_id
    return audience == "invited" and level == "member" and str(reader) in document.get("price_told", ())


def hidden_facts(offer: OfferProfile, viewer: Viewer, counterpart: str | None) -> frozenset[str]:
    """The facts of an offer that are as if they were not there, since the viewer may not know its price."""
    return frozenset() if may_see_price(offer.document, viewer, counterpart) else _amounts(offer.kind)


@lru_cache(maxsize=32)
def _amounts(kind: str) -> frozenset[str]:
    return frozenset(field.key for field in kinds.get_kind(kind).fields("offer") if field.type == "money")


def _place(demand: DemandProfile, offer: OfferProfile) -> Gate | None:
    if not demand.places:
        return None
    found, facts = reach(offer, demand.places)
    return Gate("place", _REACH[found], facts)


def _date(demand: DemandProfile, offer: OfferProfile, today: date) -> Gate | None:
    dates = demand.document.get("dates") or {}
    days = dates.get("deadline_days")
    needed_by = dates.get("needed_by")
    if days is None and needed_by and date.fromisoformat(needed_by) >= today:
        days = (date.fromisoformat(needed_by) - today).days
    if days is None:
        return None
    lead = offer.facts.get("lead_time_days")
    return Gate("date", _STATES[rules.judge("at_most", lead, days)], {"lead_time_days": lead, "days": days})


def _budget(demand: DemandProfile, offer: OfferProfile, viewer: Viewer, rates: Any) -> Gate | None:
    budget = demand.document.get("budget")
    if not budget or not may_see_price(demand.document, viewer, offer.organisation_id):
        return None
    price = offer.facts.get("price") if may_see_price(offer.document, viewer, demand.organisation_id) else None
    facts = {"price": price, "price_unit": offer.facts.get("price_unit"), "budget": budget}
    if not price:
        return Gate("budget", UNKNOWN, facts)
    each = rules.judge("within_budget", price, budget, rates=rates)
    if budget.get("basis") == "each":
        # Two prices by the piece compare only if it is the same piece.
        comparable = offer.facts.get("price_unit") in (None, *(unit for _q, unit in _quantities(demand) if unit))
        return Gate("budget", _STATES[each] if comparable or each == rules.MET else UNKNOWN, facts)
    if each == rules.NOT_MET:
        return Gate("budget", FAILED, facts)  # not even one can be had for the whole budget
    total = _total(demand, offer, price)
    if total is None:
        return Gate("budget", UNKNOWN, facts)
    whole = rules.judge("within_budget", total, budget, rates=rates)
    return Gate("budget", _STATES[whole], facts | {"total": total})


def _total(demand: DemandProfile, offer: OfferProfile, price: Mapping[str, Any]) -> dict[str, Any] | None:
    """What the quantity wanted costs, where price and quantity are of the same unit."""
    same = [q for q, unit in _quantities(demand) if unit is not None and unit == offer.facts.get("price_unit")]
    if len(same) != 1:
        return None
    return {"minor": int(price["minor"] * same[0]), "currency": price["currency"]}


def _quantities(demand: DemandProfile) -> list[tuple[Decimal, str | None]]:
    found = []
    for line in demand.document.get("lines") or ():
        try:
            quantity = Decimal(str(line.get("quantity")))
        except InvalidOperation:
            continue
        unit = line.get("unit") or ""
        found.append((quantity, units.resolve(unit)))
    return found


def _capacity(demand: DemandProfile, offer: OfferProfile) -> Gate | None:
    if demand.kind != offer.kind:
        return None
    gated = [field.key for field in _gated(offer.kind, "offer", "capacity")]
    wanted = [(q, unit) for q, unit in _quantities(demand) if any(unit in _COUNTED_IN.get(key, ()) for key in gated)]
    if len(wanted) != 1:
        return None
    quantity, unit = wanted[0]
    stated = {key: offer.facts[key] for key in gated if unit in _COUNTED_IN.get(key, ()) and key in offer.facts}
    facts = {"wanted": str(quantity), "unit": unit, "stated": stated}
    if any(Decimal(value) < quantity for value in stated.values()):
        return Gate("capacity", FAILED, facts)
    enough = any(key in _FREE_NOW or "vacancies" not in gated for key in stated)
    return Gate("capacity", PASSED if enough else UNKNOWN, facts)


def _in_force(demand: DemandProfile, offer: OfferProfile, today: date) -> dict[str, Any]:
    """The offer's facts that count today; among its certificates those that the supplier itself holds, too."""
    facts = credentials.in_force(offer.facts, today)
    own = [one["kind"] for one in held.in_force(offer.credentials, wanted=demand.places, today=today)]
    if own:
        stated = facts.get("certificates") or {}
        facts["certificates"] = {
            lang: [*stated.get(lang, ()), *own] for lang in stated or [offer.document.get("lang") or "zh-Hans"]
        }
    return facts


def _wanted(name: str, demand: DemandProfile, offer: OfferProfile, stated: Mapping[str, Any]) -> Gate | None:
    """A gate over the fields of the demand's kind that carry its name, as the demand wants them and `stated` has
    them."""
    wanted = demand.document.get("facts") or {}
    states = {}
    for field in _gated(demand.kind, "demand", name):
        if field.compare and wanted.get(field.key) not in (None, "", [], {}):
            states[field.key] = rules.judge(field.compare, stated.get(field.key), wanted[field.key])
    if not states:
        return None
    worst = next((s for s in (rules.NOT_MET, rules.UNKNOWN) if s in states.values()), rules.MET)
    facts = {
        "fields": {
            key: {"wanted": wanted[key], "offered": stated.get(key), "state": s} for key, s in states.items()
        }
    }
    return Gate(name, _STATES[worst], facts)
