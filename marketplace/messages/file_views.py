"""Files where files cannot be saved: a page that shows each, and a link that opens it in a real browser."""

from __future__ import annotations

import io
from typing import Any

from flask import Response, current_app, make_response, redirect, render_template, request, send_file, url_for

from marketplace import rate_limits
from marketplace.accounts.web import current_actor
from marketplace.actor import Actor
from marketplace.audit import service as audit
from marketplace.errors import NotFound
from marketplace.messages import cards, extract, inner, meetings, passes, turns
from marketplace.messages.blueprint import blueprint
from marketplace.messages.passes import Pass
from marketplace.transaction import transaction

# What WeChat's own browser calls itself; it neither saves files nor hands them to another program.
WECHAT = "MicroMessenger"
SAVED = ("text/csv", "text/calendar", "application/pdf", "application/zip")


def in_wechat() -> bool:
    """Whether the page is read in WeChat's browser."""
    return WECHAT in request.headers.get("User-Agent", "")


@blueprint.app_context_processor
def whether_in_wechat() -> dict[str, Any]:
    """`in_wechat` for every template."""
    return {"in_wechat": in_wechat()}


@blueprint.after_app_request
def lead_out(response: Response) -> Response:
    """In WeChat's browser a file leads to the page that says how to open it elsewhere, whichever room it is of."""
    if request.method != "GET" or response.status_code != 200 or not in_wechat() or inner.FLAG in request.environ:
        return response
    kept = response.headers.get("Content-Disposition", "").startswith("attachment") or response.mimetype in SAVED
    if not kept or request.blueprint == blueprint.name or request.endpoint == "static":
        return response
    response.close()
    actor = current_actor()
    path = request.full_path.rstrip("?")
    token = passes.make(Pass(path, actor.user_id, actor.organisation_id))
    led = redirect(url_for("messages.passed", token=token))
    led.headers["Cache-Control"] = "no-store"
    return make_response(led)


@blueprint.get("/pass/<token>")
def passed(token: str) -> Any:
    """In WeChat: how to open this very address in a browser. There: the file, once more asked of its own policy."""
    try:
        one = passes.read(token)
    except NotFound:
        return _secret(render_template("messages/pass_gone.html"), 410)
    if in_wechat():
        address = f"{current_app.config['SETTINGS'].public_url}{request.path}"
        return _secret(render_template("messages/open_in_browser.html", address=address, path=one.path), 200)
    found = inner.fetch(one.path, user_id=one.user_id, organisation_id=one.organisation_id)
    if found.status != 200 or found.media_type == "text/html":
        raise NotFound
    with transaction():
        actor = Actor(user_id=one.user_id, organisation_id=one.organisation_id,
                      kind="anonymous" if one.user_id is None else "member")
        audit.record(actor=actor, action="file.passed", subject_kind="user", subject_id=one.user_id or 0,
                     changes={"path": (None, one.path[:500], "public")})
    response = send_file(io.BytesIO(found.content), mimetype=found.media_type, as_attachment=True,
                         download_name=found.name)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@blueprint.get("/view/<path:target>")
def view(target: str) -> Any:
    """A file or an export as a page: its picture, its words, its rows, its entries."""
    query = request.query_string.decode("latin-1")
    path = f"/{target}" + (f"?{query}" if query else "")
    # Reading a document costs a process of its own.
    rate_limits.limit(f"view:{request.remote_addr}", "60/minute")
    found = inner.fetch(path, as_reader=True)
    if found.status in (301, 302, 303) and found.location.startswith("/sign-in"):
        return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")))
    if found.status != 200:
        raise NotFound
    if found.media_type == "text/html":
        return redirect(path)
    try:
        parts, more = extract.parts_of(found.content, found.media_type)
    except turns.Busy:
        busy = make_response(render_template("messages/busy.html", file=found, path=path, again=request.full_path), 503)
        busy.headers["Retry-After"], busy.headers["Cache-Control"] = "5", "no-store"
        return busy
    if found.media_type == cards.MEDIA_TYPE:
        parts = cards.parts_of(found.content.decode("utf-8", "replace"))
    days = meetings.entries(found.content.decode("utf-8", "replace")) if found.media_type == "text/calendar" else None
    return render_template("messages/view.html", file=found, path=path, parts=parts, more=more, entries=days,
                           is_picture=found.media_type.startswith("image/"), size=len(found.content))


def _secret(page: str, status: int) -> Response:
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
