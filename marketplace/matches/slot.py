"""What a demand's own page shows of its matches."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import render_template, url_for
from markupsafe import Markup

from marketplace import clock
from marketplace.accounts.web import current_actor
from marketplace.matches import policy, pooling, queries, service
from marketplace.matches.overview import overview

SHOWN = 4


def matches_on_page(demand: Any) -> Markup:
    """The best matches for whoever may see them; for others what they may do with a demand that is not theirs."""
    actor = current_actor()
    if demand.live_version_id is None:
        return Markup("")
    pool = Markup(render_template("matches/_pool.html", demand=demand, **_pool(demand)))  # noqa: S704 - as below
    if not policy.may_see_matches(actor, demand):
        return pool
    judged = queries.matches_of_demand(demand.id, actor=actor)
    view = overview(judged, demand.live_content)
    return (
        pool
        + Markup(  # noqa: S704 - our own template, which escapes
            render_template(
                "matches/_slot.html",
                demand=demand,
                content=demand.live_content,
                view=replace(view, good=view.good[:SHOWN]),
                where=url_for("matches.of_demand", demand_id=demand.id),
                waiting=service.is_waiting(demand.id),
            )
        )
    )


def _pool(demand: Any) -> dict[str, Any]:
    """Who joins, as the reader may know it."""
    actor = current_actor()
    own = actor.organisation_id is not None and actor.organisation_id == demand.organisation_id
    return {
        "pool": pooling.pool_of(demand),
        "shares": pooling.shares(actor, demand) if own else (),
        "share": None if own else pooling.own_share(actor, demand.id),
        "may_decide": own and actor.may_edit,
        "may_join": policy.may_join(actor, demand, clock.now()),
        "may_ask_why": not own and "supplier" in actor.sides,
    }
