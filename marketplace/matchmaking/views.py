"""Sessions for everybody, and taking part for members."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import current_app, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l

from marketplace import clock
from marketplace.accounts.web import current_actor, done, require_user
from marketplace.errors import AlreadyDone, Invalid, NotAllowed, NotFound
from marketplace.events import queries as event_queries
from marketplace.forms import BaseForm, apply_errors
from marketplace.i18n import DATA_LANGS, export_language, pick
from marketplace.matchmaking import (
    after_views,  # noqa: F401 - hang their pages on the same blueprint
    board_views,  # noqa: F401
    event_pages,  # noqa: F401
    icalendar,
    organiser_views,  # noqa: F401
    picture_views,  # noqa: F401
    plans,
    policy,
    queries,
    report_views,  # noqa: F401
    requests,
    sessions,
    wishes,
    wording,
)
from marketplace.matchmaking.blueprint import blueprint
from marketplace.matchmaking.forms import AnswerForm, JoinForm, RequestForm, TermsForm, filled_terms
from marketplace.matchmaking.grid import Slot, slots_of
from marketplace.matchmaking.links import link_of, of_link
from marketplace.matchmaking.models import MatchmakingSession, Participation
from marketplace.matchmaking.moments import local_moment, local_time
from marketplace.matchmaking.places import parts_of
from marketplace.matchmaking.sessions import Terms
from marketplace.types import fold_key

COUNTERPARTS = 40  # on one page
SHOWN: dict[str, Callable[[wishes.Suggestion], bool]] = {
    "fits": lambda one: one.score is not None, "wished": lambda one: one.choice in ("must", "would"),
    "open": lambda one: not one.choice, "no": lambda one: one.choice == "no"}

blueprint.add_app_template_global(local_time)
blueprint.add_app_template_global(local_moment)


@blueprint.app_context_processor
def words() -> dict[str, Any]:
    """The words for codes, for every template."""
    return {"session_words": wording}


def _session(session_id: int) -> MatchmakingSession:
    return policy.require_see(current_actor(), queries.session(session_id))


def _own(session: MatchmakingSession) -> list[Participation]:
    """The participations of the organisation acted for. Raises NotFound for none."""
    actor = current_actor()
    if actor.organisation_id is None:
        raise NotFound
    return queries.participations_of(session.id, organisation_id=actor.organisation_id)


def _chosen(rows: list[Participation]) -> Participation:
    """The participation of `rows` that the address names, else the first. Raises NotFound."""
    wanted = request.args.get("of", type=int)
    found = next((row for row in rows if wanted in (None, row.id)), None)
    if found is None:
        raise NotFound
    return found


@blueprint.get("/sessions/<int:session_id>")
def show(session_id: int) -> str:
    """What happens in a session, who takes part, and the way in."""
    session = _session(session_id)
    actor = current_actor()
    parts = parts_of(session_id)
    mine = queries.participations_of(session_id, organisation_id=actor.organisation_id) if actor.organisation_id else []
    rows = queries.participations_of(session_id)
    registrations = [one for one in event_queries.registrations_of_organisation(
        session.event_id, actor.organisation_id) if one.state == "approved"]
    return render_template(
        "matchmaking/show.html", session=session, event=session.event, parts=parts, slots=slots_of(session, parts),
        participations=rows, mine=mine, registrations=registrations, turns=queries.turns_of(session_id))


@blueprint.route("/sessions/<int:session_id>/join/<int:registration_id>", methods=["GET", "POST"])
@require_user
def join(session_id: int, registration_id: int) -> Any:
    """Take part: who of one's people comes."""
    actor = current_actor()
    session = _session(session_id)
    registration = next((one for one in event_queries.registrations_of_organisation(
        session.event_id, actor.organisation_id) if one.id == registration_id), None)
    if registration is None:
        raise NotFound
    people = event_queries.people_of(session.event_id, actor.organisation_id)
    seated = {person.id for row in _own(session) if row.registration_id == registration_id for person in row.people}
    form = JoinForm(data={"people": sorted(seated) or [one.id for one in people]})
    form.people.choices = [(one.id, one.name) for one in people]
    if request.method == "POST" and form.validate():
        try:
            rows = sessions.join(actor=actor, session_id=session_id, registration_id=registration_id,
                                 person_ids=form.people.data or [])
        except Invalid as invalid:
            apply_errors(form, invalid)
        except NotAllowed as refused:
            if refused.reason != "registration":
                raise
            form.form_errors.append(_l("Your registration for this event is not approved."))
        else:
            done(_l("You take part. Say when you are away and whom you want to meet."))
            return redirect(url_for("matchmaking.terms", session_id=session_id, of=rows[0].id), 303)
    return render_template("matchmaking/join.html", session=session, event=session.event, form=form, people=people,
                           registration=registration), 422 if request.method == "POST" else 200


