"""Judge demands against offers and offers against demands, keep the matches, and take answers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime, time
from typing import Any

import sqlalchemy as sa

from catalogue import credentials
from marketplace import clock, hooks
from marketplace.actor import Actor
from marketplace.audit import service as audit
from marketplace.demands.documents import demand_document
from marketplace.demands.models import Demand
from marketplace.errors import ErrorCode, Invalid, NotFound
from marketplace.extensions import db, upserting
from marketplace.indexing import service as indexing
from marketplace.listings import price_invitations
from marketplace.listings.states import PUBLIC, state_of
from marketplace.matches import policy, rulesets, telling
from marketplace.matches.models import ANSWERS, REASONS, Answer, Match
from marketplace.offers.documents import offer_document
from marketplace.offers.models import Offer
from marketplace.outbox import service as outbox
from marketplace.outbox.models import Job
from marketplace.rates.service import rate_table
from marketplace.transaction import transaction
from search import Viewer

JOB_DEMAND = "match_demand"
JOB_OFFER = "match_offer"
KEPT = 100
# What is kept is read by members of both sides: what only its owner may know must not be in it.
KEPT_FOR = Viewer(organisation_id=None, role="member")


def request_demand(demand_id: int) -> None:
    """Have a demand judged against all offers, after the open transaction."""
    outbox.enqueue(JOB_DEMAND, subject=str(demand_id), dedupe_key=f"{JOB_DEMAND}:{demand_id}")


def request_offer(offer_id: int) -> None:
    """Have an offer judged against all open demands, after the open transaction."""
    outbox.enqueue(JOB_OFFER, subject=str(offer_id), dedupe_key=f"{JOB_OFFER}:{offer_id}")


def handle_demand(job: Job) -> None:
    """Judge the demand that a job names, as it stands now, and tell suppliers whom it newly concerns."""
    rulesets.put_in_force()
    demand_id = int(job.subject)
    document = demand_document(demand_id)
    found = [] if document.get("deleted") or _waits(JOB_DEMAND, document) else _matches_of_demand(document)
    _keep(demand_id=demand_id, pairs=[(demand_id, int(match.id), match) for match in found])


def handle_offer(job: Job) -> None:
    """Judge the offer that a job names against the open demands, and tell the institutions it newly serves."""
    rulesets.put_in_force()
    offer_id = int(job.subject)
    document = offer_document(offer_id)
    found = (
        []
        if document.get("deleted") or _waits(JOB_OFFER, document)
        else indexing.search()
        .match_offer(document, now=clock.now(), viewer=KEPT_FOR, limit=KEPT, rates=rate_table(clock.now().date()))
        .matches
    )
    _keep(offer_id=offer_id, pairs=[(int(match.id), offer_id, match) for match in found])
    if not document.get("deleted"):
        _judge_when_it_lapses(offer_id, document)


def _judge_when_it_lapses(offer_id: int, document: dict[str, Any]) -> None:
    """Have the offer judged anew on the day on which the next of its certificates, or of its supplier's, counts no
    more."""
    held = [one["expires_on"] for one in document.get("credentials", ())]
    day = credentials.next_lapse(document["facts"], credentials.day(clock.now()), held=held)
    if day is None:
        return
    with transaction():
        outbox.enqueue(
            JOB_OFFER,
            subject=str(offer_id),
            run_at=datetime.combine(day, time.min, credentials.REGION),
            dedupe_key=f"{JOB_OFFER}:{offer_id}:lapses:{day.isoformat()}",
        )


def _waits(job: str, document: dict[str, Any]) -> bool:
    """Whether a listing opens later: until then nobody hears of it, and then it is judged."""
    opens_at = datetime.fromisoformat(document["opens_at"]) if document["opens_at"] else None
    if opens_at is None or opens_at <= clock.now():
        return False
    with transaction():
        # A key of its own: published anew to open at once, it must not wait for this job.
        key = f"{job}:{document['id']}:{opens_at.isoformat()}"
        outbox.enqueue(job, subject=str(document["id"]), run_at=opens_at, dedupe_key=key)
    return True


def _matches_of_demand(document: dict[str, Any]) -> Iterable[Any]:
    return (
        indexing.search()
        .match_demand(document, now=clock.now(), viewer=KEPT_FOR, limit=KEPT, rates=rate_table(clock.now().date()))
        .matches
    )


def order_key(match: Any, demand_id: int) -> str:
    """A key whose order is the matcher's: near misses last, the higher score first, ties by a hash of the day."""
    day = clock.now().date().isoformat()
    tie = hashlib.sha256(f"{day}:{demand_id}:{match.id}".encode()).hexdigest()[:12]
    return f"{int(match.band == 'near miss')}{1000 - match.score:010.4f}{tie}"


