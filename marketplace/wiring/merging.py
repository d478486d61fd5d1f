"""What is noticed as posted or registered twice, and what follows when the organisers make one of two."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Flask

from marketplace import hooks
from marketplace.demands.desk import DESK as DEMANDS
from marketplace.duplicates import noticing, service
from marketplace.events import merging as events
from marketplace.listings import lookalikes
from marketplace.listings import merging as listings
from marketplace.matches import merging as matches
from marketplace.matchmaking import merging as matchmaking
from marketplace.messages import merging as messages
from marketplace.moderation import merging as moderation
from marketplace.notifications import merging as notifications
from marketplace.offers.desk import DESK as OFFERS
from marketplace.outreach import merging as outreach
from marketplace.questions import merging as questions
from marketplace.reading import merging as reading
from marketplace.watches import merging as watches


def install(app: Flask) -> None:
    """Subscribe; what belongs to an organisation moves from the lowest room to the highest."""
    lookalikes.fill(app, noticing.lookalikes)
    for name in ("offer", "demand"):
        hooks.subscribe(app, f"{name}_published", partial(_notice_listing, name))
    for what in ("entered", "identified", "approved"):
        hooks.subscribe(app, f"organisation_{what}", _notice_organisation)
    hooks.subscribe(app, "organisations_merging", matchmaking.refuse)
    for follow in (
        partial(listings.follow, OFFERS),
        partial(listings.follow, DEMANDS),
        _close_question,
        events.follow,
        matchmaking.follow,
        matches.follow_organisation,
        messages.follow,
        outreach.follow,
        reading.follow,
        watches.follow_organisation,
        service.follow_organisation,
        notifications.follow,
    ):
        hooks.subscribe(app, "organisations_merged", follow)
    for desk in (OFFERS, DEMANDS):
        for follow_listing in (matches.follow_listing, questions.follow, watches.follow_listing):
            hooks.subscribe(app, f"{desk.plural}_merged", partial(follow_listing, desk.name))


def _notice_listing(name: str, **facts: Any) -> None:
    noticing.notice_listing(name, facts[f"{name}_id"])


def _notice_organisation(*, organisation_id: int, **_facts: Any) -> None:
    noticing.notice_organisation(organisation_id)


def _close_question(*, kept_id: int, merged_id: int, moved: dict[str, list[int]]) -> None:
    moderation.close_question(merged_id=merged_id, moved=moved)
