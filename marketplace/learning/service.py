"""Measure other points on what people said, and put points in force: the second is done by a person alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import sqlalchemy as sa

from marketplace import clock
from marketplace.actor import Actor
from marketplace.audit import service as audit
from marketplace.demands.documents import all_demand_ids, demand_documents
from marketplace.demands.models import Demand
from marketplace.errors import NotAllowed, NotFound
from marketplace.extensions import db
from marketplace.learning import judgements
from marketplace.listings.states import is_open
from marketplace.matches import rulesets
from marketplace.matches import service as matches
from marketplace.matches.rulesets import ProposedRuleset, RulesetAdoption
from marketplace.offers.documents import all_offer_ids, offer_documents
from marketplace.organisations.models import Organisation
from marketplace.outbox import service as outbox
from marketplace.outbox.models import Job
from marketplace.transaction import transaction
from search.bench import tune
from search.matching.ruleset import put_in_force, ruleset

JOB = "measure_ruleset"
BATCH = 500


def require_organiser(actor: Actor) -> None:
    """Raises NotAllowed for everybody else."""
    if not actor.is_organiser:
        raise NotAllowed


def request_measure(*, actor: Actor) -> None:
    """Have other points measured in the background. Raises NotAllowed."""
    require_organiser(actor)
    with transaction():
        outbox.enqueue(JOB, lane="heavy", dedupe_key=JOB)
        audit.record(actor=actor, action="ruleset.measured", subject_kind="ruleset", subject_id=0)


def measure(_job: Job) -> None:
    """Fit other points to the judgements by cross-validation and keep them as a proposal. Nothing else changes.

    With fewer judged demands than folds nothing can be said, and nothing is proposed.
    """
    rulesets.put_in_force()
    gains: dict[str, dict[str, int]] = {}
    for one in judgements.judgements():
        gain = min(one.gain, 1) if one.place == "wrong" else one.gain
        gains.setdefault(str(one.demand_id), {})[str(one.offer_id)] = gain
    offers = _documents(all_offer_ids(), offer_documents)
    demands = _documents([one for one in all_demand_ids() if str(one) in gains], demand_documents)
    now, against = clock.now(), ruleset().version
    db.session.rollback()  # no transaction is open while the fit runs
    judged = tune.judge_documents(offers, demands, gains, now=now)
    if len(judged) < tune.FOLDS:
        return
    figures = tune.measure(judged)
    low, high = figures["interval"]
    with transaction():
        db.session.add(
            ProposedRuleset(
                parts=figures["proposed"],
                against=against,
                demands=figures["demands"],
                before=figures["ndcg_now"],
                after=figures["ndcg_cross_validated"],
                gain=figures["gain"],
                low=low,
                high=high,
            )
        )


def _documents(ids: Iterable[int], make: Callable[..., list[dict[str, Any]]]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    listed = list(ids)
    for start in range(0, len(listed), BATCH):
        batch = listed[start : start + BATCH]
        found += [one for one in make(batch, {}) if not one.get("deleted")]
    return found


def adopt(*, actor: Actor, proposed_id: int | None) -> RulesetAdoption:
    """Put a proposed ruleset in force, or with None the one that comes with the program; all open demands are judged
    anew. What is in force already is not adopted again.

    Raises NotAllowed, NotFound.
    """
    require_organiser(actor)
    with transaction():
        proposed = None
        if proposed_id is not None:
            known = proposed_id.bit_length() < 64  # a longer number is no row's id
            proposed = db.session.get(ProposedRuleset, proposed_id, with_for_update=True) if known else None
            if proposed is None:
                raise NotFound
        newest = db.session.scalar(sa.select(RulesetAdoption).order_by(RulesetAdoption.id.desc()).limit(1))
        if newest is not None and newest.proposed_id == proposed_id:
            return newest
        before = ruleset().version
        parts = proposed.parts if proposed else None
        put_in_force(parts)
        adoption = RulesetAdoption(proposed_id=proposed_id, version=ruleset().version, user_id=actor.require_user())
        db.session.add(adoption)
        audit.record(
            actor=actor,
            action="ruleset.adopted",
            subject_kind="ruleset",
            subject_id=proposed_id or 0,
            changes={"version": (before, adoption.version, "public")},
        )
        open_now = is_open(Demand, Organisation, clock.now())
        for demand_id in db.session.scalars(
            sa.select(Demand.id).join(Organisation, Organisation.id == Demand.organisation_id).where(open_now)
        ):
            matches.request_demand(demand_id)
    return adoption
