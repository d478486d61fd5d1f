"""The organisation's own page, entering one, changing it, and choosing which one to act for."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from catalogue import places
from marketplace import i18n
from marketplace.accounts import sessions
from marketplace.accounts.forms import EmptyForm
from marketplace.accounts.web import current_actor, done, refuse, require_user, safe_next
from marketplace.errors import AlreadyDone, Conflict, Invalid, NotFound, TooMany
from marketplace.organisations import (
    credential_views,  # noqa: F401 - hang their pages on the same blueprint
    member_views,  # noqa: F401
    panels,
    place_words,
    policy,
    queries,
    service,
)
from marketplace.organisations.blueprint import blueprint
from marketplace.organisations.forms import OrganisationForm, values_of
from marketplace.organisations.languages import in_words, scripts_in_words
from marketplace.organisations.profile import Profile, missing
from marketplace.organisations.web import actor_in


@blueprint.get("/organisations/<int:organisation_id>")
def show(organisation_id: int) -> Any:
    actor = actor_in(organisation_id)
    organisation = queries.find(organisation_id)
    if organisation is not None and organisation.merged_into_id is not None and not actor.is_organiser:
        return redirect(url_for("organisations.show", organisation_id=organisation.merged_into_id), 301)
    organisation = policy.require_see(actor, organisation)
    lang = i18n.data_lang()
    return render_template(
        "organisations/show.html", organisation=organisation, lang=lang,
        place=place_name(organisation.place_id, lang),
        served=[place_name(one, lang) for one in organisation.serves or []],
        spoken=in_words(organisation.languages), reads=scripts_in_words(organisation.reads),
        registered_in=place_name(organisation.jurisdiction or None, lang),
        panels=panels.render(organisation_id, actor), missing=missing(organisation),
        may_edit=policy.may_edit(actor, organisation), is_member=policy.is_member(actor, organisation),
        may_see_private=policy.may_see_private(actor, organisation),
    )


def place_name(place_id: str | None, lang: str) -> str:
    """The whole name of a place for a page; an id that the tree no longer has stands for itself."""
    if not place_id:
        return ""
    return places.path_name(place_id, lang) if places.is_known(place_id) else place_id


@blueprint.route("/organisations/new", methods=["GET", "POST"])
@require_user
def new() -> Any:
    form = OrganisationForm()
    status = 200
    if form.validate_on_submit():
        profile = form.as_profile()
        known = [] if form.anyway.data else queries.alike(
            names=profile.names, jurisdiction=profile.jurisdiction, number=profile.registration_number, public=True)
        if known:
            return _form_page(form, 422, alike=known)
        try:
            organisation_id = service.create_organisation(
                actor=current_actor(), profile=profile, submission_id=form.submission_id.data,
                session_id=current_user.session_id).id
        except AlreadyDone as again:
            organisation_id = again.result
        except (Invalid, TooMany) as error:
            return _form_page(form, refuse(form, error))
        return redirect(safe_next(
            request.args.get("next"), default=url_for("organisations.show", organisation_id=organisation_id)))
    if form.is_submitted():
        status = 422
    return _form_page(form, status)


@blueprint.route("/organisations/<int:organisation_id>/edit", methods=["GET", "POST"])
@require_user
def edit(organisation_id: int) -> Any:
    actor = actor_in(organisation_id)
    organisation = policy.require_edit(actor, queries.find(organisation_id))
    current = Profile.of(organisation)
    form = OrganisationForm(data={**values_of(current, i18n.data_lang()), "lock_version": organisation.lock_version})
    if not form.validate_on_submit():
        return _form_page(form, 422 if form.is_submitted() else 200, organisation=organisation)
    mine = form.as_profile()
    try:
        service.edit_organisation(actor=actor, organisation_id=organisation_id, profile=mine,
                                  base_version=_number(form.lock_version.data))
    except Invalid as error:
        return _form_page(form, refuse(form, error), organisation=organisation)
    except Conflict as conflict:
        form.lock_version.data = conflict.current  # what is sent next was written knowing the other version
        return _form_page(form, 409, organisation=organisation, differences=_differences(conflict.theirs, mine))
    done(_l("Your changes are saved."))
    return redirect(url_for("organisations.show", organisation_id=organisation_id))


def _form_page(form: OrganisationForm, status: int, **facts: Any) -> Any:
    lang = i18n.data_lang()
    return render_template(
        "organisations/edit.html", form=form, lang=lang, suggestions=place_words.suggestions(lang),
        **{"organisation": None, "differences": None, "alike": [], **facts}), status


def _number(text: Any) -> int:
    text = str(text or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _differences(theirs: Profile, mine: Profile) -> list[dict[str, str]]:
    """Where two versions differ, in the words of the form: the other's text and one's own, side by side."""
    lang = i18n.data_lang()
    there, here = values_of(theirs, lang), values_of(mine, lang)
    form = OrganisationForm(formdata=None)
    return [
        {"name": name, "label": form[name].label.text, "theirs": _shown(form[name], there[name]),
         "mine": _shown(form[name], here[name])}
        for name in here if here[name] != there[name]
    ]


def _shown(field: Any, value: Any) -> str:
    choices = {str(code): str(label) for code, label in getattr(field, "choices", None) or []}
    values = value if isinstance(value, list) else [value]
    return ", ".join(choices.get(str(one), str(one)) for one in values if one)


@blueprint.post("/organisations/switch")
@require_user
def switch() -> Any:
    if not EmptyForm().validate_on_submit():
        flash(_l("This page was open for too long. Nothing was changed: please press the button again."), "warning")
        return redirect(safe_next(request.form.get("next")))
    actor = current_actor()
    organisation_id = _number(request.form.get("organisation_id"))
    if not queries.roles_in(actor.require_user(), organisation_id):
        raise NotFound
    sessions.choose_organisation(actor=actor, session_id=current_user.session_id, organisation_id=organisation_id)
    return redirect(safe_next(request.form.get("next")))
