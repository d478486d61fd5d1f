"""Rows of listings for pages. Every query that is not the owner's own repeats visibility and state, so that a stale
index can hide a row but never show one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from marketplace import clock
from marketplace.actor import Actor
from marketplace.extensions import db
from marketplace.listings.content import Content, for_reader, title
from marketplace.listings.desk import Desk
from marketplace.listings.price_invitations import told_to
from marketplace.listings.states import is_open, state_expression
from marketplace.organisations.models import Organisation
from marketplace.types import UTCDateTime


@dataclass(frozen=True)
class OwnerOfRow:
    """Whose listing a row is: what a card shows of the organisation."""

    id: int
    names: dict[str, str]
    place_id: str | None
    is_demo: bool
    from_public_source: bool


@dataclass(frozen=True)
class LiveVersion:
    """The published version of a row, as its reader may know it."""

    id: int
    content: Content


@dataclass(frozen=True)
class ListingRow:
    """An open listing as a result or card shows it."""

    id: int
    live_version: LiveVersion
    organisation: OwnerOfRow
    opens_at: datetime | None
    closes_at: datetime | None
    confirmed_at: datetime | None

    @property
    def content(self) -> Content:
        """What the live version says."""
        return self.live_version.content


@dataclass(frozen=True)
class OwnRow:
    """A listing as its own organisation's list shows it. `title` by language; `changed_at`: of the newest version."""

    id: int
    title: dict[str, str]
    kind: str | None
    state: str
    has_draft: bool
    is_live: bool
    closes_at: datetime | None
    confirmed_at: datetime | None
    changed_at: datetime


@cache
def _open_rows(desk: Desk) -> sa.Select[Any]:
    """Rows that are open at the moment `now`, a value of the execution: a statement is put together once, not anew
    for every page."""
    moment: Any = sa.bindparam("now", type_=UTCDateTime())
    return (
        sa.select(
            desk.listing.id,
            desk.version.id,
            desk.version.content,
            desk.listing.opens_at,
            desk.listing.closes_at,
            desk.listing.confirmed_at,
            Organisation.id,
            Organisation.names,
            Organisation.place_id,
            Organisation.is_demo,
            Organisation.from_public_source,
        )
        .join(desk.version, desk.version.id == desk.listing.live_version_id)
        .join(Organisation, Organisation.id == desk.listing.organisation_id)
        .where(is_open(desk.listing, Organisation, moment))
    )


@cache
def _open_rows_of(desk: Desk) -> sa.Select[Any]:
    return _open_rows(desk).where(desk.listing.id.in_(sa.bindparam("ids", expanding=True)))


@cache
def _newest_rows(desk: Desk) -> sa.Select[Any]:
    return _open_rows(desk).order_by(desk.listing.opens_at.desc().nulls_last(), desk.listing.id.desc())


def _rows(desk: Desk, found: Iterable[Sequence[Any]], actor: Actor | None) -> list[ListingRow]:
    """Rows as the actor may know them; a stranger where none is given. Whom a price is told on invitation is read once
    for all of them."""
    found, reader = list(found), actor or Actor.anonymous()
    on_invitation = [row[0] for row in found if row[2].get("price_audience") == "invited"]
    told = told_to(reader, desk.name, on_invitation)
    rows = []
    for listing_id, version_id, content, opens_at, closes_at, confirmed_at, *owner in found:
        known = for_reader(desk.name, content, reader, owner[0], told=listing_id in told)
        version = LiveVersion(version_id, known)
        rows.append(ListingRow(listing_id, version, OwnerOfRow(*owner), opens_at, closes_at, confirmed_at))
    return rows


def known_content(desk: Desk, listing: Any, content: Content, actor: Actor) -> Content:
    """What a listing's content says to the actor."""
    told = content.get("price_audience") == "invited" and bool(told_to(actor, desk.name, [listing.id]))
    return for_reader(desk.name, content, actor, listing.organisation_id, told=told)


def row_of(desk: Desk, listing: Any, actor: Actor) -> ListingRow:
    """The row of a listing that is loaded with its live version and organisation, whatever its state, as the actor may
    know it; for callers that decided already that it may be shown."""
    owner, version = listing.organisation, listing.live_version
    return ListingRow(
        listing.id,
        LiveVersion(version.id, known_content(desk, listing, version.content, actor)),
        OwnerOfRow(owner.id, owner.names, owner.place_id, owner.is_demo, owner.from_public_source),
        listing.opens_at,
        listing.closes_at,
        listing.confirmed_at,
    )