def _keep(*, pairs: list[tuple[int, int, Any]], demand_id: int | None = None, offer_id: int | None = None) -> None:
    """Replace the kept matches of one demand or one offer, and tell of pairs that are new and not near misses.

    An offer's own list is shorter than all the demands it stands under: a demand that kept it and no longer
    appears there is judged again itself, rather than losing the offer.
    """
    one_side = Match.demand_id == demand_id if demand_id is not None else Match.offer_id == offer_id
    now = clock.now()
    with transaction():
        before = {(m.demand_id, m.offer_id): m.band for m in db.session.scalars(sa.select(Match).where(one_side))}
        kept = {(d, o) for d, o, _match in pairs}
        gone = [key for key in before if key not in kept]
        for gone_demand, gone_offer in gone:
            if demand_id is None and pairs:
                request_demand(gone_demand)
            else:
                db.session.execute(sa.delete(Match).where(Match.demand_id == gone_demand, Match.offer_id == gone_offer))
        for pair_demand, pair_offer, match in pairs:
            row = {
                "demand_id": pair_demand,
                "offer_id": pair_offer,
                "band": match.band,
                "score": float(match.score),
                "order_key": order_key(match, pair_demand),
                "explanation": match.as_dict(),
                "ruleset": match.ruleset,
                "computed_at": now,
            }
            _upsert(Match, row, ("demand_id", "offer_id"))
        news = [
            (d, o, match)
            for d, o, match in pairs
            if match.band != "near miss" and before.get((d, o)) in (None, "near miss")
        ]
        hooks.call("matches_kept", pairs=pairs, demand_id=demand_id, offer_id=offer_id)
        telling.tell_of_matches(news)


def _upsert(model: Any, row: dict[str, Any], key: tuple[str, ...]) -> None:
    changes = {name: value for name, value in row.items() if name not in key}
    db.session.execute(upserting(model).values(**row).on_conflict_do_update(index_elements=list(key), set_=changes))


def answer(
    *, actor: Actor, demand_id: int, offer_id: int, answer: str, reason: str | None = None, message: str | None = None
) -> Answer:
    """Say for one's side that one is interested, or is not and why. The other side is told once per change.

    Raises:
        NotFound: no such pair, or the actor stands on neither side of it.
        NotAllowed: the actor may only view, or the organisation is not approved.
        Invalid: an unknown answer, a decline without a reason, a message over 2,000 characters.
    """
    actor.require_user()
    _check_answer(answer, reason, message)
    with transaction():
        demand, offer = _pair(demand_id, offer_id)
        side = policy.require_answer(actor, demand, offer)
        _require_told(demand, offer, side)
        before = db.session.scalar(
            sa.select(Answer)
            .where(Answer.demand_id == demand_id, Answer.offer_id == offer_id, Answer.side == side)
            .with_for_update()
        )
        was = before.answer if before else None
        row = before or Answer(demand_id=demand_id, offer_id=offer_id, side=side)
        row.answer, row.message = answer, message or None
        row.reason = reason if answer == "declined" else None
        row.answered_at, row.user_id = clock.now(), actor.require_user()
        db.session.add(row)
        db.session.flush()  # both sides are read below
        audit.record(
            actor=actor,
            action=f"match.{answer}",
            subject_kind="demand",
            subject_id=demand_id,
            changes={
                "answer": (was, answer, "commercial"),
                "offer": (None, offer_id, "public"),
                "message": (None, message or None, "personal"),
            },
        )
        _tell_price(demand, offer, side)
        if was != answer:
            telling.tell_of_answer(demand, offer, side, row, opened=contacts_open(demand_id, offer_id))
    return row