@blueprint.route("/sessions/<int:session_id>/terms", methods=["GET", "POST"])
@require_user
def terms(session_id: int) -> Any:
    """When one is away, how many meetings one wants, which requests one takes."""
    session = _session(session_id)
    rows = _own(session)
    own = _chosen(rows)
    slots = [one for one in slots_of(session, parts_of(session_id)) if one.part_id is not None]
    away = [slot.index for slot in slots if any(first < slot.ticks.stop and last > slot.ticks.start
                                                for first, last in own.away or [])]
    form = TermsForm(data={**filled_terms(own), "away": away})
    form.away.choices = [(slot.index, _span(slot, session)) for slot in slots]
    if request.method == "POST" and form.validate():
        chosen = set(form.away.data or [])
        try:
            sessions.set_terms(actor=current_actor(), participation_id=own.id, terms=Terms(
                most=form.most.data, fewest=form.fewest.data, in_a_row=form.in_a_row.data,
                away=[(one.ticks.start, one.ticks.stop) for one in slots if one.index in chosen],
                accepts=form.accepts.data or "all", manages=form.manages.data, at_booth=form.at_booth.data))
        except Invalid as invalid:
            apply_errors(form, invalid)
        else:
            done(_l("Kept. Now say whom you want to meet."))
            return redirect(url_for("matchmaking.counterparts", session_id=session_id, of=own.id), 303)
    return render_template("matchmaking/terms.html", session=session, event=session.event, form=form, own=own, rows=rows
                           ), 422 if request.method == "POST" else 200


def _span(slot: Slot, session: MatchmakingSession) -> str:
    zone = session.event.time_zone
    return f"{local_time(slot.starts_at, zone)}–{local_time(slot.ends_at, zone)}"


@blueprint.post("/sessions/<int:session_id>/leave")
@require_user
def leave(session_id: int) -> Any:
    """Take no part after all."""
    own = _chosen(_own(_session(session_id)))
    if BaseForm().validate():
        sessions.leave(actor=current_actor(), participation_id=own.id)
        done(_l("You take no part any more. Your meetings are cancelled and the others told."))
    return redirect(url_for("matchmaking.show", session_id=session_id), 303)


