"""Organisations as tests need them, and what is filled in about one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from marketplace.actor import Actor
from marketplace.extensions import db
from marketplace.organisations import queries, service
from marketplace.organisations.models import Membership, Organisation
from marketplace.organisations.profile import Profile
from marketplace.transaction import transaction

PROFILE = Profile(
    names={"zh-Hant": "海港安老院", "en": "Harbour Home"}, is_institution=True,
    profile={"zh-Hant": "九龍一間有六十個床位的安老院。"}, place_id="HK-NST", serves=["HK"], reads=["zh-Hant"],
    languages=[{"code": "yue", "level": "fluent"}, {"code": "en", "level": "working"}],
    jurisdiction="HK", registration_number="12345678", website="https://harbour.example.org/",
    contact={"person": "Secret Person", "email": "secret@harbour.example.org", "phone": "+852 5555 0000"},
)
FORM: dict[str, Any] = {
    "side": "institution", "name_zh_Hant": "海港安老院", "name_en": "Harbour Home",
    "profile_zh_Hant": "九龍一間有六十個床位的安老院。", "place": "香港沙田", "serves": "香港",
    "languages": ["yue"], "working": ["en"], "reads": ["zh-Hant"], "jurisdiction": "HK",
    "registration_number": "12345678", "website": "https://harbour.example.org/",
    "contact_person": "Secret Person", "contact_email": "secret@harbour.example.org",
    "contact_phone": "+852 5555 0000", "contact_given": ["person", "email", "phone", "wechat", "address"],
}


def make_organisation(owner_id: int, *, approved: bool = True, **changes: Any) -> Organisation:
    """An organisation with one owner."""
    profile = replace(PROFILE, **changes)
    if approved:
        return service.create_approved(actor=Actor.system(), profile=profile, owner_id=owner_id)
    actor = Actor(user_id=owner_id, kind="member")
    return service.create_organisation(actor=actor, profile=profile, submission_id=f"made-{owner_id}-{profile.names}")


def join(organisation_id: int, user_id: int, role: str) -> None:
    """Make somebody a member."""
    with transaction():
        db.session.add(Membership(organisation_id=organisation_id, user_id=user_id, role=role))


def acting(user_id: int, organisation_id: int) -> Actor:
    """The actor of a user in an organisation, with the roles they have."""
    return Actor(user_id, organisation_id, queries.roles_in(user_id, organisation_id), "member")


def roles(organisation_id: int) -> dict[int, str]:
    """User id to role."""
    db.session.rollback()
    return {member.user_id: member.role for member in queries.members(organisation_id)}
