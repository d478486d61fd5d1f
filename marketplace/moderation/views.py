"""Asking for approval, the queue, and one case."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask.blueprints import BlueprintSetupState
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from catalogue.credentials import day
from marketplace import clock
from marketplace.accounts.forms import EmptyForm
from marketplace.accounts.web import current_actor, done, refuse, require_organiser, require_user
from marketplace.audit import service as audit
from marketplace.errors import AlreadyDone, Invalid, NotFound
from marketplace.files import service as files
from marketplace.moderation import queries, service, subjects
from marketplace.moderation.forms import DecisionForm, SightingForm
from marketplace.organisations import policy as organisations
from marketplace.organisations import queries as organisation_queries
from marketplace.organisations import trust
from marketplace.organisations.profile import missing
from marketplace.organisations.web import actor_in

blueprint = Blueprint("moderation", __name__)


@blueprint.record
def _install(state: BlueprintSetupState) -> None:
    subjects.register(state.app, subjects.ORGANISATION)


@blueprint.route("/organisations/<int:organisation_id>/approval", methods=["GET", "POST"])
@require_user
def approval(organisation_id: int) -> Any:
    actor = actor_in(organisation_id)
    organisation = organisations.require_member(actor, organisation_queries.find(organisation_id))
    form = EmptyForm()
    status = 200
    if form.validate_on_submit():
        organisations.require_edit(actor, organisation)
        if current_user.is_confirmed:
            try:
                service.ask_for_approval(actor=actor, organisation_id=organisation_id)
            except Invalid:
                pass  # the page lists what is missing
            except AlreadyDone:
                return redirect(url_for("organisations.show", organisation_id=organisation_id))
            else:
                done(_l("Approval is asked for. You are told here and by mail."))
                return redirect(url_for("moderation.approval", organisation_id=organisation_id))
        status = 422
    elif form.is_submitted():
        status = 422
    organisation = organisation_queries.get_organisation(organisation_id)
    return render_template(
        "moderation/approval.html", form=form, organisation=organisation, missing=missing(organisation),
        wait=queries.expected_wait(), may_edit=organisations.may_edit(actor, organisation)), status


@blueprint.get("/organiser/approvals")
@require_organiser
def queue() -> Any:
    return render_template("moderation/queue.html", waiting=queries.waiting(), decided=queries.decided(),
                           wait=queries.expected_wait())


@blueprint.route("/organiser/approvals/<kind>/<int:subject_id>", methods=["GET", "POST"])
@require_organiser
def case(kind: str, subject_id: int) -> Any:
    subject = subjects.get(kind)
    row = subject.find_many([subject_id]).get(subject_id)
    if row is None:
        raise NotFound
    form = DecisionForm()
    status = 200
    if form.validate_on_submit():
        try:
            service.decide(actor=current_actor(), kind=kind, subject_id=subject_id, decision=form.decision.data,
                           reason=form.reason.data or "")
        except Invalid as error:
            status = refuse(form, error)
        except AlreadyDone:
            return _case_page(subject, subject_id, form, 409)
        else:
            done(_l("Decided, and the organisation is told."))
            return redirect(url_for("moderation.queue"))
    elif form.is_submitted():
        status = 422
    return _case_page(subject, subject_id, form, status)


@blueprint.post("/organiser/organisations/<int:organisation_id>/sightings")
@require_organiser
def record_sighting(organisation_id: int) -> Any:
    organisation = organisation_queries.get_organisation(organisation_id)
    form = SightingForm().of(organisation.credentials)
    status = 422
    if form.validate_on_submit():
        try:
            trust.record_sighting(
                actor=current_actor(), organisation_id=organisation_id, document=form.document.data or "",
                seen_on=form.seen_on.data, credential_id=int(form.credential_id.data or 0) or None,
                submission_id=form.submission_id.data)
        except Invalid as error:
            status = refuse(form, error)
        else:
            done(_l("Kept. The organisation's page shows it with its day."))
            return redirect(url_for("moderation.case", kind="organisation", subject_id=organisation_id))
    return _case_page(subjects.ORGANISATION, organisation_id, DecisionForm(formdata=None), status, sighting=form)


def _case_page(
    subject: subjects.Subject, subject_id: int, form: DecisionForm, status: int, *, sighting: SightingForm | None = None
) -> Any:
    row = subject.find_many([subject_id])[subject_id]
    state = subject.state(row)
    form.offer(tuple(decision for decision, states in service.ALLOWED.items() if state in states))
    return render_template(
        f"moderation/{subject.kind}.html", form=form, subject=row, state=state, names=subject.names(row),
        history=queries.history(subject.kind, subject_id), decided_meanwhile=status == 409,
        events=audit.history(subject_kind=subject.kind, subject_id=subject_id, limit=50),
        **_more(subject.kind, row, sighting),
    ), status


def _more(kind: str, row: Any, sighting: SightingForm | None) -> dict[str, Any]:
    """What else an organiser looks at before deciding on an organisation."""
    if kind != "organisation":
        return {}
    return {
        "same": organisation_queries.alike(
            names=row.names, jurisdiction=row.jurisdiction, number=row.registration_number, but=row.id, public=False),
        "members": organisation_queries.members(row.id),
        "missing": missing(row),
        "sighting": sighting or SightingForm(formdata=None, seen_on=day(clock.now())).of(row.credentials),
        "files": files.files_by_id([one.file_id for one in row.credentials if one.file_id]),
    }
