"""A plan as pages: its figures, the board, edits by hand, the changes before they are shown, and paper."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from flask import (
    Response,
    current_app,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    stream_with_context,
    url_for,
)
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import generate_csrf

from marketplace.accounts.web import current_actor, done, require_organiser
from marketplace.errors import Conflict, Invalid, NotFound
from marketplace.forms import BaseForm
from marketplace.i18n import data_lang, pick
from marketplace.matchmaking import board as rows_of_board
from marketplace.matchmaking import edits, plans, publishing, queries
from marketplace.matchmaking.blueprint import blueprint
from marketplace.matchmaking.forms import EditForm, PlanForm, PublishForm
from marketplace.matchmaking.moments import local_time
from marketplace.matchmaking.organiser_views import sentence_of
from marketplace.matchmaking.places import zones_of
from marketplace.matchmaking.wording import RULES

SHOWN = 300  # pairs left out that one page lists


@blueprint.get("/organiser/plans/<int:version_id>")
@require_organiser
def plan(version_id: int) -> Any:
    """Where a plan stands: while it is made its progress, then its figures and who is left out, and why."""
    version = plans.rescue(version_id)
    session = queries.session(version.session_id)
    names = queries.names_of(session.id)
    found = plans.content_dict(version) if version.finished_at is not None and not version.failure else None
    unscheduled: list[dict[str, str]] = found["unscheduled"] if found else []
    weights = {(one["a"], one["b"]): one["weight"] for one in (version.problem or {}).get("pairs", [])}
    worst = sorted(unscheduled, key=lambda one: -weights.get((one["a"], one["b"]), 0))
    reasons: dict[str, int] = defaultdict(int)
    for one in unscheduled:
        reasons[one["reason"]] += 1
    return render_template(
        "matchmaking/plan.html", session=session, event=session.event, version=version, names=names, found=found,
        unscheduled=worst[:SHOWN], more=max(0, len(worst) - SHOWN), weights=weights,
        reasons=sorted(reasons.items(), key=lambda item: -item[1]), silent=plans.is_silent(version),
        plan_form=PlanForm(formdata=None, data={"base_id": version.id, "seconds": version.seconds}))


@blueprint.get("/organiser/plans/<int:version_id>/board")
@require_organiser
def board(version_id: int) -> Any:
    """The board: a column a table and a row a slot, or a row a participant. Sent as it is made, in a fixed number of
    statements."""
    version = plans.in_rows(plans.get(version_id))
    session = queries.session(version.session_id)
    zone = session.event.time_zone
    by = "participant" if request.args.get("by") == "participant" else "table"
    lang = data_lang()
    labels, sides = rows_of_board.names(session.id, lambda texts: pick(texts, lang, convert=False).text)
    found = rows_of_board.meetings(version_id)
    slots = [(index, local_time(starts, zone))
             for index, (starts, _ends, part) in enumerate((version.frame or {})["slots"]) if part is not None]
    icon: Any = current_app.jinja_env.globals["icon_svg"]
    pin = f" {icon('lock', str(_l('pinned')))}"
    if by == "table":
        codes = {one.id: one.code for one in zones_of(session)}
        places = {(key, number): _place(key, number, codes)
                  for key, size in rows_of_board.sizes(version_id).items() for number in range(1, size + 1)}
        heads, rows = rows_of_board.by_table(found, slots, labels, places, pin=pin)
    else:
        planned = rows_of_board.people(version_id)
        # Buyers first, then suppliers, each by name: the sides come in the order of names.
        people = sorted((one for one in sides if one in planned), key=sides.__getitem__)
        heads, rows = rows_of_board.by_participant(found, slots, labels, people, pin=pin)
    context = {"session": session, "event": session.event, "version": version, "by": by, "heads": heads, "rows": rows,
               "csrf": generate_csrf(),  # before the first byte: it may have to set a cookie
               "figures": version.board, "meetings": len(found), "share": share_of(version.board)}
    template = current_app.jinja_env.get_template("matchmaking/board.html")
    current_app.update_template_context(context)
    stream = template.stream(context)
    stream.enable_buffering(8)
    return Response(stream_with_context(stream), mimetype="text/html")


def share_of(figures: Any) -> float:
    """How much of the proven bound a plan reaches, in percent."""
    return 100 * figures["value"] / figures["bound"] if figures["bound"] > 0 else 100.0


def _place(key: str, number: int, codes: dict[int, str]) -> str:
    """A column of the board: zone and table, or a stand of the zone."""
    zone = codes.get(int(key[1:]), key)
    return f"{zone} {number}" if key.startswith("z") else f"{zone} · {_l('stand')}"


@blueprint.get("/organiser/plans/<int:version_id>/pairs/<a>/<b>/check")
@require_organiser
def check_pair(version_id: int, a: str, b: str) -> Any:
    """What moving one pair would break and change, slot by slot (?slot= for one), and what taking it out would do:
    the board asks this while a meeting is dragged. Reads only what the pair touches."""
    version = plans.in_rows(plans.get(version_id))
    touched, options = edits.openings(version, a, b)
    wanted = request.args.get("slot", type=int)
    rules = sorted({rule for one in options for rule in one.stopped_by})
    return jsonify(
        version=version.lock_version, zone=touched.zone, current=touched.held.slot if touched.held else None,
        figures=_shown(touched.figures), rules={rule: str(RULES.get(rule, rule)) for rule in rules},
        out=_shown(edits.figures_after(touched.figures, touched.change(None))),
        slots=[{"slot": one.slot, "breaks": one.stopped_by,
                "figures": _shown(edits.figures_after(touched.figures, one.change))}
               for one in options if wanted in (None, one.slot)])


def _shown(figures: Any) -> dict[str, float]:
    """The figures of the strip above the board."""
    return {"value": round(figures["value"]), "bound": round(figures["bound"]), "share": round(share_of(figures), 2),
            "lacking": figures["lacking"], "gaps": figures["gaps"], "edits": figures["edits"]}


@blueprint.route("/organiser/plans/<int:version_id>/pairs/<a>/<b>", methods=["GET", "POST"])
@require_organiser
def pair(version_id: int, a: str, b: str) -> Any:
    """One pair of a plan: where it may go, what stops it elsewhere, what that costs; and the edit itself. A board
    that asks for JSON gets the new figures, or what stops the edit."""
    version = plans.in_rows(plans.get(version_id))
    session = queries.session(version.session_id)
    touched, options = edits.openings(version, a, b)
    form = EditForm()
    effect = None
    brief = request.accept_mimetypes.best == "application/json"
    if request.method == "POST" and form.validate():
        base = _whole(form.lock_version.data)
        try:
            effect = edits.edit_plan(
                actor=current_actor(), version_id=version_id, action=form.action.data or "", a=a, b=b,
                slot=_whole(form.slot.data), table=_whole(form.table.data), base_version=base)
        except Invalid as invalid:
            form.form_errors.append(sentence_of(invalid))
        except Conflict:
            form.form_errors.append(_l("Somebody changed this plan since you looked at it. Look at it again."))
        else:
            if not effect.broken and brief:
                return jsonify(figures=_shown(plans.get(version_id).board), version=plans.get(version_id).lock_version,
                               place=f"{effect.meeting.zone}:{effect.meeting.table}" if effect.meeting else None)
            if not effect.broken:
                done(_l("Changed. The plan is worth %(after)s now, it was %(before)s.",
                        after=round(effect.after), before=round(effect.before)))
                return redirect(url_for("matchmaking.board", version_id=version_id), 303)
    if request.method == "POST" and brief:
        words = [str(RULES.get(rule, rule)) for rule in (effect.broken if effect else ())]
        return jsonify(errors=[*words, *map(str, form.form_errors),
                               *(str(one) for rows in form.errors.values() for one in rows)]), 422
    return render_template(
        "matchmaking/pair.html", session=session, event=session.event, version=version, names=queries.names_of(
            session.id), a=a, b=b, options=options, touched=touched, form=form, effect=effect, frame=version.frame,
        gain=edits.figures_after), 422 if request.method == "POST" else 200


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else None


@blueprint.route("/organiser/plans/<int:version_id>/publish", methods=["GET", "POST"])
@require_organiser
def publish(version_id: int) -> Any:
    """What changes for whom, and how many are told, before a plan is shown."""
    version = plans.get(version_id)
    session = queries.session(version.session_id)
    form = PublishForm()
    if request.method == "POST" and form.validate():
        base = form.lock_version.data or ""
        try:
            told = publishing.publish(
                actor=current_actor(), version_id=version_id, provisional=form.how.data == "provisional",
                base_version=int(base) if base.isdecimal() and len(base) < 10 else None)
        except Invalid as invalid:
            form.form_errors.append(sentence_of(invalid))
        else:
            done(_l("The plan is in the timetables. Organisations told: %(count)s.", count=told))
            return redirect(url_for("matchmaking.manage", session_id=session.id), 303)
    changes = publishing.changes_of(version)
    return render_template(
        "matchmaking/publish.html", session=session, event=session.event, version=version, changes=changes, form=form,
        told=publishing.organisations_of(changes), names=queries.names_of(session.id),
        shown=plans.shown_version(plans.versions_of(session.id))), 422 if request.method == "POST" else 200


@blueprint.get("/organiser/sessions/<int:session_id>/print/<what>")
@require_organiser
def paper(session_id: int, what: str) -> str:
    """Cards for the tables, or the list for the hall."""
    if what not in ("tables", "hall"):
        raise NotFound
    session = queries.session(session_id)
    rows = [one for one in queries.meetings_of(session_id) if one.kind == "meeting"]
    tables: dict[tuple[str, str, str], list[Any]] = defaultdict(list)
    for one in rows:
        if one.table is not None and one.zone is not None:
            tables[one.zone.hall.code, one.zone.code, f"{one.table.number:03}"].append(one)
    halls: dict[str, list[Any]] = defaultdict(list)
    for one in sorted(rows, key=lambda row: (row.starts_at, place_order(row))):
        halls[one.zone.hall.code if one.zone is not None else ""].append(one)
    return render_template("matchmaking/paper.html", session=session, event=session.event, what=what, rows=rows,
                           tables=sorted(tables.items()), halls=sorted(halls.items()))


def place_order(one: Any) -> tuple[str, int, int]:
    """Zone, then number of the table."""
    return one.zone.code if one.zone is not None else "", one.table.number if one.table is not None else 0, one.id


@blueprint.post("/organiser/plans/<int:version_id>/take")
@require_organiser
def take_best(version_id: int) -> Any:
    """Finish a plan whose solver died from what it kept on disk."""
    if BaseForm().validate() and plans.rescue(version_id).finished_at is None:
        flash(_l("Nothing was kept by it. Have the plan made anew."), "warning")
    return redirect(url_for("matchmaking.plan", version_id=version_id), 303)
