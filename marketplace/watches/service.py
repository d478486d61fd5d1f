"""Keep a search, watch for a demand or for what an organisation offers; change, pause, give up; the private feed."""

from __future__ import annotations

import secrets
from typing import Any

import sqlalchemy as sa

from marketplace import clock
from marketplace.actor import Actor
from marketplace.demands.models import Demand
from marketplace.errors import AlreadyDone, ErrorCode, Invalid, NotAllowed, NotFound
from marketplace.extensions import db
from marketplace.indexing import service as indexing
from marketplace.transaction import transaction
from marketplace.types import fold_key
from marketplace.watches import addresses, policy, queries
from marketplace.watches.models import CADENCES, Robot, Watch, WatchKey
from search import SearchUnavailable
from search.standing import Standing, keys
from search.statistics import Statistics
from search.text import ANALYSIS_VERSION

MOST_WATCHES = 100
LONGEST_NAME = 120


def save_search(
    *,
    actor: Actor,
    name: str,
    address: str,
    lang: str,
    cadence: str,
    by_mail: bool,
    robot_id: int | None = None,
    submission_id: str | None = None,
) -> Watch:
    """Keep the search of an address for its reader. `lang`: the language it was asked in.

    Raises:
        Invalid: at "search", "name", "cadence" or "robot_id".
        AlreadyDone: this submission kept one before.
    """
    user_id = actor.require_user()
    query = addresses.read_address(address)
    with transaction():
        _refuse_second(submission_id)
        robot_id = _check(actor, name=name, cadence=cadence, robot_id=robot_id)
        watch = Watch(
            user_id=user_id, organisation_id=actor.organisation_id, what="search", name=name, name_folded=name,
            collection=query["collection"], query=query | {"lang": lang}, cadence=cadence, by_mail=by_mail,
            robot_id=robot_id, submission_id=submission_id,
        )  # fmt: skip
        db.session.add(watch)
        db.session.flush()  # its keys carry its id
        store(watch)
    return watch


def keep_watching(
    *,
    actor: Actor,
    demand_id: int,
    name: str,
    cadence: str,
    by_mail: bool,
    robot_id: int | None = None,
    submission_id: str | None = None,
) -> Watch:
    """Have new offers for a demand of the actor's organisation told in a way of its own, instead of one by one.

    Raises:
        NotFound: not a demand of that organisation. NotAllowed: only a viewer.
        Invalid: at "name", "cadence", "robot_id". AlreadyDone: it is watched already.
    """
    user_id = actor.require_user()
    with transaction():
        demand = db.session.get(Demand, demand_id, with_for_update=True)
        if demand is None or demand.organisation_id != actor.organisation_id:
            raise NotFound
        if not actor.may_edit:
            raise NotAllowed("role")
        before = queries.watch_of_demand(demand_id)
        if before is not None:
            raise AlreadyDone(before.id)
        robot_id = _check(actor, name=name, cadence=cadence, robot_id=robot_id)
        watch = Watch(
            user_id=user_id, organisation_id=demand.organisation_id, what="demand", name=name, name_folded=name,
            collection="offers", demand_id=demand_id, cadence=cadence, by_mail=by_mail, robot_id=robot_id,
            submission_id=submission_id, version=ANALYSIS_VERSION,
        )  # fmt: skip
        db.session.add(watch)
    return watch


def change(
    *, actor: Actor, watch_id: int, name: str, cadence: str, by_mail: bool, robot_id: int | None = None
) -> Watch:
    """Change name, time and ways of a watch. Raises NotFound, NotAllowed, Invalid (as when it was made)."""
    with transaction():
        watch = _locked(actor, watch_id)
        robot_id = _check(actor, name=name, cadence=cadence, robot_id=robot_id, watch=watch)
        watch.name, watch.name_folded, watch.cadence = name, name, cadence
        watch.by_mail, watch.robot_id = by_mail, robot_id
    return watch


def pause(*, actor: Actor, watch_id: int, paused: bool) -> None:
    """Tell nothing for a while, or again; what comes meanwhile is not told later. Raises NotFound, NotAllowed."""
    with transaction():
        watch = _locked(actor, watch_id)
        watch.paused_at = (watch.paused_at or clock.now()) if paused else None


def delete(*, actor: Actor, watch_id: int) -> None:
    """Give a watch up; its feed is gone with it. Raises NotFound, NotAllowed.

    What an organisation offers is watched for by itself: that one can only be paused (NotAllowed "pause").
    """
    with transaction():
        watch = _locked(actor, watch_id)
        if watch.what == "profile":
            raise NotAllowed("pause")
        db.session.execute(sa.delete(Watch).where(Watch.id == watch.id))


