"""Preferences on counterparts, and whom the stored matches suggest, with their reasons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from marketplace import clock
from marketplace.actor import Actor
from marketplace.demands.models import Demand
from marketplace.errors import ErrorCode, Invalid
from marketplace.extensions import db
from marketplace.listings.states import is_open
from marketplace.matches.models import Match
from marketplace.matchmaking import policy
from marketplace.matchmaking.models import CHOICES, Participation, Preference
from marketplace.matchmaking.sessions import locked, note
from marketplace.offers.models import Offer
from marketplace.organisations.models import Organisation
from marketplace.transaction import transaction


def set_wishes(*, actor: Actor, participation_id: int, choices: dict[int, str]) -> None:
    """Keep what one side thinks of counterparts; "" takes a wish back. Nobody else ever sees it.

    Raises:
        NotFound, NotAllowed; Invalid for an unknown choice, or a counterpart that is none.
    """
    if any(choice and choice not in CHOICES for choice in choices.values()):
        raise Invalid({"choice": ErrorCode("unknown_choice")})
    with transaction():
        own = policy.require_act(actor, locked(participation_id))
        others = set(db.session.scalars(sa.select(Participation.id).where(
            Participation.session_id == own.session_id, Participation.side != own.side,
            Participation.id.in_(list(choices)))))
        if not set(choices) <= others:
            raise Invalid({"choice": ErrorCode("unknown_choice")})
        before = {row.other_id: row for row in db.session.scalars(
            sa.select(Preference).where(Preference.participation_id == own.id))}
        for other_id, choice in choices.items():
            row = before.get(other_id)
            if not choice and row is not None:
                db.session.delete(row)
            elif choice and row is None:
                db.session.add(Preference(participation_id=own.id, other_id=other_id, choice=choice))
            elif choice and row is not None:
                row.choice = choice
        note(actor, "session.wishes_set", own.session_id, participation=own.id)


@dataclass(frozen=True)
class Suggestion:
    """A counterpart, how well the two fit by the stored matches (None: never judged), and one's own wish."""

    participation: Participation
    score: float | None
    match: Match | None
    choice: str


def best_matches(session_id: int, own: Participation | None = None) -> dict[tuple[int, int], Match | float]:
    """(buyer organisation, supplier organisation) to the best match between an open demand of the one and an open
    offer of the other, near misses left out: for one participation the whole match, else its score alone."""
    now = clock.now()
    buyer, owner = sa.orm.aliased(Organisation), sa.orm.aliased(Organisation)
    what: tuple[Any, ...] = (Match,) if own is not None else (sa.func.max(Match.score),)
    here = sa.select(Participation.organisation_id).where(
        Participation.session_id == session_id, Participation.withdrawn_at.is_(None))
    statement = (
        sa.select(Demand.organisation_id, Offer.organisation_id, *what)
        .select_from(Match)
        .join(Demand, Demand.id == Match.demand_id).join(buyer, buyer.id == Demand.organisation_id)
        .join(Offer, Offer.id == Match.offer_id).join(owner, owner.id == Offer.organisation_id)
        .where(Match.band != "near miss", Demand.organisation_id.in_(here), Offer.organisation_id.in_(here),
               is_open(Demand, buyer, now), is_open(Offer, owner, now))
    )
    if own is None:
        rows = db.session.execute(statement.group_by(Demand.organisation_id, Offer.organisation_id))
        return {(a, b): score for a, b, score in rows}
    mine = Demand.organisation_id if own.side == "demand" else Offer.organisation_id
    found: dict[tuple[int, int], Match | float] = {}
    loads = (joinedload(Match.demand).joinedload(Demand.live_version),
             joinedload(Match.offer).joinedload(Offer.live_version))
    for a, b, match in db.session.execute(
        statement.where(mine == own.organisation_id).options(*loads).order_by(Match.score.desc(), Match.id)
    ):
        found.setdefault((a, b), match)
    return found


def suggestions(own: Participation) -> list[Suggestion]:
    """All counterparts of the session: the wished ones first, then by how well they fit, then by name."""
    best = best_matches(own.session_id, own)
    choices = dict(db.session.execute(
        sa.select(Preference.other_id, Preference.choice).where(Preference.participation_id == own.id)).all())
    others = db.session.scalars(
        sa.select(Participation).join(Participation.organisation)
        .where(Participation.session_id == own.session_id, Participation.side != own.side,
               Participation.withdrawn_at.is_(None), Participation.organisation_id != own.organisation_id)
        .options(joinedload(Participation.organisation))
        .order_by(Organisation.name_folded, Participation.id))
    found = []
    for other in others:
        key = (own.organisation_id, other.organisation_id)
        match: Any = best.get(key if own.side == "demand" else key[::-1])
        found.append(Suggestion(other, match.score if match else None, match, choices.get(other.id, "")))
    return sorted(found, key=lambda one: (one.choice == "no", -(one.score or 0)))
