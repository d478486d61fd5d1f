"""The form of a rate."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired

from catalogue import currencies
from marketplace.forms import BaseForm, add_error_texts
from marketplace.i18n import data_lang
from marketplace.rates.models import BASE

add_error_texts(
    {
        "rate_of_base": _l("All rates are given in %(base)s, so it needs none itself."),
        "rate_not_positive": _l("A rate is more than zero."),
    }
)


def _choices() -> list[tuple[str, str]]:
    lang = data_lang()
    return [(one.code, f"{one.code} {one.names[lang]}") for one in currencies.all_currencies() if one.code != BASE]


class RateForm(BaseForm):
    """One unit of a currency in the base currency, from a day on, and where that is written."""

    currency = SelectField(_l("Currency"), choices=_choices, validate_choice=False)
    rate = StringField(
        _l("One unit of it in CNY"),
        description=_l("For example 0.9182"),
        validators=[InputRequired(_l("Please fill this in."))],
        render_kw={"inputmode": "decimal"},
    )
    valid_on = StringField(
        _l("Counts from"), validators=[InputRequired(_l("Please fill this in."))], render_kw={"type": "date"}
    )
    source = StringField(
        _l("Source"),
        description=_l("Who published this rate, and where"),
        validators=[InputRequired(_l("Please fill this in."))],
    )
