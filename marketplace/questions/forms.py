"""Forms: what to ask, and an answer."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import HiddenField, RadioField, SelectMultipleField, TextAreaField
from wtforms.widgets import CheckboxInput, ListWidget

from marketplace.forms import BaseForm, add_error_texts

YES_NO = [("yes", _l("Yes")), ("no", _l("No"))]

add_error_texts(
    {"no_such_number": _l("Please write one number with its unit. It was asked like this: “%(example)s”.")}
)


class AskForm(BaseForm):
    """Which of the unknown requirements to ask the supplier about."""

    topics = SelectMultipleField(
        _l("What to ask"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(), validate_choice=False
    )


class AnswerForm(BaseForm):
    """The answer to one topic: yes or no, or a number; its words are what buyers will read."""

    topic = HiddenField()
    state = RadioField(_l("Your answer"), choices=YES_NO, validate_choice=False)
    words = TextAreaField(_l("In your words"))
    evidence = FileField(_l("Evidence (optional)"))
