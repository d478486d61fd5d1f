"""What a sender fills in, and what is said where a link cannot be used."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import EmailField, RadioField, SelectField, StringField
from wtforms.validators import Optional

from marketplace import forms
from marketplace.accounts.forms import COUNTRIES, at_most, is_email, likely_country
from marketplace.forms import BaseForm
from marketplace.i18n import LOCALE_NAMES, LOCALES
from marketplace.messages.models import WAYS

WAY_NAMES = {"wechat": _l("WeChat"), "whatsapp": _l("WhatsApp"), "sms": _l("Text message"), "mail": _l("E-mail"),
             "other": _l("Another way")}

forms.add_error_texts({
    "only_invited": _l("This invitation is for another address. Invite this one first."),
    "link_used": _l("This link was used already."),
    "link_revoked": _l("The sender has taken this link back."),
    "link_expired": _l("This link is too old."),
})


class MessageForm(BaseForm):
    """For whom: a number or an address, one of the two."""

    recipient = StringField(_l("Whom it is for"), [Optional(), at_most(120)],
                            description=_l("Only for your own list, for example the name in WeChat."))
    country = SelectField(_l("Country or region"), choices=COUNTRIES, default=likely_country)
    number = StringField(_l("Their mobile number"), [Optional(), at_most(40)],
                         description=_l("The link asks for a code that is sent to this number, so that nobody else can "
                                        "use it."),
                         render_kw={"inputmode": "tel", "type": "tel", "autocomplete": "off"})
    email = EmailField(_l("or their e-mail address"), [Optional(), at_most(254), is_email],
                       render_kw={"autocomplete": "off"})
    locale = SelectField(_l("Language of the message"),
                         choices=[("", _l("As usual where the number is from")),
                                  *((code, LOCALE_NAMES[code]) for code in LOCALES)])

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        if bool(self.email.data) == bool(self.number.data):
            self.number.errors = [
                *self.number.errors, str(_l("Please give a mobile number or an e-mail address: one of the two."))]
            return False
        return valid


class SentForm(BaseForm):
    way = RadioField(_l("How did you send it?"), choices=[(way, WAY_NAMES[way]) for way in WAYS])
