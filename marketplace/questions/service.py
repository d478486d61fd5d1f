"""Keep what matches leave unknown, ask about it, and take the answer into the offer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import IO, Any

import sqlalchemy as sa

from catalogue.languages import LANGUAGES
from marketplace import clock
from marketplace.actor import Actor
from marketplace.audit import service as audit
from marketplace.demands.models import Demand, DemandVersion
from marketplace.errors import ErrorCode, Invalid, NotFound
from marketplace.extensions import db, upserting
from marketplace.files import service as files
from marketplace.listings import content as contents
from marketplace.listings import service as listings
from marketplace.notifications import service as notifications
from marketplace.offers.desk import DESK
from marketplace.offers.models import Offer
from marketplace.questions import policy
from marketplace.questions.models import Question, UnknownRequirement
from marketplace.transaction import transaction
from search.matching import asking

LONGEST_WORDS = 300
STATES = (asking.YES, asking.NO, asking.NUMBER)


def note_unknown(
    *, pairs: Iterable[tuple[int, int, Any]], demand_id: int | None = None, offer_id: int | None = None
) -> None:
    """Keep which requirements the matches of one demand or one offer leave unknown, in the open transaction.

    `pairs`: (demand id, offer id, Match). Near misses are left out: an answer would not bring them in.
    """
    one_side = (
        UnknownRequirement.demand_id == demand_id if demand_id is not None else UnknownRequirement.offer_id == offer_id
    )
    db.session.execute(sa.delete(UnknownRequirement).where(one_side))
    wanted = [pair for pair in pairs if pair[2].band != "near miss"]
    texts = _requirement_texts({demand for demand, _offer, _match in wanted})
    rows = []
    for demand, offer, match in wanted:
        for requirement in match.requirements:
            text = texts.get((demand, requirement.index))
            if requirement.state != "unknown" or not text:
                continue
            question = asking.question_of(next(iter(text.values())))
            rows.append(
                {
                    "demand_id": demand,
                    "offer_id": offer,
                    "position": requirement.index,
                    "topic": question.topic,
                    "unit": question.unit,
                    "need": requirement.need,
                    "text": text,
                }
            )
    if rows:
        db.session.execute(upserting(UnknownRequirement).on_conflict_do_nothing(), rows)


def _requirement_texts(demand_ids: set[int]) -> dict[tuple[int, int], dict[str, str]]:
    """The words of every requirement of these demands, the original's language first."""
    found = db.session.execute(
        sa.select(Demand.id, DemandVersion.content)
        .join(DemandVersion, DemandVersion.id == Demand.live_version_id)
        .where(Demand.id.in_(sorted(demand_ids)))
    )
    return {
        (demand_id, place): dict(sorted(row["text"].items(), key=lambda one: one[0] != content["lang"]))
        for demand_id, content in found
        for place, row in enumerate(content.get("requirements") or ())
    }


def ask(*, actor: Actor, demand_id: int, offer_id: int, topics: Iterable[str]) -> int:
    """Ask the supplier about topics that the match leaves unknown; returns how many are newly asked.

    The supplier is told once a day for each offer. Raises NotFound, NotAllowed, Invalid("topics": required).
    """
    with transaction():
        demand, offer = db.session.get(Demand, demand_id), db.session.get(Offer, offer_id)
        policy.require_ask(actor, demand, offer, clock.now())
        assert offer is not None
        unknown = {
            row.topic: row
            for row in db.session.scalars(
                sa.select(UnknownRequirement).where(
                    UnknownRequirement.demand_id == demand_id, UnknownRequirement.offer_id == offer_id
                )
            )
        }
        wanted = [topic for topic in dict.fromkeys(topics) if topic in unknown]
        if not wanted:
            raise Invalid({"topics": ErrorCode("required")})
        asked = set(
            db.session.scalars(
                sa.select(Question.topic).where(Question.demand_id == demand_id, Question.offer_id == offer_id)
            )
        )
        new = [topic for topic in wanted if topic not in asked]
        for topic in new:
            values = {
                "demand_id": demand_id,
                "offer_id": offer_id,
                "topic": topic,
                "text": unknown[topic].text,
                "user_id": actor.require_user(),
                "asked_at": clock.now(),
            }
            db.session.execute(upserting(Question).values(**values).on_conflict_do_nothing())
        if new:
            audit.record(
                actor=actor,
                action="question.asked",
                subject_kind="offer",
                subject_id=offer_id,
                changes={"topics": (None, new, "public")},
            )
            day = clock.now().astimezone(contents.REGION).date().isoformat()
            notifications.notify(
                organisation_id=offer.organisation_id,
                kind="question_asked",
                params={"offer_id": offer_id, "offer_title": contents.title(offer.live_content)},
                dedupe_key=f"question_asked:{offer_id}:{day}",
            )
    return len(new)


