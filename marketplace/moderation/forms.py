"""The organiser's decision."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, TextAreaField

from marketplace.accounts.forms import at_most, required
from marketplace.forms import BaseForm, add_error_texts

CHOICES = {
    "approved": _l("Approve"),
    "rejected": _l("Reject, with a reason"),
    "suspended": _l("Suspend, with a reason"),
    "restored": _l("Lift the suspension"),
}

add_error_texts({"reason_needed": _l("Please say why: the organisation reads it.")})


class DecisionForm(BaseForm):
    decision = RadioField(_l("Decision"), [required()], choices=list(CHOICES.items()))
    reason = TextAreaField(
        _l("Reason"), [at_most(2000)], render_kw={"rows": 4},
        description=_l("The organisation reads this. Say what to change, for a rejection."))

    def offer(self, decisions: tuple[str, ...]) -> None:
        """Only these decisions can be taken now."""
        self.decision.choices = [(code, CHOICES[code]) for code in decisions]
