"""What needs a member today: one list, most urgent first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _

from catalogue.credentials import day
from marketplace import clock
from marketplace.actor import Actor
from marketplace.demands import pasted
from marketplace.demands.models import Demand
from marketplace.desk import queries
from marketplace.i18n import pick
from marketplace.matches import queries as match_queries
from marketplace.matches.views import NEED_COOKIE
from marketplace.offers.models import Offer
from marketplace.questions import queries as question_queries


@dataclass(frozen=True)
class Task:
    """One thing to do. `urgency`: 1 (others wait for you) to 4 (when there is time)."""

    urgency: int
    icon: str
    text: str
    action: str
    url: str


def tasks_of(*, actor: Actor, user: Any, organisation: Any) -> list[Task]:
    """Everything that waits for this member in the organisation acted for."""
    found = [*_of_account(user, organisation)]
    if organisation is not None:
        found += [
            *_of_answers(organisation.id),
            *_of_requests(organisation.id),
            *_of_listings(organisation),
            *_of_credentials(organisation),
        ]
    return sorted(found, key=lambda task: task.urgency)


def _of_account(user: Any, organisation: Any) -> list[Task]:
    found = []
    if not user.is_confirmed:
        found.append(
            Task(
                1, "envelope", _("Confirm your e-mail address."), _("Send the mail again"), url_for("accounts.account")
            )
        )
    token = request.cookies.get(NEED_COOKIE)
    need = pasted.pasted_need(token) if token else None
    if need is not None and need.claimed_at is None:
        found.append(
            Task(
                1,
                "clipboard-check",
                _("The need you pasted waits to become a demand."),
                _("See it"),
                url_for("matches.need", token=token),
            )
        )
    if organisation is None:
        found.append(
            Task(
                1,
                "building-add",
                _("Tell us for which organisation you are here."),
                _("Add your organisation"),
                url_for("organisations.new"),
            )
        )
    elif organisation.approved_at is None and organisation.submitted_at is None:
        found.append(
            Task(
                2,
                "patch-check",
                _("Your organisation is not approved yet: it can draft, but not publish."),
                _("Ask for approval"),
                url_for("moderation.approval", organisation_id=organisation.id),
            )
        )
    return found


def _of_answers(organisation_id: int) -> list[Task]:
    found = [
        Task(
            1,
            "chat-left-text",
            _(
                "The other side is interested in “%(title)s”.",
                title=pick(answer.offer.live_content["texts"]["title"]).text,
            ),
            _("Answer"),
            url_for("matches.pair", demand_id=answer.demand_id, offer_id=answer.offer_id),
        )
        for answer in match_queries.waiting_for_answer(organisation_id)
    ]
    if unanswered := match_queries.count_unanswered(organisation_id):
        found.append(
            Task(
                2,
                "stars",
                _("%(count)s open demands fit what you offer.", count=unanswered),
                _("See matches"),
                url_for("matches.of_supplier"),
            )
        )
    if (waiting := question_queries.count_waiting(organisation_id)).demands:
        found.append(
            Task(
                1 if waiting.asked else 2,
                "question-circle-fill",
                _("Buyers of %(count)s open demands need to know more about your offers.", count=waiting.demands),
                _("Answer"),
                url_for("questions.of_organisation"),
            )
        )
    return found


def _of_requests(organisation_id: int) -> list[Task]:
    return [
        Task(
            1,
            "calendar-event",
            _("Requests to meet that wait for your answer: %(count)s.", count=number),
            _("Answer"),
            url_for("matchmaking.my_requests", session_id=session_id),
        )
        for session_id, number in queries.meeting_requests_waiting(organisation_id)
    ]


def _of_listings(organisation: Any) -> list[Task]:
    found = [
        Task(
            2,
            "hourglass-split",
            _("Your demand “%(title)s” closes soon.", title=_title(demand.live_version)),
            _("See its matches"),
            url_for("matches.of_demand", demand_id=demand.id),
        )
        for demand in queries.closing_soon(organisation.id)
    ]
    for model, endpoint, argument in ((Demand, "demands.edit", "demand_id"), (Offer, "offers.edit", "offer_id")):
        found += [
            Task(
                3,
                "pencil-square",
                _("Draft: %(title)s", title=_title(row.draft_version) or _("without a title")),
                _("Go on"),
                url_for(endpoint, **{argument: row.id}),
            )
            for row in queries.drafts(model, organisation.id)
        ]
    return found


def _of_credentials(organisation: Any) -> list[Task]:
    today = day(clock.now())
    url = url_for("organisations.credentials", organisation_id=organisation.id)
    found = []
    for credential in queries.expiring_credentials(organisation.id):
        ends = credential.expires_on
        if ends is None:
            continue
        name = f"{credential.kind} ({credential.issuer})" if credential.issuer else credential.kind
        if ends < today:
            text = _("“%(name)s” has expired and no longer counts.", name=name)
        else:
            text = _("“%(name)s” expires on %(day)s.", name=name, day=ends.isoformat())
        found.append(Task(1 if ends < today else 2, "award", text, _("Renew it"), url))
    return found


def _title(version: Any) -> str:
    return pick(version.content["texts"].get("title", {})).text
