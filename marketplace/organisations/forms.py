"""What is filled in about an organisation, its members and its credentials."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import Optional

from catalogue import places
from marketplace import i18n
from marketplace.accounts.forms import at_most, is_email, required
from marketplace.errors import ErrorCode
from marketplace.forms import BaseForm, add_error_texts, word
from marketplace.organisations import languages, place_words
from marketplace.organisations.languages import spoken_languages
from marketplace.organisations.profile import CONTACT_FIELDS, Profile

CONTACT_LABELS = {
    "person": _l("Name of the person"), "email": _l("E-mail"), "phone": _l("Telephone"), "wechat": _l("WeChat ID"),
    "address": _l("Postal address"),
}
FIRST_JURISDICTIONS = ("CN", "HK", "MO")
ROLE_LABELS = {
    "owner": _l("Owner: everything, members too"),
    "editor": _l("Editor: offers, demands, answers and the profile"),
    "viewer": _l("Viewer: reads only"),
}

add_error_texts({
    "name_needed": _l("Please give the name in at least one language."),
    "side_needed": _l("Please say whether you supply, need, or both."),
    "not_a_web_address": _l("Please give a whole web address, for example https://www.example.org."),
    "jurisdiction_needed": _l("Please say in which place it is registered."),
    "credit_code_length": _l("A unified social credit code has 18 characters; this has %(length)s: %(number)s."),
    "credit_code_signs": _l("A unified social credit code is made of digits and capitals without I, O, S, V and Z, and "
                            "begins with the kind of register. Please compare: %(number)s."),
    "check_sign_fails": _l("The check fails, so at least one character is wrong; which one cannot be told. Please "
                           "compare with the licence: %(number)s."),
    "not_eight_digits": _l("This number has eight digits; what is written here reads %(number)s. Please copy it from "
                           "the certificate."),
    "number_too_short": _l("This is too short to be a registration number. Please write it as on the certificate."),
    "starts_in_the_future": _l("This day is still to come: a certificate counts from the day it is issued. Please give "
                               "the day on the certificate, or add it when it is valid."),
    "ends_before_it_starts": _l("It would end before it begins. Please check both dates."),
    "place_ambiguous": _l("This may mean several places: %(names)s. Please write more of the one you mean."),
    "last_owner": _l("An organisation needs an owner. Make somebody else an owner first."),
    "already_member": _l("The person with this address belongs to the organisation already."),
    "too_many_credentials": _l("At most %(maximum)s credentials. Remove one that no longer counts."),
})


def _jurisdictions() -> list[tuple[str, str]]:
    lang = i18n.data_lang()
    first = [places.get(one) for one in (*FIRST_JURISDICTIONS, "TW") if places.is_known(one)]
    rest = sorted((p for p in places.children(None) if p not in first), key=lambda p: p.names[lang])
    return [("", "—"), *((place.id, place.names[lang]) for place in (*first, *rest))]


class OrganisationForm(BaseForm):
    """The profile. Field names are those of `Profile`; texts have one field for each language."""

    side = RadioField(_l("What brings you here"), [required()], choices=[
        ("supplier", _l("We supply: equipment, services, places")),
        ("institution", _l("We need: for a home, a bureau, a hospital, a community centre")),
        ("both", _l("Both")),
    ])
    name_zh_Hans = StringField(_l("Name in Simplified Chinese"), [at_most(200)])
    name_zh_Hant = StringField(_l("Name in Traditional Chinese"), [at_most(200)])
    name_en = StringField(_l("Name in English"), [at_most(200)])
    profile_zh_Hans = TextAreaField(_l("Profile in Simplified Chinese"), [at_most(4000)], render_kw={"rows": 6})
    profile_zh_Hant = TextAreaField(_l("Profile in Traditional Chinese"), [at_most(4000)], render_kw={"rows": 6})
    profile_en = TextAreaField(_l("Profile in English"), [at_most(4000)], render_kw={"rows": 6})
    place = StringField(_l("Where you are"), [at_most(200)],
                        description=_l("City and district, in any language, for example 广州荔湾 or Sha Tin."))
    serves = TextAreaField(
        _l("Places you serve or seek for"), [at_most(4000)], render_kw={"rows": 4},
        description=_l("One per line, for example 香港, 广东 or Macao. A larger place includes those in it."))
    languages = SelectMultipleField(_l("Languages spoken fluently"))
    working = SelectMultipleField(_l("Spoken well enough for a meeting"))
    basic = SelectMultipleField(_l("Spoken a little"))
    reads = SelectMultipleField(_l("Scripts that you read"), choices=list(i18n.LANG_NAMES.items()))
    jurisdiction = SelectField(_l("Registered in"))
    registration_number = StringField(
        _l("Registration number"), [at_most(60)],
        description=_l("Unified social credit code, Hong Kong business registration, Macao registration or the like."))
    website = StringField(_l("Web site"), [at_most(500)], render_kw={"inputmode": "url"})
    contact_person = StringField(_l("Person to speak to"), [at_most(120)])
    contact_email = EmailField(_l("E-mail of that person"), [Optional(), at_most(254), is_email])
    contact_phone = StringField(_l("Telephone of that person"), [at_most(40)],
                                render_kw={"inputmode": "tel"})
    contact_wechat = StringField(_l("WeChat ID"), [at_most(60)])
    contact_address = StringField(_l("Postal address"), [at_most(300)])
    contact_given = SelectMultipleField(
        _l("What a counterpart is given"), choices=list(CONTACT_LABELS.items()), default=list(CONTACT_FIELDS),
        description=_l("Only after both sides are interested. You can change this at any time."))
    anyway = BooleanField(_l("None of these is ours: enter our organisation all the same"))
    lock_version = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for spoken in (self.languages, self.working, self.basic):
            spoken.choices = spoken_languages(i18n.data_lang())
        self.jurisdiction.choices = _jurisdictions()
        self.place_id: str | None = None
        self.place_ids: list[str] = []

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        if not self.texts("name"):
            field = self[f"name_{i18n.data_lang().replace('-', '_')}"]
            field.errors = [*field.errors, word(ErrorCode("name_needed"))]
            valid = False
        return valid

    def validate_place(self, field: Any) -> None:
        if not field.data:
            return
        found = place_words.read_one(field.data)
        if not found:
            raise ValidationError(word(ErrorCode("unknown_place", {"value": field.data})))
        if len(found) > 1:
            lang = i18n.data_lang()
            names = "; ".join(places.path_name(one, lang) for one in found[:6])
            raise ValidationError(word(ErrorCode("place_ambiguous", {"names": names})))
        self.place_id = found[0]

    def validate_serves(self, field: Any) -> None:
        found, unknown = place_words.read_many(field.data or "")
        if unknown:
            raise ValidationError(word(ErrorCode("unknown_place", {"value": ", ".join(unknown[:5])})))
        self.place_ids = found

    def texts(self, name: str) -> dict[str, str]:
        """The languages of one text that are filled in."""
        found = {lang: self[f"{name}_{lang.replace('-', '_')}"].data or "" for lang in i18n.DATA_LANGS}
        if name == "name":  # one line: it goes into headings and into the subjects of mails
            found = {lang: " ".join(text.split()) for lang, text in found.items()}
        return {lang: text for lang, text in found.items() if text}

    def as_profile(self) -> Profile:
        """What was filled in, once it is valid."""
        contact = {key: self[f"contact_{key}"].data or "" for key in CONTACT_FIELDS}
        given = [key for key in CONTACT_FIELDS if key in (self.contact_given.data or [])]
        return Profile(
            names=self.texts("name"), profile=self.texts("profile"),
            is_supplier=self.side.data in ("supplier", "both"),
            is_institution=self.side.data in ("institution", "both"),
            place_id=self.place_id, serves=self.place_ids, 
            languages=languages.with_levels(
                self.languages.data or [], self.working.data or [], self.basic.data or []),
            reads=list(self.reads.data or []),
            jurisdiction=self.jurisdiction.data or "", registration_number=self.registration_number.data or "",
            website=self.website.data or "", contact={key: text for key, text in contact.items() if text},
            contact_given=None if given == list(CONTACT_FIELDS) else given,
        )


def values_of(profile: Profile, lang: str) -> dict[str, Any]:
    """The profile as the form's values, places in the reader's words."""
    sides = {(True, True): "both", (True, False): "supplier", (False, True): "institution"}
    return {
        "side": sides.get((profile.is_supplier, profile.is_institution)),
        **{f"name_{one.replace('-', '_')}": profile.names.get(one, "") for one in i18n.DATA_LANGS},
        **{f"profile_{one.replace('-', '_')}": profile.profile.get(one, "") for one in i18n.DATA_LANGS},
        "place": place_words.word(profile.place_id, lang) if profile.place_id else "",
        "serves": place_words.words(profile.serves, lang), "reads": list(profile.reads or []),
        "languages": languages.at_level(profile.languages, "fluent"),
        "working": languages.at_level(profile.languages, "working"),
        "basic": languages.at_level(profile.languages, "basic"),
        "jurisdiction": profile.jurisdiction, "registration_number": profile.registration_number,
        "website": profile.website,
        **{f"contact_{key}": profile.contact.get(key, "") for key in CONTACT_FIELDS},
        "contact_given": list(CONTACT_FIELDS if profile.contact_given is None else profile.contact_given),
    }


class InvitationForm(BaseForm):
    email = EmailField(_l("E-mail address"), [required(), at_most(254), is_email])
    role = RadioField(_l("Role"), [required()], choices=list(ROLE_LABELS.items()), default="editor")


class RoleForm(BaseForm):
    role = SelectField(_l("Role"), choices=list(ROLE_LABELS.items()))


class DayField(DateField):
    """A day as year-month-day; anything else is said with an example."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(word(ErrorCode("not_a_date"))) from error


class CredentialForm(BaseForm):
    kind = StringField(_l("What it is"), [required(), at_most(200)],
                       description=_l("For example: residential care home licence, ISO 13485, class II registration."))
    issuer = StringField(_l("Issued by"), [required(), at_most(200)])
    number = StringField(_l("Number"), [at_most(100)])
    place_id = SelectField(_l("Where it counts"), default="", coerce=lambda code: code or "")
    valid_from = DayField(_l("Valid from"), [Optional()])
    expires_on = DayField(_l("Valid until"), [Optional()])
    scope = StringField(_l("What it covers"), [at_most(500)])
    file = FileField(_l("Copy of it"), description=_l("Only the organisers see it, to check. PDF or picture."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.place_id.choices = _jurisdictions()
