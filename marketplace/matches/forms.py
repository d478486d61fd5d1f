"""Forms: an answer to a pair, and a need pasted by anybody."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, RadioField, SelectField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from marketplace.forms import BaseForm

REASON_TEXTS = {
    "price": _l("Price or budget does not fit"),
    "place": _l("Not in our area"),
    "capacity": _l("Quantity or capacity does not fit"),
    "time": _l("The dates do not fit"),
    "not_what_is_meant": _l("Not what is meant"),
    "credential": _l("A certificate or licence is missing"),
    "other": _l("Another reason"),
}


class AnswerForm(BaseForm):
    """Interested, or not and why. The service says what is missing, so that every way in hears the same."""

    answer = RadioField(
        _l("Your answer"),
        choices=[("interested", _l("Interested")), ("declined", _l("Not for us"))],
        validators=[InputRequired(_l("Please choose one of the answers offered."))],
    )
    reason = SelectField(
        _l("Reason, if it is not for you"),
        choices=[("", _l("Please choose")), *REASON_TEXTS.items()],
        validators=[Optional()],
    )
    message = TextAreaField(_l("Message to the other side"), validators=[Optional()])


class NeedForm(BaseForm):
    """A need in anybody's own words."""

    text = TextAreaField(
        _l("What do you need?"),
        validators=[
            DataRequired(_l("Please write or paste what you need: a few words are enough.")),
            Length(max=20_000, message=_l("At most 20,000 characters. Please keep the part that says what is needed.")),
        ],
    )


class JoinForm(BaseForm):
    """How much of the same another institution needs. The service says what is wrong with it."""

    quantity = IntegerField(_l("How many do you need?"), validators=[Optional()])
    note = TextAreaField(_l("Note to the institution that posted it"), validators=[Optional()])
    named = BooleanField(_l("Suppliers may see the name of our organisation"))
