"""The pages of the day: the live board and check-in for organisers, and what whoever holds a private link does."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l

from marketplace import clock
from marketplace.accounts.web import current_actor, done, require_organiser, require_user
from marketplace.errors import Invalid, NotFound
from marketplace.events import people as event_people
from marketplace.events.models import Person
from marketplace.floor import arrivals, cards, delays, freed, hall, walkins
from marketplace.floor import badge_sheet as badge_sheet
from marketplace.floor import card_views as card_views  # hangs its pages on the same blueprint
from marketplace.floor import contact_views as contact_views
from marketplace.floor.blueprint import blueprint
from marketplace.floor.forms import CodeForm, WalkInForm
from marketplace.forms import BaseForm, apply_errors, word
from marketplace.i18n import current_locale, data_lang
from marketplace.matchmaking import plans, policy, queries
from marketplace.matchmaking.grid import slots_of
from marketplace.matchmaking.links import link_of, of_link
from marketplace.matchmaking.places import parts_of
from marketplace.matchmaking.problem import id_of

__all__ = ["blueprint"]



@blueprint.get("/t/<token>/today")
def today(token: str) -> str:
    """A participation's day: badges, running late, free slots, cards."""
    row = of_link(token)
    session = queries.session(row.session_id)
    ids = [person.id for person in row.people]
    agreed, asked, sent = cards.cards_of(ids)
    entries = queries.timetable([row.id])
    return render_template(
        "floor/today.html", row=row, token=token, session=session, event=session.event, mine=set(ids), asked=asked,
        agreed=agreed, sent=sent, offers=freed.offers_of([row.id]), late=delays.late(session.id).get(row.id),
        minutes=delays.MINUTES, upcoming=queries.next_meeting_after(entries, clock.now()), form=CodeForm(formdata=None),
        badges=[(person, url_for("floor.badge", token=arrivals.badge_of(person))) for person in row.people])


@blueprint.get("/sessions/<int:session_id>/today")
@require_user
def my_day(session_id: int) -> Any:
    """One's own day, from a notice: to the page of the first of one's participations."""
    session = policy.require_see(current_actor(), queries.session(session_id))
    actor = current_actor()
    rows = queries.participations_of(session.id, organisation_id=actor.organisation_id) if actor.organisation_id else []
    if not rows:
        raise NotFound
    return redirect(url_for("floor.today", token=link_of(rows[0])), 303)


@blueprint.post("/t/<token>/late")
def say_late(token: str) -> Any:
    """Running late: those who wait are told."""
    row = of_link(token)
    if BaseForm().validate():
        _late(row.id)
    return redirect(url_for("floor.today", token=token), 303)


def _late(participation_id: int) -> None:
    minutes = request.form.get("minutes", type=int) or 0
    try:
        meetings = delays.say_late(participation_id=participation_id, minutes=minutes)
    except Invalid:
        flash(_l("Please choose how late."), "error")
    else:
        done(_l("Noted. Meetings that wait, whose other side is told: %(count)s.", count=len(meetings)))


@blueprint.post("/t/<token>/offers/<int:offer_id>")
def answer_offer(token: str, offer_id: int) -> Any:
    """Take a freed slot by one tap, or leave it to others."""
    row = of_link(token)
    if BaseForm().validate():
        try:
            offer = freed.answer(offer_id=offer_id, participation_id=row.id, accepts=request.form.get("take") == "1")
        except Invalid:
            flash(_l("This offer is over: the time to answer has passed, or the other side declined."), "warning")
        else:
            if offer.outcome == "met":
                done(_l("You both accepted. The meeting stands in your timetable."))
            elif offer.outcome == "lost":
                flash(_l("Somebody else was quicker: the slot is taken. Nothing else of yours changed."), "warning")
            elif offer.outcome == "declined":
                done(_l("Left to others."))
            else:
                done(_l("Accepted. As soon as the other side accepts, too, the meeting stands."))
    return redirect(url_for("floor.today", token=token), 303)


@blueprint.get("/screen/<token>")
def screen(token: str) -> Any:
    """The live board for a screen in the hall: renews itself every ten seconds, and answers 304 while nothing
    changed."""
    session = hall.session_of_screen(token)
    board = hall.live(session.id)
    tag = f"{board.tag}-{current_locale()}"
    if request.if_none_match.contains_weak(tag):
        answer = Response(status=304)
    else:
        answer = Response(render_template(
            "floor/screen.html", session=session, event=session.event, board=board, token=token), mimetype="text/html")
    answer.set_etag(tag, weak=True)
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


@blueprint.get("/organiser/sessions/<int:session_id>/live")
@require_organiser
def live(session_id: int) -> str:
    """The day for organisers: the halls, who is missing, check-in by code, and what can be done."""
    return _live(session_id, CodeForm(formdata=None))


def _live(session_id: int, form: Any) -> str:
    session = queries.session(session_id)
    missing = set(arrivals.missing(session_id))
    rows = queries.participations_of(session_id)
    late = delays.late(session_id)
    shown = plans.shown_version(plans.versions_of(session_id))
    return render_template(
        "floor/live.html", session=session, event=session.event, board=hall.live(session_id), form=form,
        token=hall.screen_token(session), missing=[one for one in rows if one.id in missing],
        absent=[one for one in rows if one.no_show_at is not None], late=[one for one in rows if one.id in late],
        until=late, minutes=delays.MINUTES, shown=shown)