def published(
    desk: Desk, ids: Iterable[int | str], now: datetime | None = None, actor: Actor | None = None
) -> list[ListingRow]:
    """Those of the listings that are open at `now`, in the order of `ids`; one statement however many there are.

    `actor`: who reads, a stranger where none is given; what they may not know is left out of the contents.
    """
    wanted = list(dict.fromkeys(int(one) for one in ids))
    if not wanted:
        return []
    rows = db.session.execute(_open_rows_of(desk), {"ids": wanted, "now": now or clock.now()})
    found = {row.id: row for row in _rows(desk, rows, actor)}
    return [found[one] for one in wanted if one in found]


def newest(
    desk: Desk,
    *,
    limit: int,
    after: tuple[datetime, int] | None = None,
    offset: int = 0,
    now: datetime | None = None,
    actor: Actor | None = None,
) -> list[ListingRow]:
    """Open listings, the last opened first; `after`: (opens_at, id) of the last row of the page before, or `offset`
    rows left out for pages by number."""
    statement = _newest_rows(desk)
    if after is not None:
        opens_at, last_id = after
        statement = statement.where(
            sa.or_(
                desk.listing.opens_at < opens_at, sa.and_(desk.listing.opens_at == opens_at, desk.listing.id < last_id)
            )
        )
    rows = db.session.execute(statement.limit(limit).offset(offset), {"now": now or clock.now()})
    return _rows(desk, rows, actor)


def of_organisation(desk: Desk, organisation_id: int, now: datetime | None = None) -> list[OwnRow]:
    """Everything of one organisation, drafts included, the last changed first: for its own members only."""
    newest_version = sa.func.coalesce(desk.listing.draft_version_id, desk.listing.live_version_id)
    statement = (
        sa.select(desk.listing, desk.version, state_expression(desk.listing, Organisation, now or clock.now()))
        .join(desk.version, desk.version.id == newest_version)
        .join(Organisation, Organisation.id == desk.listing.organisation_id)
        .where(desk.listing.organisation_id == organisation_id)
        .order_by(desk.version.created_at.desc().nulls_last(), desk.listing.id.desc())
    )
    return [
        OwnRow(
            listing.id,
            title(version.content),
            version.content.get("kind"),
            state,
            listing.draft_version_id is not None,
            listing.live_version_id is not None,
            listing.closes_at,
            listing.confirmed_at,
            version.created_at,
        )
        for listing, version, state in db.session.execute(statement)
    ]


def published_of(
    desk: Desk, organisation_id: int, now: datetime | None = None, actor: Actor | None = None
) -> list[ListingRow]:
    """What one organisation has open, newest first: for its public page."""
    statement = _newest_rows(desk).where(desk.listing.organisation_id == organisation_id)
    return _rows(desk, db.session.execute(statement, {"now": now or clock.now()}), actor)


def find(desk: Desk, listing_id: int) -> tuple[Any, Any]:
    """A listing and its organisation, whoever may see them; (None, None) when there is none."""
    found = db.session.execute(
        sa.select(desk.listing, Organisation)
        .join(Organisation, Organisation.id == desk.listing.organisation_id)
        .where(desk.listing.id == listing_id)
    ).first()
    return (found[0], found[1]) if found else (None, None)


def versions(desk: Desk, listing_id: int) -> list[Any]:
    """All versions of a listing, the newest first."""
    return list(
        db.session.scalars(
            sa.select(desk.version).where(desk.version.listing_id == listing_id).order_by(desk.version.number.desc())
        )
    )


def shows_file(desk: Desk, file_id: int, now: datetime | None = None) -> sa.Select[Any]:
    """The organisations and states of the listings whose versions show a file: (organisation_id, is live, state)."""
    return (
        sa.select(
            desk.listing.organisation_id,
            desk.listing.live_version_id == desk.version_file.version_id,
            state_expression(desk.listing, Organisation, now or clock.now()),
        )
        .select_from(desk.version_file)
        .join(desk.version, desk.version.id == desk.version_file.version_id)
        .join(desk.listing, desk.listing.id == desk.version.listing_id)
        .join(Organisation, Organisation.id == desk.listing.organisation_id)
        .where(desk.version_file.file_id == file_id)
    )