def answer(
    *,
    actor: Actor,
    offer_id: int,
    topic: str,
    state: str,
    words: str,
    lang: str,
    evidence: tuple[IO[bytes], str] | None = None,
) -> Offer:
    """Answer a topic for everybody who asks it. The answer becomes part of the offer, all its matches are judged
    anew, and who asked is told.

    `state`: "yes", "no" or "number"; `words`: the answer as it is quoted, in `lang`; of a number it must name one of
    the asked unit. `evidence`: stream and name of a document (PDF) that shows it, added to the offer's documents.

    Raises:
        NotFound, NotAllowed: see `policy.require_answer`; NotFound too for a topic that nobody asks and that was
            never answered.
        Invalid: by field: state, words, evidence.
    """
    with transaction():
        offer = listings.locked(DESK, offer_id)
        policy.require_answer(actor, offer)
        asked, unit = _asked(offer, topic)
        given = _cleaned(topic, unit, state, words, lang, asked)
        file_id = _kept_evidence(actor, evidence)

        def change(content: contents.Content) -> contents.Content:
            others = [one for one in content.get("answers") or () if one["topic"] != topic]
            amended = {**content, "answers": [*others, given | ({"file": file_id} if file_id else {})]}
            if file_id:
                name = given["question"].get(lang) or given["words"].get(lang) or next(iter(given["question"].values()))
                shown = {"file": file_id, "title": {lang: name[: contents.ALT_LENGTH]}}
                amended["documents"] = [*content.get("documents", []), shown]
            return amended

        offer = listings.amend(DESK, actor=actor, listing_id=offer_id, change=change)
        # It leaves the list now; the matches that are judged anew put back what the answer leaves open.
        db.session.execute(
            sa.delete(UnknownRequirement).where(
                UnknownRequirement.offer_id == offer_id, UnknownRequirement.topic == topic
            )
        )
        _tell_askers(offer, topic, given)
    return offer


def retract(*, actor: Actor, offer_id: int, topic: str) -> None:
    """Take an answer back: the topic is unknown again. Raises NotFound, NotAllowed."""
    with transaction():
        policy.require_answer(actor, listings.locked(DESK, offer_id))
        listings.amend(
            DESK,
            actor=actor,
            listing_id=offer_id,
            change=lambda content: {
                **content,
                "answers": [one for one in content.get("answers") or () if one["topic"] != topic],
            },
        )


def _asked(offer: Any, topic: str) -> tuple[dict[str, str], str]:
    """The words of a topic and its unit. Raises NotFound for one that nobody asks and that was never answered."""
    row = db.session.scalars(
        sa.select(UnknownRequirement)
        .where(UnknownRequirement.offer_id == offer.id, UnknownRequirement.topic == topic)
        .order_by(UnknownRequirement.demand_id, UnknownRequirement.position)
        .limit(1)
    ).first()
    if row is not None:
        return dict(row.text), row.unit
    for one in offer.live_content.get("answers") or ():
        if one["topic"] == topic:
            return dict(one["question"]), one.get("unit", "")
    raise NotFound


def _cleaned(
    topic: str, unit: str, state: str, words: str, lang: str, question: Mapping[str, str]
) -> dict[str, Any]:
    errors: dict[str, ErrorCode] = {}
    words = " ".join(words.split())
    given: dict[str, Any] = {"topic": topic, "question": dict(question), "unit": unit}
    if state not in (STATES if unit else (asking.YES, asking.NO)):
        errors["state"] = ErrorCode("unknown_choice" if state else "required")
    if lang not in LANGUAGES:
        lang = LANGUAGES[0]
    if len(words) > LONGEST_WORDS:
        errors["words"] = ErrorCode("too_long", {"maximum": LONGEST_WORDS, "length": len(words)})
    elif not words and state != asking.NO:
        errors["words"] = ErrorCode("required")
    elif state == asking.NUMBER:
        value = asking.measured(words, unit)
        if value is None:
            example = next(iter(question.values()), "")
            errors["words"] = ErrorCode("no_such_number", {"example": example})
        else:
            given["value"] = str(value)
    if errors:
        raise Invalid(errors)
    on = clock.now().astimezone(contents.REGION).date().isoformat()
    return given | {"state": state, "words": {lang: words} if words else {}, "on": on}


def _kept_evidence(actor: Actor, evidence: tuple[IO[bytes], str] | None) -> int | None:
    if evidence is None:
        return None
    try:
        return files.store(actor=actor, stream=evidence[0], filename=evidence[1], purpose="document").id
    except Invalid as invalid:
        raise Invalid({"evidence": next(iter(invalid.errors.values()))}) from None


def _tell_askers(offer: Any, topic: str, given: dict[str, Any]) -> None:
    """Tell every institution that asked, once for each answer, while its demand is still published."""
    asked = db.session.execute(
        sa.select(Question, Demand)
        .join(Demand, Demand.id == Question.demand_id)
        .where(Question.offer_id == offer.id, Question.topic == topic, Demand.live_version_id.is_not(None))
        .order_by(Question.id)
    ).all()
    for question, demand in asked:
        question.told_at = clock.now()
        notifications.notify(
            organisation_id=demand.organisation_id,
            kind="question_answered",
            params={
                "demand_id": demand.id,
                "offer_id": offer.id,
                "demand_title": contents.title(demand.live_content),
                "offer_title": contents.title(offer.live_content),
                "question": question.text,
                "state": given["state"],
                "words": given["words"],
            },
            dedupe_key=f"question_answered:{question.id}:{offer.live_version_id}",
        )