def make_feed(*, actor: Actor, watch_id: int) -> str:
    """A new private address for the feed of a kept search; the one before stops working. It cannot be read again.

    Raises NotFound, NotAllowed.
    """
    token = secrets.token_urlsafe(32)
    with transaction():
        watch = _locked(actor, watch_id)
        if watch.what != "search":
            raise NotFound
        watch.feed_hash = queries.hash_of(token)
    return token


def revoke_feed(*, actor: Actor, watch_id: int) -> None:
    """Let the private address of a feed lead nowhere. Raises NotFound, NotAllowed."""
    with transaction():
        _locked(actor, watch_id).feed_hash = None


def store(watch: Watch) -> None:
    """Make the search of a watch ready and write its keys anew, in the open transaction."""
    statistics = statistics_of(watch.collection)
    standing = addresses.standing_of(watch.query, watch.query["lang"], statistics)
    put(watch, standing, statistics)


def put(watch: Watch, standing: Standing, statistics: Statistics) -> None:
    """Write a standing search and its keys, in the open transaction."""
    watch.standing, watch.version = standing.as_text(), ANALYSIS_VERSION
    db.session.execute(sa.delete(WatchKey).where(WatchKey.watch_id == watch.id))
    stored = dict.fromkeys(queries.stored_key(key) for key in keys(standing, statistics))
    db.session.add_all([WatchKey(key=key, watch_id=watch.id) for key in stored])
    db.session.flush()


def statistics_of(collection: str) -> Statistics:
    """The frequencies of a collection; without them, while the engine is away, keys are right but less telling."""
    try:
        return indexing.search().engine.statistics(collection)
    except SearchUnavailable:
        return Statistics()


def renew_stale(*, most: int = 500) -> int:
    """Make kept searches ready anew that were made by an earlier analysis of texts; returns how many were left over."""
    stale = sa.select(Watch.id).where(Watch.version != ANALYSIS_VERSION, Watch.what == "search").order_by(Watch.id)
    ids = list(db.session.scalars(stale.limit(most + 1)))
    for watch_id in ids[:most]:
        with transaction():
            watch = db.session.get(Watch, watch_id, with_for_update=True)
            if watch is None or watch.version == ANALYSIS_VERSION:
                continue
            try:
                store(watch)
            except Invalid:  # a filter that the catalogue has retired: it finds nothing, as on its page
                put(watch, Standing(watch.collection, void=True), Statistics())
    return max(0, len(ids) - most)


def _locked(actor: Actor, watch_id: int) -> Watch:
    return policy.require_manage(actor, db.session.get(Watch, watch_id, with_for_update=True))


def _refuse_second(submission_id: str | None) -> None:
    if submission_id is not None:
        done = db.session.scalar(sa.select(Watch.id).where(Watch.submission_id == submission_id))
        if done is not None:
            raise AlreadyDone(done)


def _check(actor: Actor, *, name: str, cadence: str, robot_id: int | None, watch: Watch | None = None) -> int | None:
    """The robot chosen. Raises Invalid for what cannot be kept; the account is locked meanwhile."""
    owner = watch.user_id if watch is not None else actor.require_user()
    number = queries.count_watches(owner)
    errors: dict[str, Any] = {}
    if not name:
        errors["name"] = ErrorCode("required")
    elif len(name) > LONGEST_NAME:
        errors["name"] = ErrorCode("too_long", {"maximum": LONGEST_NAME, "length": len(name)})
    elif _is_taken(owner, name, watch):
        errors["name"] = ErrorCode("watch_name_taken")
    if watch is None and number >= MOST_WATCHES:
        errors["name"] = ErrorCode("watch_limit", {"maximum": MOST_WATCHES})
    if cadence not in CADENCES:
        errors["cadence"] = ErrorCode("unknown_choice")
    kept = watch is not None and robot_id == watch.robot_id
    if robot_id is not None and not kept:
        robot = db.session.get(Robot, robot_id)
        if robot is None or robot.user_id != actor.user_id:
            errors["robot_id"] = ErrorCode("unknown_choice")
    if errors:
        raise Invalid(errors)
    return robot_id


def _is_taken(user_id: int, name: str, watch: Watch | None) -> bool:
    found = sa.select(Watch.id).where(Watch.user_id == user_id, Watch.name_folded == fold_key(name))
    if watch is not None:
        found = found.where(Watch.id != watch.id)
    return db.session.scalar(found) is not None
