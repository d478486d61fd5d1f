"""Delegations: the organisers' list, and the coordinator's pages."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l

from marketplace import i18n
from marketplace.accounts.web import current_actor, done, require_organiser, require_user
from marketplace.actor import Actor
from marketplace.errors import AlreadyDone, Invalid, NotAllowed
from marketplace.events import queries as events
from marketplace.events.models import Event
from marketplace.forms import BaseForm, apply_errors
from marketplace.outreach import delegations, following, links, messages, policy, stages, wording
from marketplace.outreach.blueprint import blueprint
from marketplace.outreach.delegations import Alike, Home
from marketplace.outreach.forms import HomeForm, HomePersonForm
from marketplace.outreach.models import Delegation, Invitee
from marketplace.outreach.stages import STAGES, Filters

CLAIMED = _l("This organisation has an account of its own. Ask the organisers to put it into your delegation.")
ASK = _l("Tell the organisers; they decide")


@blueprint.get("/organiser/events/<int:event_id>/delegations", endpoint="delegations")
@require_organiser
def all_delegations(event_id: int) -> Any:
    """The delegations of an event."""
    event = events.find(event_id)
    return render_template("outreach/delegations.html", event=event, rows=delegations.of_event(event_id))


@blueprint.get("/delegations/<int:delegation_id>")
@require_user
def delegation(delegation_id: int) -> Any:
    """The homes of a delegation and what each lacks."""
    actor = current_actor()
    row = delegations.get(actor, delegation_id)
    return _page(row, HomeForm(formdata=None))


def _page(row: Delegation, form: HomeForm, status: int = 200, alike: Any = ()) -> Any:
    actor = current_actor()
    event = row.event
    homes, _total = stages.calls(event, Filters(delegation=row.id), size=None)
    message = None
    if actor.is_organiser and row.coordinator_id is None:
        link = links.open_for(delegation_id=row.id)
        message = messages.for_coordinator(row, link, event) if link is not None else None
    return render_template(
        "outreach/delegation.html", event=event, delegation=row, homes=homes, form=form, alike=alike,
        names=wording.STAGES, stages=STAGES, message=message, ways=messages.ways_out(message, row),
        lang=i18n.lang_tag(row.locale),
        days=stages.due_days(event, stages.goals_of(event.id)), people=delegations.people_of(row),
        waiting=sum(one.registration.state == "waiting" for one in homes)), status


@blueprint.post("/delegations/<int:delegation_id>/homes")
@require_user
def add_home(delegation_id: int) -> Any:
    """Register a home."""
    row = delegations.get(current_actor(), delegation_id)
    form = HomeForm()
    alike: Any = ()
    if form.validate():
        try:
            delegations.add_home(actor=current_actor(), delegation_id=delegation_id, home=_home(form),
                                 submission_id=form.submission_id.data)
        except AlreadyDone:
            return redirect(url_for("outreach.delegation", delegation_id=delegation_id), 303)
        except Alike as asked:
            alike = asked.found
            form.form_errors.append(_l("An organisation of this name is known. Say whether it is the same one."))
        except NotAllowed:
            form.form_errors.append(CLAIMED)
        except Invalid as invalid:
            apply_errors(form, invalid)
        else:
            done(_l("The home is on the list."))
            return redirect(url_for("outreach.delegation", delegation_id=delegation_id), 303)
    return _page(row, form, 422, alike)


def _home(form: HomeForm) -> Home:
    return Home(names={"zh-Hant": form.name_zh_hant.data or "", "zh-Hans": form.name_zh_hans.data or "",
                       "en": form.name_en.data or ""}, district=form.district.data or "",
                person=form.person.data or "", email=form.email.data or "", mobile=form.mobile.data or "",
                same=request.form.get("same", "")[:20])


@blueprint.route("/delegations/homes/<int:invitee_id>", methods=["GET", "POST"])
@require_user
def home(invitee_id: int) -> Any:
    """One home: its names, its contact, its people, and what to send it."""
    invitee = delegations.require_home(current_actor(), invitee_id)
    form = HomeForm(data=_filled(invitee))
    if request.method == "POST" and form.validate():
        try:
            delegations.edit_home(actor=current_actor(), invitee_id=invitee_id, home=_home(form))
        except NotAllowed as refused:
            form.form_errors.append(ASK if refused.reason == "approval"
                                    else _l("This home looks after its own entry now."))
        except Invalid as invalid:
            apply_errors(form, invalid)
        else:
            done(_l("Your changes are saved."))
            return redirect(url_for("outreach.home", invitee_id=invitee_id), 303)
    return _home_page(invitee_id, form, HomePersonForm(formdata=None), 422 if request.method == "POST" else 200)


def _filled(invitee: Invitee) -> dict[str, Any]:
    organisation = invitee.registration.organisation
    return {"name_zh_hant": organisation.names.get("zh-Hant", ""),
            "name_zh_hans": organisation.names.get("zh-Hans", ""), "name_en": organisation.names.get("en", ""),
            "person": invitee.name, "email": invitee.email, "mobile": invitee.mobile,
            "district": stages.short_place(organisation.place_id, i18n.data_lang())}


def _home_page(invitee_id: int, form: HomeForm, person_form: HomePersonForm, status: int) -> Any:
    actor = current_actor()
    invitee = delegations.require_home(actor, invitee_id)
    claimed = delegations.is_claimed(invitee.registration.organisation_id)
    shown = not claimed and policy.is_entrusted(actor, invitee)
    link = links.open_for(invitee_id=invitee_id) if shown else None
    event, registration = invitee.registration.event, invitee.registration
    message = messages.for_invitee(invitee, link, event) if link is not None or claimed else None
    return render_template(
        "outreach/home.html", event=event, invitee=invitee, registration=registration, form=form,
        person_form=person_form, claimed=claimed, message=message, ways=messages.ways_out(message, invitee),
        lang=i18n.lang_tag(invitee.locale),
        people=events.people_of(event.id, registration.organisation_id)), status


@blueprint.post("/delegations/homes/<int:invitee_id>/people")
@require_user
def home_person(invitee_id: int) -> Any:
    """Name somebody who comes for the home."""
    invitee = delegations.require_home(current_actor(), invitee_id)
    form = HomePersonForm()
    if form.validate():
        try:
            delegations.add_person(
                actor=current_actor(), invitee_id=invitee_id, name=form.name.data or "", mobile=form.mobile.data or "",
                languages=form.languages.data or "", submission_id=form.submission_id.data)
        except AlreadyDone:
            return redirect(url_for("outreach.home", invitee_id=invitee_id), 303)
        except NotAllowed:
            form.form_errors.append(_l("This home looks after its own entry now."))
        except Invalid as invalid:
            apply_errors(form, invalid)
        else:
            done(_l("The person is on your list."))
            return redirect(url_for("outreach.home", invitee_id=invitee_id) + "#people", 303)
    return _home_page(invitee_id, HomeForm(formdata=None, data=_filled(invitee)), form, 422)


@blueprint.post("/delegations/homes/<int:invitee_id>/link")
@require_user
def home_link(invitee_id: int) -> Any:
    """Make a claim link for the home; an earlier one stops working."""
    delegations.require_home(current_actor(), invitee_id)
    if BaseForm().validate():
        links.for_invitee(actor=current_actor(), invitee_id=invitee_id, renew=True)
        done(_l("There is a new claim link. Earlier ones no longer work."))
    return redirect(url_for("outreach.home", invitee_id=invitee_id) + "#message", 303)


@blueprint.post("/organiser/delegations/<int:delegation_id>/link")
@require_organiser
def delegation_link(delegation_id: int) -> Any:
    """Make a claim link for the coordinator; an earlier one stops working."""
    if BaseForm().validate():
        links.for_delegation(actor=current_actor(), delegation_id=delegation_id, renew=True)
        done(_l("There is a new claim link. Earlier ones no longer work."))
    return redirect(url_for("outreach.delegation", delegation_id=delegation_id) + "#message", 303)


@blueprint.post("/delegations/homes/<int:invitee_id>/sent")
@require_user
def home_sent(invitee_id: int) -> Any:
    """Note that the home got its message."""
    invitee = delegations.require_home(current_actor(), invitee_id)
    delegation_id = invitee.delegation_id
    if BaseForm().validate():
        following.sent_by_hand(actor=current_actor(), invitee_id=invitee_id)
        done(_l("Noted as sent."))
    return redirect(url_for("outreach.delegation", delegation_id=delegation_id), 303)


@blueprint.post("/organiser/delegations/<int:delegation_id>/approve")
@require_organiser
def approve_homes(delegation_id: int) -> Any:
    """Approve all homes of a delegation that wait."""
    if BaseForm().validate():
        count = delegations.approve_homes(actor=current_actor(), delegation_id=delegation_id)
        done(_l("Approved: %(count)s.", count=count))
    return redirect(url_for("outreach.delegation", delegation_id=delegation_id), 303)


def public_panel(event: Event, actor: Actor) -> str:
    """On an event's page, to its coordinators: the way to their delegations."""
    rows = delegations.of_user(actor.user_id, event.id)
    return render_template("outreach/_public_panel.html", rows=rows) if rows else ""
