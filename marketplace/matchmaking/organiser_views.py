"""The organisers' pages of a session: its rules, parts, participants, turns and plans."""

from __future__ import annotations

import secrets
from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l

from marketplace.accounts.web import current_actor, done, require_organiser
from marketplace.errors import AlreadyDone, Conflict, Invalid, NotFound
from marketplace.events import queries as event_queries
from marketplace.extensions import db
from marketplace.forms import BaseForm, apply_errors, word
from marketplace.i18n import pick
from marketplace.matchmaking import plans, queries, sessions, telling, turns
from marketplace.matchmaking.blueprint import blueprint
from marketplace.matchmaking.forms import PartForm, PlanForm, SessionForm, TurnsForm, WeightsForm, filled
from marketplace.matchmaking.grid import slots_of
from marketplace.matchmaking.models import WEIGHTS, MatchmakingSession, Part
from marketplace.matchmaking.places import parts_of
from marketplace.transaction import transaction


@blueprint.route("/organiser/events/<int:event_id>/sessions/new", methods=["GET", "POST"])
@require_organiser
def new(event_id: int) -> Any:
    """Make a session."""
    event = event_queries.find(event_id)
    form = SessionForm(data={"held_on": event.starts_on.isoformat()}) if request.method == "GET" else SessionForm()
    form.zone_ids.choices = _zones(event_id)
    if request.method == "POST" and form.validate():
        try:
            session_id = sessions.create_session(actor=current_actor(), event_id=event_id, values=form.as_values(),
                                                 submission_id=form.submission_id.data).id
        except AlreadyDone as again:
            return redirect(url_for("matchmaking.manage", session_id=again.result), 303)
        except Invalid as invalid:
            apply_errors(form, invalid)
        else:
            return redirect(url_for("matchmaking.manage", session_id=session_id), 303)
    return render_template("matchmaking/edit.html", form=form, event=event, session=None
                           ), 422 if request.method == "POST" else 200


def _zones(event_id: int) -> list[tuple[int, str]]:
    return [(row.zone.id, f"{row.zone.hall.code} {row.zone.code} {row.zone.name} ({row.tables})")
            for row in event_queries.zones_of(event_id)]


@blueprint.route("/organiser/sessions/<int:session_id>/edit", methods=["GET", "POST"])
@require_organiser
def edit(session_id: int) -> Any:
    """Change the rules of a session."""
    session = queries.session(session_id)
    form = SessionForm(data=filled(session))
    form.zone_ids.choices = _zones(session.event_id)
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.validate():
        text = form.lock_version.data or ""
        try:
            sessions.edit_session(actor=current_actor(), session_id=session_id, values=form.as_values(),
                                  base_version=int(text) if text.isdecimal() and len(text) < 10 else 0)
        except Invalid as invalid:
            apply_errors(form, invalid)
        except Conflict as conflict:
            form.lock_version.data = conflict.current
            form.form_errors.append(_l("Somebody else saved this meanwhile. Sending it again overwrites their words."))
            status = 409
        else:
            done(_l("Your changes are saved. Plans made before keep the old rules."))
            return redirect(url_for("matchmaking.manage", session_id=session_id), 303)
    return render_template("matchmaking/edit.html", form=form, event=session.event, session=session), status


@blueprint.get("/organiser/sessions/<int:session_id>")
@require_organiser
def manage(session_id: int) -> Any:
    """One session: parts, participants in figures, plans."""
    return _manage(queries.session(session_id))


def _manage(session: MatchmakingSession, status: int = 200, **forms: Any) -> Any:
    rows = queries.participations_of(session.id)
    parts = parts_of(session.id)
    buyers = [("", "—"), *((str(row.id), pick(row.organisation.names, convert=False).text)
                           for row in rows if row.side == "demand")]
    part_form = forms.get("part_form") or PartForm(formdata=None)
    part_form.participation_id.choices = buyers
    weights = forms.get("weights_form") or WeightsForm(
        formdata=None, data={name: int(session.weight(name)) for name in WEIGHTS})
    return render_template(
        "matchmaking/manage.html", session=session, event=session.event, parts=parts,
        slots=slots_of(session, parts), participations=rows, versions=plans.versions_of(session.id),
        turns=queries.turns_of(session.id), part_form=part_form, weights_form=weights, weights=list(WEIGHTS),
        plan_form=forms.get("plan_form") or PlanForm(formdata=None)), status


