"""Needs pasted by visitors: kept for the browser that pasted them, and made a draft once there is an organisation."""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import timedelta

import sqlalchemy as sa

from marketplace import clock
from marketplace.actor import Actor
from marketplace.audit import service as audit
from marketplace.demands.desk import DESK
from marketplace.demands.models import Demand, PastedNeed
from marketplace.demands.reading import Read, read_with_words
from marketplace.errors import NotFound
from marketplace.extensions import db
from marketplace.listings import policy, service
from marketplace.listings.content import REGION, Content
from marketplace.transaction import transaction

KEPT_FOR = timedelta(days=30)
# What is copied out of documents holds signs that no draft may: breaks of lines and pages, and halves of characters.
_BREAKS = re.compile(r"\r\n?|[\x0b\x0c\x1c-\x1e\x85]")
_UNKEPT = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def keep_pasted_need(*, actor: Actor, text: str, lang: str) -> str:
    """Keep a visitor's text and return the token by which their browser finds it again."""
    token = secrets.token_urlsafe(24)
    text = _UNKEPT.sub(" ", _BREAKS.sub("\n", text))
    with transaction():
        need = PastedNeed(token_hash=_digest(token), text=text, lang=lang, created_at=clock.now())
        db.session.add(need)
        db.session.flush()  # the audit row names it
        audit.record(actor=actor, action="need.pasted", subject_kind="pasted_need", subject_id=need.id)
    return token


def pasted_need(token: str) -> PastedNeed | None:
    """The need of a token while it is kept, or None."""
    return db.session.scalar(
        sa.select(PastedNeed).where(
            PastedNeed.token_hash == _digest(token), PastedNeed.created_at > clock.now() - KEPT_FOR
        )
    )


def content_of_need(need: PastedNeed) -> Content:
    """What the text says, as the content of a demand."""
    return reading_of_need(need).content


def reading_of_need(need: PastedNeed) -> Read:
    """What the text says, with its words; a day without a year is the nearest from when it was pasted on."""
    return read_with_words(need.text, need.lang, need.created_at.astimezone(REGION).date())


def claim_pasted_need(*, actor: Actor, token: str) -> Demand:
    """Make the need a draft of the actor's organisation. A second claim by that organisation gives the same draft.

    Raises:
        NotAllowed: the actor cannot draft for an organisation.
        NotFound: no such need, no longer kept, or claimed by another organisation.
    """
    policy.require_create(actor)
    with transaction():
        need = db.session.scalar(sa.select(PastedNeed).where(PastedNeed.token_hash == _digest(token)).with_for_update())
        if need is None or need.created_at <= clock.now() - KEPT_FOR:
            raise NotFound
        if need.demand_id is not None:
            demand = db.session.get_one(Demand, need.demand_id)
            policy.require_read_drafts(actor, demand)
            return demand
        demand = service.create(DESK, actor=actor, raw=content_of_need(need))
        need.claimed_at, need.demand_id = clock.now(), demand.id
    return demand


def forget_old_needs() -> int:
    """Delete texts that nobody claimed within 30 days; returns how many. A periodic job, safe to run twice."""
    with transaction():
        gone = db.session.scalars(
            sa.delete(PastedNeed)
            .where(PastedNeed.created_at <= clock.now() - KEPT_FOR, PastedNeed.claimed_at.is_(None))
            .returning(PastedNeed.id)
        ).all()
    return len(gone)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
