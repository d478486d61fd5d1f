"""Who sends this request, and what a view asks of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec
from urllib.parse import urlsplit

from flask import current_app, flash, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user, login_user
from flask_wtf import FlaskForm

from marketplace import forms
from marketplace.accounts import kept, sessions
from marketplace.accounts.models import User
from marketplace.actor import Actor
from marketplace.errors import Invalid, NotAllowed, TooMany
from marketplace.extensions import login_manager

P = ParamSpec("P")

AFTER_SIGN_IN = "/desk"
# Given the user and the organisation chosen in the session: the one acted for, and the roles there.
Memberships = Callable[[int, int | None], tuple[int | None, frozenset[str]]]

forms.add_error_texts({
    "password_short": _l("A password needs at least %(minimum)s characters. Several words in a row are easy to keep."),
    "password_long": _l("A password can have at most %(maximum)s characters."),
    "password_is_address": _l("The password must not be the e-mail address."),
    "password_common": _l("This password is too easy to guess. Several words in a row are easy to keep."),
    "wrong_sign_in": _l("This address and this password do not belong together."),
    "wrong_password": _l("This is not the password of the account."),
    "same_address": _l("This is the address the account already has."),
    "address_taken": _l("Another account has confirmed this address meanwhile. Sign in to that one."),
    "code_form": _l("A code has six digits, for example 123456."),
    "code_wrong": _l("This is not the code. Tries left: %(left)s."),
    "code_tries": _l("There were five wrong tries, so this code no longer works. Have a new one sent."),
    "code_expired": _l("This code is older than ten minutes. Have a new one sent."),
    "code_used": _l("This code was used already. Have a new one sent."),
    "code_replaced": _l("A newer code was sent since. Use that one, or have another sent."),
    "code_unknown": _l("No code was asked for on this device, or too long ago. Have a new one sent."),
    "number_invalid": _l("This is no mobile number. Please check the digits and the country."),
    "number_not_mobile": _l(
        "This is the number of a fixed line. Please give a mobile number, which can receive text messages."),
    "number_region": _l(
        "Codes are sent to numbers of mainland China (+86), Hong Kong (+852) and Macao (+853) only. You can use an "
        "e-mail address instead."),
    "number_other_region": _l("This is a number of %(code)s. Please choose %(code)s before it."),
    "number_taken": _l("Another account signs in with this number. Sign in to that one, or give another number."),
    "no_other_proof": _l("This account has no confirmed e-mail address to send a code to. Write to the organisers."),
    "same_number": _l("This is the number the account already has."),
    "sign_in_again": _l("To change this, first sign out and sign in anew: that shows that it is you."),
    "used_form": _l("This form was sent before. Open the page again to start anew."),
})


@login_manager.user_loader
def load_user(token: str) -> User | None:
    """The account of a cookie; an ended or expired session is a visitor."""
    return sessions.find_user(token)


@login_manager.request_loader
def user_of_request(asking: Any) -> User | None:
    """The account that the site itself asks for, where it fetches one of its own files; no client can set this."""
    return asking.environ.get("marketplace.user")


def provide_memberships(app: Any, memberships: Memberships) -> None:
    """Let the room that knows memberships say for which organisation, and how, a user acts."""
    app.extensions["memberships"] = memberships


def current_actor() -> Actor:
    """Who sends this request. Kept for the request, not longer."""
    known = request.environ.get("marketplace.actor")
    if known is None:
        known = request.environ["marketplace.actor"] = _actor()
    return known


def _actor() -> Actor:
    if not current_user.is_authenticated:
        return Actor.anonymous()
    organisation_id, roles = current_app.extensions["memberships"](
        current_user.id, current_user.chosen_organisation_id)
    kind = "organiser" if current_user.is_organiser else "member"
    return Actor(user_id=current_user.id, organisation_id=organisation_id, roles=roles, kind=kind)


def require_user(view: Callable[P, Any]) -> Callable[P, Any]:
    """Only for who is signed in; others sign in first and come back to this page."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> Any:
        if current_actor().user_id is None:
            if request.method == "POST" and kept.keep():
                flash(_("You were signed out meanwhile. What you typed is kept: sign in, and send it again."), "info")
                return redirect(url_for("accounts.sign_in", next=url_for("accounts.show_kept")), 303)
            return redirect(url_for("accounts.sign_in", next=_here()))
        return view(*args, **kwargs)

    return guarded


def require_organiser(view: Callable[P, Any]) -> Callable[P, Any]:
    """Only for organisers. Raises NotAllowed for anybody else who is signed in."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> Any:
        if not current_actor().is_organiser:
            raise NotAllowed("organisers_only")
        return view(*args, **kwargs)

    return require_user(guarded)


def _here() -> str:
    """Where to come back to: this page, or the one whose form was being sent."""
    if request.method == "GET":
        return request.full_path.rstrip("?")
    referrer = urlsplit(request.referrer or "")
    if referrer.netloc != request.host:
        return AFTER_SIGN_IN
    return safe_next(referrer.path + (f"?{referrer.query}" if referrer.query else ""))


def safe_next(target: str | None, default: str = AFTER_SIGN_IN) -> str:
    """`target` if it is a page of this site, else `default`: a link must not lead elsewhere after a sign-in."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")) or len(target) > 2000:
        return default
    if any(ord(c) < 33 or c == "\\" or ord(c) == 127 for c in target):
        return default
    parts = urlsplit(target)
    return default if parts.scheme or parts.netloc else target


def origin() -> dict[str, str]:
    """Where the request comes from, as services count and keep it: address and browser."""
    return {"address": request.remote_addr or "", "agent": request.headers.get("User-Agent", "")}


def begin_session(token: str, *, keep: bool) -> None:
    """Give this browser the session of `token`; whatever the cookie held before is dropped."""
    session.clear()
    session.permanent = keep
    user = sessions.find_user(token)
    login_user(user)


def refuse(form: FlaskForm, error: Invalid | TooMany) -> int:
    """Show a service's refusal on the form; returns the status to answer with."""
    if isinstance(error, TooMany):
        minutes = max(1, -(-error.retry_after // 60))
        form.form_errors.append(_("Too many tries. Please wait %(minutes)s minutes and try again.", minutes=minutes))
        return 429
    forms.apply_errors(form, error)
    return 422


def done(message: Any) -> None:
    """Say on the next page that something was done. A lazy text would count as mark-up, whatever names it carries."""
    flash(str(message), "success")
