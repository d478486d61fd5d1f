"""The board of stages, the call list, one follow-up, and sheets of claim links."""

from __future__ import annotations

from typing import Any

from flask import Response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from marketplace import i18n, tables
from marketplace.accounts.web import current_actor, done, require_organiser
from marketplace.actor import Actor
from marketplace.errors import AlreadyDone, Invalid, NotFound
from marketplace.events import queries as events
from marketplace.events.models import Event, Registration
from marketplace.events.queries import zones_of
from marketplace.extensions import db
from marketplace.forms import BaseForm, apply_errors, word
from marketplace.outreach import following, links, messages, sheets, stages, wording
from marketplace.outreach.blueprint import blueprint
from marketplace.outreach.delegations import is_claimed
from marketplace.outreach.forms import ContactForm, NoteForm
from marketplace.outreach.models import Invitee
from marketplace.outreach.stages import STAGES, Filters

SHEET = 24


def organiser_panel(event: Event, _actor: Actor) -> str:
    """On the organiser's page of an event: the way to what belongs to the weeks before it."""
    return render_template("outreach/_organiser_panel.html", event=event)


@blueprint.get("/organiser/events/<int:event_id>/stages")
@require_organiser
def board(event_id: int) -> Any:
    """How far all are, against the days by which they should be."""
    return _board(events.find(event_id))


def _board(event: Event, status: int = 200, error: Any = None) -> Any:
    return render_template("outreach/board.html", event=event, board=stages.board(event), names=wording.STAGES,
                           today=stages.today_of(event), error=error), status


@blueprint.post("/organiser/events/<int:event_id>/stages/days")
@require_organiser
def set_days(event_id: int) -> Any:
    """Move the days of the stages."""
    event = events.find(event_id)
    if BaseForm().validate():
        try:
            following.set_days(actor=current_actor(), event_id=event_id,
                               days={stage: request.form.get(f"days-{stage}", "") for stage in STAGES})
        except Invalid as invalid:
            return _board(event, 422, word(next(iter(invalid.errors.values()))))
        done(_l("Your changes are saved."))
    return redirect(url_for("outreach.board", event_id=event_id), 303)


@blueprint.post("/organiser/events/<int:event_id>/stages/targets")
@require_organiser
def set_targets(event_id: int) -> Any:
    """Set how many should take part in each zone and district."""
    event = events.find(event_id)
    if BaseForm().validate():
        given: dict[str, dict[str, str]] = {"zone": {}, "district": {}}
        for name, text in request.form.items():
            kind, _dash, key = name.partition("-")
            if kind in given and key:
                given[kind][key] = text.strip()
        try:
            following.set_targets(actor=current_actor(), event_id=event_id, zones=given["zone"],
                                  districts=given["district"])
        except Invalid as invalid:
            return _board(event, 422, word(next(iter(invalid.errors.values()))))
        done(_l("Your changes are saved."))
    return redirect(url_for("outreach.board", event_id=event_id) + "#zones", 303)


def _filters() -> Filters:
    given = request.args
    return Filters(owner=_number(given.get("owner")), zone=_number(given.get("zone")),
                   district=given.get("district", "")[:20], lacks=given.get("lacks", "")[:20],
                   side=given.get("side", "")[:10], text=given.get("q", "").strip()[:100],
                   delegation=_number(given.get("delegation")))


