"""What an organisation says of itself, apart from how it is stored or filled in."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import urlsplit

from catalogue import places
from marketplace.errors import ErrorCode, Invalid
from marketplace.organisations import languages
from marketplace.organisations.models import Organisation
from marketplace.organisations.registration import normalised, problem

# How the values of each field are kept in the audit: those of a contact are personal and can be erased.
CLASSES = {"contact": "personal", "contact_given": "commercial"}
# What a counterpart may be given of the contact, once both agreed; the organisation chooses which.
CONTACT_FIELDS = ("person", "email", "phone", "wechat", "address")
NAME_LENGTH = 200
PROFILE_LENGTH = 4000


@dataclass(frozen=True)
class Profile:
    """The editable facts. See `Organisation` for the shapes."""

    names: dict[str, str]
    is_supplier: bool = False
    is_institution: bool = False
    profile: dict[str, str] = field(default_factory=dict)
    place_id: str | None = None
    serves: list[str] = field(default_factory=list)
    languages: list[dict[str, str]] = field(default_factory=list)
    reads: list[str] = field(default_factory=list)
    jurisdiction: str = ""
    registration_number: str = ""
    website: str = ""
    contact: dict[str, str] = field(default_factory=dict)
    contact_given: list[str] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "registration_number", normalised(self.jurisdiction, self.registration_number))

    @classmethod
    def of(cls, organisation: Organisation) -> Profile:
        """What the row says now."""
        return cls(**{name: getattr(organisation, name) for name in cls.__dataclass_fields__})

    def differences(self, other: Profile) -> dict[str, tuple[Any, Any]]:
        """Field to (here, there) for each field that differs."""
        mine, theirs = asdict(self), asdict(other)
        return {name: (mine[name], theirs[name]) for name in mine if mine[name] != theirs[name]}

    def check(self) -> None:
        """Raises Invalid, by field: what no caller may store, whichever form it came through."""
        errors: dict[str, ErrorCode] = {}
        if not any(self.names.values()):
            errors["names"] = ErrorCode("name_needed")
        for key, texts, most in (("names", self.names, NAME_LENGTH), ("profile", self.profile, PROFILE_LENGTH)):
            longest = max((len(text) for text in texts.values()), default=0)
            if longest > most:
                errors[key] = ErrorCode("too_long", {"maximum": most, "length": longest})
        if not (self.is_supplier or self.is_institution):
            errors["side"] = ErrorCode("side_needed")
        unknown = [one for one in (self.place_id, *self.serves) if one is not None and not places.is_known(one)]
        if unknown:
            errors["place"] = ErrorCode("unknown_place", {"value": unknown[0]})
        if self.website and not _is_web_address(self.website):
            errors["website"] = ErrorCode("not_a_web_address")
        if self.registration_number and not self.jurisdiction:
            errors["jurisdiction"] = ErrorCode("jurisdiction_needed")
        wrong = problem(self.jurisdiction, self.registration_number) if self.registration_number else None
        if wrong is not None:
            errors["registration_number"] = wrong
        if unknown_fields := set(self.contact_given or ()) - set(CONTACT_FIELDS):
            errors["contact_given"] = ErrorCode("unknown_choice", {"value": min(unknown_fields)})
        if not languages.known(self.languages, self.reads):
            errors["languages"] = ErrorCode("unknown_choice")
        if errors:
            raise Invalid(errors)


def given_contact(organisation: Organisation) -> dict[str, str]:
    """The contact that a counterpart is given after both agreed: each field, "" where it is not given."""
    given = CONTACT_FIELDS if organisation.contact_given is None else organisation.contact_given
    contact = organisation.contact or {}
    return {key: contact.get(key, "") if key in given else "" for key in CONTACT_FIELDS}


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and "." in (parts.hostname or "") and not any(c.isspace() for c in text)


def missing(organisation: Organisation) -> tuple[str, ...]:
    """What approval still needs, in the order of the form; empty when the profile is complete."""
    contact = organisation.contact or {}
    wanted = (
        ("profile", any((organisation.profile or {}).values())),
        ("place", organisation.place_id is not None),
        ("registration_number", bool(organisation.jurisdiction and organisation.registration_number)),
        ("contact_person", bool(contact.get("person"))),
        ("contact_email", any(contact.get(key) for key in ("email", "phone", "wechat"))),
    )
    return tuple(name for name, there in wanted if not there)