@blueprint.post("/organiser/sessions/<int:session_id>/open")
@require_organiser
def open_session(session_id: int) -> Any:
    """Let registered organisations take part."""
    if BaseForm().validate():
        sessions.open_session(actor=current_actor(), session_id=session_id)
        done(_l("The session is open. Registered organisations can take part."))
    return redirect(url_for("matchmaking.manage", session_id=session_id), 303)


@blueprint.post("/organiser/sessions/<int:session_id>/parts")
@require_organiser
def add_part(session_id: int) -> Any:
    """Add a part."""
    session = queries.session(session_id)
    form = PartForm()
    form.participation_id.choices = []
    if form.validate():
        buyer = form.participation_id.data or ""
        try:
            sessions.add_part(
                actor=current_actor(), session_id=session_id, kind=form.kind.data or "", starts=form.starts.data or "",
                ends=form.ends.data or "", name=form.name.data or "", minutes=form.minutes.data,
                participation_id=int(buyer) if buyer.isdecimal() and len(buyer) < 16 else None)
        except Invalid as invalid:
            apply_errors(form, invalid)
        else:
            return redirect(url_for("matchmaking.manage", session_id=session_id) + "#parts", 303)
    return _manage(session, 422, part_form=form)


@blueprint.post("/organiser/sessions/parts/<int:part_id>/remove")
@require_organiser
def remove_part(part_id: int) -> Any:
    """Take a part away."""
    part = _part(part_id)
    if BaseForm().validate():
        try:
            sessions.remove_part(actor=current_actor(), part_id=part_id)
        except Invalid as invalid:
            form = PartForm(formdata=None)
            apply_errors(form, invalid)
            return _manage(queries.session(part.session_id), 422, part_form=form)
    return redirect(url_for("matchmaking.manage", session_id=part.session_id) + "#parts", 303)


def _part(part_id: int) -> Part:
    part = db.session.get(Part, part_id)
    if part is None:
        raise NotFound
    return part


@blueprint.route("/organiser/sessions/parts/<int:part_id>/turns", methods=["GET", "POST"])
@require_organiser
def lay_out(part_id: int) -> Any:
    """Whose turns a part has, in which order."""
    part = _part(part_id)
    session = queries.session(part.session_id)
    rows = queries.participations_of(session.id)
    side = {"presentation": "demand", "pitch": "supply", "route": "supply"}.get(part.kind)
    form = TurnsForm()
    form.order.choices = [(row.id, pick(row.organisation.names, convert=False).text) for row in rows
                          if side in (None, row.side)]
    form.guest.choices = [("", "—"), *((str(row.id), pick(row.organisation.names, convert=False).text)
                                       for row in rows if row.side == "demand")]
    if request.method == "POST" and form.validate():
        guest = form.guest.data or ""
        guest_id = int(guest) if guest.isdecimal() and len(guest) < 16 else None
        chosen = list(form.order.data or [])
        order = turns.by_place(chosen, {one: request.form.get(f"place-{one}", "") for one in chosen})
        try:
            if part.kind == "route" and guest_id is not None and not order:
                order = turns.route_for(part_id, guest_id)
            turns.lay_out(actor=current_actor(), part_id=part_id, order=order, guest_id=guest_id,
                          draw=_draw(request.form.get("number", "")) if form.draw.data else None)
        except Invalid as invalid:
            apply_errors(form, invalid)
        else:
            done(_l("The turns are laid out."))
            return redirect(url_for("matchmaking.lay_out", part_id=part_id), 303)
    return render_template("matchmaking/turns.html", session=session, event=session.event, part=part, form=form,
                           turns=queries.turns_of(session.id).get(part_id, [])
                           ), 422 if request.method == "POST" else 200