@blueprint.route("/sessions/<int:session_id>/counterparts", methods=["GET", "POST"])
@require_user
def counterparts(session_id: int) -> Any:
    """Whom one may meet, why the two fit, and one's wish on each."""
    session = _session(session_id)
    rows = _own(session)
    own = _chosen(rows)
    form = BaseForm()
    if request.method == "POST" and form.validate():
        choices = {int(name[2:]): value for name, value in request.form.items()
                   if name.startswith("w-") and name[2:].isdecimal() and len(name) < 18}
        try:
            wishes.set_wishes(actor=current_actor(), participation_id=own.id, choices=choices)
        except Invalid as invalid:
            apply_errors(form, invalid)
        else:
            done(_l("Your wishes are kept. Nobody but you and the plan knows them."))
            return redirect(request.full_path.rstrip("?"), 303)
    everybody = wishes.suggestions(own)
    words, show = fold_key(request.args.get("q", "")[:80]), request.args.get("show", "")
    found = [one for one in everybody
             if SHOWN.get(show, bool)(one) and words in one.participation.organisation.name_folded]
    pages = max(1, -(-len(found) // COUNTERPARTS))
    page = min(max(request.args.get("page", 1, type=int), 1), pages)
    return render_template(
        "matchmaking/counterparts.html", session=session, event=session.event, own=own, rows=rows, form=form,
        total=len(everybody), count=len(found), show=show, page=page, pages=pages,
        suggestions=found[(page - 1) * COUNTERPARTS:page * COUNTERPARTS]), 422 if request.method == "POST" else 200


@blueprint.route("/sessions/<int:session_id>/requests", methods=["GET", "POST"])
@require_user
def my_requests(session_id: int) -> Any:
    """Requests that came and went, and a new one."""
    session = _session(session_id)
    rows = _own(session)
    own = _chosen(rows)
    form = RequestForm(data={"to": request.args.get("to", type=int)})
    slots = [one for one in slots_of(session, parts_of(session_id)) if one.part_id is not None]
    others = [one for one in queries.participations_of(session_id)
              if one.side != own.side and one.organisation_id != own.organisation_id]
    form.to.choices = [(one.id, pick(one.organisation.names, convert=False).text) for one in others]
    times = [("", "—"), *((one.starts_at.isoformat(), _span(one, session)) for one in slots)]
    form.slot.choices = times
    if request.method == "POST" and form.validate():
        try:
            requests.ask(actor=current_actor(), from_id=own.id, to_id=form.to.data or 0,
                         message=form.message.data or "", starts_at=_moment(form.slot.data),
                         submission_id=form.submission_id.data)
        except AlreadyDone:
            return redirect(url_for("matchmaking.my_requests", session_id=session_id, of=own.id), 303)
        except Invalid as invalid:
            apply_errors(form, invalid)
        except NotFound:
            form.form_errors.append(_l("Please choose whom you want to meet."))
        else:
            done(_l("Your request is with the other side."))
            return redirect(url_for("matchmaking.my_requests", session_id=session_id, of=own.id), 303)
    return _requests_page(session, rows, own, form, 422 if request.method == "POST" else 200)


def _requests_page(session: MatchmakingSession, rows: list[Participation], own: Participation, form: Any, status: int,
                   answer: Any = None) -> Any:
    slots = [one for one in slots_of(session, parts_of(session.id)) if one.part_id is not None]
    return render_template(
        "matchmaking/requests.html", session=session, event=session.event, rows=rows, own=own, form=form,
        answer=answer or AnswerForm(formdata=None), mine={row.id for row in rows},
        requests=queries.requests_of([row.id for row in rows]),
        times=[(one.starts_at.isoformat(), _span(one, session)) for one in slots]), status


@blueprint.post("/sessions/<int:session_id>/requests/<int:request_id>")
@require_user
def answer_request(session_id: int, request_id: int) -> Any:
    """Accept, decline, propose another time, or take back."""
    session = _session(session_id)
    rows = _own(session)
    form = AnswerForm()
    actor = current_actor()
    if form.validate():
        try:
            if form.answer.data == "accept":
                requests.accept(actor=actor, request_id=request_id)
            elif form.answer.data == "decline":
                requests.decline(actor=actor, request_id=request_id, reason=form.reason.data or "",
                                 answer=form.words.data or "")
            elif form.answer.data == "withdraw":
                requests.withdraw(actor=actor, request_id=request_id)
            else:
                moment = _moment(form.slot.data)
                if moment is None:
                    raise Invalid({"slot": requests.ErrorCode("required")})
                requests.propose(actor=actor, request_id=request_id, starts_at=moment)
        except Invalid as invalid:
            apply_errors(form, invalid)
        else:
            done(_l("Your answer is kept and the other side is told."))
            return redirect(url_for("matchmaking.my_requests", session_id=session_id), 303)
    own = _chosen(rows)
    new = RequestForm(formdata=None)
    new.to.choices = new.slot.choices = []
    return _requests_page(session, rows, own, new, 422, form)


def _moment(text: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None


@blueprint.get("/sessions/<int:session_id>/timetable")
@require_user
def timetable(session_id: int) -> str:
    """One's own day."""
    session = _session(session_id)
    rows = _own(session)
    if not rows:
        raise NotFound
    ids = [row.id for row in rows]
    entries = queries.timetable(ids, with_cancelled=True)
    return render_template(
        "matchmaking/timetable.html", session=session, event=session.event, rows=rows, entries=entries,
        own=None, mine=set(ids), links={row.id: link_of(row) for row in rows}, upcoming=_upcoming(entries),
        provisional=_is_provisional(session_id))


def _upcoming(entries: list[queries.Entry]) -> int | None:
    entry = queries.next_meeting_after(entries, clock.now())
    return entry.meeting.id if entry else None


def _is_provisional(session_id: int) -> bool:
    shown = plans.shown_version(plans.versions_of(session_id))
    return shown is not None and shown.state == "provisional"


@blueprint.get("/t/<token>")
def by_link(token: str) -> str:
    """A timetable for whoever holds its link: for a phone, without signing in."""
    row = of_link(token)
    session = queries.session(row.session_id)
    entries = queries.timetable([row.id], with_cancelled=True)
    return render_template(
        "matchmaking/timetable.html", session=session, event=session.event, rows=[row], entries=entries, own=row,
        mine={row.id}, links={row.id: token}, upcoming=_upcoming(entries), provisional=_is_provisional(session.id))


@blueprint.post("/t/<token>/confirm")
def confirm(token: str) -> Any:
    """Confirm by one tap that one comes."""
    row = of_link(token)
    if BaseForm().validate():
        sessions.confirm(participation_id=row.id)
        done(_l("Thank you. You are expected."))
    return redirect(url_for("matchmaking.by_link", token=token), 303)


@blueprint.get("/t/<token>/calendar.ics")
def feed(token: str) -> Any:
    """A timetable as a calendar that follows its changes."""
    row = of_link(token)
    session = queries.session(row.session_id)
    asked = {"zh": "zh-Hans"}.get(request.args.get("lang", ""), request.args.get("lang", ""))
    with export_language(asked.replace("-", "_") if asked in DATA_LANGS else None) as lang:
        return _calendar(row, session, token, lang)


def _calendar(row: Any, session: Any, token: str, lang: str) -> Any:
    host = current_app.config["SETTINGS"].public_url
    entries = [
        icalendar.Entry(
            uid=f"meeting-{one.meeting.id}@silver-marketplace", starts_at=one.meeting.starts_at,
            ends_at=one.meeting.ends_at, summary=_summary(one, lang), location=place_of(one.meeting),
            url=f"{host}{url_for('matchmaking.by_link', token=token)}", revision=one.meeting.revision,
            cancelled=one.cancelled)
        for one in queries.timetable([row.id], with_cancelled=True)
    ]
    text = icalendar.calendar(pick(session.names, lang).text, entries, now=clock.now())
    return current_app.response_class(text, mimetype="text/calendar", headers={
        "Content-Disposition": 'inline; filename="timetable.ics"', "Cache-Control": "private, max-age=300"})


def _summary(entry: queries.Entry, lang: str) -> str:
    kind = str(wording.PARTS[entry.meeting.kind])
    return kind if entry.other is None else pick(entry.other.organisation.names, lang, convert=False).text


@blueprint.app_template_global()
def place_of(meeting: Any) -> str:
    """Where a meeting is, in short: hall, zone, table or stand."""
    if meeting.zone is None:
        booth = meeting.b.registration.booth if meeting.b is not None else None
        return booth.code if booth is not None else ""
    place = f"{meeting.zone.hall.code} {meeting.zone.code}"
    if meeting.table is not None:
        return f"{place} · {meeting.table.number}"
    booth = meeting.b.registration.booth if meeting.b is not None else None
    return f"{place} · {booth.code}" if booth is not None else place
