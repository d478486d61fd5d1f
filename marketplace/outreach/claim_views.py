"""Claiming: by link and code, by asking from a public page, and what is said in a dispute."""

from __future__ import annotations

import contextlib
from typing import Any

from flask import flash, make_response, redirect, render_template, request, session, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from marketplace import i18n
from marketplace.accounts import codes, sessions
from marketplace.accounts.web import begin_session, current_actor, done, origin, refuse, require_user
from marketplace.actor import Actor
from marketplace.errors import AlreadyDone, Invalid, NotAllowed, TooMany
from marketplace.forms import BaseForm, apply_errors
from marketplace.organisations import policy as organisation_policy
from marketplace.organisations import queries as organisations
from marketplace.outreach import cases, claims, links
from marketplace.outreach.blueprint import blueprint
from marketplace.outreach.delegations import is_claimed
from marketplace.outreach.forms import CodeForm, DefenceForm, EvidenceForm
from marketplace.outreach.models import ClaimLink

REF = "claim_ref"


@blueprint.route("/claim/<link>", methods=["GET", "POST"])
def claim(link: str) -> Any:
    """What the link is for, and the code that proves who opens it."""
    row = links.find(link)
    form = CodeForm()
    ref = session.get(REF, {}).get(str(row.id))
    status = 200
    if request.method == "POST" and row.state == "open":
        status = 422
        if form.validate():
            try:
                taken = claims.take(
                    actor=current_actor(), text=link, ref=ref or "", code=form.code.data or "",
                    name=form.name.data or "", locale=i18n.current_locale(), **origin())
            except NotAllowed:
                row = links.find(link)  # somebody was quicker: the page says so
            except (Invalid, TooMany) as error:
                status = refuse(form, error)
            else:
                return _taken(taken)
    return _page(row, link, form, ref, status)


def _page(row: ClaimLink, link: str, form: CodeForm, ref: str | None, status: int) -> Any:
    if row.state != "open":
        status = 200 if row.used_by is not None and row.used_by == current_actor().user_id else 410
    page = render_template(
        "outreach/claim.html", row=row, link=link, form=form, status=status,
        sent_to=codes.mask(to) if ref and (to := codes.address_of(ref)) else None,
        ways={name: codes.mask(to) for name, to in claims.ways(row).items()},
        mine=row.used_by is not None and row.used_by == current_actor().user_id)
    response = make_response(page, status)
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response


def _taken(taken: claims.Taken) -> Any:
    session.pop(REF, None)
    if taken.token is not None:
        begin_session(taken.token, keep=False)
        request.environ.pop("marketplace.actor", None)
    if taken.delegation_id is not None:
        done(_l("You look after this delegation now."))
        return redirect(url_for("outreach.delegation", delegation_id=taken.delegation_id), 303)
    if taken.case_id is not None:
        done(_l("Somebody else has claimed this organisation. The organisers decide; say why it is yours."))
        return redirect(url_for("outreach.claim_case", case_id=taken.case_id), 303)
    assert taken.organisation_id is not None
    if current_user.is_authenticated:
        sessions.choose_organisation(
            actor=Actor(user_id=taken.user_id, kind="member"), session_id=current_user.session_id,
            organisation_id=taken.organisation_id)
    done(_l("The organisation is yours now. Look at what stands there, and complete it."))
    return redirect(url_for("organisations.show", organisation_id=taken.organisation_id), 303)


@blueprint.post("/claim/<link>/code")
def claim_code(link: str) -> Any:
    """Send a code to the address or number of the contact."""
    row = links.find(link)
    if BaseForm().validate():
        try:
            ref = claims.send_code(text=link, way=request.form.get("way", ""), locale=i18n.current_locale(),
                                   address=origin()["address"])
        except NotAllowed:
            pass  # the page says that the link no longer works
        except Invalid:
            flash(str(_l("Please choose one of the answers offered.")), "error")
        except TooMany as error:
            flash(str(_l("Too many tries. Please wait %(minutes)s minutes and try again.",
                         minutes=max(1, -(-error.retry_after // 60)))), "error")
        else:
            session[REF] = {**dict(list(session.get(REF, {}).items())[-4:]), str(row.id): ref}
            done(_l("The code is on its way."))
    return redirect(url_for("outreach.claim", link=link), 303)


@blueprint.post("/claim/<link>/new")
def claim_new(link: str) -> Any:
    """Ask the organisers for another link."""
    links.find(link)
    if BaseForm().validate():
        with contextlib.suppress(TooMany):  # they were told already
            claims.ask_for_new(text=link, address=origin()["address"])
        done(_l("The organisers see that you need another link. They send it to the contact that they have."))
    return redirect(url_for("outreach.claim", link=link), 303)


def public_panel(organisation_id: int, actor: Actor) -> str:
    """On the page of an organisation that nobody owns yet: a way to say that it is one's own."""
    organisation = organisations.find(organisation_id)
    if organisation is None or not organisation.is_approved or is_claimed(organisation_id):
        return ""
    return render_template("outreach/_claim_panel.html", organisation=organisation, actor=actor)


@blueprint.route("/organisations/<int:organisation_id>/claim", methods=["GET", "POST"])
@require_user
def ask(organisation_id: int) -> Any:
    """Say that a public organisation is one's own."""
    organisation = organisation_policy.require_see(current_actor(), organisations.find(organisation_id))
    form = EvidenceForm()
    if request.method == "POST" and form.validate():
        try:
            case_id = cases.ask(
                actor=current_actor(), organisation_id=organisation_id, role=form.role.data or "",
                evidence=form.evidence.data or "", submission_id=form.submission_id.data).id
        except AlreadyDone as again:
            if not again.result:
                return redirect(url_for("organisations.show", organisation_id=organisation_id), 303)
            return redirect(url_for("outreach.claim_case", case_id=again.result), 303)
        except NotAllowed:
            form.form_errors.append(_l("Confirm your e-mail address or mobile number first."))
        except TooMany as error:
            refuse(form, error)
        except Invalid as invalid:
            apply_errors(form, invalid)
        else:
            done(_l("The organisers are asked."))
            return redirect(url_for("outreach.claim_case", case_id=case_id), 303)
    return render_template("outreach/ask.html", organisation=organisation, form=form,
                           claimed=is_claimed(organisation_id)), 422 if request.method == "POST" else 200


@blueprint.route("/claims/<int:case_id>", methods=["GET", "POST"])
@require_user
def claim_case(case_id: int) -> Any:
    """A claim as each side sees it, and a place to answer."""
    case, side = cases.require_case(current_actor(), case_id)
    form = (DefenceForm(defence=case.defence) if side == "owner"
            else EvidenceForm(role=case.role, evidence=case.evidence))
    if request.method == "POST" and form.validate():
        try:
            if isinstance(form, DefenceForm):
                cases.defend(actor=current_actor(), case_id=case_id, text=form.defence.data or "")
            else:
                cases.add_evidence(actor=current_actor(), case_id=case_id, role=form.role.data or "",
                                   evidence=form.evidence.data or "")
        except AlreadyDone:
            pass
        else:
            done(_l("The organisers read what you say."))
        return redirect(url_for("outreach.claim_case", case_id=case_id), 303)
    return render_template("outreach/case.html", case=case, side=side, form=form
                           ), 422 if request.method == "POST" else 200
