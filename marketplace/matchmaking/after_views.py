"""After a session: feedback and outcomes for members, the funnel and exports for organisers."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import redirect, render_template, request, url_for
from flask_babel import format_decimal
from flask_babel import lazy_gettext as _l

from catalogue import currencies
from marketplace import clock, tables
from marketplace.accounts.web import current_actor, done, require_organiser, require_user
from marketplace.errors import AlreadyDone, Invalid, NotFound
from marketplace.events import queries as event_queries
from marketplace.extensions import db
from marketplace.forms import BaseForm, apply_errors
from marketplace.i18n import export_language
from marketplace.matchmaking import after, exports, funnel, policy, queries
from marketplace.matchmaking.after_models import MeetingFeedback, Outcome
from marketplace.matchmaking.blueprint import blueprint
from marketplace.matchmaking.followup_views import keep_evidence
from marketplace.matchmaking.forms import FeedbackForm, OutcomeForm

TITLES = {"meetings": _l("Meetings"), "halls": _l("Hall list"), "participants": _l("Participants"),
          "outcomes": _l("Outcomes")}


@blueprint.app_template_global()
def sum_of(minor: int, currency: str) -> str:
    """A sum with its currency code, as "HKD 120,000"."""
    return f"{currency} {format_decimal(currencies.from_minor(minor, currency))}"


def _page(session_id: int, status: int = 200, **forms: Any) -> Any:
    actor = current_actor()
    session = policy.require_see(actor, queries.session(session_id))
    rows = queries.participations_of(session_id, organisation_id=actor.organisation_id) if actor.organisation_id else []
    if not rows:
        raise NotFound
    own = {row.id for row in rows}
    now = clock.now()
    entries = [one for one in queries.timetable(sorted(own)) if one.meeting.kind == "meeting"
               and one.meeting.starts_at <= now]
    ids = [one.meeting.id for one in entries]
    told = {row.meeting_id: row for row in db.session.scalars(
        sa.select(MeetingFeedback).where(MeetingFeedback.meeting_id.in_(ids),
                                         MeetingFeedback.participation_id.in_(own)))}
    outcomes: dict[int, list[Outcome]] = {}
    for row in db.session.scalars(sa.select(Outcome).where(Outcome.meeting_id.in_(ids)).order_by(Outcome.id)):
        outcomes.setdefault(row.meeting_id, []).append(row)
    return render_template(
        "matchmaking/after.html", session=session, event=session.event, rows=rows, entries=entries, told=told,
        outcomes=outcomes, own=own, **{"feedback": FeedbackForm(formdata=None), "form": OutcomeForm(formdata=None),
                                       **forms}), status


@blueprint.get("/sessions/<int:session_id>/after")
@require_user
def after_session(session_id: int) -> Any:
    """One's meetings that were: what one thinks, and what came of them."""
    return _page(session_id)


@blueprint.post("/sessions/<int:session_id>/after/<int:meeting_id>/feedback")
@require_user
def give_feedback(session_id: int, meeting_id: int) -> Any:
    """One of four answers."""
    form = FeedbackForm()
    if form.validate():
        try:
            after.give_feedback(actor=current_actor(), meeting_id=meeting_id, answer=form.answer.data or "",
                                words=form.words.data or "")
        except Invalid as invalid:
            apply_errors(form, invalid)
        else:
            done(_l("Thank you. Your answer is kept."))
            return redirect(url_for("matchmaking.after_session", session_id=session_id) + f"#m{meeting_id}", 303)
    return _page(session_id, 422, feedback=form)


@blueprint.post("/sessions/<int:session_id>/after/<int:meeting_id>/outcome")
@require_user
def record_outcome(session_id: int, meeting_id: int) -> Any:
    """What came of a meeting."""
    form = OutcomeForm()
    if form.validate():
        try:
            after.record_outcome(
                actor=current_actor(), meeting_id=meeting_id, stage=form.stage.data or "",
                happened_on=form.happened_on.data or "", amount=form.amount.data or "",
                currency=form.currency.data or "", evidence=form.evidence.data or "",
                file_id=keep_evidence(current_actor()), submission_id=form.submission_id.data)
        except AlreadyDone:
            return redirect(url_for("matchmaking.after_session", session_id=session_id), 303)
        except Invalid as invalid:
            apply_errors(form, invalid)
        else:
            done(_l("Kept. The other side can confirm it."))
            return redirect(url_for("matchmaking.after_session", session_id=session_id) + f"#m{meeting_id}", 303)
    return _page(session_id, 422, form=form)


@blueprint.post("/sessions/<int:session_id>/outcomes/<int:outcome_id>/confirm")
@require_user
def confirm_outcome(session_id: int, outcome_id: int) -> Any:
    """Say that it is so."""
    if BaseForm().validate():
        after.confirm_outcome(actor=current_actor(), outcome_id=outcome_id)
        done(_l("Confirmed by both sides."))
    return redirect(url_for("matchmaking.after_session", session_id=session_id), 303)


@blueprint.get("/organiser/events/<int:event_id>/results")
@require_organiser
def results(event_id: int) -> str:
    """What an event led to, step by step, beside other editions."""
    event = event_queries.find(event_id)
    chosen = request.args.get("beside", type=int)
    others = [one for one in event_queries.all_events() if one.id != event_id]
    beside = next((one for one in others if one.id == chosen), None)
    return render_template(
        "matchmaking/results.html", event=event, funnel=funnel.funnel_of(event_id), others=others, beside=beside,
        titles=TITLES, other=funnel.funnel_of(beside.id) if beside else None)


@blueprint.get("/organiser/events/<int:event_id>/results/<what>.<form>")
@require_organiser
def export(event_id: int, what: str, form: str) -> Any:
    """A table to take along, in the reader's language or in the script asked for."""
    if what not in exports.TABLES or form not in tables.FORMS:
        raise NotFound
    event = event_queries.find(event_id)
    with export_language():
        return tables.send(exports.TABLES[what](event_id), form=form, name=f"{event.slug}-{what}",
                           title=str(TITLES[what]))
