"""The list of organisations."""

from __future__ import annotations

import sqlalchemy as sa

from catalogue import places
from marketplace.extensions import db
from marketplace.i18n import convert_script
from marketplace.organisations import states
from marketplace.organisations.models import Organisation
from marketplace.types import fold_key


def find_organisations(
    *, text: str, role: str | None, place: str | None, page: int, size: int
) -> tuple[list[Organisation], int]:
    """Approved organisations whose name contains `text` in either script, by role and place: a page, and how many.

    Those that take part come before those taken over from public information; then the newest.
    """
    statement = sa.select(Organisation).where(states.is_public(Organisation))
    if text:
        folded = {fold_key(text), fold_key(convert_script(text, "zh-Hans")), fold_key(convert_script(text, "zh-Hant"))}
        statement = statement.where(
            sa.or_(*(Organisation.name_folded.contains(one, autoescape=True) for one in sorted(folded)))
        )
    if role is not None:
        statement = statement.where(Organisation.is_supplier if role == "supplier" else Organisation.is_institution)
    if place is not None:
        statement = statement.where(Organisation.place_id.in_(_within(place)))
    total = db.session.scalar(sa.select(sa.func.count()).select_from(statement.subquery())) or 0
    rows = db.session.scalars(
        statement.order_by(Organisation.from_public_source, Organisation.id.desc())
        .limit(size)
        .offset((page - 1) * size)
    )
    return list(rows), total


def _within(place_id: str) -> list[str]:
    """The place and everything in it; nothing for a place nobody knows."""
    if not places.is_known(place_id):
        return []
    return [place_id, *(inner for child in places.children(place_id) for inner in _within(child.id))]
