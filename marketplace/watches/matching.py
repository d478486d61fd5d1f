"""Find the watches that a newly published listing concerns, and write down what was found, once for each pair."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from marketplace import clock, i18n
from marketplace.accounts.models import User
from marketplace.demands.documents import demand_document
from marketplace.extensions import db, upserting
from marketplace.indexing.service import viewer_of
from marketplace.notifications import queries as notifications
from marketplace.offers import queries as offers
from marketplace.offers.documents import offer_document
from marketplace.organisations import states
from marketplace.organisations.models import Membership, Organisation
from marketplace.outbox import service as outbox
from marketplace.outbox.models import Job
from marketplace.transaction import transaction
from marketplace.types import fold_key
from marketplace.watches import queries, service, telling
from marketplace.watches.models import Sighting, Watch
from search.standing import Arrival, Standing, stand
from search.text import ANALYSIS_VERSION

JOB, PROFILE_JOB = "match_watches", "renew_profile_watch"
COLLECTIONS = {"offer": "offers", "demand": "demands"}
_DOCUMENTS = {"offer": offer_document, "demand": demand_document}


def request(kind: str, listing_id: int, *, run_at: datetime | None = None) -> None:
    """Have a listing held against what is watched, after the open transaction or when it opens."""
    # One that waits for its day has a key of its own: published anew to open at once, it must not wait for it.
    key = f"{JOB}:{kind}:{listing_id}" + (f":{run_at.isoformat()}" if run_at else "")
    outbox.enqueue(JOB, subject=f"{kind}:{listing_id}", run_at=run_at, dedupe_key=key)


def handle(job: Job) -> None:
    """Hold the listing that a job names, as it stands now, against everything that is watched. Safe to run twice."""
    kind, _, listing_id = job.subject.partition(":")
    document = _DOCUMENTS[kind](int(listing_id))
    if document.get("deleted"):
        return
    opens_at = datetime.fromisoformat(document["opens_at"]) if document["opens_at"] else None
    if opens_at is not None and opens_at > clock.now():
        with transaction():
            request(kind, int(listing_id), run_at=opens_at)
        return
    if kind == "offer":
        watch_for_profile(int(document["organisation"]["id"]))
    while service.renew_stale():
        pass
    keep(kind, int(listing_id), find(Arrival(COLLECTIONS[kind], document)))


def find(arrival: Arrival) -> list[tuple[Watch, dict[str, Any]]]:
    """The watches that a document concerns, each with the reason; never those of its own organisation's people."""
    watches = list(queries.watches_under(arrival.keys, arrival.collection))
    readers = queries.readers(watches)
    belongs = queries.organisations_of({watch.user_id for watch in watches})
    owner = int(arrival.entry.document["organisation"]["id"])
    now = clock.now()
    found = []
    for watch in watches:
        reader = readers.get(watch.id)
        if reader is None or owner == watch.organisation_id or owner in belongs.get(watch.user_id, ()):
            continue
        reason = arrival.reason(Standing.from_text(watch.standing), now=now, viewer=viewer_of(reader))
        if reason is not None:
            found.append((watch, reason.as_dict()))
    return found


def keep(kind: str, listing_id: int, found: Sequence[tuple[Watch, dict[str, Any]]]) -> None:
    """Write down what was found, and have it told in its time. A pair that was found before stays as it was."""
    now = clock.now()
    rows = [
        {
            "watch_id": watch.id, "kind": kind, "listing_id": listing_id, "reason": reason, "found_at": now,
            "due_at": telling.due_at(watch, now), "told": False,
        }
        for watch, reason in found
    ]  # fmt: skip
    recipients = {(telling.recipient_of(watch), telling.due_at(watch, now)) for watch, _reason in found}
    if not rows:
        return
    with transaction():
        for start in range(0, len(rows), 100):
            db.session.execute(
                upserting(Sighting)
                .values(rows[start : start + 100])
                .on_conflict_do_nothing(index_elements=["watch_id", "kind", "listing_id"])
            )
        for recipient, due in sorted(recipients):
            telling.request(recipient, due)


