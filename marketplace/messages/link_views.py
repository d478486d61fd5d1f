"""What the recipient of a message meets: the personal link, its code, and the thing itself."""

from __future__ import annotations

from typing import Any

from flask import make_response, redirect, render_template, session, url_for
from flask_login import current_user

from marketplace import i18n
from marketplace.accounts import codes, phones, sessions
from marketplace.accounts.forms import CodeForm, EmptyForm
from marketplace.accounts.web import begin_session, current_actor, origin, refuse
from marketplace.actor import Actor
from marketplace.errors import Invalid, NotFound, TooMany
from marketplace.messages import service, subjects, wording
from marketplace.messages.blueprint import blueprint
from marketplace.messages.models import PersonalLink

PURPOSE = "personal_link"
ASKED = "link_code"


@blueprint.route("/m/<link>", methods=["GET", "POST"])
def personal(link: str) -> Any:
    """A personal link. Looking at it does nothing: programs that check links must not use it up. Pressing the button
    sends the code, or opens the thing for who is signed in as the one it was made for."""
    try:
        found = service.find(link)
    except NotFound:
        return _page("messages/link_gone.html", 404, state="unknown", link=None)
    mine = current_user.is_authenticated and service.is_for(found, current_user)
    if found.state != "open":
        return _gone(found, mine)
    form = EmptyForm()
    status = 200
    if form.validate_on_submit():
        if mine:
            return _open(found, link)
        if not current_user.is_authenticated:
            try:
                return _send_code(found, link)
            except TooMany as error:
                status = refuse(form, error)
    elif form.is_submitted():
        status = 422
    return _page("messages/personal.html", status, link=found, form=form, mine=mine, to=_masked(found),
                 headline=wording.headline(found, i18n.current_locale()))


@blueprint.route("/m/<link>/code", methods=["GET", "POST"])
def personal_code(link: str) -> Any:
    """The code of a personal link; right, it signs in and opens the thing."""
    try:
        found = service.find(link)
    except NotFound:
        return _page("messages/link_gone.html", 404, state="unknown", link=None)
    asked = session.get(ASKED) or {}
    if found.state != "open":
        return _gone(found, current_user.is_authenticated and service.is_for(found, current_user))
    if asked.get("link") != found.id:
        return redirect(url_for("messages.personal", link=link))
    form = CodeForm()
    status = 200
    if form.validate_on_submit():
        try:
            proved = codes.check_code(ref=asked["ref"], code=form.code.data, purpose=PURPOSE,
                                      address=origin()["address"])
        except (Invalid, TooMany) as error:
            status = refuse(form, error)
        else:
            service.require_bound(found, proved)
            entered = phones.enter(proved=proved, name=found.recipient, locale=i18n.current_locale(), keep=True,
                                   **origin())
            begin_session(entered.token, keep=True)
            return _open(found, link)
    elif form.is_submitted():
        status = 422
    return _page("messages/code.html", status, form=form, link=found, text=link, to=_masked(found))


def _send_code(found: PersonalLink, link: str) -> Any:
    ref = codes.send_code(to=service.address_of(found), purpose=PURPOSE, locale=i18n.current_locale(),
                          address=origin()["address"])
    session[ASKED] = {"ref": ref, "link": found.id}
    return redirect(url_for("messages.personal_code", link=link))


def _open(found: PersonalLink, link: str) -> Any:
    """Use the link up and go to the thing, acting for the organisation that it concerns."""
    user_id, session_id = current_user.id, current_user.session_id
    actor = Actor(user_id=user_id, organisation_id=None, kind="member")
    try:
        used = service.use(actor=actor, text=link)
    except Invalid:  # a second click
        return _gone(service.find(link), True)
    target = subjects.target(used.about, used.params, user_id, wording.path_of_notice)
    organisation_id = _acts_for(used, user_id)
    if organisation_id is not None and session_id is not None:
        sessions.choose_organisation(actor=actor, session_id=session_id, organisation_id=organisation_id)
    return redirect(target, 303)


def _acts_for(used: PersonalLink, user_id: int) -> int | None:
    """For which of their organisations the recipient is to act there; None where it makes no difference."""
    wanted = used.to_organisation_id
    if used.about == "demand":
        offer_id = subjects.best_own_offer(used.params["demand_id"], user_id)
        wanted = subjects.owner_of(used.params["demand_id"], offer_id, "supplier") if offer_id is not None else None
    return wanted if wanted in subjects.organisations_of(user_id) else None


def _gone(found: PersonalLink, mine: bool) -> Any:
    """A link that no longer works: why, and what to do. Who used it themselves is led on."""
    target = ""
    actor = current_actor()
    if mine and found.state == "used" and actor.user_id is not None:
        target = subjects.target(found.about, found.params, actor.user_id, wording.path_of_notice)
    return _page("messages/link_gone.html", 200 if target else 410, state=found.state, link=found, target=target,
                 to=_masked(found))


def _masked(found: PersonalLink) -> str:
    return codes.mask(service.address_of(found))


def _page(template: str, status: int, **values: Any) -> Any:
    """A page whose address is a secret: not kept anywhere, and not told to where its links lead."""
    response = make_response(render_template(template, **values), status)
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
