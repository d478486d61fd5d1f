"""What other organisations do on a demand's page: join it, and ask how an offer of theirs stands."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from marketplace import clock
from marketplace.accounts.web import current_actor, require_user
from marketplace.demands import queries as demand_queries
from marketplace.demands.models import Demand
from marketplace.errors import Invalid, NotFound
from marketplace.extensions import db
from marketplace.forms import BaseForm, apply_errors
from marketplace.indexing.service import Away
from marketplace.listings.states import state_of
from marketplace.matches import policy, pooling, standing
from marketplace.matches.blueprint import blueprint
from marketplace.matches.forms import JoinForm
from marketplace.matches.pooling_models import DemandJoin


@blueprint.route("/demands/<int:demand_id>/join", methods=["GET", "POST"])
@require_user
def join(demand_id: int) -> Any:
    """Ask to join another institution's demand, or change one's share."""
    actor = current_actor()
    demand = _open_demand(demand_id)
    share = pooling.own_share(actor, demand_id)
    policy.require_join(actor, demand, clock.now())
    policy.require_ask_again(share)
    known = share if share is not None and share.state != "left" else None
    form = JoinForm(quantity=known.quantity, note=known.note, named=known.named) if known else JoinForm()
    if form.validate_on_submit():
        try:
            pooling.join(
                actor=actor,
                demand_id=demand_id,
                quantity=form.quantity.data,
                note=form.note.data,
                named=form.named.data,
            )
        except Invalid as invalid:
            apply_errors(form, invalid)
        else:
            flash(_("The institution is asked. You are told what it says."), "success")
            return redirect(url_for("demands.show", demand_id=demand_id) + "#pool", 303)
    page = render_template("matches/join.html", demand=demand, content=_content(demand_id, actor), form=form)
    return page, 422 if form.errors else 200


@blueprint.post("/demands/<int:demand_id>/leave")
@require_user
def leave(demand_id: int) -> Any:
    """Take one's share back."""
    policy.require_leave(current_actor(), pooling.own_share(current_actor(), demand_id))
    if not BaseForm().validate():
        abort(400)
    pooling.leave(actor=current_actor(), demand_id=demand_id)
    flash(_("You no longer join this demand; its institution is told."), "success")
    return redirect(url_for("demands.show", demand_id=demand_id), 303)


@blueprint.post("/joins/<int:join_id>")
@require_user
def decide_join(join_id: int) -> Any:
    """Accept or decline another institution's share in one's own demand."""
    share = db.session.get(DemandJoin, join_id)
    policy.require_decide(current_actor(), share and share.demand)
    if not BaseForm().validate():
        abort(400)
    try:
        row = pooling.decide(actor=current_actor(), join_id=join_id, answer=request.form.get("answer", ""))
    except Invalid:
        abort(400)
    flash(_("Your answer is kept and the other side is told."), "success")
    return redirect(url_for("demands.show", demand_id=row.demand_id) + "#pool", 303)


@blueprint.get("/demands/<int:demand_id>/my-offer")
@require_user
def my_offer(demand_id: int) -> Any:
    """How an offer of the actor's own organisation stands for this demand, and why it is not listed."""
    actor = current_actor()
    demand = _open_demand(demand_id)
    offers = standing.own_offers(actor)
    offer_id = request.args.get("offer", type=int)
    found, offer, away = None, None, False
    if offer_id is None and len(offers) == 1:
        offer_id = offers[0].id  # nothing to choose
    if offer_id is not None:
        offer = next((one for one in offers if one.id == offer_id), None)
        if offer is None:
            raise NotFound
        try:
            found = standing.standing(actor=actor, demand_id=demand_id, offer_id=offer_id)
        except Away:
            away = True
    return render_template(
        "matches/my_offer.html",
        demand=demand,
        content=_content(demand_id, actor),
        offers=offers,
        offer=offer,
        found=found,
        away=away,
    )


def _open_demand(demand_id: int) -> Demand:
    """A demand that anybody may read. Raises NotFound."""
    demand = db.session.get(Demand, demand_id)
    if demand is None or state_of(demand, demand.organisation, clock.now()) != standing.OPEN:
        raise NotFound
    return demand


def _content(demand_id: int, actor: Any) -> dict[str, Any]:
    """What the actor may know of it."""
    rows = demand_queries.published_demands([demand_id], actor=actor)
    if not rows:
        raise NotFound
    return rows[0].content
