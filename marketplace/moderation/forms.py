"""The organiser's decision."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, StringField, TextAreaField

from marketplace.accounts.forms import at_most, required
from marketplace.forms import BaseForm, add_error_texts
from marketplace.organisations.forms import DayField
from marketplace.organisations.models import Credential

CHOICES = {
    "approved": _l("Approve"),
    "rejected": _l("Reject, with a reason"),
    "suspended": _l("Suspend, with a reason"),
    "restored": _l("Lift the suspension"),
}

add_error_texts({
    "reason_needed": _l("Please say why: the organisation reads it."),
    "seen_in_the_future": _l("This day is still to come. Please give the day on which you saw it."),
})


class SightingForm(BaseForm):
    """What an organiser saw, and when."""

    document = StringField(_l("Which document you saw"), [required(), at_most(300)],
                           description=_l("For example: business registration certificate, original."))
    credential_id = SelectField(_l("It is the credential"), default="", coerce=lambda code: code or "")
    seen_on = DayField(_l("Seen on"), [required()])

    def of(self, credentials: list[Credential]) -> SightingForm:
        """With the organisation's credentials to choose from."""
        self.credential_id.choices = [("", "—"), *((str(one.id), one.kind) for one in credentials)]
        return self


class DecisionForm(BaseForm):
    decision = RadioField(_l("Decision"), [required()], choices=list(CHOICES.items()))
    reason = TextAreaField(
        _l("Reason"), [at_most(2000)], render_kw={"rows": 4},
        description=_l("The organisation reads this. Say what to change, for a rejection."))

    def offer(self, decisions: tuple[str, ...]) -> None:
        """Only these decisions can be taken now."""
        self.decision.choices = [(code, CHOICES[code]) for code in decisions]
