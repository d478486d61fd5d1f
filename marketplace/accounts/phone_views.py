"""Signing in and up with a mobile number, and the page that takes its code."""

from __future__ import annotations

from typing import Any

from flask import make_response, redirect, render_template, request, session, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from marketplace import i18n
from marketplace.accounts import codes, phones
from marketplace.accounts.blueprint import blueprint
from marketplace.accounts.forms import CodeForm, NumberChangeForm, NumberForm, NumberProofForm, NumberSignUpForm
from marketplace.accounts.web import begin_session, current_actor, done, origin, refuse, require_user, safe_next
from marketplace.errors import Invalid, NotFound, TooMany
from marketplace.sms import service as sms

# What the browser keeps between asking for a code and typing it in.
ASKED, CHANGING = "code_asked", "number_change"


@blueprint.app_context_processor
def whether_by_number() -> dict[str, Any]:
    """`sms_available` for every template: without a gateway no page offers codes by text message."""
    return {"sms_available": sms.is_available()}


def _require_sms() -> None:
    if not sms.is_available():
        raise NotFound


@blueprint.route("/sign-in/number", methods=["GET", "POST"])
def sign_in_by_number() -> Any:
    return _ask(NumberForm(next=request.args.get("next", "")), "accounts/number.html")


@blueprint.route("/sign-up/number", methods=["GET", "POST"])
def sign_up_by_number() -> Any:
    return _ask(NumberSignUpForm(next=request.args.get("next", "")), "accounts/number_sign_up.html")


def _ask(form: NumberForm, template: str) -> Any:
    _require_sms()
    if current_user.is_authenticated and request.method == "GET":
        return redirect(safe_next(form.next.data))
    status = 200
    if form.validate_on_submit():
        try:
            phone = phones.read_number(form.number.data, form.country.data)
            ref = codes.send_code(to=phone, purpose=phones.SIGN_IN, locale=i18n.current_locale(),
                                  address=origin()["address"])
        except (Invalid, TooMany) as error:
            status = refuse(form, error)
        else:
            name = form.name.data if isinstance(form, NumberSignUpForm) else ""
            session[ASKED] = {"ref": ref, "next": form.next.data or "", "name": name}
            return redirect(url_for("accounts.enter_code"))
    elif form.is_submitted():
        status = 422
    return render_template(template, form=form), status


@blueprint.route("/sign-in/code", methods=["GET", "POST"])
def enter_code() -> Any:
    """The code that was sent; right, it opens a session, and an account where the number has none."""
    asked = session.get(ASKED)
    to = codes.address_of(asked["ref"]) if asked else None
    if asked is None or to is None:
        return redirect(url_for("accounts.sign_in_by_number" if sms.is_available() else "accounts.sign_in"))
    form = CodeForm()
    status = 200
    if form.validate_on_submit():
        try:
            proved = codes.check_code(ref=asked["ref"], code=form.code.data, purpose=phones.SIGN_IN,
                                      address=origin()["address"])
        except (Invalid, TooMany) as error:
            status = refuse(form, error)
        else:
            return enter(proved, asked)
    elif form.is_submitted():
        status = 422
    return _private(render_template("accounts/code.html", form=form, to=codes.mask(to)), status)


def enter(proved: codes.Proved, asked: dict[str, Any]) -> Any:
    """Open the session and go where the person was going."""
    entered = phones.enter(proved=proved, name=asked["name"], locale=i18n.current_locale(), keep=True, **origin())
    begin_session(entered.token, keep=True)
    if entered.is_new:
        done(_l("Welcome. From now on you sign in with this number and a code."))
    after = url_for("organisations.new") if entered.is_new else "/desk"
    response = make_response(redirect(safe_next(asked["next"], default=after)))
    if i18n.COOKIE not in request.cookies:
        response.set_cookie(i18n.COOKIE, current_user.locale, max_age=365 * 24 * 3600, samesite="Lax", httponly=True)
    return response


@blueprint.post("/sign-in/code/again")
def send_code_again() -> Any:
    """Another code to the same number."""
    asked = session.get(ASKED)
    to = codes.address_of(asked["ref"]) if asked else None
    if asked is None or to is None:
        return redirect(url_for("accounts.sign_in"))
    form = CodeForm()
    if "csrf_token" in _errors_of_token(form):
        return _private(render_template("accounts/code.html", form=form, to=codes.mask(to)), 422)
    try:
        ref = codes.send_code(to=to, purpose=phones.SIGN_IN, locale=i18n.current_locale(), address=origin()["address"])
    except TooMany as error:
        return _private(render_template("accounts/code.html", form=form, to=codes.mask(to)), refuse(form, error))
    session[ASKED] = {**asked, "ref": ref}
    done(_l("A new code is on its way; the earlier one no longer works."))
    return redirect(url_for("accounts.enter_code"))


def _errors_of_token(form: CodeForm) -> dict[str, Any]:
    """The errors of the form's protection alone: nothing was typed yet."""
    form.validate()
    kept = {name: form[name].errors for name in ("csrf_token",) if name in form and form[name].errors}
    form.code.errors = []
    return kept


@blueprint.route("/account/number", methods=["GET", "POST"])
@require_user
def change_number() -> Any:
    """The new number; codes go to it and to what the account has."""
    _require_sms()
    form = NumberChangeForm()
    if current_user.phone is None or current_user.confirmed_at is None:
        del form.lost
    status = 200
    if form.validate_on_submit():
        try:
            phone = phones.read_number(form.number.data, form.country.data)
            refs = phones.request_change(actor=current_actor(), phone=phone, address=origin()["address"],
                                         lost=bool(form.lost.data) if "lost" in form else False)
        except (Invalid, TooMany) as error:
            status = refuse(form, error)
        else:
            session[CHANGING] = refs
            return redirect(url_for("accounts.prove_number"))
    elif form.is_submitted():
        status = 422
    return render_template("accounts/number_change.html", form=form), status


@blueprint.route("/account/number/code", methods=["GET", "POST"])
@require_user
def prove_number() -> Any:
    """Both codes of a change of number."""
    refs = session.get(CHANGING) or {}
    sent_to = {side: codes.address_of(ref) for side, ref in refs.items()}
    if sent_to.get("new") is None:
        return redirect(url_for("accounts.change_number"))
    form = NumberProofForm()
    if "old" not in refs:
        del form.old_code
    status = 200
    if form.validate_on_submit():
        try:
            phone = phones.change(actor=current_actor(), refs=refs, code=form.code.data, address=origin()["address"],
                                  old_code=form.old_code.data if "old_code" in form else "")
        except (Invalid, TooMany) as error:
            status = refuse(form, error)
        else:
            session.pop(CHANGING, None)
            done(_l("Your number is now %(number)s.", number=phone.masked))
            return redirect(url_for("accounts.account"))
    elif form.is_submitted():
        status = 422
    masked = {side: codes.mask(to) for side, to in sent_to.items() if to is not None}
    return _private(render_template("accounts/number_code.html", form=form, masked=masked), status)


def _private(page: str, status: int) -> Any:
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return response
