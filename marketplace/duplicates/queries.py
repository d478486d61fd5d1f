"""Pairs that wait for a decision, and two things side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import aliased

from catalogue import places
from marketplace import clock
from marketplace.demands.models import Demand
from marketplace.duplicates import keys
from marketplace.duplicates.models import DuplicateCase
from marketplace.duplicates.noticing import DESKS
from marketplace.events.models import Registration
from marketplace.extensions import db
from marketplace.i18n import DATA_LANGS, LANG_NAMES, data_lang
from marketplace.listings import compare
from marketplace.listings.states import state_of
from marketplace.matches.models import Answer
from marketplace.offers.models import Offer
from marketplace.organisations.languages import in_words
from marketplace.organisations.models import Credential, Membership, Organisation
from marketplace.organisations.names import firm_keys

PAGE = 20


@dataclass(frozen=True)
class Side:
    """One of a pair. `title`, `firm`: {language: text}; `row`: its row; `state`: of an organisation or a listing."""

    id: int
    title: dict[str, str]
    firm: dict[str, str]
    state: str
    row: Any


@dataclass(frozen=True)
class Pair:
    """A case with both of its sides."""

    case: DuplicateCase
    first: Side
    second: Side


@dataclass(frozen=True)
class Line:
    """What each of two says of one thing; "" where it says nothing. `lang`: of both texts, where it is one; `same`:
    whether they are taken for the same, where that is decided elsewhere."""

    label: str
    first: str
    second: str
    lang: str | None = None
    same: bool = False

    @property
    def equal(self) -> bool:
        """Whether both say the same, spaces, case, width and script aside."""
        return self.same or self.first == self.second or keys.flat(self.first) == keys.flat(self.second) != ""


def waiting(page: int = 1) -> tuple[list[Pair], int]:
    """One page of the pairs that wait, the longest first, and how many there are; those of which one is gone wait no
    more. A fixed number of statements."""
    query = sa.select(DuplicateCase).where(_waits())
    rows = db.session.scalars(
        query.order_by(DuplicateCase.noticed_at, DuplicateCase.id).limit(PAGE).offset((page - 1) * PAGE)).all()
    return _pairs(list(rows)), count()


def decided(limit: int = PAGE) -> list[Pair]:
    """What was decided last."""
    rows = db.session.scalars(
        sa.select(DuplicateCase).where(DuplicateCase.decided_at.is_not(None))
        .order_by(DuplicateCase.decided_at.desc().nulls_last(), DuplicateCase.id.desc()).limit(limit)).all()
    return _pairs(list(rows))


def count() -> int:
    """How many pairs wait."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(DuplicateCase).where(_waits())) or 0


def get_pair(case_id: int) -> Pair | None:
    """A pair by the id of its case."""
    case = db.session.get(DuplicateCase, case_id)
    return next(iter(_pairs([case])), None) if case is not None else None


def lines(pair: Pair) -> list[Line]:
    """Both side by side, in the words of the reader's language."""
    if pair.case.kind == "organisation":
        return _firm_lines(pair.first.row, pair.second.row)
    first, second = (side.row.live_content for side in (pair.first, pair.second))
    found = [
        Line(one.label, one.before, one.after) for one in compare.side_by_side(pair.case.kind, first, second)
    ]
    return [Line(_("Organisation"), _joined(pair.first.firm), _joined(pair.second.firm)), *found]


def hangs_on(pair: Pair) -> list[tuple[str, int, int]]:
    """How much hangs on each of the two, which is moved: (what, first, second)."""
    ids = (pair.first.id, pair.second.id)
    columns: list[tuple[str, Any]]
    if pair.case.kind == "organisation":
        columns = [
            (_("Members"), Membership.organisation_id),
            (_("Offers"), Offer.organisation_id),
            (_("Demands"), Demand.organisation_id),
            (_("Credentials"), Credential.organisation_id),
            (_("Registrations for events"), Registration.organisation_id),
        ]
    else:
        columns = [(_("Answers"), Answer.offer_id if pair.case.kind == "offer" else Answer.demand_id)]
    found = []
    for label, column in columns:
        counts: dict[int, int] = dict(db.session.execute(
            sa.select(column, sa.func.count()).where(column.in_(ids)).group_by(column)).tuples().all())
        found.append((label, counts.get(ids[0], 0), counts.get(ids[1], 0)))
    return found