def _draw(text: str) -> int:
    """The number to draw from: the one written down, to draw an order again, else a new one."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else secrets.randbelow(10**9)


@blueprint.post("/organiser/sessions/<int:session_id>/weights")
@require_organiser
def set_weights(session_id: int) -> Any:
    """What wishes are worth in the plans to come."""
    session = queries.session(session_id)
    form = WeightsForm()
    if form.validate():
        sessions.set_weights(actor=current_actor(), session_id=session_id,
                             weights={name: form[name].data for name in WEIGHTS})
        done(_l("The weights are kept. They count from the next plan on."))
        return redirect(url_for("matchmaking.manage", session_id=session_id) + "#weights", 303)
    return _manage(session, 422, weights_form=form)


@blueprint.get("/organiser/sessions/<int:session_id>/participants")
@require_organiser
def participants(session_id: int) -> str:
    """Who takes part, who confirmed, who did not come; whom to call."""
    session = queries.session(session_id)
    return render_template("matchmaking/participants.html", session=session, event=session.event,
                           rows=queries.participations_of(session_id))


@blueprint.post("/organiser/sessions/<int:session_id>/ask-to-confirm")
@require_organiser
def ask_to_confirm(session_id: int) -> Any:
    """Ask everybody who has not confirmed yet to do so."""
    session = queries.session(session_id)
    if BaseForm().validate():
        with transaction():
            asked = telling.ask_to_confirm(sessions.lock(session_id), queries.participations_of(session_id))
            sessions.note(current_actor(), "session.asked_to_confirm", session_id, asked=asked)
        done(_l("Asked: %(count)s. Who was asked before is not asked again.", count=asked))
    return redirect(url_for("matchmaking.participants", session_id=session.id), 303)


@blueprint.post("/organiser/participations/<int:participation_id>/no-show")
@require_organiser
def no_show(participation_id: int) -> Any:
    """Note that somebody did not come, or came after all."""
    row = queries.participation(participation_id)
    if BaseForm().validate():
        missing = request.form.get("missing") == "1"
        sessions.mark_no_show(actor=current_actor(), participation_id=participation_id, missing=missing)
        done(_l("Noted. Repair the plan to give their slots to others.") if missing else _l("Noted: they came."))
    return redirect(url_for("matchmaking.participants", session_id=row.session_id) + f"#p{participation_id}", 303)


@blueprint.post("/organiser/sessions/<int:session_id>/plans")
@require_organiser
def ask_for_plan(session_id: int) -> Any:
    """Have a plan made."""
    session = queries.session(session_id)
    form = PlanForm()
    if form.validate():
        base = form.base_id.data or ""
        try:
            version_id = plans.ask_for_plan(
                actor=current_actor(), session_id=session_id, mode=form.mode.data or "", seconds=form.seconds.data,
                base_id=int(base) if base.isdecimal() and len(base) < 16 else None).id
        except Invalid as invalid:
            apply_errors(form, invalid)
        else:
            return redirect(url_for("matchmaking.plan", version_id=version_id), 303)
    return _manage(session, 422, plan_form=form)


@blueprint.post("/organiser/plans/<int:version_id>/stop")
@require_organiser
def stop_plan(version_id: int) -> Any:
    """Have a running plan finished with its best so far."""
    if BaseForm().validate():
        plans.stop(actor=current_actor(), version_id=version_id)
        done(_l("It stops within a few seconds and keeps the best so far."))
    return redirect(url_for("matchmaking.plan", version_id=version_id), 303)


@blueprint.post("/organiser/plans/<int:version_id>/copy")
@require_organiser
def copy_plan(version_id: int) -> Any:
    """A new draft to go on from."""
    plans.get(version_id)
    if not BaseForm().validate():
        return redirect(url_for("matchmaking.plan", version_id=version_id), 303)
    new_id = plans.copy_plan(actor=current_actor(), version_id=version_id).id
    return redirect(url_for("matchmaking.board", version_id=new_id), 303)


def sentence_of(invalid: Invalid) -> str:
    """The refusals of a service as one line."""
    return " ".join(str(word(error)) for error in invalid.errors.values())
