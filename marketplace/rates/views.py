"""The organisers' page of rates."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace import clock
from marketplace.errors import Invalid
from marketplace.forms import apply_errors
from marketplace.rates import policy, service
from marketplace.rates.forms import RateForm

blueprint = Blueprint("rates", __name__)


@blueprint.route("/organiser/rates", methods=["GET", "POST"])
def table() -> ResponseReturnValue:
    """Today's rates, all that were entered, and a form for another."""
    actor = policy.current_actor()
    policy.require_keep(actor)
    form = RateForm()
    status = 200
    if request.method == "POST":
        if form.validate():
            try:
                service.add_rate(
                    actor=actor,
                    currency=form.currency.data or "",
                    rate=form.rate.data or "",
                    valid_on=form.valid_on.data or "",
                    source=form.source.data or "",
                )
            except Invalid as invalid:
                apply_errors(form, invalid)
            else:
                flash(_("The rate is kept. Budgets and prices are compared by it from its day on."), "success")
                return redirect(url_for("rates.table"), 303)
        status = 422
    today = clock.now().date()
    return render_template(
        "rates/table.html", form=form, current=service.rate_table(today), today=today, history=service.history()
    ), status