def _waits() -> sa.ColumnElement[bool]:
    now, kinds = clock.now(), []
    one, other = aliased(Organisation), aliased(Organisation)
    kinds.append(sa.and_(
        DuplicateCase.kind == "organisation",
        *(sa.exists().where(firm.id == column, firm.merged_into_id.is_(None))
          for firm, column in ((one, DuplicateCase.first_id), (other, DuplicateCase.second_id)))))
    for name, desk in DESKS.items():
        there = []
        for column in (DuplicateCase.first_id, DuplicateCase.second_id):
            listing = aliased(desk.listing)
            there.append(sa.exists().where(
                listing.id == column, listing.withdrawn_at.is_(None), listing.live_version_id.is_not(None),
                sa.or_(listing.closes_at.is_(None), listing.closes_at > now)))
        kinds.append(sa.and_(DuplicateCase.kind == name, *there))
    return sa.and_(DuplicateCase.decided_at.is_(None), sa.or_(*kinds))


def _pairs(cases: list[DuplicateCase]) -> list[Pair]:
    sides: dict[tuple[str, int], Side] = {}
    wanted = {
        kind: {one for case in cases if case.kind == kind for one in (case.first_id, case.second_id)}
        for kind in ("organisation", *DESKS)
    }
    now = clock.now()
    for row in db.session.scalars(sa.select(Organisation).where(Organisation.id.in_(wanted["organisation"]))):
        sides["organisation", row.id] = Side(row.id, row.names, row.names, row.state, row)
    for name, desk in DESKS.items():
        statement = (
            sa.select(desk.listing, desk.version.content, Organisation)
            .join(desk.version, desk.version.id == desk.listing.live_version_id)
            .join(Organisation, Organisation.id == desk.listing.organisation_id)
            .where(desk.listing.id.in_(wanted[name])))
        for row, content, firm in db.session.execute(statement):
            sides[name, row.id] = Side(
                row.id, content["texts"].get("title") or {}, firm.names, state_of(row, firm, now), row)
    return [
        Pair(case, sides[case.kind, case.first_id], sides[case.kind, case.second_id])
        for case in cases if (case.kind, case.first_id) in sides and (case.kind, case.second_id) in sides
    ]


def _firm_lines(first: Organisation, second: Organisation) -> list[Line]:
    here = data_lang()

    def place(one: str | None) -> str:
        return "" if not one else places.path_name(one, here) if places.is_known(one) else one

    def both(label: str, words: Any, lang: str | None = None) -> Line:
        return Line(label, words(first) or "", words(second) or "", lang)

    same = bool(firm_keys(first.searched_names) & firm_keys(second.searched_names))
    found = [Line(_("Names, script and legal form aside"), _joined(first.names), _joined(second.names), same=same)]
    found += [
        both(_("Name, %(language)s", language=LANG_NAMES[lang]), lambda one, lang=lang: one.names.get(lang), lang)
        for lang in DATA_LANGS
    ]
    found += [
        both(_("Other names"), lambda one: "; ".join(one.other_names or [])),
        both(_("Registered in"), lambda one: place(one.jurisdiction)),
        both(_("Registration number"), lambda one: one.registration_number),
        both(_("Place"), lambda one: place(one.place_id)),
        both(_("Places served"), lambda one: "; ".join(place(served) for served in one.serves or [])),
        both(_("Languages spoken"), lambda one: ", ".join(in_words(one.languages))),
        both(_("Web site"), lambda one: one.website),
        both(_("Contact person"), lambda one: (one.contact or {}).get("person")),
        both(_("E-mail"), lambda one: (one.contact or {}).get("email")),
        both(_("Telephone"), lambda one: (one.contact or {}).get("phone")),
        both(_("Supplier"), lambda one: _("yes") if one.is_supplier else _("no")),
        both(_("Institution"), lambda one: _("yes") if one.is_institution else _("no")),
        both(_("Entered by"), lambda one: _("public information") if one.from_public_source else _("its people")),
    ]
    found += [
        both(f"{_('About')} ({LANG_NAMES[lang]})", lambda one, lang=lang: (one.profile or {}).get(lang), lang)
        for lang in DATA_LANGS
    ]
    return [line for line in found if line.first or line.second]


def _joined(names: dict[str, str]) -> str:
    return " / ".join(dict.fromkeys(name for name in names.values() if name))
