"""Credentials: the list with its form, and taking one away."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, url_for
from flask_babel import lazy_gettext as _l

from catalogue.credentials import day
from marketplace import clock
from marketplace.accounts.forms import EmptyForm
from marketplace.accounts.web import done, refuse, require_user
from marketplace.errors import Invalid
from marketplace.files import service as files
from marketplace.organisations import credentials as verbs
from marketplace.organisations import policy, queries
from marketplace.organisations.blueprint import blueprint
from marketplace.organisations.forms import CredentialForm
from marketplace.organisations.web import actor_in

PICTURES = (".jpg", ".jpeg", ".png", ".webp")


@blueprint.route("/organisations/<int:organisation_id>/credentials", methods=["GET", "POST"])
@require_user
def credentials(organisation_id: int) -> Any:
    actor = actor_in(organisation_id)
    policy.require_edit(actor, queries.find(organisation_id))
    form = CredentialForm()
    if not form.validate_on_submit():
        return _page(organisation_id, form, 422 if form.is_submitted() else 200)
    try:
        verbs.add_credential(
            actor=actor, organisation_id=organisation_id, kind=form.kind.data, issuer=form.issuer.data,
            number=form.number.data or "", expires_on=form.expires_on.data,
            valid_from=form.valid_from.data, place_id=form.place_id.data or None, scope=form.scope.data or "",
            file_id=_keep_file(actor, form), submission_id=form.submission_id.data)
    except Invalid as error:
        return _page(organisation_id, form, refuse(form, error))
    done(_l("The credential is added."))
    return redirect(url_for("organisations.credentials", organisation_id=organisation_id))


def _keep_file(actor: Any, form: CredentialForm) -> int | None:
    upload = form.file.data
    if not upload:
        return None
    purpose = "picture" if upload.filename.lower().endswith(PICTURES) else "document"
    return files.store(actor=actor, stream=upload.stream, filename=upload.filename, purpose=purpose).id


def _page(organisation_id: int, form: CredentialForm, status: int) -> Any:
    organisation = queries.get_organisation(organisation_id)
    stored = files.files_by_id([one.file_id for one in organisation.credentials if one.file_id])
    return render_template("organisations/credentials.html", organisation=organisation, form=form, files=stored,
                           today=day(clock.now())), status


@blueprint.post("/organisations/<int:organisation_id>/credentials/<int:credential_id>/remove")
@require_user
def remove_credential(organisation_id: int, credential_id: int) -> Any:
    actor = actor_in(organisation_id)
    policy.require_edit(actor, queries.find(organisation_id))
    form = EmptyForm()
    if not form.validate_on_submit():
        return _page(organisation_id, CredentialForm(formdata=None), 422)
    verbs.remove_credential(actor=actor, organisation_id=organisation_id, credential_id=credential_id)
    done(_l("The credential is removed."))
    return redirect(url_for("organisations.credentials", organisation_id=organisation_id))
