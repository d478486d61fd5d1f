"""What a person fills in about an account."""

from __future__ import annotations

from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, EmailField, HiddenField, PasswordField, SelectField, StringField, ValidationError
from wtforms.validators import InputRequired, Length

from marketplace.forms import BaseForm
from marketplace.i18n import LOCALE_NAMES, LOCALES, current_locale

COUNTRIES = [("CN", _l("Mainland China, +86")), ("HK", _l("Hong Kong, +852")), ("MO", _l("Macao, +853"))]
REQUIRED = _l("Please fill this in.")
PASSWORD_HINT = _l("At least 10 characters. Several words in a row are easy to keep.")


def required() -> InputRequired:
    """The field must be filled in."""
    return InputRequired(REQUIRED)


def at_most(characters: int) -> Length:
    """No more than so many characters."""
    return Length(max=characters, message=_l("At most %(max)d characters."))


def is_email(_form: Any, field: Any) -> None:
    """The text has the form of an e-mail address; whether it receives mail, only a mail can show."""
    try:
        validate_email(field.data or "", check_deliverability=False)
    except EmailNotValidError as error:
        raise ValidationError(_l("Please give an e-mail address, for example name@example.org.")) from error


class EmptyForm(BaseForm):
    """A button: nothing but its protection."""


class SignUpForm(BaseForm):
    name = StringField(_l("Your name"), [required(), at_most(120)], render_kw={"autocomplete": "name"})
    email = EmailField(_l("E-mail address"), [required(), at_most(254), is_email],
                       render_kw={"autocomplete": "email"})
    password = PasswordField(
        _l("Password"), [required()], description=PASSWORD_HINT,
        render_kw={"autocomplete": "new-password"})
    next = HiddenField()


class SignInForm(BaseForm):
    email = EmailField(_l("E-mail address"), [required(), at_most(254)], render_kw={"autocomplete": "username"})
    password = PasswordField(_l("Password"), [required()], render_kw={"autocomplete": "current-password"})
    keep = BooleanField(_l("Keep me signed in on this device for 30 days"))
    next = HiddenField()


class ConfirmForm(BaseForm):
    """For the owner of an account who opens the link on a device that is not signed in."""

    password = PasswordField(_l("Password of the account"), [required()],
                             render_kw={"autocomplete": "current-password"})


class ResetRequestForm(BaseForm):
    email = EmailField(_l("E-mail address"), [required(), at_most(254), is_email],
                       render_kw={"autocomplete": "email"})


class NewPasswordForm(BaseForm):
    password = PasswordField(
        _l("New password"), [required()], description=PASSWORD_HINT,
        render_kw={"autocomplete": "new-password"})


class ChangePasswordForm(BaseForm):
    current = PasswordField(_l("Present password"), [required()], render_kw={"autocomplete": "current-password"})
    new = PasswordField(
        _l("New password"), [required()], description=PASSWORD_HINT,
        render_kw={"autocomplete": "new-password"})


class ChangeEmailForm(BaseForm):
    email = EmailField(_l("New e-mail address"), [required(), at_most(254), is_email],
                       render_kw={"autocomplete": "email"})
    password = PasswordField(_l("Your password"), [required()], render_kw={"autocomplete": "current-password"})


class FirstPasswordForm(BaseForm):
    """For an account that signs in by codes so far."""

    new = PasswordField(
        _l("New password"), [required()], description=PASSWORD_HINT,
        render_kw={"autocomplete": "new-password"})


class FirstEmailForm(BaseForm):
    email = EmailField(_l("E-mail address"), [required(), at_most(254), is_email],
                       render_kw={"autocomplete": "email"})


def country() -> SelectField:
    """Whose numbers are meant. The calling code stands first: that is what people look for."""
    return SelectField(_l("Country or region"), choices=COUNTRIES, default=likely_country,
                       render_kw={"autocomplete": "tel-country-code"})


def likely_country() -> str:
    """The place whose script the page is read in."""
    return "CN" if current_locale() == "zh_Hans" else "HK"


def number() -> StringField:
    """A mobile number as people type it."""
    return StringField(_l("Mobile number"), [required(), at_most(40)],
                       render_kw={"autocomplete": "tel-national", "inputmode": "tel", "type": "tel"})


class NumberForm(BaseForm):
    """Where to send a code."""

    country = country()
    number = number()
    next = HiddenField()


class NumberSignUpForm(NumberForm):
    name = StringField(_l("Your name"), [required(), at_most(120)], render_kw={"autocomplete": "name"})


class NumberChangeForm(BaseForm):
    """`lost`: the old number no longer receives anything, so the code goes to the e-mail address."""

    country = country()
    number = number()
    lost = BooleanField(_l("I no longer have the old number: send that code to my e-mail address"))


def code_field(label: Any) -> StringField:
    """Six digits that a phone fills in by itself where it can."""
    return StringField(label, [required(), at_most(30)],
                       render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"})


class CodeForm(BaseForm):
    code = code_field(_l("Code of six digits"))


class NumberProofForm(BaseForm):
    """Both codes of a change: the one sent to the new number, and the one sent to what the account had."""

    code = code_field(_l("Code sent to the new number"))
    old_code = code_field(_l("Code sent to what you sign in with now"))


class ProfileForm(BaseForm):
    name = StringField(_l("Your name"), [required(), at_most(120)], render_kw={"autocomplete": "name"})
    locale = SelectField(_l("Language of pages and mails"), choices=[(code, LOCALE_NAMES[code]) for code in LOCALES])
    mail_wanted = BooleanField(_l("Send me news by mail: matches, answers, decisions"))
