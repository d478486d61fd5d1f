"""What a demand's own page shows of its matches."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import render_template, url_for
from markupsafe import Markup

from marketplace.accounts.web import current_actor
from marketplace.matches import policy, pooling, queries, service
from marketplace.matches.overview import overview

SHOWN = 4


def matches_on_page(demand: Any) -> Markup:
    """The best matches for whoever may see them, nothing for anybody else."""
    actor = current_actor()
    if demand.live_version_id is None or not policy.may_see_matches(actor, demand):
        return Markup("")
    judged = queries.matches_of_demand(demand.id, actor=actor)
    view = overview(judged, demand.live_content)
    return Markup(  # noqa: S704 - our own template, which escapes
        render_template(
            "matches/_slot.html",
            demand=demand,
            content=demand.live_content,
            view=replace(view, good=view.good[:SHOWN]),
            where=url_for("matches.of_demand", demand_id=demand.id),
            waiting=service.is_waiting(demand.id),
        )
    )
