"""Finding organisations and memberships."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from catalogue import places
from marketplace import clock, i18n
from marketplace.accounts.models import User
from marketplace.errors import NotFound
from marketplace.extensions import db
from marketplace.organisations import states
from marketplace.organisations.models import Invitation, Membership, Organisation, fold_all_names, fold_names
from marketplace.organisations.names import beginnings, firm_keys
from marketplace.types import fold_key


def find(organisation_id: int, *, lock: bool = False) -> Organisation | None:
    """The organisation of an id, locked for this transaction if asked."""
    query = sa.select(Organisation).where(Organisation.id == organisation_id)
    return db.session.scalars(query.with_for_update() if lock else query).first()


def get_organisation(organisation_id: int) -> Organisation:
    """The organisation of an id. Raises NotFound."""
    organisation = find(organisation_id)
    if organisation is None:
        raise NotFound
    return organisation


def active_membership(user_id: int, chosen: int | None) -> tuple[int | None, frozenset[str]]:
    """The organisation a user acts for and the roles there: the one chosen if still a member, else the first."""
    rows = db.session.execute(_roles(user_id).order_by(Membership.id)).all()
    if not rows:
        return None, frozenset()
    row = next((row for row in rows if row.organisation_id == chosen), rows[0])
    return row.organisation_id, _as_roles(row)


def roles_in(user_id: int, organisation_id: int) -> frozenset[str]:
    """The roles of a user in one organisation; empty for whoever does not belong to it."""
    row = db.session.execute(_roles(user_id).where(Membership.organisation_id == organisation_id)).first()
    return frozenset() if row is None else _as_roles(row)


def _roles(user_id: int) -> sa.Select[int, str, bool, bool, bool]:
    return (
        sa.select(Membership.organisation_id, Membership.role, states.is_public(Organisation).label("approved"),
                  Organisation.is_supplier.label("supplier"), Organisation.is_institution.label("institution"))
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(Membership.user_id == user_id)
    )


def _as_roles(row: sa.Row[int, str, bool, bool, bool]) -> frozenset[str]:
    """The role of a membership, "approved" where the organisation is, and its sides: see `Actor.roles`."""
    facts = {"approved": row.approved, "supplier": row.supplier, "institution": row.institution}
    return frozenset({row.role, *(name for name, holds in facts.items() if holds)})


def organisations_of(user_id: int) -> list[Organisation]:
    """The organisations a user belongs to, the first joined first."""
    return list(db.session.scalars(
        sa.select(Organisation).join(Membership, Membership.organisation_id == Organisation.id)
        .where(Membership.user_id == user_id).order_by(Membership.id)
    ))


@dataclass(frozen=True)
class Member:
    """One line of the list of members; `email` or `phone` is what they sign in with."""

    user_id: int
    name: str
    email: str | None
    phone: str | None
    role: str


def members(organisation_id: int) -> list[Member]:
    """Who belongs to an organisation, the first who joined first."""
    rows = db.session.execute(
        sa.select(User.id, User.name, User.email, User.phone, Membership.role)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.organisation_id == organisation_id).order_by(Membership.id)
    )
    return [Member(*row) for row in rows]


def open_invitations(organisation_id: int) -> list[Invitation]:
    """Invitations that were neither taken up nor withdrawn and have not expired, the newest first."""
    return list(db.session.scalars(
        sa.select(Invitation)
        .where(Invitation.organisation_id == organisation_id, Invitation.accepted_at.is_(None),
               Invitation.revoked_at.is_(None), Invitation.expires_at > clock.now())
        .order_by(Invitation.id.desc())
    ))


def public_organisations(ids: Iterable[int]) -> dict[int, Organisation]:
    """Those of the ids that everybody may see, in one query."""
    found = db.session.scalars(
        sa.select(Organisation).where(Organisation.id.in_(list(ids)), states.is_public(Organisation)))
    return {organisation.id: organisation for organisation in found}


def public_source_organisation(names: dict[str, str]) -> Organisation | None:
    """The organisation taken over from public information under these very names, claimed by its people since or not,
    or what it was merged into."""
    key = fold_names(names)
    claimed = sa.exists().where(
        Membership.organisation_id == Organisation.id, Membership.authorised_how.in_(("link", "evidence")))
    found = db.session.scalars(
        sa.select(Organisation)
        .where(
            sa.or_(
                Organisation.name_folded == key,
                Organisation.name_folded.startswith(fold_all_names(names, [""]), autoescape=True),
            ),
            sa.or_(Organisation.from_public_source.is_(True), claimed),
        )
        .order_by(Organisation.id)
    ).first()
    return kept(found)


def kept(organisation: Organisation | None) -> Organisation | None:
    """The organisation that stayed where this one was merged into another, else itself."""
    while organisation is not None and organisation.merged_into_id is not None:
        organisation = db.session.get(Organisation, organisation.merged_into_id)
    return organisation


@dataclass(frozen=True)
class Alike:
    """An organisation that may be the same as another. `by`: "number" or "name"."""

    organisation: Organisation
    by: str


def alike(
    *, names: dict[str, str], jurisdiction: str, number: str, but: int | None = None, public: bool
) -> list[Alike]:
    """Other organisations with the same number in the same register, or one of the names in whichever script and with
    whichever legal form; those by number first. `public`: only what everybody may see."""
    heads = [Organisation.name_folded.contains(head, autoescape=True) for head in sorted(beginnings(names))]
    same_number = sa.and_(Organisation.jurisdiction == jurisdiction, Organisation.registration_folded == number)
    query = sa.select(Organisation).where(
        sa.or_(*heads, same_number if number else sa.false()), Organisation.merged_into_id.is_(None))
    if public:
        query = query.where(states.is_public(Organisation))
    if but is not None:
        query = query.where(Organisation.id != but)
    keys, found = firm_keys(names), []
    for one in db.session.scalars(query.order_by(Organisation.id)):
        if number and (one.jurisdiction, fold_key(one.registration_number)) == (jurisdiction, fold_key(number)):
            found.append(Alike(one, "number"))
        elif keys & firm_keys(one.searched_names):
            found.append(Alike(one, "name"))
    return sorted(found, key=lambda one: (one.by != "number", one.organisation.id))


def find_organisations(
    *, text: str = "", role: str | None = None, place: str | None = None, page: int = 1, size: int = 20
) -> tuple[list[Organisation], int]:
    """One page of the organisations that everybody may see, by name, and how many there are in all.

    `text`: part of a name, in either Chinese script; `role`: "supplier" or "institution"; `place`: the id of a
    place that they are in.
    """
    query = sa.select(Organisation).where(states.is_public(Organisation))
    if text:
        spellings = {fold_key(text), *(fold_key(i18n.convert_script(text, lang)) for lang in ("zh-Hans", "zh-Hant"))}
        query = query.where(sa.or_(
            *(Organisation.name_folded.contains(spelling, autoescape=True) for spelling in sorted(spellings))))
    if role is not None:
        query = query.where(Organisation.is_supplier if role == "supplier" else Organisation.is_institution)
    if place is not None:
        taken = db.session.scalars(
            sa.select(Organisation.place_id).where(states.is_public(Organisation)).distinct()).all()
        query = query.where(Organisation.place_id.in_(
            [one for one in taken if one and places.is_known(one) and place in places.ancestors(one)]))
    total = db.session.scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0
    rows = db.session.scalars(
        query.order_by(Organisation.name_folded, Organisation.id).limit(size).offset((page - 1) * size))
    return list(rows), total
