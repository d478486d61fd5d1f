"""What is filled in about sessions, wishes, requests and plans."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import NumberRange, Optional

from catalogue.currencies import OFFERED_FIRST
from marketplace.accounts.forms import at_most, required
from marketplace.forms import BaseForm
from marketplace.matchmaking import wording
from marketplace.matchmaking.models import WEIGHTS, MatchmakingSession, Participation
from marketplace.matchmaking.sessions import SessionValues

TAGS = {"zh-Hans": "zh_hans", "zh-Hant": "zh_hant", "en": "en"}


def _whole(label: Any, least: int, most: int, *, optional: bool = False, **more: Any) -> IntegerField:
    validators: list[Any] = [Optional()] if optional else []
    return IntegerField(
        label, validators=[*validators, NumberRange(min=least, max=most, message=_l("From %(min)s to %(max)s."))],
        **more)


class SessionForm(BaseForm):
    """The rules of a session."""

    name_zh_hant = StringField(_l("Name"), validators=[at_most(200)])
    name_zh_hans = StringField(_l("Name"), validators=[at_most(200)])
    name_en = StringField(_l("Name"), validators=[at_most(200)])
    held_on = StringField(_l("Day"), validators=[required()], render_kw={"type": "date"})
    slot_minutes = _whole(_l("Minutes of a meeting"), 5, 240, default=20)
    gap_minutes = _whole(_l("Minutes between meetings"), 0, 120, default=5)
    breaks = TextAreaField(_l("Breaks"), description=_l("One per line, for example 12:00-13:00"),
                           render_kw={"rows": 2})
    zone_ids = SelectMultipleField(_l("Zones whose tables are used"), coerce=int,
                                   description=_l("None chosen means all zones."), validators=[Optional()])
    most = _whole(_l("Most meetings of one counterpart"), 0, 200, default=12)
    fewest = _whole(_l("Fewest meetings of one counterpart"), 0, 200, default=0)
    in_a_row = _whole(_l("Most meetings in a row"), 1, 200, optional=True)
    walking = BooleanField(_l("Leave a slot free to walk from one zone to another"), default=True)
    request_quota = _whole(_l("Requests that a supplier may send"), 0, 1000, optional=True)
    request_hours = _whole(_l("Hours after which a request without answer lapses"), 1, 240, default=72)
    lock_version = HiddenField()

    def as_values(self) -> SessionValues:
        """What was filled in."""
        return SessionValues(
            names={lang: self[f"name_{tag}"].data or "" for lang, tag in TAGS.items()},
            held_on=self.held_on.data or "", slot_minutes=self.slot_minutes.data, gap_minutes=self.gap_minutes.data,
            breaks=self.breaks.data or "", zone_ids=list(self.zone_ids.data or []), most=self.most.data,
            fewest=self.fewest.data, in_a_row=self.in_a_row.data, walking=self.walking.data,
            request_quota=self.request_quota.data, request_hours=self.request_hours.data)


def filled(session: MatchmakingSession) -> dict[str, Any]:
    """What `SessionForm` shows of a session."""
    columns = ("slot_minutes", "gap_minutes", "zone_ids", "most", "fewest", "in_a_row", "walking", "request_quota",
               "request_hours", "lock_version")
    return {
        **{f"name_{tag}": session.names.get(lang, "") for lang, tag in TAGS.items()},
        **{name: getattr(session, name) for name in columns},
        "held_on": session.held_on.isoformat(), "breaks": "\n".join("-".join(span) for span in session.breaks or []),
    }


class PartForm(BaseForm):
    """A part of a session."""

    kind = SelectField(_l("What happens"), choices=[(one, label) for one, label in wording.PARTS.items()
                                                   if one != "meeting"])
    name = StringField(_l("Name"), validators=[at_most(200)])
    starts = StringField(_l("From"), validators=[required()], render_kw={"type": "time", "step": "300"})
    ends = StringField(_l("Until"), validators=[required()], render_kw={"type": "time", "step": "300"})
    minutes = _whole(_l("Minutes of one turn"), 5, 240, default=5)
    participation_id = SelectField(_l("The buyer"), description=_l("Only where one buyer meets several suppliers"),
                                   validate_choice=False)


class TurnsForm(BaseForm):
    """Whose turns a part has."""

    order = SelectMultipleField(_l("Who"), coerce=int, validate_choice=False)
    draw = BooleanField(_l("Draw the order"))
    guest = SelectField(_l("Who walks"), validate_choice=False)


class WeightsForm(BaseForm):
    """What wishes are worth; one field for each of WEIGHTS."""


for _name, _value in WEIGHTS.items():
    setattr(WeightsForm, _name, _whole(wording.WEIGHTS[_name], 0, 10_000, default=_value))


class PlanForm(BaseForm):
    """Have a plan made."""

    mode = SelectField(_l("What for"), choices=list(wording.MODES.items()))
    seconds = _whole(_l("Seconds at most"), 1, 300, default=20)
    base_id = HiddenField()


class JoinForm(BaseForm):
    """Take part with these people."""

    people = SelectMultipleField(_l("Who comes to the meetings"), coerce=int, validate_choice=False)


class TermsForm(BaseForm):
    """How one takes part."""

    away = SelectMultipleField(_l("Away in these slots"), coerce=int, validators=[Optional()])
    most = _whole(_l("Most meetings"), 0, 200, optional=True)
    fewest = _whole(_l("Fewest meetings"), 0, 200, optional=True)
    in_a_row = _whole(_l("Most meetings in a row"), 1, 200, optional=True)
    accepts = SelectField(_l("Requests we take"), choices=list(wording.ACCEPTS.items()))
    manages = BooleanField(_l("We manage without an interpreter if the other side says so, too"))
    at_booth = BooleanField(_l("We meet at our stand, not at a table"))


def filled_terms(row: Participation) -> dict[str, Any]:
    """What `TermsForm` shows of a participation, without the slots."""
    return {name: getattr(row, name) for name in ("most", "fewest", "in_a_row", "accepts", "manages", "at_booth")}


class RequestForm(BaseForm):
    """Ask a counterpart to meet."""

    to = SelectField(_l("Whom"), coerce=int, validate_choice=False)
    slot = SelectField(_l("When"), description=_l("Without a time the plan finds one."), validate_choice=False)
    message = TextAreaField(_l("Message"), validators=[at_most(1000)], render_kw={"rows": 3})


class AnswerForm(BaseForm):
    """Answer a request."""

    answer = HiddenField()
    reason = SelectField(_l("Reason"), choices=[("", "—"), *wording.DECLINES.items()], validate_choice=False)
    words = StringField(_l("A word with it"), validators=[at_most(1000)])
    slot = SelectField(_l("Another time"), validate_choice=False)


class EditForm(BaseForm):
    """Edit a draft by hand."""

    action = HiddenField()
    slot = HiddenField()
    table = HiddenField()
    lock_version = HiddenField()


class PublishForm(BaseForm):
    """Show a plan."""

    how = HiddenField()
    lock_version = HiddenField()


class FeedbackForm(BaseForm):
    """One of four answers after a meeting."""

    answer = SelectField(_l("How was it?"), choices=list(wording.FEEDBACK.items()), validate_choice=False)
    words = StringField(_l("A word with it"), validators=[at_most(1000)])


class OutcomeForm(BaseForm):
    """What came of a meeting."""

    stage = SelectField(_l("What came of it"), choices=list(wording.OUTCOMES.items()), validate_choice=False)
    amount = StringField(_l("Amount"), validators=[at_most(20)], render_kw={"inputmode": "decimal"})
    currency = SelectField(_l("Currency"), choices=[(one, one) for one in OFFERED_FIRST], validate_choice=False)
    happened_on = StringField(_l("Day"), validators=[required()], render_kw={"type": "date"})
    evidence = StringField(_l("Evidence"), description=_l("Number of a contract, a press article, a delivery note"),
                           validators=[at_most(2000)])
