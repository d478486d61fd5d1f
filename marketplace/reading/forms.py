"""The form of what is handed in."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FileField, TextAreaField

from marketplace.forms import BaseForm


class StartForm(BaseForm):
    """A text or a file; the service says what is missing or wrong."""

    text = TextAreaField(_l("Paste the text"))
    file = FileField(_l("Or choose a file"))
    keep = BooleanField(_l("Keep the file, visible only to my own organisation"))