@blueprint.get("/organiser/events/<int:event_id>/calls")
@require_organiser
def calls(event_id: int) -> Any:
    """Whom to call, what is due first."""
    event, filters = events.find(event_id), _filters()
    page = max(1, _number(request.args.get("page")) or 1)
    rows, total = stages.calls(event, filters, page=page)
    found = stages.board(event)
    return render_template(
        "outreach/calls.html", event=event, rows=rows, total=total, page=page, pages=max(1, -(-total // stages.SIZE)),
        filters=filters, names=wording.STAGES, stages=STAGES, staff=events.staff(), zones=zones_of(event_id),
        districts=found.districts, today=stages.today_of(event),
        days=stages.due_days(event, stages.goals_of(event_id)))


@blueprint.get("/organiser/events/<int:event_id>/calls.<form>")
@require_organiser
def export_calls(event_id: int, form: str) -> Any:
    """The call list, narrowed as it is shown, as a file in the reader's language or in the script asked for."""
    if form not in ("csv", "xlsx"):
        raise NotFound
    with i18n.export_language():
        return _call_file(event_id, form)


def _call_file(event_id: int, form: str) -> Response:
    event = events.find(event_id)
    rows, _total = stages.calls(event, _filters(), size=None)
    head = [_("Organisation"), _("Side"), _("Stand"), _("District"), _("Contact person"), _("Mobile number"),
            _("E-mail address"), _("Looked after by"), _("Call next on"), *(str(wording.STAGES[one]) for one in STAGES)]
    lines: list[list[Any]] = []
    for row in rows:
        who = row.registration
        lines.append([
            i18n.pick(who.organisation.names, convert=False).text,
            _("Exhibitor") if who.side == "supply" else _("Buyer"), who.booth.code if who.booth else "",
            who.organisation.place_id or "", *([row.invitee.name, row.invitee.mobile, row.invitee.email]
                                               if row.invitee else ["", "", ""]),
            row.owner, row.invitee.next_call_on.isoformat() if row.invitee and row.invitee.next_call_on else "",
            *("1" if row.reached[stage] else "" for stage in STAGES)])
    if form == "csv":
        content, kind = tables.as_csv([head, *lines]).encode(), "text/csv; charset=utf-8"
    else:
        content, kind = sheets.written(head, lines), sheets.MEDIA_TYPE
    return Response(content, mimetype=kind, headers={
        "Content-Disposition": f'attachment; filename="calls-{event.slug}.{form}"', "Cache-Control": "no-store"})


@blueprint.get("/organiser/outreach/registrations/<int:registration_id>")
@require_organiser
def follow(registration_id: int) -> Any:
    """Whom one speaks to, what was said, and what to send."""
    registration = _registration(registration_id)
    invitee = db.session.query(Invitee).filter_by(registration_id=registration_id).one_or_none()
    return _follow(registration, invitee)


def _registration(registration_id: int) -> Registration:
    found = db.session.get(Registration, registration_id)
    if found is None:
        raise NotFound
    return found


def _follow(registration: Registration, invitee: Invitee | None, status: int = 200, **forms: Any) -> Any:
    event, claimed = registration.event, is_claimed(registration.organisation_id)
    link = None
    if invitee is not None and not claimed:
        link = links.open_for(invitee_id=invitee.id)
    rows, _total = stages.calls(event, Filters(registration=registration.id), size=1)
    note_form = forms.get("note_form") or NoteForm(
        formdata=None, next_call_on=invitee.next_call_on if invitee else None, owner=str(registration.owner_id or ""))
    note_form.owner.choices = [("", "—"), *((str(user.id), user.name) for user in events.staff())]
    contact_form = forms.get("contact_form") or ContactForm(formdata=None, obj=invitee)
    message = (messages.for_invitee(invitee, link, event)
               if invitee is not None and (link is not None or claimed) else None)
    return render_template(
        "outreach/follow.html", event=event, registration=registration, invitee=invitee, link=link, claimed=claimed,
        message=message, ways=messages.ways_out(message, invitee) if invitee is not None else {},
        address=messages.address_of(link) if link is not None else None, note_form=note_form,
        contact_form=contact_form, notes=following.notes_of(invitee.id) if invitee else [], note_words=wording.NOTES,
        names=wording.STAGES, stages=STAGES, reached=rows[0].reached if rows else None,
        lang=i18n.lang_tag(invitee.locale) if invitee else "en",
        people=events.people_of(event.id, registration.organisation_id)), status


@blueprint.post("/organiser/outreach/registrations/<int:registration_id>/note")
@require_organiser
def note(registration_id: int) -> Any:
    """Write down what was said."""
    registration = _registration(registration_id)
    form = NoteForm()
    form.owner.choices = []
    if not form.validate():
        return _follow(registration, following.follow(actor=current_actor(), registration_id=registration_id), 422,
                       note_form=form)
    try:
        following.note(
            actor=current_actor(), kind=form.kind.data or "", text=form.text.data or "",
            invitee_id=following.follow(actor=current_actor(), registration_id=registration_id).id,
            next_call_on=form.next_call_on.data, owner_id=_number(form.owner.data),
            submission_id=form.submission_id.data)
    except AlreadyDone:
        pass
    except Invalid as invalid:
        apply_errors(form, invalid)
        return _follow(_registration(registration_id), None, 422, note_form=form)
    else:
        done(_l("Noted."))
    return redirect(url_for("outreach.follow", registration_id=registration_id), 303)


@blueprint.post("/organiser/outreach/registrations/<int:registration_id>/contact")
@require_organiser
def contact(registration_id: int) -> Any:
    """Change whom one writes to."""
    form = ContactForm()
    registration = _registration(registration_id)
    if not form.validate():
        return _follow(registration, following.follow(actor=current_actor(), registration_id=registration_id), 422,
                       contact_form=form)
    invitee = following.follow(actor=current_actor(), registration_id=registration_id)
    following.edit_contact(actor=current_actor(), invitee_id=invitee.id, name=form.name.data or "",
                           email=form.email.data or "", mobile=form.mobile.data or "")
    done(_l("Your changes are saved."))
    return redirect(url_for("outreach.follow", registration_id=registration_id), 303)


@blueprint.post("/organiser/outreach/registrations/<int:registration_id>/link")
@require_organiser
def make_link(registration_id: int) -> Any:
    """Make a claim link; an earlier one stops working."""
    if BaseForm().validate():
        invitee = following.follow(actor=current_actor(), registration_id=registration_id)
        links.for_invitee(actor=current_actor(), invitee_id=invitee.id, renew=True)
        done(_l("There is a new claim link. Earlier ones no longer work."))
    return redirect(url_for("outreach.follow", registration_id=registration_id) + "#message", 303)


@blueprint.post("/organiser/outreach/registrations/<int:registration_id>/sent")
@require_organiser
def sent(registration_id: int) -> Any:
    """Note that the message was sent by hand."""
    if BaseForm().validate():
        invitee = following.follow(actor=current_actor(), registration_id=registration_id)
        following.sent_by_hand(actor=current_actor(), invitee_id=invitee.id)
        done(_l("Noted as sent."))
    return redirect(url_for("outreach.follow", registration_id=registration_id), 303)


@blueprint.route("/organiser/events/<int:event_id>/claim-links", methods=["GET", "POST"])
@require_organiser
def sheet(event_id: int) -> Any:
    """Claim links of those who have not claimed, to print; they are made by a press of the button."""
    event = events.find(event_id)
    filters = Filters(lacks="claimed", zone=_number(request.args.get("zone")),
                      delegation=_number(request.args.get("delegation")))
    page = max(1, _number(request.args.get("page")) or 1)
    rows, total = stages.calls(event, filters, page=page, size=SHEET)
    made = {}
    if request.method == "POST" and BaseForm().validate():
        ids = [row.invitee.id if row.invitee else
               following.follow(actor=current_actor(), registration_id=row.registration.id).id for row in rows]
        links.for_many(actor=current_actor(), event_id=event_id, invitee_ids=ids)
        rows, total = stages.calls(event, filters, page=page, size=SHEET)
        found = links.for_many(actor=current_actor(), event_id=event_id,
                               invitee_ids=[row.invitee.id for row in rows if row.invitee])
        made = {invitee_id: messages.address_of(link) for invitee_id, link in found.items()}
    return render_template("outreach/sheet.html", event=event, rows=rows, total=total, made=made, page=page,
                           pages=max(1, -(-total // SHEET)))


def _number(text: Any) -> int | None:
    text = str(text or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None
