"""Reading a list in: upload, columns, what it would do, questions, apply."""

from __future__ import annotations

import contextlib
from typing import Any

from flask import Response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from marketplace.accounts.web import current_actor, done, require_organiser
from marketplace.errors import AlreadyDone, Invalid, NotFound
from marketplace.events import queries as events
from marketplace.forms import BaseForm, apply_errors, word
from marketplace.outreach import columns, lists, sheets, wording
from marketplace.outreach.applying import apply_list
from marketplace.outreach.blueprint import blueprint
from marketplace.outreach.forms import ApplyForm, ListForm
from marketplace.outreach.models import KINDS, ImportedList
from marketplace.outreach.reading import OUTCOMES, Entry, read_list

SIZE = 100


@blueprint.route("/organiser/events/<int:event_id>/lists", methods=["GET", "POST"])
@require_organiser
def upload(event_id: int) -> Any:
    """Send a list, and the lists that were sent."""
    event = events.find(event_id)
    form = ListForm()
    if request.method == "POST" and form.validate():
        sent = request.files.get("file")
        try:
            list_id = lists.upload(
                actor=current_actor(), event_id=event_id, kind=form.kind.data or "",
                name=(sent.filename if sent else "") or "", submission_id=form.submission_id.data,
                content=sent.stream.read(sheets.MOST_BYTES + 1) if sent else b"").id
        except AlreadyDone as again:
            return redirect(url_for("outreach.show_list", list_id=again.result), 303)
        except Invalid as invalid:
            apply_errors(form, invalid)
        else:
            return redirect(url_for("outreach.show_list", list_id=list_id), 303)
    return render_template("outreach/upload.html", event=event, form=form, lists=lists.of_event(event_id),
                           kinds=wording.KINDS), 422 if request.method == "POST" else 200


@blueprint.get("/organiser/outreach/template/<kind>.xlsx")
@require_organiser
def template(kind: str) -> Any:
    """An empty list to fill in."""
    if kind not in KINDS:
        raise NotFound
    return _file(sheets.template(kind), f"{kind}.xlsx")


def _file(content: bytes, name: str) -> Response:
    return Response(content, mimetype=sheets.MEDIA_TYPE,
                    headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"})


@blueprint.get("/organiser/lists/<int:list_id>")
@require_organiser
def show_list(list_id: int) -> Any:
    """What the list would do, row by row, or what it did."""
    return _list_page(lists.get(current_actor(), list_id))


def _list_page(row: ImportedList, status: int = 200, error: Any = None) -> Any:
    reading = read_list(row) if row.applied_at is None else None
    shown = request.args.get("show", "")
    entries = [entry for entry in (reading.entries if reading else []) if shown not in OUTCOMES
               or entry.outcome == shown or (shown == "asked" and entry.questions)]
    number = request.args.get("page", "1")
    pages = max(1, -(-len(entries) // SIZE))
    page = min(pages, int(number)) if number.isascii() and number.isdigit() and 0 < len(number) < 6 else 1
    page = max(1, page)
    form = ApplyForm(formdata=None)
    form.owner.choices = [("", "—"), *((str(user.id), user.name) for user in events.staff())]
    return render_template(
        "outreach/list.html", event=row.event, row=row, reading=reading, columns=columns.OF_KIND[row.kind],
        entries=entries[(page - 1) * SIZE: page * SIZE], page=page, pages=pages, shown=shown, form=form, error=error,
        outcomes=wording.OUTCOMES, fields=wording.FIELDS, kinds=wording.KINDS, word=word), status


@blueprint.post("/organiser/lists/<int:list_id>/columns")
@require_organiser
def set_columns(list_id: int) -> Any:
    """Correct which column is which."""
    row = lists.get(current_actor(), list_id)
    if BaseForm().validate():
        wanted = {column.key: _number(request.form.get(f"column-{column.key}"))
                  for column in columns.OF_KIND[row.kind]}
        try:
            lists.set_mapping(actor=current_actor(), list_id=list_id,
                              mapping={name: place for name, place in wanted.items() if place is not None})
        except Invalid as invalid:
            return _list_page(row, 422, word(invalid.errors["mapping"]))
        except AlreadyDone:
            pass
    return redirect(url_for("outreach.show_list", list_id=list_id) + "#rows", 303)


@blueprint.post("/organiser/lists/<int:list_id>/answers")
@require_organiser
def answer(list_id: int) -> Any:
    """Answer questions of the rows shown."""
    if BaseForm().validate():
        given = {name.removeprefix("q-"): text for name, text in request.form.items() if name.startswith("q-")}
        with contextlib.suppress(AlreadyDone):
            lists.answer(actor=current_actor(), list_id=list_id, answers=given)
    return redirect(url_for("outreach.show_list", list_id=list_id, show=request.args.get("show") or None,
                            page=request.args.get("page") or None) + "#rows", 303)


@blueprint.post("/organiser/lists/<int:list_id>/apply")
@require_organiser
def apply(list_id: int) -> Any:
    """Do what was shown."""
    row = lists.get(current_actor(), list_id)
    if BaseForm().validate():
        try:
            apply_list(actor=current_actor(), list_id=list_id, owner_id=_number(request.form.get("owner")))
        except AlreadyDone:
            pass
        except Invalid as invalid:
            return _list_page(lists.get(current_actor(), list_id), 422, word(next(iter(invalid.errors.values()))))
        else:
            done(_l("The list is applied."))
    return redirect(url_for("outreach.show_list", list_id=row.id), 303)


@blueprint.post("/organiser/lists/<int:list_id>/discard")
@require_organiser
def discard(list_id: int) -> Any:
    """Forget the list; what it made stays."""
    row = lists.get(current_actor(), list_id)
    event_id = row.event_id
    if BaseForm().validate():
        lists.discard(actor=current_actor(), list_id=list_id)
        done(_l("The list is forgotten."))
    return redirect(url_for("outreach.upload", event_id=event_id), 303)


@blueprint.get("/organiser/lists/<int:list_id>/marked.xlsx")
@require_organiser
def marked(list_id: int) -> Any:
    """The list as it came, with what is wrong or to be asked in a last column."""
    row = lists.get(current_actor(), list_id)
    reading = read_list(row)
    marks = {number: text for number, entry in enumerate(reading.entries) if (text := _mark(entry))}
    width = max([len(row.headers), *(len(one["cells"]) for one in row.rows)])
    content = sheets.written(
        [*row.headers, *[""] * (width - len(row.headers)), _("What to look at")],
        [[*one["cells"], *[""] * (width - len(one["cells"]))] for one in row.rows], marked=marks)
    return _file(content, f"list-{row.id}.xlsx")


def _mark(entry: Entry) -> str:
    said = [f"{wording.FIELDS.get(name, name)}: {word(code)}" for name, code in
            (entry.values.errors | entry.values.remarks).items()]
    if any(not one.answer for one in entry.questions) or entry.outcome == "asked":
        said.append(str(wording.OUTCOMES["asked"]))
    return "; ".join(said)


def _number(text: Any) -> int | None:
    text = str(text or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None
