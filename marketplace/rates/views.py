"""The organisers' page of rates, and sums in the reader's currency for every template."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_decimal
from flask_babel import gettext as _

from catalogue import currencies
from marketplace import clock
from marketplace.errors import Invalid
from marketplace.forms import apply_errors
from marketplace.i18n import data_lang
from marketplace.rates import policy, service
from marketplace.rates.forms import RateForm

blueprint = Blueprint("rates", __name__)


@dataclass(frozen=True)
class AmountAbout:
    """A sum in the reader's currency in words ("CNY 184,600"), by a rate of `valid_on`."""

    text: str
    valid_on: date


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
                service.add_rate(actor=actor, currency=form.currency.data or "", rate=form.rate.data or "",
                                 valid_on=form.valid_on.data or "", source=form.source.data or "")
            except Invalid as invalid:
                apply_errors(form, invalid)
            else:
                flash(_("The rate is kept. Budgets and prices are compared by it from its day on."), "success")
                return redirect(url_for("rates.table"), 303)
        status = 422
    today = clock.now().date()
    return render_template("rates/table.html", form=form, current=service.rate_table(today), today=today,
                           history=service.history()), status


@blueprint.app_template_global()
def amount_about(value: Any) -> AmountAbout | None:
    """About how much a sum is in the reader's own currency; None in that currency, or without a rate."""
    if not value:
        return None
    money = value if isinstance(value, Mapping) else {"minor": value.minor, "currency": value.currency}
    wanted = "CNY" if data_lang() == "zh-Hans" else "HKD"
    found = service.about(dict(money), wanted, _todays_rates())
    if found is None:
        return None
    amount = round(currencies.from_minor(found.minor, found.currency))
    return AmountAbout(f"{found.currency} {format_decimal(amount)}", found.valid_on)


def _todays_rates() -> service.RateTable:
    """Read once a request, however many sums a page shows."""
    if "rate_table" not in g:
        g.rate_table = service.rate_table(clock.now().date())
    return g.rate_table