def _tell_price(demand: Demand, offer: Offer, side: str) -> None:
    """Let the other side know a price or budget told on invitation while one is interested in any pair with it."""
    kind, listing = ("offer", offer) if side == "supplier" else ("demand", demand)
    other = demand.organisation_id if side == "supplier" else offer.organisation_id
    of_listing = Answer.offer_id == offer.id if side == "supplier" else Answer.demand_id == demand.id
    of_other = Demand.organisation_id == other if side == "supplier" else Offer.organisation_id == other
    interested = db.session.scalar(
        sa.select(Answer.id)
        .join(Answer.demand)
        .join(Answer.offer)
        .where(of_listing, of_other, Answer.side == side, Answer.answer == "interested")
        .limit(1)
    )
    change = price_invitations.tell if interested is not None else price_invitations.untell
    changed = change(kind=kind, listing_id=listing.id, organisation_id=other)
    if changed and listing.live_content.get("price_audience") == "invited":
        indexing.touch(kind, listing.id)
        (request_offer if kind == "offer" else request_demand)(listing.id)


def _check_answer(answer: str, reason: str | None, message: str | None) -> None:
    errors = {}
    if answer not in ANSWERS:
        errors["answer"] = ErrorCode("unknown_choice")
    if answer == "declined" and reason not in REASONS:
        errors["reason"] = ErrorCode("required" if not reason else "unknown_choice")
    if message and len(message) > 2000:
        errors["message"] = ErrorCode("too_long", {"maximum": 2000, "length": len(message)})
    if errors:
        raise Invalid(errors)


def _pair(demand_id: int, offer_id: int) -> tuple[Demand, Offer]:
    """Both rows, locked in one order everywhere; only a published demand and a published offer are a pair."""
    demand = db.session.get(Demand, demand_id, with_for_update=True)
    offer = db.session.get(Offer, offer_id, with_for_update=True)
    if demand is None or offer is None or demand.live_version_id is None or offer.live_version_id is None:
        raise NotFound
    return demand, offer


def _require_told(demand: Demand, offer: Offer, side: str) -> None:
    """Who answers a pair may read it from then on: it must be public, or one they have to do with already.

    Raises:
        NotFound: the other side's listing is not public, and nobody answered this pair before.
    """
    theirs = offer if side == "institution" else demand
    if state_of(theirs, theirs.organisation, clock.now()) in PUBLIC:
        return
    answered = sa.select(Answer.id).where(Answer.demand_id == demand.id, Answer.offer_id == offer.id)
    if db.session.scalar(answered.limit(1)) is None:
        raise NotFound


def contacts_open(demand_id: int, offer_id: int) -> bool:
    """Whether both sides of a pair say that they are interested."""
    interested = db.session.scalar(
        sa.select(sa.func.count())
        .select_from(Answer)
        .where(Answer.demand_id == demand_id, Answer.offer_id == offer_id, Answer.answer == "interested")
    )
    return interested == 2


def organisations_opened(organisation_id: int) -> set[int]:
    """The organisations with which this one has opened contacts: both sides of some pair said that they are interested.
    """
    mine, theirs = sa.orm.aliased(Answer), sa.orm.aliased(Answer)
    rows = db.session.execute(
        sa.select(Demand.organisation_id, Offer.organisation_id)
        .join(mine, mine.demand_id == Demand.id)
        .join(Offer, Offer.id == mine.offer_id)
        .join(theirs, sa.and_(theirs.demand_id == mine.demand_id, theirs.offer_id == mine.offer_id))
        .where(
            mine.side == "institution",
            mine.answer == "interested",
            theirs.side == "supplier",
            theirs.answer == "interested",
            sa.or_(Demand.organisation_id == organisation_id, Offer.organisation_id == organisation_id),
        )
    )
    return {other for pair in rows for other in pair if other != organisation_id}


def is_waiting(demand_id: int) -> bool:
    """Whether a demand still waits to be judged."""
    return outbox.is_waiting(JOB_DEMAND, subject=str(demand_id))
