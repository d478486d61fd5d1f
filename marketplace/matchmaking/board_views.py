"""A plan as pages: its figures, the board, edits by hand, the changes before they are shown, and paper."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from flask import Response, current_app, flash, redirect, render_template, request, stream_with_context, url_for
from flask_babel import lazy_gettext as _l

from marketplace.accounts.web import current_actor, done, require_organiser
from marketplace.errors import Conflict, Invalid, NotFound
from marketplace.forms import BaseForm
from marketplace.matchmaking import edits, plans, publishing, queries
from marketplace.matchmaking.blueprint import blueprint
from marketplace.matchmaking.forms import EditForm, PlanForm, PublishForm
from marketplace.matchmaking.organiser_views import sentence_of
from marketplace.matchmaking.places import zones_of
from scheduling import idle_gaps

SHOWN = 300  # pairs left out that one page lists


@blueprint.get("/organiser/plans/<int:version_id>")
@require_organiser
def plan(version_id: int) -> Any:
    """Where a plan stands: while it is made its progress, then its figures and who is left out, and why."""
    version = plans.rescue(version_id)
    session = queries.session(version.session_id)
    names = queries.names_of(session.id)
    unscheduled: list[dict[str, str]] = version.plan["unscheduled"] if version.plan else []
    weights = {(one["a"], one["b"]): one["weight"] for one in (version.problem or {}).get("pairs", [])}
    worst = sorted(unscheduled, key=lambda one: -weights.get((one["a"], one["b"]), 0))
    reasons: dict[str, int] = defaultdict(int)
    for one in unscheduled:
        reasons[one["reason"]] += 1
    return render_template(
        "matchmaking/plan.html", session=session, event=session.event, version=version, names=names,
        unscheduled=worst[:SHOWN], more=max(0, len(worst) - SHOWN), weights=weights,
        reasons=sorted(reasons.items(), key=lambda item: -item[1]), silent=plans.is_silent(version),
        plan_form=PlanForm(formdata=None, data={"base_id": version.id, "seconds": version.seconds}))


def _strip(version: Any) -> dict[str, Any]:
    """The figures above a board."""
    problem, found = plans.content_of(version)
    return {"problem": problem, "found": found, "gaps": sum(idle_gaps(problem, found.meetings).values()),
            "lacking": version.plan["lacking"],
            "share": 100 * found.value / found.upper_bound if found.upper_bound > 0 else 100.0}


@blueprint.get("/organiser/plans/<int:version_id>/board")
@require_organiser
def board(version_id: int) -> Any:
    """The board: time down, tables across, or one participant's day a column. Sent as it is made, in a fixed number of
    statements."""
    version, problem, found = edits.draft(version_id)
    session = queries.session(version.session_id)
    event = session.event
    by = "participant" if request.args.get("by") == "participant" else "table"
    names = queries.names_of(session.id)
    pinned = {(pair.a, pair.b) for pair in problem.pairs if pair.pinned_slot is not None}
    slots = [(index, starts, ends) for index, (starts, ends, part) in enumerate(version.frame["slots"])
             if part is not None]
    if by == "table":
        columns: list[Any] = [(zone.id, number) for zone in problem.zones for number in range(1, zone.tables + 1)]
        cells: dict[Any, Any] = {((one.zone, one.table), one.slot): one for one in found.meetings}
        columns = [one for one in columns if any((one, slot) in cells for slot, _s, _e in slots)] or columns[:12]
        heads = [(one[0], one[1]) for one in columns]
    else:
        cells = {}
        for one in found.meetings:
            cells[one.a, one.slot] = cells[one.b, one.slot] = one
        # Buyers first, then suppliers, each by name: `names` comes in that order of names.
        planned = problem.by_id
        columns = heads = sorted((name for name in names if name in planned), key=lambda name: names[name].side)
    zones = {zone.id: zone for zone in zones_of(session)}
    context = {"session": session, "event": event, "version": version, "by": by, "names": names, "pinned": pinned,
               "slots": slots, "columns": columns, "heads": heads, "cells": cells, "zones": zones, **_strip(version)}
    template = current_app.jinja_env.get_template("matchmaking/board.html")
    current_app.update_template_context(context)
    stream = template.stream(context)
    stream.enable_buffering(200)
    return Response(stream_with_context(stream), mimetype="text/html")


@blueprint.route("/organiser/plans/<int:version_id>/pairs/<a>/<b>", methods=["GET", "POST"])
@require_organiser
def pair(version_id: int, a: str, b: str) -> Any:
    """One pair of a plan: where it may go, what stops it elsewhere, what that costs; and the edit itself."""
    version, problem, found = edits.draft(version_id)
    session = queries.session(version.session_id)
    options = edits.openings(problem, found, a, b)
    form = EditForm()
    effect = None
    if request.method == "POST" and form.validate():
        slot = form.slot.data or ""
        base = form.lock_version.data or ""
        try:
            effect = edits.edit_plan(
                actor=current_actor(), version_id=version_id, action=form.action.data or "", a=a, b=b,
                slot=int(slot) if slot.isdigit() and len(slot) < 6 else None,
                base_version=int(base) if base.isdigit() and len(base) < 10 else None)
        except Invalid as invalid:
            form.form_errors.append(sentence_of(invalid))
        except Conflict:
            form.form_errors.append(_l("Somebody changed this plan since you looked at it. Look at it again."))
        else:
            if not effect.broken:
                done(_l("Changed. The plan is worth %(after)s now, it was %(before)s.",
                        after=round(effect.after), before=round(effect.before)))
                return redirect(url_for("matchmaking.board", version_id=version_id), 303)
    current = next((one for one in found.meetings if one.pair == (a, b)), None)
    listed = next(one for one in problem.pairs if (one.a, one.b) == (a, b))
    return render_template(
        "matchmaking/pair.html", session=session, event=session.event, version=version, names=queries.names_of(
            session.id), a=a, b=b, options=options, current=current, listed=listed, form=form, effect=effect,
        frame=version.frame), 422 if request.method == "POST" else 200


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
                base_version=int(base) if base.isdigit() and len(base) < 10 else None)
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
    return render_template("matchmaking/paper.html", session=session, event=session.event, what=what, rows=rows,
                           tables=sorted(tables.items()))


@blueprint.post("/organiser/plans/<int:version_id>/take")
@require_organiser
def take_best(version_id: int) -> Any:
    """Finish a plan whose solver died from what it kept on disk."""
    if BaseForm().validate() and plans.rescue(version_id).finished_at is None:
        flash(_l("Nothing was kept by it. Have the plan made anew."), "warning")
    return redirect(url_for("matchmaking.plan", version_id=version_id), 303)
