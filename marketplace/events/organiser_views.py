"""The organisers' pages of an event."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l

from marketplace.accounts.web import current_actor, done, require_organiser
from marketplace.errors import AlreadyDone, Conflict, Invalid, NotFound
from marketplace.events import panels, people, queries, registration, service
from marketplace.events.blueprint import blueprint
from marketplace.events.forms import (
    KIND_LABELS,
    SIDE_LABELS,
    BoothsForm,
    CodeForm,
    DecideForm,
    EventForm,
    InterpreterForm,
    PlaceForm,
    TablesForm,
    ZoneForm,
    filled,
)
from marketplace.events.models import Event, Registration, Zone
from marketplace.extensions import db
from marketplace.forms import BaseForm, apply_errors


@blueprint.get("/organiser/events")
@require_organiser
def organise() -> str:
    """All events."""
    return render_template("events/organise.html", events=queries.all_events(), kinds=KIND_LABELS)


@blueprint.route("/organiser/events/new", methods=["GET", "POST"])
@require_organiser
def new() -> Any:
    """Make an event."""
    form = EventForm()
    if request.method == "POST" and form.validate():
        try:
            event_id = service.create_event(
                actor=current_actor(), values=form.as_values(), submission_id=form.submission_id.data).id
        except AlreadyDone as again:
            return redirect(url_for("events.manage", event_id=again.result), 303)
        except Invalid as invalid:
            apply_errors(form, invalid)
        else:
            return redirect(url_for("events.manage", event_id=event_id), 303)
    return render_template("events/edit.html", form=form, event=None), 422 if request.method == "POST" else 200


@blueprint.route("/organiser/events/<int:event_id>/edit", methods=["GET", "POST"])
@require_organiser
def edit(event_id: int) -> Any:
    """Change an event."""
    event = queries.find(event_id)
    form = EventForm(data=filled(event))
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.validate():
        try:
            service.edit_event(actor=current_actor(), event_id=event_id, values=form.as_values(),
                               base_version=_number(form.lock_version.data))
        except Invalid as invalid:
            apply_errors(form, invalid)
        except Conflict as conflict:
            form.lock_version.data = conflict.current
            form.form_errors.append(_l("Somebody else saved this meanwhile. Sending it again overwrites their words."))
            status = 409
        else:
            done(_l("Your changes are saved."))
            return redirect(url_for("events.manage", event_id=event_id), 303)
    return render_template("events/edit.html", form=form, event=event), status


@blueprint.get("/organiser/events/<int:event_id>")
@require_organiser
def manage(event_id: int) -> Any:
    """One event: how far it is, its rooms, what else belongs to it."""
    return _manage(queries.find(event_id))


def _manage(event: Event, status: int = 200, **forms: Any) -> Any:
    return render_template(
        "events/manage.html", event=event, zones=queries.zones_of(event.id),
        interpreters=queries.interpreters_of(event.id), stages=queries.stage_board(event.id),
        panels=panels.render("organiser", event, current_actor()), kinds=KIND_LABELS,
        **{"zone_form": ZoneForm(formdata=None), "booths_form": BoothsForm(formdata=None),
           "interpreter_form": InterpreterForm(formdata=None), **forms}), status


@blueprint.post("/organiser/events/<int:event_id>/publish")
@require_organiser
def publish(event_id: int) -> Any:
    """Let everybody see the event."""
    if BaseForm().validate():
        service.publish_event(actor=current_actor(), event_id=event_id)
        done(_l("The event is public. Organisations can register."))
    return redirect(url_for("events.manage", event_id=event_id), 303)


@blueprint.post("/organiser/events/<int:event_id>/zones")
@require_organiser
def add_zone(event_id: int) -> Any:
    """Add a zone with its tables."""
    form = ZoneForm()
    if form.validate():
        try:
            service.add_zone(
                actor=current_actor(), event_id=event_id, hall=form.hall.data or "", code=form.code.data or "",
                tables=form.tables.data or 0, hall_name=form.hall_name.data or "", name=form.name.data or "")
        except Invalid as invalid:
            apply_errors(form, invalid)
        else:
            return redirect(url_for("events.manage", event_id=event_id) + "#rooms", 303)
    return _manage(queries.find(event_id), 422, zone_form=form)


@blueprint.post("/organiser/events/zones/<int:zone_id>/tables")
@require_organiser
def set_tables(zone_id: int) -> Any:
    """Change the number of tables of a zone."""
    zone = _zone(zone_id)
    form = TablesForm()
    if form.validate():
        service.set_tables(actor=current_actor(), zone_id=zone_id, tables=form.tables.data or 0)
        done(_l("The tables are changed."))
    return redirect(url_for("events.manage", event_id=zone.event_id) + "#rooms", 303)


@blueprint.post("/organiser/events/zones/<int:zone_id>/booths")
@require_organiser
def add_booths(zone_id: int) -> Any:
    """Add stands to a zone."""
    zone = _zone(zone_id)
    form = BoothsForm()
    if form.validate():
        try:
            service.add_booths(actor=current_actor(), zone_id=zone_id, codes=form.codes.data or "")
        except Invalid as invalid:
            apply_errors(form, invalid)
        else:
            done(_l("The stands are added."))
            return redirect(url_for("events.manage", event_id=zone.event_id) + "#rooms", 303)
    return _manage(queries.find(zone.event_id), 422, booths_form=form)


def _zone(zone_id: int) -> Zone:
    zone = db.session.get(Zone, zone_id)
    if zone is None:
        raise NotFound
    return zone


@blueprint.post("/organiser/events/<int:event_id>/interpreters")
@require_organiser
def add_interpreter(event_id: int) -> Any:
    """Add an interpreter."""
    form = InterpreterForm()
    if form.validate():
        try:
            service.add_interpreter(actor=current_actor(), event_id=event_id, name=form.name.data or "",
                                    languages=form.languages.data or [])
        except Invalid as invalid:
            apply_errors(form, invalid)
        else:
            return redirect(url_for("events.manage", event_id=event_id) + "#interpreters", 303)
    return _manage(queries.find(event_id), 422, interpreter_form=form)


@blueprint.get("/organiser/events/<int:event_id>/registrations")
@require_organiser
def registrations(event_id: int) -> Any:
    """Who asks to take part, who does, and who looks after whom."""
    return _registrations(queries.find(event_id))


def _registrations(event: Event, status: int = 200, **more: Any) -> Any:
    rows = queries.registrations_of(event.id)
    return render_template(
        "events/registrations.html", event=event, rows=rows, booths=queries.booths_of(event.id),
        staff=queries.staff(), sides=SIDE_LABELS, **{"form": BaseForm(formdata=None), "error": None, **more}), status


@blueprint.post("/organiser/events/registrations/<int:registration_id>/decide")
@require_organiser
def decide(registration_id: int) -> Any:
    """Approve or refuse a registration."""
    row = _registration(registration_id)
    form = DecideForm()
    if form.validate():
        try:
            registration.decide(actor=current_actor(), registration_id=registration_id,
                                approve=form.decision.data == "approve", reason=form.reason.data or "")
        except Invalid:
            return _registrations(row.event, 422, error=_l("A refusal needs a reason: the organisation is told."))
        done(_l("Decided. The organisation is told."))
    return redirect(url_for("events.registrations", event_id=row.event_id), 303)


@blueprint.post("/organiser/events/registrations/<int:registration_id>/place")
@require_organiser
def place(registration_id: int) -> Any:
    """Give a registration its stand and who looks after it."""
    row = _registration(registration_id)
    form = PlaceForm()
    form.booth.choices = form.owner.choices = []
    if form.validate():
        try:
            registration.place(
                actor=current_actor(), registration_id=registration_id, booth_id=_number(form.booth.data) or None,
                owner_id=_number(form.owner.data) or None)
        except Invalid:
            return _registrations(row.event, 422, error=_l("This stand is somebody else's."))
        done(_l("Your changes are saved."))
    return redirect(url_for("events.registrations", event_id=row.event_id) + f"#r{registration_id}", 303)


def _registration(registration_id: int) -> Registration:
    row = db.session.get(Registration, registration_id)
    if row is None:
        raise NotFound
    return row


@blueprint.get("/organiser/events/<int:event_id>/people")
@require_organiser
def all_people(event_id: int) -> str:
    """Who comes, with mobile numbers for the day and codes for the badges."""
    return render_template("events/all_people.html", event=queries.find(event_id), people=queries.people_of(event_id))


@blueprint.route("/organiser/events/<int:event_id>/check-in", methods=["GET", "POST"])
@require_organiser
def check_in(event_id: int) -> Any:
    """Note by the code of a badge that somebody is here."""
    event = queries.find(event_id)
    form = CodeForm(code=request.args.get("code", "")) if request.method == "GET" else CodeForm()
    if request.method == "POST" and form.validate():
        try:
            person = people.check_in(actor=current_actor(), event_id=event_id, code=form.code.data or "")
        except Invalid as invalid:
            apply_errors(form, invalid)
        else:
            done(_l("%(name)s is here.", name=person.name))
            return redirect(url_for("events.check_in", event_id=event_id), 303)
    everyone = queries.people_of(event_id)
    return render_template(
        "events/check_in.html", event=event, form=form, people=everyone,
        arrived=sum(person.arrived_at is not None for person in everyone)), 422 if request.method == "POST" else 200


def _number(text: Any) -> int:
    text = str(text or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0
