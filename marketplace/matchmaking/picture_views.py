"""A timetable as a picture: a page to save it from, and the picture itself."""

from __future__ import annotations

from typing import Any

from flask import current_app, redirect, render_template, request, url_for
from flask_babel import format_date
from flask_babel import gettext as _

from marketplace import clock, rate_limits, tables
from marketplace.events.views import event_place
from marketplace.i18n import current_locale, data_lang, export_language, pick
from marketplace.matchmaking import exports, fonts, picture, plans, queries, wording
from marketplace.matchmaking.blueprint import blueprint
from marketplace.matchmaking.links import link_of, of_link
from marketplace.matchmaking.models import Meeting, Participation
from marketplace.matchmaking.moments import local_moment, local_time


@blueprint.get("/t/<token>/picture")
def picture_page(token: str) -> str:
    """The picture in a page, where every phone can save it; without a font here, why not and the page to print."""
    row = of_link(token)
    session = queries.session(row.session_id)
    try:
        fonts.find()
    except fonts.NoFont:
        drawable = False
    else:
        drawable = True
    return render_template("matchmaking/picture.html", session=session, event=session.event, row=row, token=token,
                           drawable=drawable, locale_code=current_locale())


@blueprint.get("/t/<token>/timetable.png")
def timetable_picture(token: str) -> Any:
    """The picture."""
    row = of_link(token)
    rate_limits.limit(f"picture:{request.remote_addr}", "60/minute")
    try:
        content = picture.draw(_sheet(row), data_lang())
    except fonts.NoFont:
        return redirect(url_for("matchmaking.picture_page", token=token))
    return current_app.response_class(content, mimetype="image/png", headers={
        "Content-Disposition": 'inline; filename="timetable.png"', "Cache-Control": "private, no-cache",
        "X-Robots-Tag": "noindex"})


@blueprint.get("/t/<token>/timetable.<form>")
def timetable_file(token: str, form: str) -> Any:
    """The timetable as CSV or XLSX."""
    row = of_link(token)
    session = queries.session(row.session_id)
    with export_language():
        return tables.send(exports.timetable([row], session), form=form, name=f"{session.event.slug}-timetable",
                           title=_("Timetable"))


def _sheet(row: Participation) -> picture.Sheet:
    session = queries.session(row.session_id)
    event, zone = session.event, session.event.time_zone
    entries = queries.timetable([row.id])
    people = _(", ").join(person.name for person in row.people)
    notes = [one for one in (people, pick(event.names).text, event_place(event.place).text) if one]
    shown = plans.shown_version(plans.versions_of(session.id))
    if shown is not None and shown.state == "provisional":
        notes.append(_("Provisional: times may still change."))
    return picture.Sheet(
        title=pick(session.names).text, day=format_date(session.held_on, "full"), name=_name(row), notes=notes,
        address=f"{current_app.config['SETTINGS'].public_url}{url_for('matchmaking.by_link', token=link_of(row))}",
        scan=_("Scan for the timetable as it is now: times may change after this picture was made."),
        made=_("Made %(moment)s", moment=local_moment(clock.now(), zone)), nothing=_("No meetings yet"),
        lines=[picture.Line(
            starts=local_time(one.meeting.starts_at, zone), ends=local_time(one.meeting.ends_at, zone),
            other=_name(one.other) if one.other is not None else str(wording.PARTS[one.meeting.kind]),
            place=place_words(one.meeting), remark=_("with an interpreter") if one.meeting.interpreter_id else "")
            for one in entries])


def _name(row: Participation) -> str:
    name = pick(row.organisation.names, convert=False).text
    return f"{name} · {row.people[0].name}" if row.person_key and row.people else name


def place_words(meeting: Meeting) -> str:
    """Where a meeting is, in words: hall, zone, table or stand."""
    booth = meeting.b.registration.booth if meeting.b is not None else None
    parts = []
    if meeting.zone is not None:
        parts.append(_("Hall %(hall)s, zone %(zone)s", hall=meeting.zone.hall.code, zone=meeting.zone.code))
    if meeting.table is not None:
        parts.append(_("table %(number)s", number=meeting.table.number))
    elif booth is not None:
        parts.append(_("stand %(code)s", code=booth.code))
    return _(", ").join(parts)