@blueprint.post("/organiser/sessions/<int:session_id>/live/check-in")
@require_organiser
def check_in(session_id: int) -> Any:
    """Check somebody in by the code on the badge."""
    session = queries.session(session_id)
    form = CodeForm()
    if form.validate():
        try:
            person = event_people.check_in(actor=current_actor(), event_id=session.event_id, code=form.code.data or "")
        except Invalid as invalid:
            apply_errors(form, invalid)
        else:
            done(_l("%(name)s is here.", name=person.name))
            return redirect(url_for("floor.live", session_id=session_id), 303)
    return _live(session_id, form), 422


@blueprint.post("/organiser/sessions/<int:session_id>/live/missing")
@require_organiser
def mark_missing(session_id: int) -> Any:
    """Note as absent who has not checked in, and have the plan repaired from now on; the next page says how many
    meetings that disturbs before anybody is told."""
    queries.session(session_id)
    if not BaseForm().validate():
        return redirect(url_for("floor.live", session_id=session_id), 303)
    count = arrivals.mark_missing(actor=current_actor(), session_id=session_id)
    version = plans.ask_for_plan(actor=current_actor(), session_id=session_id, mode="repair", seconds=10)
    done(_l("Noted as absent: %(count)s. The repair is under way; nobody is told before you accept it.", count=count))
    return redirect(url_for("matchmaking.plan", version_id=version.id), 303)


@blueprint.post("/organiser/participations/<int:participation_id>/release")
@require_organiser
def release(participation_id: int) -> Any:
    """Give up the slots of who does not come."""
    row = queries.participation(participation_id)
    if BaseForm().validate():
        count = arrivals.release(actor=current_actor(), participation_id=participation_id)
        done(_l("Meetings cancelled, with the other side told: %(count)s. Free slots are offered to who waits.",
                count=count))
    return redirect(url_for("floor.live", session_id=row.session_id), 303)


@blueprint.post("/organiser/participations/<int:participation_id>/expected")
@require_organiser
def undo_absent(participation_id: int) -> Any:
    """Take back that somebody did not come."""
    row = queries.participation(participation_id)
    if BaseForm().validate():
        arrivals.undo_absent(actor=current_actor(), participation_id=participation_id)
        done(_l("They are expected again. Meetings that were cancelled meanwhile stay cancelled."))
    return redirect(url_for("floor.live", session_id=row.session_id), 303)


@blueprint.post("/organiser/participations/<int:participation_id>/late")
@require_organiser
def note_late(participation_id: int) -> Any:
    """Note for somebody that they run late."""
    row = queries.participation(participation_id)
    if BaseForm().validate():
        _late(row.id)
    return redirect(url_for("floor.live", session_id=row.session_id), 303)


@blueprint.route("/organiser/sessions/<int:session_id>/walk-in", methods=["GET", "POST"])
@require_organiser
def walk_in(session_id: int) -> Any:
    """Register somebody who just came, and go on to their openings."""
    session = queries.session(session_id)
    form = WalkInForm()
    if request.method == "POST" and form.validate():
        try:
            row = walkins.walk_in(
                actor=current_actor(), session_id=session_id, side=form.side.data or "", name=form.name.data or "",
                lang=data_lang(), person=form.person.data or "", mobile=form.mobile.data or "",
                languages=dict.fromkeys(form.languages.data or [], "fluent"))
        except Invalid as invalid:
            apply_errors(form, invalid)
        else:
            done(_l("Registered and here. Give them a free slot."))
            return redirect(url_for("floor.openings", participation_id=row.id), 303)
    return render_template("floor/walk_in.html", session=session, event=session.event, form=form), (
        422 if request.method == "POST" else 200)


@blueprint.get("/organiser/participations/<int:participation_id>/openings")
@require_organiser
def openings(participation_id: int) -> str:
    """Free slots of one participant, and what it would gain if a named meeting moved."""
    row = queries.participation(participation_id)
    session = queries.session(row.session_id)
    person: Person | None = row.people[0] if row.people else None
    return render_template(
        "floor/openings.html", row=row, session=session, event=session.event, free=walkins.free_openings(row),
        moved=walkins.if_moved(row), names=queries.names_of(session.id), own=f"p{row.id}", ids=id_of,
        slots=slots_of(session, parts_of(session.id)),
        badge=url_for("floor.badge", token=arrivals.badge_of(person)) if person is not None else None, person=person)


@blueprint.post("/organiser/participations/<int:participation_id>/openings")
@require_organiser
def book(participation_id: int) -> Any:
    """Give a participant a free slot with a counterpart."""
    queries.participation(participation_id)
    if BaseForm().validate():
        try:
            walkins.book(actor=current_actor(), own_id=participation_id, other_id=request.form.get("with", 0, type=int),
                         slot_index=request.form.get("slot", -1, type=int))
        except Invalid as invalid:
            flash(word(invalid.errors["slot"]), "warning")
        else:
            done(_l("The meeting stands, and both are told."))
    return redirect(url_for("floor.openings", participation_id=participation_id), 303)
