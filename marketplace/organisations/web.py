"""The organisation that a request acts for, and what every page shows of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import request
from flask.blueprints import BlueprintSetupState

from marketplace.accounts.web import current_actor, provide_memberships
from marketplace.actor import Actor
from marketplace.organisations import queries, trust
from marketplace.organisations.blueprint import blueprint
from marketplace.organisations.models import Organisation


@blueprint.record
def _install(state: BlueprintSetupState) -> None:
    provide_memberships(state.app, queries.active_membership)


def actor_in(organisation_id: int) -> Actor:
    """Who asks, acting for the organisation that the address names rather than for the one chosen.

    A link in a mail leads to an organisation; whoever belongs to several need not switch first.
    """
    actor = current_actor()
    if actor.user_id is None or actor.organisation_id == organisation_id:
        return actor
    roles = queries.roles_in(actor.user_id, organisation_id)
    return replace(actor, organisation_id=organisation_id if roles else None, roles=roles)


def my_organisations() -> list[Organisation]:
    """The organisations of who asks, read once a request."""
    kept = request.environ.get("marketplace.organisations")
    if kept is None:
        user_id = current_actor().user_id
        kept = [] if user_id is None else queries.organisations_of(user_id)
        request.environ["marketplace.organisations"] = kept
    return kept


@blueprint.app_template_global()
def trust_facts(organisation: Organisation, confirmed_at: datetime | None = None) -> tuple[trust.Fact, ...]:
    """What is checked about an organisation and what is not, for the pages on which somebody decides about it."""
    return trust.facts_of(organisation, confirmed_at=confirmed_at)


@blueprint.app_context_processor
def of_this_request() -> dict[str, Any]:
    """`my_organisations` and `active_organisation` (or None) for every template."""
    mine = my_organisations()
    active_id = current_actor().organisation_id
    return {
        "my_organisations": mine,
        "active_organisation": next((one for one in mine if one.id == active_id), None),
    }
