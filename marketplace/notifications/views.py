"""The inbox, and stopping mails with one click."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l

from marketplace.accounts import service as accounts
from marketplace.accounts import tokens
from marketplace.accounts.forms import EmptyForm
from marketplace.accounts.queries import get_user
from marketplace.accounts.web import current_actor, done, require_user
from marketplace.errors import NotFound
from marketplace.extensions import csrf
from marketplace.notifications import queries, service

blueprint = Blueprint("notifications", __name__)
SIZE = 30


@blueprint.app_context_processor
def of_this_request() -> dict[str, Any]:
    """`unread_count` for every template."""
    if "marketplace.unread" not in request.environ:
        request.environ["marketplace.unread"] = queries.unread_count(current_actor())
    return {"unread_count": request.environ["marketplace.unread"]}


@blueprint.get("/inbox")
@require_user
def inbox() -> Any:
    return _page(200)


def _page(status: int, error: Any = "") -> Any:
    page = max(1, min(request.args.get("page", 1, type=int), 500))
    rows, total = queries.inbox(current_actor(), page=page, size=SIZE)
    return render_template("notifications/inbox.html", rows=rows, page=page, pages=max(1, -(-total // SIZE)),
                           newest=rows[0].id if rows else 0, error=error), status


@blueprint.post("/inbox/<int:notification_id>/read")
@require_user
def mark_read(notification_id: int) -> Any:
    form = EmptyForm()
    if not form.validate_on_submit():
        return _page(422, form.errors.get("csrf_token", [""])[0])
    service.mark_read(actor=current_actor(), notification_id=notification_id)
    return redirect(url_for("notifications.inbox"))


@blueprint.post("/inbox/read")
@require_user
def mark_all_read() -> Any:
    form = EmptyForm()
    if not form.validate_on_submit():
        return _page(422, form.errors.get("csrf_token", [""])[0])
    service.mark_all_read(actor=current_actor(), up_to=max(0, min(request.form.get("up_to", 0, type=int), 2**62)))
    done(_l("Everything is marked as read."))
    return redirect(url_for("notifications.inbox"))


def _reader_of(link: str) -> int:
    """The user whose mails a link stops. Raises NotFound for a text that was not signed here."""
    user_id = tokens.row_id_of(link)
    if user_id is None or not tokens.matches(link, "unsubscribe", user_id, ""):
        raise NotFound
    return get_user(user_id).id


@blueprint.get("/unsubscribe/<link>")
def unsubscribe(link: str) -> Any:
    """Nothing happens yet: programs that check links must not stop anybody's mails."""
    _reader_of(link)
    return render_template("notifications/unsubscribe.html", link=link, stopped=False)


# RFC 8058: the mail program posts this by itself, without cookie, session or token.
@blueprint.post("/unsubscribe/<link>")
@csrf.exempt
def unsubscribe_now(link: str) -> Any:
    accounts.stop_mail(user_id=_reader_of(link))
    return render_template("notifications/unsubscribe.html", link=link, stopped=True)
