"""Members of an organisation and invitations to join it."""

from __future__ import annotations

from typing import Any

from flask import make_response, redirect, render_template, url_for
from flask.blueprints import BlueprintSetupState
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from marketplace.accounts import sessions
from marketplace.accounts.forms import EmptyForm
from marketplace.accounts.web import current_actor, done, refuse, require_user
from marketplace.errors import Invalid, NotFound, TooMany
from marketplace.extensions import db
from marketplace.organisations import invitations, policy, queries
from marketplace.organisations import members as verbs
from marketplace.organisations.blueprint import blueprint
from marketplace.organisations.forms import ROLE_LABELS, InvitationForm, RoleForm
from marketplace.organisations.models import Invitation
from marketplace.organisations.web import actor_in


@blueprint.record
def _install(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals["invitation_link"] = invitation_link


def invitation_link(invitation_id: int) -> str:
    """The whole address of an invitation, for its mail. Raises LookupError when its row is gone."""
    invitation = db.session.get(Invitation, invitation_id)
    if invitation is None:
        raise LookupError(f"no invitation {invitation_id}")
    return url_for("organisations.invitation", link=invitations.text_of(invitation), _external=True)


def _page(organisation_id: int, status: int = 200, form: InvitationForm | None = None, error: str = "") -> Any:
    actor = actor_in(organisation_id)
    organisation = policy.require_member(actor, queries.find(organisation_id))
    manages = policy.may_manage_members(actor, organisation)
    return render_template(
        "organisations/members.html", organisation=organisation, members=queries.members(organisation_id),
        invitations=queries.open_invitations(organisation_id) if manages else [], manages=manages,
        form=form or InvitationForm(formdata=None), roles=ROLE_LABELS, error=error), status


@blueprint.get("/organisations/<int:organisation_id>/members")
@require_user
def members(organisation_id: int) -> Any:
    return _page(organisation_id)


@blueprint.post("/organisations/<int:organisation_id>/members/invite")
@require_user
def invite(organisation_id: int) -> Any:
    actor = actor_in(organisation_id)
    policy.require_manage_members(actor, queries.find(organisation_id))
    form = InvitationForm()
    if not form.validate_on_submit():
        return _page(organisation_id, 422, form)
    try:
        invitations.invite(actor=actor, organisation_id=organisation_id, email=form.email.data, role=form.role.data,
                           submission_id=form.submission_id.data)
    except (Invalid, TooMany) as error:
        return _page(organisation_id, refuse(form, error), form)
    done(_l("An invitation is on its way to %(email)s.", email=form.email.data))
    return redirect(url_for("organisations.members", organisation_id=organisation_id))


@blueprint.post("/organisations/<int:organisation_id>/invitations/<int:invitation_id>/revoke")
@require_user
def revoke_invitation(organisation_id: int, invitation_id: int) -> Any:
    return _change(organisation_id, lambda: invitations.revoke(
        actor=actor_in(organisation_id), organisation_id=organisation_id, invitation_id=invitation_id))


@blueprint.post("/organisations/<int:organisation_id>/members/<int:user_id>/role")
@require_user
def change_role(organisation_id: int, user_id: int) -> Any:
    return _change(organisation_id, lambda: verbs.change_role(
        actor=actor_in(organisation_id), organisation_id=organisation_id, user_id=user_id,
        role=RoleForm().role.data or ""))


@blueprint.post("/organisations/<int:organisation_id>/members/<int:user_id>/remove")
@require_user
def remove_member(organisation_id: int, user_id: int) -> Any:
    return _change(organisation_id, lambda: verbs.remove_member(
        actor=actor_in(organisation_id), organisation_id=organisation_id, user_id=user_id))


@blueprint.post("/organisations/<int:organisation_id>/leave")
@require_user
def leave(organisation_id: int) -> Any:
    return _change(organisation_id, lambda: verbs.leave(
        actor=actor_in(organisation_id), organisation_id=organisation_id), after=url_for("accounts.account"))


def _change(organisation_id: int, verb: Any, after: str | None = None) -> Any:
    """Do one thing to the members and show them; what cannot be done is said on the same page."""
    form = EmptyForm()
    if not form.validate_on_submit():
        return _page(organisation_id, 422, error=form.errors.get("csrf_token", [""])[0])
    try:
        verb()
    except Invalid as error:
        invalid = EmptyForm(formdata=None)
        refuse(invalid, error)
        return _page(organisation_id, 422, error=invalid.form_errors[0])
    done(_l("Your changes are saved."))
    return redirect(after or url_for("organisations.members", organisation_id=organisation_id))


@blueprint.route("/invitations/<link>", methods=["GET", "POST"])
def invitation(link: str) -> Any:
    try:
        found = invitations.find(link)
    except NotFound:
        return _secret(render_template("organisations/invitation_gone.html"), 404)
    actor = current_actor()
    fits = actor.user_id is not None and invitations.is_for(found, current_user)
    form = EmptyForm()
    if fits and form.validate_on_submit():
        try:
            organisation_id = invitations.accept(actor=actor, link=link).id
        except Invalid as error:
            refuse(form, error)
        else:
            sessions.choose_organisation(actor=actor, session_id=current_user.session_id,
                                         organisation_id=organisation_id)
            done(_l("Welcome. You act for this organisation now."))
            return redirect(url_for("organisations.show", organisation_id=organisation_id))
    page = render_template("organisations/invitation.html", form=form, invitation=found, fits=fits,
                           organisation=found.organisation, role=ROLE_LABELS[found.role], link=link)
    return _secret(page, 422 if form.is_submitted() else 200)


def _secret(page: str, status: int) -> Any:
    response = make_response(page, status)
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response
