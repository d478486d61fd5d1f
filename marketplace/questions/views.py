"""The pages of questions: what an institution asks, and what a supplier answers."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from marketplace import clock
from marketplace.accounts.web import current_actor, require_user
from marketplace.demands.models import Demand
from marketplace.demands.reading import written_language
from marketplace.errors import Invalid, NotFound
from marketplace.extensions import db
from marketplace.forms import apply_errors
from marketplace.i18n import data_lang
from marketplace.offers.models import Offer
from marketplace.questions import policy, queries, service
from marketplace.questions.forms import AnswerForm, AskForm

blueprint = Blueprint("questions", __name__)


@blueprint.get("/questions")
@require_user
def of_organisation() -> str:
    """The offers of the actor's organisation of which something is asked."""
    actor = current_actor()
    rows = [] if actor.organisation_id is None else queries.wanted_of_organisation(actor.organisation_id)
    return render_template("questions/of_organisation.html", rows=rows)


@blueprint.get("/offers/<int:offer_id>/questions")
@require_user
def of_offer(offer_id: int) -> str:
    """What is asked of an offer, the most wanted first, with a place to answer each; and what was answered."""
    return _page(offer_id, AnswerForm(formdata=None))


@blueprint.post("/offers/<int:offer_id>/questions")
@require_user
def answer(offer_id: int) -> Any:
    """Take one answer, or take one back."""
    form = AnswerForm()
    topic = form.topic.data or ""
    if form.validate():
        try:
            if request.form.get("action") == "retract":
                service.retract(actor=current_actor(), offer_id=offer_id, topic=topic)
                flash(_("Your answer is taken back."), "success")
            else:
                upload = form.evidence.data
                words = form.words.data or ""
                # A number alone is of no language; words may be in another script than the page.
                lang = written_language(words, data_lang()) if any(map(str.isalpha, words)) else data_lang()
                service.answer(
                    actor=current_actor(),
                    offer_id=offer_id,
                    topic=topic,
                    state=form.state.data or "",
                    words=words,
                    lang=lang,
                    evidence=(upload.stream, upload.filename) if upload else None,
                )
                flash(_("Your answer is part of the offer now, and everybody who asked is told."), "success")
        except Invalid as invalid:
            apply_errors(form, invalid)
        else:
            return redirect(url_for("questions.of_offer", offer_id=offer_id), 303)
    return _page(offer_id, form), 422


def _page(offer_id: int, form: AnswerForm) -> str:
    offer = db.session.get(Offer, offer_id)
    policy.require_see(current_actor(), offer)
    assert offer is not None
    return render_template(
        "questions/of_offer.html",
        offer=offer,
        content=offer.live_content,
        wanted=queries.wanted_of_offer(offer_id),
        answers=offer.live_content.get("answers") or [],
        form=form,
    )


@blueprint.get("/matches/<int:demand_id>/<int:offer_id>/ask")
@require_user
def ask(demand_id: int, offer_id: int) -> str:
    """What this match leaves unknown, to choose what to ask."""
    return _ask_page(demand_id, offer_id, AskForm(formdata=None))


@blueprint.post("/matches/<int:demand_id>/<int:offer_id>/ask")
@require_user
def send(demand_id: int, offer_id: int) -> Any:
    """Ask the supplier."""
    form = AskForm()
    if form.validate():
        try:
            service.ask(
                actor=current_actor(), demand_id=demand_id, offer_id=offer_id, topics=form.topics.data or ()
            )
        except Invalid as invalid:
            apply_errors(form, invalid)
        else:
            offer = db.session.get(Offer, offer_id)
            if offer is not None and queries.has_joined(offer.organisation_id):
                flash(_("The supplier is asked. You will be told the answer."), "success")
            else:
                flash(_("The question is kept; it is shown to the supplier when somebody of theirs joins."), "warning")
            return redirect(url_for("matches.pair", demand_id=demand_id, offer_id=offer_id), 303)
    return _ask_page(demand_id, offer_id, form), 422


def _ask_page(demand_id: int, offer_id: int, form: AskForm) -> str:
    demand, offer = db.session.get(Demand, demand_id), db.session.get(Offer, offer_id)
    policy.require_ask(current_actor(), demand, offer, clock.now())
    if demand is None or offer is None or demand.live_version_id is None:
        raise NotFound
    return render_template(
        "questions/ask.html",
        demand=demand,
        offer=offer,
        unknown=queries.unknown_of_pair(demand_id, offer_id),
        joined=queries.has_joined(offer.organisation_id),
        form=form,
    )