def keep_match(*, demand_id: int, offer_id: int, band: str, told_under: str) -> bool:
    """Whether a new match of a demand is told by its watch, in the watch's own time, instead of by itself.

    In the open transaction of the matches. `told_under`: the key of the notice that would be written otherwise.
    """
    watch = queries.watch_of_demand(demand_id)
    if watch is None:
        return False
    if watch.paused_at is None and not notifications.is_told(told_under):
        keep("offer", offer_id, [(watch, {"band": band})])
    return True


def request_profile(organisation_id: int) -> None:
    """Have what watches for a supplier's offers follow them, after the open transaction: one is gone, or it serves
    elsewhere."""
    outbox.enqueue(PROFILE_JOB, subject=str(organisation_id), dedupe_key=f"{PROFILE_JOB}:{organisation_id}")


def handle_profile(job: Job) -> None:
    """Let the watch of the organisation that a job names follow its offers. Safe to run twice."""
    watch_for_profile(int(job.subject))


def renew_profiles() -> None:
    """Let every such watch follow what changed without a word: an offer whose time ran out, places now served."""
    kept = sa.select(Watch.organisation_id).where(Watch.what == "profile").order_by(Watch.id)
    ids = [one for one in db.session.scalars(kept) if one is not None]
    db.session.rollback()  # the read ends before the first of the writes begins
    for organisation_id in ids:
        watch_for_profile(organisation_id)


def watch_for_profile(organisation_id: int) -> None:
    """Watch new demands of the kinds that a supplier offers where it serves, as its offers and profile now stand.

    The watch is written by itself with the first offer, for the organisation's first owner, once a week. While nothing
    is on offer it stays and finds nothing.
    """
    organisation = db.session.get(Organisation, organisation_id)
    if organisation is None or not organisation.is_supplier or states.of(organisation) != "approved":
        return
    rows = offers.offers_of(organisation_id)
    kinds = tuple(sorted({row.content["kind"] for row in rows}))
    served = {place for row in rows for place in row.content.get("facts", {}).get("serves") or ()}
    places = tuple(sorted({*served, *(organisation.serves or ())} or {*filter(None, (organisation.place_id,))}))
    filters = {name: values for name, values in (("kind", kinds), ("place", places)) if values} if kinds else {}
    statistics = service.statistics_of("demands")
    standing = stand("demands", "", "en", filters, statistics) if kinds else Standing("demands", void=True)
    query = {"collection": "demands", "text": "", "filters": {name: list(values) for name, values in filters.items()}}
    with transaction():
        db.session.get(Organisation, organisation_id, with_for_update=True)  # two jobs write one watch
        watch = db.session.scalars(
            sa.select(Watch).where(Watch.what == "profile", Watch.organisation_id == organisation_id).with_for_update()
        ).first()
        if watch is None:
            owner = _first_owner(organisation_id) if kinds else None
            if owner is None:
                return
            name = _free_name(owner, organisation)
            watch = Watch(
                user_id=owner.id, organisation_id=organisation_id, what="profile", name=name, name_folded=name,
                collection="demands", cadence="weekly", query={},
            )  # fmt: skip
            db.session.add(watch)
            db.session.flush()  # its keys carry its id
        if watch.query != query or watch.version != ANALYSIS_VERSION:
            watch.query = query
            service.put(watch, standing, statistics)


def _first_owner(organisation_id: int) -> User | None:
    return db.session.scalars(
        sa.select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.organisation_id == organisation_id, Membership.role == "owner")
        .order_by(Membership.id)
    ).first()


def _free_name(owner: User, organisation: Organisation) -> str:
    """The organisation's name, with its number where the owner has a watch of that name already."""
    name = i18n.pick(organisation.names, i18n.data_lang(owner.locale), convert=False).text[:100]
    taken = db.session.scalar(sa.select(Watch.id).where(Watch.user_id == owner.id, Watch.name_folded == fold_key(name)))
    return name if taken is None else f"{name} {organisation.id}"
