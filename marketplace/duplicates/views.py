"""The organiser's pages of what looks posted or registered twice."""

from __future__ import annotations

import math
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from marketplace.accounts.web import current_actor, done, require_organiser
from marketplace.duplicates import queries, service
from marketplace.errors import AlreadyDone, Invalid, NotFound
from marketplace.forms import BaseForm
from marketplace.i18n import pick

blueprint = Blueprint("duplicates", __name__)

REFUSALS = {
    "approved_stays": _l("Only the other organisation is approved. Keep that one, or approve this one first."),
    "suspended_goes": _l("This organisation is suspended. Keep the other one, or lift the suspension first."),
    "organisations_first": _l(
        "They belong to two organisations. Merge the organisations first: what was answered to one of them must not "
        "become known to another."),
    "open_stays": _l("Only the other one can be found. Keep that one."),
    "unknown_choice": _l("Choose which of the two stays."),
}


@blueprint.app_context_processor
def count_for_organisers() -> dict[str, Any]:
    """For the organiser's overview: how many pairs wait."""
    return {"duplicates_waiting": queries.count}


@blueprint.get("/organiser/duplicates")
@require_organiser
def index() -> Any:
    """Pairs that wait, a page at a time, and what was decided last."""
    page = max(1, min(request.args.get("page", 1, type=int), 1000))
    pairs, total = queries.waiting(page)
    return render_template("duplicates/index.html", pairs=pairs, total=total, page=page,
                           pages=math.ceil(total / queries.PAGE), decided=queries.decided())


@blueprint.route("/organiser/duplicates/<int:case_id>", methods=["GET", "POST"])
@require_organiser
def case(case_id: int) -> Any:
    """Two side by side: what is equal, what differs, and what to do."""
    form, status, refusal = BaseForm(), 200, ""
    if form.validate_on_submit():
        try:
            return _decide(case_id)
        except Invalid as invalid:
            status, refusal = 422, _worded(invalid)
            # What was refused is undone; the page reads the rows as they stand.
        except AlreadyDone:
            status = 409
    elif form.is_submitted():
        status = 422
    pair = queries.get_pair(case_id)
    if pair is None:
        raise NotFound
    return render_template("duplicates/case.html", pair=pair, lines=queries.lines(pair), form=form, refusal=refusal,
                           hangs=queries.hangs_on(pair), decided_meanwhile=status == 409), status


def _decide(case_id: int) -> Any:
    decision = request.form.get("decision", "")
    if decision == "different":
        service.tell_apart(actor=current_actor(), case_id=case_id)
        done(_l("Kept as two. Nobody is asked about this pair again."))
    else:
        kept = decision.removeprefix("keep-")
        service.merge(actor=current_actor(), case_id=case_id,
                      kept_id=int(kept) if kept.isascii() and kept.isdecimal() and len(kept) < 19 else 0)
        done(_l("Merged. What moved is kept in the list of what was done."))
    return redirect(url_for("duplicates.index"))


def _worded(invalid: Invalid) -> str:
    error = next(iter(invalid.errors.values()))
    if error.code == "meetings_first":
        names = error.params.get("names") or {}
        return _("Both take part in %(session)s, and the one that would go has meetings there. Keep that one, or take "
                 "it out of the session (its meetings are cancelled and the others told), then merge.",
                 session=pick(names).text)
    return str(REFUSALS.get(error.code, error.code))
