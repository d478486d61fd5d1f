"""The forms of the day."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectMultipleField, StringField
from wtforms.validators import Length

from marketplace.forms import BaseForm
from marketplace.i18n import data_lang
from marketplace.organisations.languages import spoken_languages

SPOKEN_FIRST = ("yue", "cmn", "zh", "en", "pt")


class CodeForm(BaseForm):
    """The code of a badge, typed."""

    code = StringField(_l("Code on the badge"), [Length(max=20)])


class WalkInForm(BaseForm):
    """Somebody who just came."""

    side = RadioField(_l("Side"), choices=[("demand", _l("Buyer")), ("supply", _l("Exhibitor"))], default="demand")
    name = StringField(_l("Organisation"), [Length(max=200)])
    person = StringField(_l("Name"), [Length(max=120)])
    mobile = StringField(_l("Mobile number"), [Length(max=40)])
    languages = SelectMultipleField(_l("Languages spoken"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = dict(spoken_languages(data_lang()))
        self.languages.choices = [(code, known[code]) for code in SPOKEN_FIRST if code in known]
