"""Ask for approval, and decide."""

from __future__ import annotations

from typing import Any

from marketplace import clock, hooks
from marketplace.accounts.queries import get_user
from marketplace.actor import Actor
from marketplace.audit import service as audit
from marketplace.errors import AlreadyDone, ErrorCode, Invalid, NotAllowed, NotFound
from marketplace.extensions import db
from marketplace.moderation import policy, queries, subjects
from marketplace.moderation.models import Case
from marketplace.notifications import service as notifications
from marketplace.organisations import policy as organisations
from marketplace.organisations import queries as organisation_queries
from marketplace.organisations.profile import missing
from marketplace.transaction import transaction

KIND = "organisation"
# Decision to the states it may be taken in.
ALLOWED = {
    "approved": ("waiting",),
    "rejected": ("waiting",),
    "suspended": ("approved",),
    "restored": ("suspended",),
}
NEEDS_REASON = ("rejected", "suspended")


def ask_for_approval(*, actor: Actor, organisation_id: int) -> Case:
    """Put an organisation into the queue; a second click finds the first question.

    Raises:
        NotFound, NotAllowed: who may not edit it; "confirm_first" without a confirmed address.
        Invalid: the profile is incomplete, field by field.
        AlreadyDone: it is approved or suspended: there is nothing to ask.
    """
    with transaction():
        organisation = organisations.require_edit(actor, organisation_queries.find(organisation_id, lock=True))
        if organisation.state in ("approved", "suspended"):
            raise AlreadyDone(organisation.id)
        case = queries.open_case(KIND, organisation_id)
        if case is not None:
            return case
        if not get_user(actor.require_user()).is_confirmed:
            raise NotAllowed("confirm_first")
        if lacking := missing(organisation):
            raise Invalid({field: ErrorCode("required") for field in lacking})
        now = clock.now()
        subjects.ORGANISATION.apply(organisation, "asked", now, "")
        case = Case(subject_kind=KIND, subject_id=organisation_id, asked_at=now, asked_by=actor.user_id)
        db.session.add(case)
        audit.record(actor=actor, action="organisation.approval_asked", subject_kind=KIND, subject_id=organisation_id)
    return case


def decide(*, actor: Actor, kind: str, subject_id: int, decision: str, reason: str = "") -> Case:
    """Take one of `models.DECISIONS`, keep it, and tell the organisation.

    Raises:
        NotAllowed: not an organiser.
        NotFound: no such kind or subject.
        Invalid: an unknown decision, or one that needs a reason without one.
        AlreadyDone: the subject is not in a state for this decision: somebody else decided meanwhile.
    """
    policy.require_decide(actor)
    if decision not in ALLOWED:
        raise Invalid({"decision": ErrorCode("unknown_choice")})
    if decision in NEEDS_REASON and not reason:
        raise Invalid({"reason": ErrorCode("reason_needed")})
    subject = subjects.get(kind)
    with transaction():
        row = subject.find(subject_id)
        if row is None:
            raise NotFound
        before = subject.state(row)
        if before not in ALLOWED[decision]:
            raise AlreadyDone(subject_id)
        now = clock.now()
        case = queries.open_case(kind, subject_id) if before == "waiting" else None
        if case is None:
            case = Case(subject_kind=kind, subject_id=subject_id, asked_at=now)
            db.session.add(case)
        case.decided_at, case.decided_by, case.decision, case.reason = now, actor.user_id, decision, reason
        subject.apply(row, decision, now, reason)
        db.session.flush()  # the notification's key carries the case
        audit.record(
            actor=actor, action=f"{kind}.{decision}", subject_kind=kind, subject_id=subject_id,
            changes={"state": (before, subject.state(row), "public"), "reason": (None, reason or None, "commercial")})
        _tell(subject, row, case)
        hooks.call(f"{kind}_{decision}", **{f"{kind}_id": subject_id})
    return case


def ask(*, actor: Actor, kind: str, subject_id: int) -> Case:
    """Put something that a room lets be moderated before the organisers, in the open transaction.

    Whoever asks has decided that the actor may; an open question about the same subject stands for both. Raises
    NotFound for an unknown kind.
    """
    subjects.get(kind)
    case = queries.open_case(kind, subject_id)
    if case is None:
        case = Case(subject_kind=kind, subject_id=subject_id, asked_at=clock.now(), asked_by=actor.user_id)
        db.session.add(case)
        db.session.flush()  # one open question a subject
        audit.record(actor=actor, action=f"{kind}.asked", subject_kind=kind, subject_id=subject_id)
    return case


def _tell(subject: subjects.Subject, row: Any, case: Case) -> None:
    if subject.tell is not None:
        subject.tell(row, case.decision or "", case.reason, case.id)
        return
    organisation_id = subject.organisation_id(row)
    notifications.notify(
        organisation_id=organisation_id, kind=f"{subject.kind}_{case.decision}",
        params={"organisation_id": organisation_id, "names": subject.names(row), "reason": case.reason},
        dedupe_key=f"{subject.kind}_{case.decision}:{case.id}")
