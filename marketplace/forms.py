"""What every form shares: stripped input, no control characters, one submission taken once, errors at their field."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from flask import request
from flask_babel import get_domain, gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, ValidationError
from wtforms.csrf.core import CSRFTokenField

from marketplace.errors import ErrorCode, Invalid

# What the shortest column for it holds.
SUBMISSION_LENGTH = 64


def _strip(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def refuse_nul(_form: Any, field: Any) -> None:
    """PostgreSQL cannot keep a NUL, and SQLite cuts text at it."""
    if isinstance(field.data, str) and "\x00" in field.data:
        raise ValidationError(_l("This contains a character that cannot be kept. Please type it again."))


class SiteTranslations:
    """WTForms' own sentences from the site's catalogues: the library's Traditional Chinese is Simplified."""

    def gettext(self, string: str) -> str:
        return gettext(string)

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        # Not the usual function, which would fill in the number alone and miss the names that the library fills in.
        return str(get_domain().get_translations().ungettext(singular, plural, n))


class BaseForm(FlaskForm):
    """A form with `submission_id`, by which a service takes one submission once.

    A token that is no longer valid is an ordinary error: the filled form is shown again.
    """

    submission_id = HiddenField(default=lambda: secrets.token_urlsafe(18))

    class Meta(FlaskForm.Meta):
        def get_translations(self, form: Any) -> SiteTranslations:
            return SiteTranslations()

        def bind_field(self, form: Any, unbound_field: Any, options: Any) -> Any:
            filters = list(unbound_field.kwargs.get("filters", []))
            if not issubclass(unbound_field.field_class, CSRFTokenField):
                filters.insert(0, _strip)
            return unbound_field.bind(form=form, filters=filters, **options)

    def validate(self, extra_validators: Any = None) -> bool:
        extra = {name: [*(extra_validators or {}).get(name, []), refuse_nul] for name in self._fields}
        valid = super().validate(extra)
        token = self._fields.get("csrf_token")
        if token is not None and token.errors:
            token.errors = [_l("This page was open for too long. Nothing is lost: please send it again.")]
        for field in self._fields.values():  # a lazy text counts as mark-up, and as a list of letters
            if isinstance(field.errors, list | tuple):
                field.errors = [e if isinstance(e, dict | list | tuple) else str(e) for e in field.errors]
        sent = self.submission_id.data or ""
        if not sent:
            self.submission_id.data = secrets.token_urlsafe(18)
        elif len(sent) > SUBMISSION_LENGTH:  # none of ours; still one and the same for the same submission
            self.submission_id.data = hashlib.sha256(sent.encode(errors="replace")).hexdigest()[:SUBMISSION_LENGTH]
        return valid


def submitted(form: FlaskForm) -> bool:
    """Whether this request sends `form` and it holds no error (the name says what a view wants to know)."""
    return bool(request.method == "POST" and form.validate())


ERROR_TEXTS: dict[str, Any] = {
    "required": _l("Please fill this in."),
    "too_long": _l("At most %(maximum)s characters; this has %(length)s."),
    "too_short": _l("At least %(minimum)s characters."),
    "not_a_number": _l("Please give a number, for example 30."),
    "negative": _l("This cannot be less than zero."),
    "too_small": _l("At least %(minimum)s."),
    "too_large": _l("At most %(maximum)s."),
    "unknown_choice": _l("Please choose one of the answers offered."),
    "unknown_currency": _l("“%(value)s” is not a currency code. Use three letters, as in CNY, HKD or MOP."),
    "too_precise": _l("%(currency)s has no amounts smaller than %(smallest)s."),
    "not_a_date": _l("Please give a date as year-month-day, for example 2026-12-31."),
    "end_before_start": _l("The end lies before the start."),
    "in_the_past": _l("This date has passed."),
    "unknown_place": _l("No place of this name was found: %(value)s."),
    "taken": _l("This is already in use."),
}


def word(error: Any) -> Any:
    """The sentence for an `ErrorCode`, in the reader's language; codes nobody worded are shown as they are."""
    if not isinstance(error, ErrorCode) and not hasattr(error, "code"):
        return error
    sentence = ERROR_TEXTS.get(error.code)
    if sentence is None:
        return error.code
    try:
        return str(sentence) % dict(error.params)
    except KeyError:
        return str(sentence)


def add_error_texts(texts: dict[str, Any]) -> None:
    """Let a room word its own error codes; each code is worded once."""
    for code, sentence in texts.items():
        ERROR_TEXTS.setdefault(code, sentence)


def apply_errors(form: FlaskForm, invalid: Invalid) -> None:
    """Put a service's refusals at their fields; those without a field go to the form as a whole."""
    for name, error in invalid.errors.items():
        field = form._fields.get(name)
        if field is None:
            form.form_errors.append(str(word(error)))
        else:
            field.errors = [*field.errors, str(word(error))]
