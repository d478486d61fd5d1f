"""What a demand's own page shows of its matches."""

from __future__ import annotations

from typing import Any

from flask import render_template
from markupsafe import Markup

from marketplace.accounts.web import current_actor
from marketplace.matches import policy, queries, service

SHOWN = 10


def matches_on_page(demand: Any) -> Markup:
    """The best matches for whoever may see them, nothing for anybody else."""
    actor = current_actor()
    if not policy.may_see_matches(actor, demand):
        return Markup("")
    judged = queries.matches_of_demand(demand.id, actor=actor)
    return Markup(  # noqa: S704 - our own template, which escapes
        render_template(
            "matches/_slot.html",
            demand=demand,
            judged=judged[:SHOWN],
            more=max(0, len(judged) - SHOWN),
            waiting=service.is_waiting(demand.id),
        )
    )
