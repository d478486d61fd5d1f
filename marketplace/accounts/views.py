"""Signing up, in and out, proving an address, and a forgotten password."""

from __future__ import annotations

from typing import Any

from flask import Response, g, make_response, redirect, render_template, request, session, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user, logout_user

from marketplace import i18n
from marketplace.accounts import (
    account_views,
    addresses,
    links,  # noqa: F401 - lets mails write links
    phone_views,  # noqa: F401 - adds its pages
    service,
    sessions,
    tokens,
)
from marketplace.accounts.blueprint import blueprint
from marketplace.accounts.forms import (
    ConfirmForm,
    EmptyForm,
    NewPasswordForm,
    ResetRequestForm,
    SignInForm,
    SignUpForm,
)
from marketplace.accounts.web import begin_session, current_actor, done, origin, refuse, require_user, safe_next
from marketplace.errors import Invalid, NotFound, TooMany


@blueprint.before_app_request
def start_anew() -> None:
    """A context pushed around several requests must not carry one's account, token or language into the next."""
    for kept in ("_login_user", "csrf_token", "csrf_valid", "_flask_babel"):
        g.pop(kept, None)


@blueprint.before_app_request
def note_seen() -> None:
    """Note once a minute that a signed-in device is in use."""
    if request.endpoint in ("static", "health", "ready") or "_user_id" not in session:
        return
    sessions.note_seen(session["_user_id"])


@blueprint.app_context_processor
def who_acts() -> dict[str, Any]:
    """`actor` for every template."""
    return {"actor": current_actor()}


@blueprint.route("/sign-up", methods=["GET", "POST"])
def sign_up() -> Any:
    form = SignUpForm(next=request.args.get("next", ""))
    if current_user.is_authenticated and request.method == "GET":
        return redirect(safe_next(form.next.data))
    status = 200
    if form.validate_on_submit():
        try:
            token = service.sign_up(
                email=form.email.data, password=form.password.data, name=form.name.data,
                locale=i18n.current_locale(), submission_id=form.submission_id.data, **origin())
        except (Invalid, TooMany) as error:
            status = refuse(form, error)
        else:
            begin_session(token, keep=False)
            return redirect(safe_next(form.next.data, default=url_for("organisations.new")))
    elif form.is_submitted():
        status = 422
    return render_template("accounts/sign_up.html", form=form), status


@blueprint.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> Any:
    form = SignInForm(next=request.args.get("next", ""))
    if current_user.is_authenticated and request.method == "GET":
        return redirect(safe_next(form.next.data))
    status = 200
    if form.validate_on_submit():
        try:
            token = service.sign_in(
                email=form.email.data, password=form.password.data, keep=form.keep.data, **origin())
        except (Invalid, TooMany) as error:
            status = refuse(form, error)
        else:
            begin_session(token, keep=form.keep.data)
            return _in_their_language(redirect(safe_next(form.next.data)))
    elif form.is_submitted():
        status = 422
    return render_template("accounts/sign_in.html", form=form), status


def _in_their_language(response: Any) -> Response:
    """On a device where no language was chosen, the account's."""
    response = make_response(response)
    if i18n.COOKIE not in request.cookies:
        response.set_cookie(i18n.COOKIE, current_user.locale, max_age=365 * 24 * 3600, samesite="Lax", httponly=True)
    return response


@blueprint.route("/sign-out", methods=["GET", "POST"])
def sign_out() -> Any:
    form = EmptyForm()
    if form.validate_on_submit():
        if current_user.is_authenticated:
            sessions.end(current_user.session_token)
        _drop_cookie()
        return redirect("/")
    return render_template("accounts/sign_out.html", form=form), 422 if form.is_submitted() else 200


@blueprint.post("/sign-out/everywhere")
@require_user
def sign_out_everywhere() -> Any:
    if not EmptyForm().validate_on_submit():
        return account_views.show_sessions(422)
    actor = current_actor()
    sessions.end_all(actor=actor, user_id=actor.require_user())
    _drop_cookie()
    done(_l("You are signed out on every device."))
    return redirect(url_for("accounts.sign_in"))


def _drop_cookie() -> None:
    logout_user()
    session.clear()


@blueprint.route("/confirm/<link>", methods=["GET", "POST"])
def confirm(link: str) -> Any:
    try:
        owner = tokens.find(link, "confirm").user
    except NotFound:
        return _private(render_template("accounts/link_gone.html", purpose="confirm"), 404)
    actor = current_actor()
    form = EmptyForm() if actor.user_id == owner.id else ConfirmForm()
    status = 200
    if form.validate_on_submit():
        password = form.password.data if isinstance(form, ConfirmForm) else ""
        try:
            addresses.confirm_address(link=link, actor=actor, password=password)
        except (Invalid, TooMany) as error:
            status = refuse(form, error)
        else:
            done(_l("Your address is confirmed."))
            return redirect("/desk" if actor.user_id else url_for("accounts.sign_in"))
    elif form.is_submitted():
        status = 422
    return _private(render_template("accounts/confirm.html", form=form, email=owner.email), status)


@blueprint.post("/confirm")
@require_user
def resend_confirmation() -> Any:
    form = EmptyForm()
    if not form.validate_on_submit():
        return account_views.show_account(422)
    addresses.resend_confirmation(actor=current_actor(), address=origin()["address"])
    done(_l("The mail is on its way. Open the link in it to confirm your address."))
    return redirect(safe_next(request.form.get("next"), default=url_for("accounts.account")))


@blueprint.route("/reset", methods=["GET", "POST"])
def reset_request() -> Any:
    form = ResetRequestForm()
    status = 200
    if form.validate_on_submit():
        try:
            service.request_reset(email=form.email.data, address=origin()["address"])
        except TooMany as error:
            status = refuse(form, error)
        else:
            return render_template("accounts/reset_sent.html", email=form.email.data)
    elif form.is_submitted():
        status = 422
    return render_template("accounts/reset_request.html", form=form), status


@blueprint.route("/reset/<link>", methods=["GET", "POST"])
def reset(link: str) -> Any:
    try:
        tokens.find(link, "reset")
    except NotFound:
        return _private(render_template("accounts/link_gone.html", purpose="reset"), 404)
    form = NewPasswordForm()
    status = 200
    if form.validate_on_submit():
        try:
            service.reset_password(link=link, password=form.password.data)
        except Invalid as error:
            status = refuse(form, error)
        else:
            _drop_cookie()
            done(_l("The new password is set, and every device is signed out. Sign in with it now."))
            return redirect(url_for("accounts.sign_in"))
    elif form.is_submitted():
        status = 422
    return _private(render_template("accounts/reset.html", form=form), status)


def _private(page: str, status: int) -> Response:
    """A page whose address is a secret: not kept anywhere, and not told to where its links lead."""
    response = make_response(page, status)
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response
