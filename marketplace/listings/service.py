"""The verbs of offers and demands: create, save a draft, publish, withdraw, copy, confirm, give a draft up.

Each is one transaction: facts, audit row, index job and hooks together. What a verb decides on it reads again inside
it, locked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa

from marketplace import clock, hooks
from marketplace.actor import Actor
from marketplace.audit import service as audit
from marketplace.errors import AlreadyDone, Conflict, ErrorCode, Invalid, NotFound
from marketplace.extensions import db
from marketplace.files import service as files
from marketplace.indexing import service as indexing
from marketplace.listings import content as contents
from marketplace.listings import policy
from marketplace.listings.desk import Desk
from marketplace.listings.states import OPEN, SCHEDULED, state_of
from marketplace.organisations.models import Organisation
from marketplace.transaction import transaction


def create(desk: Desk, *, actor: Actor, raw: Mapping[str, Any], submission_id: str | None = None) -> Any:
    """A new listing whose first draft says `raw` (the shape of contents; strings as typed will do).

    Raises:
        NotAllowed: the actor cannot draft for an organisation.
        Invalid: by content path.
        AlreadyDone: this submission made a listing before.
    """
    policy.require_create(actor)
    with transaction():
        _refuse_second(desk.listing, submission_id, "id")
        content = _cleaned(desk, actor, raw)
        listing = desk.listing(
            organisation_id=actor.organisation_id, created_at=clock.now(), submission_id=_key(submission_id)
        )
        try:
            with db.session.begin_nested():
                db.session.add(listing)
        except sa.exc.IntegrityError:
            # The same submission, sent twice at once, was kept by the other request while this one waited.
            _refuse_second(desk.listing, submission_id, "id")
            raise
        version = add_version(desk, actor, listing, content)
        listing.draft_version_id = version.id
        record(desk, actor, listing, "created", version=(None, version.number))
    return listing


def save_draft(
    desk: Desk,
    *,
    actor: Actor,
    listing_id: int,
    base_version_id: int,
    raw: Mapping[str, Any],
    submission_id: str | None = None,
) -> Any:
    """Add a version that says `raw` and make it the draft. The live version stays as it is.

    Raises:
        NotFound, NotAllowed: see `policy.require_edit`.
        Invalid: by content path.
        Conflict: somebody saved since `base_version_id`; `current` is the version that stands, `theirs` its content.
        AlreadyDone: this submission was saved before.
    """
    with transaction():
        listing = locked(desk, listing_id)
        policy.require_edit(actor, listing)
        _refuse_second(desk.version, submission_id, "listing_id")
        before = version_of(desk, listing.newest_version_id)
        if base_version_id != before.id:
            raise Conflict(before.id, before.content)
        content = _cleaned(desk, actor, raw, before.content)
        version = add_version(desk, actor, listing, content, submission_id)
        listing.draft_version_id = version.id
        record(desk, actor, listing, "saved", version=(before.number, version.number))
    return listing


def publish(desk: Desk, *, actor: Actor, listing_id: int, version_id: int | None = None) -> Any:
    """Make the newest version the live one. `version_id`: the version that was looked at, if one was.

    Publishing what is published and not over changes nothing: a button pressed twice publishes once.

    Raises:
        NotFound, NotAllowed: see `policy.require_edit`; NotPublishable with the organisation's reason.
        Conflict: the newest version is not the one that was looked at.
        Invalid: what is missing or out of date, by content path.
    """
    with transaction():
        listing = locked(desk, listing_id)
        owner = None if listing is None else _locked_owner(listing)
        policy.require_publish(desk, actor, listing, owner)
        newest = version_of(desk, listing.newest_version_id)
        if version_id is not None and version_id != newest.id:
            raise Conflict(newest.id, newest.content)
        now = clock.now()
        state = state_of(listing, owner, now)
        if listing.live_version_id == newest.id and state in (OPEN, SCHEDULED):
            return listing
        gaps = what_is_missing(desk, newest.content)
        if gaps:
            raise Invalid(gaps)
        was_open = state == OPEN
        live_before = listing.live_version_id
        opens_at, closes_at = contents.boundaries(newest.content, now)
        listing.opens_at = listing.opens_at if was_open else opens_at
        listing.closes_at = closes_at
        listing.withdrawn_at = None
        listing.confirmed_at = now
        listing.live_version_id, listing.draft_version_id = newest.id, None
        record(desk, actor, listing, "published", live_version=(live_before, newest.id))
        tell(desk, listing, "published")
    return listing


def withdraw(desk: Desk, *, actor: Actor, listing_id: int) -> Any:
    """Take a listing back; it can be published again. Withdrawing what is withdrawn changes nothing.

    Raises NotFound, NotAllowed.
    """
    with transaction():
        listing = locked(desk, listing_id)
        policy.require_withdraw(actor, listing)
        if listing.withdrawn_at is None:
            listing.withdrawn_at = clock.now()
            record(desk, actor, listing, "withdrawn", withdrawn_at=(None, listing.withdrawn_at.isoformat()))
            tell(desk, listing, "withdrawn")
    return listing


def confirm(desk: Desk, *, actor: Actor, listing_id: int) -> Any:
    """Say that what is live is still right today. Raises NotFound (also when nothing is live), NotAllowed."""
    with transaction():
        listing = locked(desk, listing_id)
        policy.require_edit(actor, listing)
        if listing.live_version_id is None:
            raise NotFound
        before, listing.confirmed_at = listing.confirmed_at, clock.now()
        record(
            desk,
            actor,
            listing,
            "confirmed",
            confirmed_at=(before.isoformat() if before else None, listing.confirmed_at.isoformat()),
        )
        tell(desk, listing, "confirmed")
    return listing


def copy(desk: Desk, *, actor: Actor, listing_id: int, submission_id: str | None = None) -> Any:
    """A new draft that says what the newest version says, without its dates.

    Raises NotFound, NotAllowed, AlreadyDone.
    """
    with transaction():
        listing = locked(desk, listing_id)
        policy.require_edit(actor, listing)
        newest = version_of(desk, listing.newest_version_id).content
        # The copy is the organisation's own word: it no longer rests on the source, nor on the original's dates.
        content = {name: value for name, value in newest.items() if name not in ("source", "named_as", "dates")}
        return create(desk, actor=actor, raw=content, submission_id=submission_id)


def amend(desk: Desk, *, actor: Actor, listing_id: int, change: Callable[[contents.Content], contents.Content]) -> Any:
    """Change what is live in one step, and a draft beside it in the same way, so that it does not undo the change.

    `change` takes a content and answers the new one. Raises NotFound (also when nothing is live), NotAllowed.
    """
    with transaction():
        listing = locked(desk, listing_id)
        policy.require_edit(actor, listing)
        if listing.live_version_id is None:
            raise NotFound
        live = version_of(desk, listing.live_version_id)
        draft = version_of(desk, listing.draft_version_id) if listing.draft_version_id is not None else None
        amended = add_version(desk, actor, listing, change(live.content))
        listing.live_version_id = amended.id
        if draft is not None:
            listing.draft_version_id = add_version(desk, actor, listing, change(draft.content)).id
        record(desk, actor, listing, "amended", live_version=(live.id, amended.id))
        tell(desk, listing, "published")
    return listing


def discard_draft(desk: Desk, *, actor: Actor, listing_id: int) -> Any:
    """Go back to the live version; the draft stays in the history. Raises NotFound (nothing is live), NotAllowed."""
    with transaction():
        listing = locked(desk, listing_id)
        policy.require_edit(actor, listing)
        if listing.live_version_id is None:
            raise NotFound
        if listing.draft_version_id is not None:
            dropped, listing.draft_version_id = listing.draft_version_id, None
            record(desk, actor, listing, "draft_discarded", draft_version=(dropped, None))
    return listing


def touch_listings_of(desk: Desk, organisation_id: int) -> list[int]:
    """Have everything that an organisation published indexed anew, in the open transaction: its name, place,
    credentials or approval changed. Returns the ids of these listings."""
    ids = db.session.scalars(
        sa.select(desk.listing.id).where(
            desk.listing.organisation_id == organisation_id, desk.listing.live_version_id.is_not(None)
        )
    ).all()
    for listing_id in ids:
        indexing.touch(desk.name, listing_id)
    return list(ids)


def what_is_missing(desk: Desk, content: contents.Content) -> dict[str, ErrorCode]:
    """What keeps a content from being published today, by path in reading order."""
    today = clock.now().astimezone(contents.REGION).date()
    gaps = {
        path: ErrorCode("no_alternative" if ".alt." in path else "required")
        for path in contents.missing(desk.name, content)
    }
    return gaps | contents.out_of_date(content, today)


def locked(desk: Desk, listing_id: int) -> Any:
    """The row as it stands now, held until the transaction ends; None when there is none."""
    return db.session.scalar(sa.select(desk.listing).where(desk.listing.id == listing_id).with_for_update())


def version_of(desk: Desk, version_id: int) -> Any:
    """A version row by id."""
    return db.session.get(desk.version, version_id)


def _locked_owner(listing: Any) -> Any:
    """The organisation, held: a suspension must not pass a publication unseen."""
    return db.session.scalar(
        sa.select(Organisation).where(Organisation.id == listing.organisation_id).with_for_update()
    )


def _cleaned(
    desk: Desk, actor: Actor, raw: Mapping[str, Any], before: contents.Content | None = None
) -> contents.Content:
    """The content, with files that the organisation owns or the last version already showed."""
    kept: dict[str, Any] = {name: before[name] for name in contents.KEPT if before and name in before}
    content, errors = contents.clean(desk.name, {**raw, **kept})
    ids = contents.file_ids(content)
    known = set(files.usable(actor=actor, ids=ids)) | set(contents.file_ids(before) if before else ())
    for name in ("pictures", "documents"):
        errors |= {
            f"{name}.{place}.upload": ErrorCode("not_yours")
            for place, item in enumerate(content[name])
            if item["file"] not in known
        }
    if errors:
        raise Invalid(errors)
    return content


def add_version(
    desk: Desk, actor: Actor, listing: Any, content: contents.Content, submission_id: str | None = None
) -> Any:
    """Add the next version row of a listing, in the open transaction."""
    number = db.session.scalar(
        sa.select(sa.func.coalesce(sa.func.max(desk.version.number), 0)).where(desk.version.listing_id == listing.id)
    )
    version = desk.version(
        listing_id=listing.id,
        number=number + 1,
        content=content,
        created_at=clock.now(),
        created_by=actor.user_id,
        submission_id=_key(submission_id),
    )
    db.session.add(version)
    db.session.flush()  # the listing points at it by id
    shown = sorted(set(contents.file_ids(content)))
    db.session.add_all(desk.version_file(version_id=version.id, file_id=file_id) for file_id in shown)
    return version


def _refuse_second(model: type[Any], submission_id: str | None, answer: str) -> None:
    """Raises AlreadyDone with the listing's id when this submission is kept already."""
    if not submission_id:
        return
    found = db.session.scalar(sa.select(getattr(model, answer)).where(model.submission_id == _key(submission_id)))
    if found is not None:
        raise AlreadyDone(found)


def _key(submission_id: str | None) -> str | None:
    return submission_id[:80] if submission_id else None


def record(desk: Desk, actor: Actor, listing: Any, action: str, **changes: tuple[Any, Any]) -> None:
    """Add the audit row of what was done to a listing, in the open transaction."""
    audit.record(
        actor=actor,
        action=f"{desk.name}.{action}",
        subject_kind=desk.name,
        subject_id=listing.id,
        changes={name: (before, after, "public") for name, (before, after) in changes.items()},
    )


def tell(desk: Desk, listing: Any, what: str) -> None:
    """Index a listing anew and let higher rooms follow, in the open transaction."""
    indexing.touch(desk.name, listing.id)
    hooks.call(f"{desk.name}_{what}", **{f"{desk.name}_id": listing.id}, organisation_id=listing.organisation_id)
