"""A plan as pages: its figures, the board, edits by hand, the changes before they are shown, and paper."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from flask import Response, current_app, flash, redirect, render_template, request, stream_with_context, url_for
from flask_babel import lazy_gettext as _l

from marketplace.accounts.web import current_actor, done, require_organiser
from marketplace.errors import Conflict, Invalid, NotFound
from marketplace.forms import BaseForm
from marketplace.i18n import pick
from marketplace.matchmaking import board as rows_of_board
from marketplace.matchmaking import edits, plans, publishing, queries
from marketplace.matchmaking.blueprint import blueprint
from marketplace.matchmaking.forms import EditForm, PlanForm, PublishForm
from marketplace.matchmaking.moments import local_time
from marketplace.matchmaking.organiser_views import sentence_of
from marketplace.matchmaking.places import zones_of

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


@blueprint.get("/organiser/plans/<int:version_id>/board")
@require_organiser
def board(version_id: int) -> Any:
    """The board: a column a table and a row a slot, or a row a participant. Sent as it is made, in a fixed number of
    statements."""
    version = plans.get(version_id)
    if version.finished_at is None or version.plan is None:
        raise NotFound
    session = queries.session(version.session_id)
    zone = session.event.time_zone
    by = "participant" if request.args.get("by") == "participant" else "table"
    names = queries.names_of(session.id)
    problem, found, frame = version.problem or {}, version.plan, version.frame or {}
    slots = [(index, local_time(starts, zone))
             for index, (starts, _ends, part) in enumerate(frame["slots"]) if part is not None]
    icon: Any = current_app.jinja_env.globals["icon_svg"]
    shared: dict[str, Any] = {
        "root": url_for("matchmaking.board", version_id=version_id).removesuffix("board") + "pairs/",
        "pinned": {(pair["a"], pair["b"]) for pair in problem["pairs"] if pair["pinned_slot"] is not None},
        "pin": f" {icon('lock', str(_l('pinned')))}",
    }
    labels = rows_of_board.labels_of(names, lambda texts: pick(texts, convert=False).text)
    if by == "table":
        codes = {one.id: one.code for one in zones_of(session)}
        places = {(one["id"], number): _place(one["id"], number, codes)
                  for one in problem["zones"] for number in range(1, one["tables"] + 1)}
        heads, rows = rows_of_board.by_table(found, slots, labels, places, **shared)
    else:
        planned = {one["id"] for one in problem["participants"]}
        # Buyers first, then suppliers, each by name: `names` comes in the order of names.
        people = sorted((name for name in names if name in planned), key=lambda name: names[name].side)
        heads, rows = rows_of_board.by_participant(found, slots, labels, people, **shared)
    context = {"session": session, "event": session.event, "version": version, "by": by, "heads": heads, "rows": rows,
               "found": found, "gaps": found.get("gaps", 0), "lacking": found["lacking"],
               "share": 100 * found["value"] / found["upper_bound"] if found["upper_bound"] > 0 else 100.0}
    template = current_app.jinja_env.get_template("matchmaking/board.html")
    current_app.update_template_context(context)
    stream = template.stream(context)
    stream.enable_buffering(50)
    return Response(stream_with_context(stream), mimetype="text/html")


def _place(key: str, number: int, codes: dict[int, str]) -> str:
    """A column of the board: zone and table, or a stand of the zone."""
    zone = codes.get(int(key[1:]), key)
    return f"{zone} {number}" if key.startswith("z") else f"{zone} · {_l('stand')}"


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
                slot=int(slot) if slot.isdecimal() and len(slot) < 6 else None,
                base_version=int(base) if base.isdecimal() and len(base) < 10 else None)
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
    return render_template("matchmaking/paper.html", session=session, event=session.event, what=what, rows=rows,
                           tables=sorted(tables.items()))


@blueprint.post("/organiser/plans/<int:version_id>/take")
@require_organiser
def take_best(version_id: int) -> Any:
    """Finish a plan whose solver died from what it kept on disk."""
    if BaseForm().validate() and plans.rescue(version_id).finished_at is None:
        flash(_l("Nothing was kept by it. Have the plan made anew."), "warning")
    return redirect(url_for("matchmaking.plan", version_id=version_id), 303)
