"""Somebody says that an organisation is theirs: asked of the organisers, with what both sides say."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from marketplace import clock
from marketplace.accounts.queries import get_user
from marketplace.actor import Actor
from marketplace.audit import service as audit
from marketplace.errors import AlreadyDone, ErrorCode, Invalid, NotAllowed, NotFound
from marketplace.extensions import db
from marketplace.moderation.models import Case
from marketplace.moderation.subjects import Subject
from marketplace.notifications.service import notify
from marketplace.organisations import queries as organisations
from marketplace.organisations.models import Membership, Organisation
from marketplace.outreach.models import ClaimCase, ClaimLink
from marketplace.rate_limits import limit
from marketplace.transaction import transaction

KIND = "claim"


def ask(*, actor: Actor, organisation_id: int, role: str, evidence: str, submission_id: str | None = None) -> ClaimCase:
    """Claim a public organisation from its page: the organisers decide.

    Raises:
        NotFound: no such public organisation. NotAllowed: "sign_in", or "confirm_first" without a proved address.
        AlreadyDone: one's own question is open, or one belongs to it. Invalid by field. TooMany.
    """
    user = get_user(actor.require_user())
    if not user.is_confirmed:
        raise NotAllowed("confirm_first")
    errors = {name: ErrorCode("required") for name, text in (("role", role), ("evidence", evidence)) if not text}
    if errors:
        raise Invalid(errors)
    limit(f"claim-case:{user.id}", "10 per day")
    with transaction():
        organisation = organisations.find(organisation_id, lock=True)
        if organisation is None or not organisation.is_approved:
            raise NotFound
        if organisations.roles_in(user.id, organisation_id):
            raise AlreadyDone(0)
        again = db.session.scalar(sa.select(ClaimCase).where(ClaimCase.submission_id == submission_id))
        if submission_id and again is not None:  # answered meanwhile, perhaps
            raise AlreadyDone(again.id if again.user_id == user.id else 0)
        open_one = db.session.scalar(_open_of(organisation_id).where(ClaimCase.user_id == user.id))
        if open_one is not None:
            raise AlreadyDone(open_one.id)
        case = ClaimCase(organisation_id=organisation_id, user_id=user.id, role=role, evidence=evidence,
                         against_id=_owner(organisation_id), submission_id=submission_id)
        _open(actor, organisation, case)
    return case


def open_dispute(*, actor: Actor, organisation: Organisation, link: ClaimLink, came_to: str) -> ClaimCase:
    """The case of somebody who came by a link while another owns the organisation; in the open transaction."""
    case = ClaimCase(organisation_id=organisation.id, user_id=actor.require_user(), link_id=link.id,
                     against_id=_owner(organisation.id), came_to=came_to)
    return _open(actor, organisation, case)


def _open(actor: Actor, organisation: Organisation, case: ClaimCase) -> ClaimCase:
    db.session.add(case)
    db.session.flush()  # the question to the organisers carries its id
    db.session.add(Case(subject_kind=KIND, subject_id=case.id, asked_at=clock.now(), asked_by=actor.user_id))
    audit.record(actor=actor, action="organisation.claim_asked", subject_kind="organisation",
                 subject_id=organisation.id, changes={"claim": (None, case.id, "public")})
    if case.against_id is not None:
        notify(kind="claim_disputed", organisation_id=organisation.id, dedupe_key=f"claim_disputed:{case.id}",
               params={"names": organisation.names, "claim_id": case.id})
    return case


def _open_of(organisation_id: int) -> sa.Select[ClaimCase]:
    return sa.select(ClaimCase).where(
        ClaimCase.organisation_id == organisation_id, ClaimCase.approved_at.is_(None), ClaimCase.rejected_at.is_(None))


def _owner(organisation_id: int) -> int | None:
    return db.session.scalar(
        sa.select(Membership.user_id).where(Membership.organisation_id == organisation_id, Membership.role == "owner")
        .order_by(Membership.id).limit(1))


def require_case(actor: Actor, case_id: int) -> tuple[ClaimCase, str]:
    """(case, side): "claimant", "owner" or "organiser". Raises NotFound to anybody else."""
    case = db.session.get(ClaimCase, case_id)
    if case is not None:
        if actor.user_id == case.user_id:
            return case, "claimant"
        if actor.user_id is not None and "owner" in organisations.roles_in(actor.user_id, case.organisation_id):
            return case, "owner"
        if actor.is_organiser:
            return case, "organiser"
    raise NotFound


def defend(*, actor: Actor, case_id: int, text: str) -> None:
    """Say what the present owner says. Raises NotFound to others, AlreadyDone once decided, Invalid at "defence"."""
    if not text:
        raise Invalid({"defence": ErrorCode("required")})
    with transaction():
        case, side = require_case(actor, case_id)
        if side != "owner":
            raise NotFound
        if case.state != "waiting":
            raise AlreadyDone(case_id)
        case.defence, case.defended_at = text, clock.now()
        audit.record(actor=actor, action="organisation.claim_answered", subject_kind="organisation",
                     subject_id=case.organisation_id, changes={"claim": (None, case.id, "public")})


def _apply(case: ClaimCase, decision: str, at: datetime, reason: str) -> None:
    """Approved: the claimant owns it, and whom the claim was against no longer belongs to it. Rejected: told why."""
    case.reason = reason
    if decision == "rejected":
        case.rejected_at = at
        notify(kind="claim_refused", user_id=case.user_id, dedupe_key=f"claim_refused:{case.id}",
               params={"names": case.organisation.names, "claim_id": case.id, "reason": reason})
        return
    case.approved_at = at
    organisation = organisations.find(case.organisation_id, lock=True)
    assert organisation is not None
    organisation.from_public_source = False  # from now on its own people answer for what it says
    if case.against_id is not None and case.against_id != case.user_id:
        db.session.execute(sa.delete(Membership).where(
            Membership.organisation_id == case.organisation_id, Membership.user_id == case.against_id))
        notify(kind="claim_refused", user_id=case.against_id, dedupe_key=f"claim_lost:{case.id}",
               params={"names": case.organisation.names, "claim_id": 0, "reason": reason})
    own = db.session.scalar(sa.select(Membership).where(
        Membership.organisation_id == case.organisation_id, Membership.user_id == case.user_id))
    if own is None:
        db.session.add(Membership(user_id=case.user_id, organisation_id=case.organisation_id, role="owner",
                                  authorised_how="evidence"))
    else:
        own.role = "owner"


def _rows(ids: Iterable[int]) -> dict[int, Any]:
    found = db.session.scalars(
        sa.select(ClaimCase).where(ClaimCase.id.in_(list(ids))).options(
            joinedload(ClaimCase.organisation), joinedload(ClaimCase.user), joinedload(ClaimCase.against)))
    return {row.id: row for row in found}


SUBJECT = Subject(
    kind=KIND,
    find=lambda case_id: db.session.scalar(sa.select(ClaimCase).where(ClaimCase.id == case_id).with_for_update()),
    find_many=_rows,
    state=lambda row: row.state,
    names=lambda row: row.organisation.names,
    organisation_id=lambda row: row.organisation_id,
    apply=_apply,
)


def add_evidence(*, actor: Actor, case_id: int, role: str, evidence: str) -> None:
    """Say more, as the claimant, while nothing is decided. Raises NotFound to others, AlreadyDone, Invalid by field."""
    errors = {name: ErrorCode("required") for name, text in (("role", role), ("evidence", evidence)) if not text}
    if errors:
        raise Invalid(errors)
    with transaction():
        case, side = require_case(actor, case_id)
        if side != "claimant":
            raise NotFound
        if case.state != "waiting":
            raise AlreadyDone(case_id)
        case.role, case.evidence = role, evidence
