"""The pages of one's own account: name and language, password, address, devices."""

from __future__ import annotations

from typing import Any

from flask import make_response, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from marketplace import i18n
from marketplace.accounts import addresses, devices, kept, service, sessions, tokens
from marketplace.accounts.blueprint import blueprint
from marketplace.accounts.forms import (
    ChangeEmailForm,
    ChangePasswordForm,
    EmptyForm,
    FirstEmailForm,
    FirstPasswordForm,
    ProfileForm,
)
from marketplace.accounts.web import AFTER_SIGN_IN, current_actor, done, origin, refuse, require_user
from marketplace.errors import Invalid, NotFound, TooMany

# What is longer was written and not chosen.
LONG_TEXT = 40


@blueprint.route("/account", methods=["GET", "POST"])
@require_user
def account() -> Any:
    form = ProfileForm(obj=current_user)
    if not form.validate_on_submit():
        return show_account(422 if form.is_submitted() else 200, form)
    service.change_profile(actor=current_actor(), name=form.name.data, locale=form.locale.data,
                           mail_wanted=form.mail_wanted.data)
    done(_l("Your changes are saved."))
    response = make_response(redirect(url_for("accounts.account")))
    response.set_cookie(i18n.COOKIE, form.locale.data, max_age=365 * 24 * 3600, samesite="Lax", httponly=True)
    return response


def show_account(status: int, form: ProfileForm | None = None) -> Any:
    """The page of the account, with what is wrong on `form`."""
    return render_template("accounts/account.html", form=form or ProfileForm(formdata=None, obj=current_user)), status


@blueprint.route("/account/password", methods=["GET", "POST"])
@require_user
def change_password() -> Any:
    form = ChangePasswordForm() if current_user.password_hash else FirstPasswordForm()
    status = 200
    if form.validate_on_submit():
        try:
            service.change_password(
                actor=current_actor(), current=form.current.data if "current" in form else "", new=form.new.data,
                session_id=current_user.session_id, address=origin()["address"])
        except (Invalid, TooMany) as error:
            status = refuse(form, error)
        else:
            done(_l("The new password is set. Your other devices are signed out."))
            return redirect(url_for("accounts.account"))
    elif form.is_submitted():
        status = 422
    return render_template("accounts/password.html", form=form), status


@blueprint.route("/account/email", methods=["GET", "POST"])
@require_user
def change_email() -> Any:
    form = ChangeEmailForm() if current_user.password_hash else FirstEmailForm()
    status = 200
    if form.validate_on_submit():
        try:
            addresses.request_email_change(
                actor=current_actor(), email=form.email.data,
                password=form.password.data if "password" in form else "",
                session_id=current_user.session_id, address=origin()["address"])
        except (Invalid, TooMany) as error:
            status = refuse(form, error)
        else:
            done(_l("A mail is on its way to %(email)s. The address changes when you open the link in it.",
                    email=form.email.data))
            return redirect(url_for("accounts.account"))
    elif form.is_submitted():
        status = 422
    return render_template("accounts/email.html", form=form), status


@blueprint.route("/account/email/<link>", methods=["GET", "POST"])
@require_user
def confirm_email_change(link: str) -> Any:
    try:
        token = tokens.find(link, "change_email")
    except NotFound:
        token = None
    if token is None or token.user_id != current_actor().user_id:
        return render_template("accounts/link_gone.html", purpose="change_email"), 404
    email = token.payload["email"]
    form = EmptyForm()
    status = 200
    if form.validate_on_submit():
        try:
            addresses.change_email(link=link, actor=current_actor())
        except Invalid as error:
            status = refuse(form, error)
        else:
            done(_l("Your address is now %(email)s.", email=email))
            return redirect(url_for("accounts.account"))
    elif form.is_submitted():
        status = 422
    response = make_response(render_template("accounts/email_confirm.html", form=form, email=email), status)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@blueprint.get("/account/sessions")
@require_user
def my_sessions() -> Any:
    return show_sessions(200)


def show_sessions(status: int) -> Any:
    """The devices of the account; this one is marked."""
    rows = [
        {"session": row, "device": devices.describe(row.agent), "here": row.id == current_user.session_id}
        for row in sessions.of_user(current_actor().require_user())
    ]
    return render_template("accounts/sessions.html", rows=rows, expired=request.method == "POST"), status


@blueprint.post("/account/sessions/<int:session_id>/end")
@require_user
def end_session(session_id: int) -> Any:
    if not EmptyForm().validate_on_submit():
        return show_sessions(422)
    sessions.end_one(actor=current_actor(), session_id=session_id)
    done(_l("That device is signed out."))
    return redirect(url_for("accounts.my_sessions"))


@blueprint.get("/kept")
@require_user
def show_kept() -> Any:
    """What was sent after the session had run out, to be sent again."""
    post = kept.of_user(current_user.id)
    if post is None:
        raise NotFound
    typed = [value for name, value in post.fields if len(value) > LONG_TEXT or "\n" in value]
    page = make_response(render_template("accounts/kept.html", post=post, typed=typed))
    page.headers["Cache-Control"] = "no-store"
    return page


@blueprint.post("/kept/give-up")
@require_user
def give_up_kept() -> Any:
    """Take it away."""
    if EmptyForm().validate():
        kept.forget(current_user.id)
        done(_l("What you typed was given up."))
    return redirect(AFTER_SIGN_IN, 303)
