"""Watches and robots for pages and jobs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from marketplace.accounts.models import User
from marketplace.actor import Actor
from marketplace.extensions import db
from marketplace.organisations import states
from marketplace.organisations.models import Membership, Organisation
from marketplace.watches import policy
from marketplace.watches.models import Robot, Sighting, Watch, WatchKey

# So many keys are looked up in one statement.
KEYS_AT_ONCE = 400
LONGEST_KEY = 200


def my_watches(actor: Actor) -> list[Watch]:
    """A person's kept searches and what watches for the organisation acted for, the newest first."""
    mine = sa.and_(Watch.what == "search", Watch.user_id == actor.require_user())
    if actor.organisation_id is not None:
        ours = sa.and_(Watch.what != "search", Watch.organisation_id == actor.organisation_id)
        mine = sa.or_(mine, ours)
    return list(
        db.session.scalars(sa.select(Watch).where(mine).options(joinedload(Watch.robot)).order_by(Watch.id.desc()))
    )


def my_robots(actor: Actor) -> list[Robot]:
    """A person's robots, the first added first."""
    found = sa.select(Robot).where(Robot.user_id == actor.require_user()).order_by(Robot.id)
    return list(db.session.scalars(found))


def told_counts(watch_ids: Iterable[int]) -> dict[int, int]:
    """How many listings were told of for each watch."""
    rows = db.session.execute(
        sa.select(Sighting.watch_id, sa.func.count())
        .where(Sighting.watch_id.in_(list(watch_ids)), Sighting.told.is_(True))
        .group_by(Sighting.watch_id)
    )
    return {row[0]: row[1] for row in rows}


def get_watch(actor: Actor, watch_id: int) -> Watch:
    """A watch that the actor may change. Raises NotFound, NotAllowed."""
    return policy.require_manage(actor, db.session.get(Watch, watch_id))


def get_robot(actor: Actor, robot_id: int) -> Robot:
    """One of the actor's robots. Raises NotFound."""
    return policy.require_own_robot(actor, db.session.get(Robot, robot_id))


def watch_of_demand(demand_id: int) -> Watch | None:
    """What watches for a demand, if anything does."""
    return db.session.scalars(sa.select(Watch).where(Watch.demand_id == demand_id).order_by(Watch.id)).first()


def watch_of_feed(token: str) -> Watch | None:
    """The watch whose feed has this private address."""
    return db.session.scalars(sa.select(Watch).where(Watch.feed_hash == hash_of(token))).first()


def hash_of(token: str) -> str:
    """What is kept of the private address of a feed."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def stored_key(key: str) -> str:
    """A key as its column holds it."""
    return key if len(key) <= LONGEST_KEY else hashlib.sha256(key.encode(errors="replace")).hexdigest()


def watches_under(keys: Sequence[str], collection: str) -> Iterator[Watch]:
    """The active watches that are stored under any of these keys, each once."""
    seen: set[int] = set()
    for start in range(0, len(keys), KEYS_AT_ONCE):
        some = [stored_key(key) for key in keys[start : start + KEYS_AT_ONCE]]
        ids = sa.select(WatchKey.watch_id).where(WatchKey.key.in_(some))
        found = db.session.scalars(
            sa.select(Watch)
            .where(Watch.id.in_(ids), Watch.collection == collection, Watch.paused_at.is_(None))
            .order_by(Watch.id)
        )
        for watch in found:
            if watch.id not in seen:
                seen.add(watch.id)
                yield watch


def readers(watches: Iterable[Watch]) -> dict[int, Actor]:
    """For each watch the actor that it is told to, as far as that actor may know today, in two statements.

    Left out are watches of suspended organisations, and those for an organisation that is not approved.
    """
    watches = list(watches)
    users = {watch.user_id for watch in watches}
    wanted = {watch.organisation_id for watch in watches if watch.organisation_id is not None}
    organisations = {
        row.id: row
        for row in db.session.execute(
            sa.select(
                Organisation.id,
                Organisation.suspended_at,
                states.is_public(Organisation).label("approved"),
                Organisation.is_supplier.label("supplier"),
                Organisation.is_institution.label("institution"),
            ).where(Organisation.id.in_(wanted))
        )
    }
    roles = {
        (row.user_id, row.organisation_id): row.role
        for row in db.session.execute(
            sa.select(Membership.user_id, Membership.organisation_id, Membership.role).where(
                Membership.user_id.in_(users), Membership.organisation_id.in_(wanted)
            )
        )
    }
    found = {}
    for watch in watches:
        organisation = organisations.get(watch.organisation_id)
        role = roles.get((watch.user_id, watch.organisation_id))
        if organisation is not None and organisation.suspended_at is not None:
            continue
        if watch.what == "search":
            if organisation is None or role is None:
                found[watch.id] = Actor(user_id=watch.user_id, kind="member")
                continue
        elif organisation is None or not organisation.approved:
            continue
        held = {
            role or "viewer",
            *(name for name in ("approved", "supplier", "institution") if getattr(organisation, name)),
        }
        found[watch.id] = Actor(watch.user_id, watch.organisation_id, frozenset(held), "member")
    return found


def organisations_of(user_ids: Iterable[int]) -> dict[int, set[int]]:
    """The organisations each user belongs to: what they publish is no news to them."""
    found: dict[int, set[int]] = {}
    rows = db.session.execute(
        sa.select(Membership.user_id, Membership.organisation_id).where(Membership.user_id.in_(list(user_ids)))
    )
    for user_id, organisation_id in rows:
        found.setdefault(user_id, set()).add(organisation_id)
    return found


def count_watches(user_id: int) -> int:
    """How many watches a person has; the account's row is locked, so that two at once are counted one by one."""
    db.session.scalar(sa.select(User.id).where(User.id == user_id).with_for_update())
    return db.session.scalar(sa.select(sa.func.count()).select_from(Watch).where(Watch.user_id == user_id)) or 0
