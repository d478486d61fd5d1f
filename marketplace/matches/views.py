"""The pages of matches: a demand's, a supplier's, one pair, and a need that anybody pastes."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from marketplace import rate_limits
from marketplace.accounts.web import current_actor, require_user
from marketplace.demands import pasted
from marketplace.demands.models import Demand
from marketplace.errors import Invalid, NotFound
from marketplace.extensions import db
from marketplace.forms import apply_errors
from marketplace.i18n import data_lang
from marketplace.indexing.service import Away
from marketplace.listings import policy as listings
from marketplace.listings.wording import path_name, word
from marketplace.matches import (
    policy,
    pool_views,  # noqa: F401 - hang their pages on the same blueprint
    pooling,
    previews,
    queries,
    service,
)
from marketplace.matches.blueprint import blueprint
from marketplace.matches.forms import REASON_TEXTS, AnswerForm, NeedForm
from marketplace.matches.overview import Previewed, contradictions_of, overview
from marketplace.offers import queries as offer_queries
from marketplace.organisations.profile import given_contact

NEED_COOKIE = "need"


@blueprint.app_template_global()
def reason_text(reason: str) -> Any:
    """Why a side said no, in words."""
    return REASON_TEXTS.get(reason, reason)


blueprint.add_app_template_global(contradictions_of)


@blueprint.get("/demands/<int:demand_id>/matches")
@require_user
def of_demand(demand_id: int) -> str:
    """Who can meet this demand, why, and what is unknown. A draft is judged as it stands, without keeping it."""
    actor = current_actor()
    demand = db.session.get(Demand, demand_id)
    if demand is None:
        raise NotFound
    policy.require_see_matches(actor, demand)
    if demand.live_version_id is None:
        listings.require_read_drafts(actor, demand)  # an organiser sees what is published, never a draft
        previewed = _preview(demand.draft_content, actor)
        return render_template("matches/of_draft.html", demand=demand, content=demand.draft_content, **previewed)
    judged = queries.matches_of_demand(demand_id, actor=actor)
    return render_template(
        "matches/of_demand.html",
        demand=demand,
        content=demand.live_content,
        view=overview(judged, demand.live_content, **_asked_for()),
        where=request.path,
        pool=pooling.pool_of(demand),
        judged_at=judged[0].computed_at if judged else None,
        waiting=service.is_waiting(demand_id),
    )


@blueprint.get("/matches")
@require_user
def of_supplier() -> str:
    """Which open demands fit what the actor's organisation offers, and why."""
    actor = current_actor()
    if actor.organisation_id is None:
        return render_template("matches/of_supplier.html", judged=[], total=0, page=1, pages=0, form=None)
    page = max(1, min(request.args.get("page", 1, type=int), 50))
    judged, total = queries.matches_of_supplier(actor.organisation_id, actor=actor, page=page)
    return render_template(
        "matches/of_supplier.html",
        judged=judged,
        total=total,
        page=page,
        pages=-(-total // queries.PER_PAGE),
        form=AnswerForm(formdata=None),
    )


@blueprint.get("/matches/<int:demand_id>/<int:offer_id>")
@require_user
def pair(demand_id: int, offer_id: int) -> str:
    """One pair: what each side asks and offers, how it was judged, the answers, and contacts once both agreed."""
    return render_template("matches/pair.html", **_pair_context(demand_id, offer_id), form=AnswerForm(formdata=None))


@blueprint.post("/matches/<int:demand_id>/<int:offer_id>/answer")
@require_user
def answer(demand_id: int, offer_id: int) -> Any:
    """Take one side's answer."""
    form = AnswerForm()
    if form.validate():
        try:
            service.answer(
                actor=current_actor(),
                demand_id=demand_id,
                offer_id=offer_id,
                answer=form.answer.data,
                reason=form.reason.data or None,
                message=form.message.data,
            )
        except Invalid as invalid:
            apply_errors(form, invalid)
        else:
            flash(_("Your answer is kept and the other side is told."), "success")
            return redirect(url_for("matches.pair", demand_id=demand_id, offer_id=offer_id))
    return render_template("matches/pair.html", **_pair_context(demand_id, offer_id), form=form), 422


def _pair_context(demand_id: int, offer_id: int) -> dict[str, Any]:
    actor = current_actor()
    found = queries.pair(demand_id, offer_id, actor=actor)
    if found is None:
        raise NotFound
    judged, demand, offer = found
    side = policy.side_of(actor, demand, offer)
    if side is None and not actor.is_organiser:
        raise NotFound
    other = demand.organisation if side == "supplier" else offer.organisation
    return {
        "judged": judged,
        "side": side,
        "pool": pooling.pool_of(demand),
        # Private to the two sides, and to them only once both agreed.
        "contact": {"organisation": other, **given_contact(other)} if side and judged.contacts_open else None,
        "counterpart": other if side else None,
        "may_answer": side is not None and actor.may_edit,
    }


@blueprint.post("/need")
def paste_need() -> Any:
    """Keep a pasted need for its visitor and go to what meets it. No account is asked for."""
    form = NeedForm()
    if not form.validate():
        return render_template("matches/need.html", form=form, content=None), 422
    # A fair hall or an institution stands behind one address: only a machine is faster than this.
    rate_limits.limit(f"need:{request.remote_addr}", "60/minute")
    token = pasted.keep_pasted_need(actor=current_actor(), text=form.text.data, lang=data_lang())
    response = redirect(url_for("matches.need", token=token), 303)
    # A cookie of its own: signing in begins a new session, and the need must survive it.
    response.set_cookie(
        NEED_COOKIE,
        token,
        max_age=int(pasted.KEPT_FOR.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=request.is_secure,
    )
    return response


@blueprint.get("/need/<token>")
def need(token: str) -> str:
    """What meets a pasted need, with reasons. Only the browser that pasted it may read it."""
    kept = pasted.pasted_need(token)
    if kept is None or request.cookies.get(NEED_COOKIE) != token:
        abort(404)
    read = pasted.reading_of_need(kept)
    # The words of what was filled in, by the name of the date.
    said = {part.removeprefix("dates."): read.text[slice(*read.quotes[part][0])] for part in read.assumed}
    form = NeedForm(formdata=None, text=kept.text)
    preview = _preview(read.content, current_actor())
    return render_template("matches/need.html", form=form, content=read.content, said=said, **preview)


@blueprint.post("/need/draft")
@require_user
def need_to_draft() -> Any:
    """Make the pasted need a draft demand of the actor's organisation."""
    form = NeedForm()
    token = request.cookies.get(NEED_COOKIE)
    if token is None or "csrf_token" in form.errors:
        abort(400)
    try:
        demand = pasted.claim_pasted_need(actor=current_actor(), token=token)
    except Invalid as invalid:  # a quantity, say, that no draft holds: the text is there to be changed
        kept = pasted.pasted_need(token)
        form = NeedForm(formdata=None, text=kept.text if kept else "")
        form.form_errors.extend(f"{path_name(path, None)}: {word(error)}" for path, error in invalid.errors.items())
        return render_template("matches/need.html", form=form, content=None), 422
    response = redirect(url_for("demands.edit", demand_id=demand.id), 303)
    response.delete_cookie(NEED_COOKIE)
    return response


def _asked_for() -> dict[str, Any]:
    """The page of a list of matches, and whether all near misses are to be shown."""
    return {"page": request.args.get("page", 1, type=int), "all_near": request.args.get("all") == "near"}


def _preview(content: dict[str, Any], actor: Any) -> dict[str, Any]:
    """What meets a content that is not published, and the one offer that is to be shown in full."""
    answer: dict[str, Any] = {"view": None, "shown": None, "away": False, "where": request.path}
    try:
        found = previews.preview(content, actor=actor, by=request.remote_addr or "")
    except Away:
        return answer | {"away": True}
    rows = {row.id: row for row in offer_queries.published_offers([int(m["id"]) for m in found.matches], actor=actor)}
    pairs = [Previewed(rows[int(match["id"])], match) for match in found.matches if int(match["id"]) in rows]
    wanted = request.args.get("offer", type=int)
    answer["shown"] = next((pair for pair in pairs if pair.offer.id == wanted), None)
    return answer | {"view": overview(pairs, content, nearest=found.nearest, **_asked_for())}
