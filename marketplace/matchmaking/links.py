"""The private link of a participation: whoever holds it sees its timetable without signing in."""

from __future__ import annotations

from marketplace.accounts import tokens
from marketplace.errors import NotFound
from marketplace.extensions import db
from marketplace.matchmaking.models import Participation


def link_of(row: Participation) -> str:
    """The text of a participation's private link."""
    return tokens.sign("timetable", row.id, row.nonce)


def of_link(token: str) -> Participation:
    """The participation of a private link. Raises NotFound."""
    number = tokens.row_id_of(token)
    row = db.session.get(Participation, number) if number is not None else None
    if row is None or row.withdrawn_at is not None or not tokens.matches(token, "timetable", row.id, row.nonce):
        raise NotFound
    return row
