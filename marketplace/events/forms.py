"""What is filled in about events, registrations and people."""

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

from marketplace import i18n
from marketplace.accounts.forms import at_most, required
from marketplace.events.models import Event, Person
from marketplace.events.people import PersonValues
from marketplace.events.values import TIME_ZONES, EventValues
from marketplace.forms import BaseForm, add_error_texts
from marketplace.organisations import languages
from marketplace.organisations.languages import spoken_languages

add_error_texts({
    "name_needed": _l("Please give the name in at least one language."),
    "not_a_slug": _l("Only small letters a-z, figures and hyphens, for example elderly-expo-2027."),
    "event_too_long": _l("An event has at most %(maximum)s days."),
    "after_the_event": _l("Registration cannot end after the event."),
    "not_a_range": _l("“%(value)s” cannot be read. Write codes as A01-A40, B7."),
    "two_languages": _l("Please choose at least two languages."),
    "unknown_code": _l("Nobody at this event has this code."),
})

KIND_LABELS = {"expo": _l("Expo edition"), "exchange": _l("Exchange activity")}
SIDE_LABELS = {"supply": _l("Exhibitor"), "demand": _l("Buyer")}
TAGS = {"zh-Hans": "zh_hans", "zh-Hant": "zh_hant", "en": "en"}


class EventForm(BaseForm):
    """An event; texts have one field for each language."""

    name_zh_hant = StringField(_l("Name"), validators=[at_most(200)])
    name_zh_hans = StringField(_l("Name"), validators=[at_most(200)])
    name_en = StringField(_l("Name"), validators=[at_most(200)])
    summary_zh_hant = TextAreaField(_l("What happens there"), validators=[at_most(4000)])
    summary_zh_hans = TextAreaField(_l("What happens there"), validators=[at_most(4000)])
    summary_en = TextAreaField(_l("What happens there"), validators=[at_most(4000)])
    slug = StringField(
        _l("Address on this site"), validators=[required()],
        description=_l("The last part of its address, for example elderly-expo-2027"))
    kind = SelectField(_l("Kind"), choices=list(KIND_LABELS.items()))
    place = StringField(_l("Place"), description=_l("Name of the venue and its address"), validators=[at_most(300)])
    starts_on = StringField(_l("First day"), validators=[required()], render_kw={"type": "date"})
    ends_on = StringField(_l("Last day"), validators=[required()], render_kw={"type": "date"})
    time_zone = SelectField(_l("Time zone"), choices=[(name, name) for name in TIME_ZONES])
    registration_until = StringField(_l("Registration until"), render_kw={"type": "date"})
    lock_version = HiddenField()

    def as_values(self) -> EventValues:
        """What was filled in."""
        data = {name: (field.data or "") for name, field in self._fields.items()}
        return EventValues(
            names={lang: data[f"name_{tag}"] for lang, tag in TAGS.items()},
            summary={lang: data[f"summary_{tag}"] for lang, tag in TAGS.items()},
            **{name: data[name] for name in (
                "slug", "kind", "place", "starts_on", "ends_on", "time_zone", "registration_until")},
        )


def filled(event: Event) -> dict[str, Any]:
    """What `EventForm` shows of an event."""
    texts = {f"{what}_{tag}": getattr(event, field).get(lang, "")
             for what, field in (("name", "names"), ("summary", "summary")) for lang, tag in TAGS.items()}
    days = {name: value.isoformat() if (value := getattr(event, name)) else ""
            for name in ("starts_on", "ends_on", "registration_until")}
    return {**texts, **days, "slug": event.slug, "kind": event.kind, "place": event.place,
            "time_zone": event.time_zone, "lock_version": event.lock_version}


def _whole(label: Any, most: int, **more: Any) -> IntegerField:
    return IntegerField(label, validators=[NumberRange(min=0, max=most, message=_l("From 0 to %(max)s."))], **more)


