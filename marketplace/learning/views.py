"""The organiser's page of rulesets: what is in force, what is proposed, and the public history of changes."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from marketplace.accounts.web import current_actor, require_organiser
from marketplace.errors import ErrorCode, Invalid, NotFound
from marketplace.extensions import db
from marketplace.forms import BaseForm, apply_errors
from marketplace.learning import judgements, service
from marketplace.learning.forms import AdoptForm
from marketplace.matches import rulesets
from marketplace.matches.rulesets import ProposedRuleset, RulesetAdoption
from marketplace.outbox import service as outbox
from search.bench.tune import FOLDS
from search.matching.ruleset import ruleset

blueprint = Blueprint("learning", __name__)
SHOWN = 10


@blueprint.get("/organiser/rulesets")
@require_organiser
def show() -> str:
    """The points in force beside those that judgements propose, with what they would gain."""
    return _page(BaseForm(formdata=None))


def _page(form: BaseForm) -> str:
    rulesets.put_in_force()
    newest = sa.select(RulesetAdoption).order_by(RulesetAdoption.id.desc()).limit(SHOWN)
    adoptions = db.session.scalars(newest).all()
    rows = judgements.judgements()
    return render_template(
        "learning/rulesets.html",
        rules=ruleset(),
        in_force=adoptions[0].proposed_id if adoptions else None,
        proposals=db.session.scalars(
            sa.select(ProposedRuleset).order_by(ProposedRuleset.id.desc()).limit(SHOWN)
        ).all(),
        adoptions=adoptions,
        counts=judgements.counts(rows),
        demands=len({row.demand_id for row in rows if row.gain >= 2}),
        needed=FOLDS,
        measuring=outbox.is_waiting(service.JOB, subject=""),
        form=form,
    )


@blueprint.post("/organiser/rulesets")
@require_organiser
def change() -> Any:
    """Measure anew, put a proposal in force, or go back to the ruleset that comes with the program."""
    action = request.form.get("action", "")
    form = AdoptForm() if action == "adopt" else BaseForm()
    if not form.validate():
        return _page(form), 422
    actor = current_actor()
    if action == "measure":
        service.request_measure(actor=actor)
        flash(_("Other points are being measured. The page shows them when it is done."), "info")
    elif action in ("adopt", "go_back"):
        try:
            service.adopt(actor=actor, proposed_id=form.proposed_id.data if isinstance(form, AdoptForm) else None)
        except NotFound:
            apply_errors(form, Invalid({"proposed_id": ErrorCode("unknown_choice")}))
            return _page(form), 422
        flash(_("The ruleset is in force. All open demands are judged anew."), "success")
    return redirect(url_for("learning.show"), 303)