class ZoneForm(BaseForm):
    """A zone with its hall and tables."""

    hall = StringField(
        _l("Hall"), description=_l("As on its door, for example 3"), validators=[required(), at_most(20)])
    hall_name = StringField(_l("Name of the hall"), validators=[at_most(120)])
    code = StringField(_l("Zone"), description=_l("A short code, for example A"), validators=[required(), at_most(20)])
    name = StringField(_l("Name of the zone"), validators=[at_most(120)])
    tables = _whole(_l("Number of tables"), 500, default=0)


class TablesForm(BaseForm):
    """How many tables a zone has."""

    tables = _whole(_l("Number of tables"), 500)


class BoothsForm(BaseForm):
    """Stands of a zone."""

    codes = TextAreaField(_l("Stands"), description=_l("For example A01-A40, B7"), validators=[required()],
                          render_kw={"rows": 2})


class InterpreterForm(BaseForm):
    """Somebody who interprets."""

    name = StringField(_l("Name"), validators=[required(), at_most(120)])
    languages = SelectMultipleField(_l("Between these languages"), choices=lambda: spoken_languages(i18n.data_lang()))


class RegisterForm(BaseForm):
    """An organisation asks to take part."""

    side = SelectField(_l("We come as"), choices=list(SIDE_LABELS.items()))
    message = TextAreaField(_l("A word to the organisers"), validators=[at_most(2000)])
    apart = BooleanField(_l("Each of our people may have meetings of their own with the same counterpart"))


class DecideForm(BaseForm):
    """Approve or refuse a registration."""

    decision = HiddenField()
    reason = StringField(_l("Reason, told to the organisation"), validators=[at_most(1000)])


class PlaceForm(BaseForm):
    """Stand and organiser of a registration."""

    booth = SelectField(_l("Stand"), validate_choice=False)
    owner = SelectField(_l("Looked after by"), validate_choice=False)


class PersonForm(BaseForm):
    """Somebody whom an organisation sends."""

    name = StringField(_l("Name"), validators=[required(), at_most(120)])
    role = StringField(_l("Position"), validators=[at_most(120)])
    mobile = StringField(_l("Mobile number"), description=_l("Seen by your organisation and the organisers only"),
                         validators=[at_most(40)], render_kw={"type": "tel", "autocomplete": "off"})
    languages = SelectMultipleField(
        _l("Speaks fluently"), choices=lambda: spoken_languages(i18n.data_lang()), validators=[Optional()])
    working = SelectMultipleField(
        _l("Speaks well enough for a meeting"), choices=lambda: spoken_languages(i18n.data_lang()),
        validators=[Optional()])
    basic = SelectMultipleField(
        _l("Speaks a little"), choices=lambda: spoken_languages(i18n.data_lang()), validators=[Optional()])
    reads = SelectMultipleField(_l("Reads"), choices=list(i18n.LANG_NAMES.items()), validators=[Optional()])

    def as_values(self) -> PersonValues:
        """What was filled in."""
        spoken = languages.with_levels(self.languages.data or [], self.working.data or [], self.basic.data or [])
        return PersonValues(name=self.name.data or "", role=self.role.data or "", mobile=self.mobile.data or "",
                            languages={one["code"]: one["level"] for one in spoken},
                            reads=list(self.reads.data or []))


def filled_person(person: Person) -> dict[str, Any]:
    """What `PersonForm` shows of a person."""
    return {"name": person.name, "role": person.role, "mobile": person.mobile,
            "languages": languages.at_level(person.languages, "fluent"),
            "working": languages.at_level(person.languages, "working"),
            "basic": languages.at_level(person.languages, "basic"), "reads": list(person.reads or [])}


class CodeForm(BaseForm):
    """The code of a badge."""

    code = StringField(_l("Code on the badge"), validators=[required(), at_most(20)],
                       render_kw={"autocomplete": "off", "autocapitalize": "characters"})
