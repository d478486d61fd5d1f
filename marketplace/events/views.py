"""Events for everybody, and taking part for members."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from marketplace import i18n
from marketplace.accounts.web import current_actor, done, require_user
from marketplace.errors import AlreadyDone, Invalid, NotAllowed, NotFound
from marketplace.events import (
    organiser_views,  # noqa: F401 - hangs its pages on the same blueprint
    panels,
    people,
    policy,
    queries,
    registration,
)
from marketplace.events.blueprint import blueprint
from marketplace.events.forms import SIDE_LABELS, PersonForm, RegisterForm, filled_person
from marketplace.events.models import SIDES, Event, Registration
from marketplace.forms import BaseForm, apply_errors
from marketplace.organisations import queries as organisations
from marketplace.organisations.languages import in_words, scripts_in_words
from marketplace.types import fold_key

SIZE = 60


@blueprint.app_template_global()
def language_list(languages: list[dict[str, str]], reads: list[str] | None = None) -> str:
    """The languages of a person in the reader's words, with how well, where that is not fluent, and what they read."""
    return "; ".join(
        words for words in (", ".join(in_words(languages)),
                            _("reads %(scripts)s", scripts=", ".join(scripts_in_words(reads))) if reads else "")
        if words)


@blueprint.app_template_global()
def event_place(text: str) -> i18n.Picked:
    """Where an event is, in the reader's script: it is written down once, in whichever."""
    lang = "zh-Hant" if i18n.convert_script(text, "zh-Hans") != text else "zh-Hans"
    return i18n.pick({"en" if text.isascii() else lang: text})


def _is_called(row: Registration, text: str) -> bool:
    """Whether a name of the organisation holds the text, in either Chinese script."""
    wanted = i18n.convert_script(fold_key(text), "zh-Hans")
    return not text or any(wanted in i18n.convert_script(fold_key(name), "zh-Hans")
                           for name in row.organisation.names.values())


@blueprint.get("/events")
def index() -> str:
    """What is to come, and what was."""
    coming, past = queries.public_events()
    return render_template("events/index.html", coming=coming, past=past)


def _event(slug: str) -> Event:
    return policy.require_see(current_actor(), queries.by_slug(slug))


@blueprint.get("/events/<slug>")
def show(slug: str) -> str:
    """What happens, who comes, how one takes part."""
    actor = current_actor()
    event = _event(slug)
    rows = queries.registrations_of(event.id, only_approved=True)
    text, zone = request.args.get("q", "").strip()[:100], request.args.get("zone", type=int)
    found = [row for row in rows if _is_called(row, text) and (
        zone is None or (row.booth is not None and row.booth.zone_id == zone))]
    sides = {side: [row for row in found if row.side == side] for side in SIDES}
    pages = {side: max(1, -(-len(some) // SIZE)) for side, some in sides.items()}
    page = {side: min(max(1, request.args.get(side, 1, type=int)), pages[side]) for side in SIDES}
    return render_template(
        "events/show.html", event=event, zones=queries.zones_of(event.id), total=len(rows), text=text, zone=zone,
        counts={side: len(some) for side, some in sides.items()}, page=page, pages=pages,
        shown={side: some[(page[side] - 1) * SIZE: page[side] * SIZE] for side, some in sides.items()},
        mine=queries.registrations_of_organisation(event.id, actor.organisation_id),
        open=registration.is_open(event), panels=panels.render("public", event, actor), sides=SIDE_LABELS)


@blueprint.route("/events/<slug>/register", methods=["GET", "POST"])
@require_user
def register(slug: str) -> Any:
    """Ask to take part for the organisation acted for."""
    actor = current_actor()
    event = _event(slug)
    if actor.organisation_id is None:
        return redirect(url_for("organisations.new", next=request.path))
    organisation = organisations.get_organisation(actor.organisation_id)
    form = RegisterForm()
    form.side.choices = [(side, SIDE_LABELS[side]) for side, may in (
        ("supply", organisation.is_supplier), ("demand", organisation.is_institution)) if may]
    if request.method == "POST" and form.validate():
        try:
            registration.register(
                actor=actor, event_id=event.id, organisation_id=actor.organisation_id, side=form.side.data or "",
                message=form.message.data or "", apart=form.apart.data)
        except Invalid as invalid:
            apply_errors(form, invalid)
        except NotAllowed as refused:
            if refused.reason not in REFUSALS:
                raise
            form.form_errors.append(REFUSALS[refused.reason])
        else:
            done(_l("Your registration is with the organisers. Name the people you send."))
            return redirect(url_for("events.my_people", slug=slug), 303)
    return render_template("events/register.html", event=event, form=form, organisation=organisation,
                           open=registration.is_open(event)), 422 if request.method == "POST" else 200


REFUSALS = {
    "registration_closed": _l("Registration for this event is closed."),
    "approval": _l("Your organisation must be approved before it can take part."),
    "role": _l("Your role only allows to read. Ask an owner or editor of your organisation."),
}


@blueprint.post("/events/<slug>/registrations/<int:registration_id>/withdraw")
@require_user
def withdraw(slug: str, registration_id: int) -> Any:
    """Take no part after all."""
    if BaseForm().validate():
        registration.withdraw(actor=current_actor(), registration_id=registration_id)
        done(_l("Your registration is withdrawn."))
    return redirect(url_for("events.show", slug=slug), 303)


@blueprint.route("/events/<slug>/people", methods=["GET", "POST"])
@require_user
def my_people(slug: str) -> Any:
    """Whom one's own organisation sends."""
    actor = current_actor()
    event = _event(slug)
    if actor.organisation_id is None:
        raise NotFound
    form = PersonForm()
    if request.method == "POST" and form.validate():
        try:
            people.add_person(actor=actor, event_id=event.id, organisation_id=actor.organisation_id,
                              values=form.as_values(), submission_id=form.submission_id.data)
        except AlreadyDone:
            return redirect(url_for("events.my_people", slug=slug), 303)
        except Invalid as invalid:
            apply_errors(form, invalid)
        else:
            done(_l("The person is on your list."))
            return redirect(url_for("events.my_people", slug=slug), 303)
    return render_template(
        "events/people.html", event=event, form=form, people=queries.people_of(event.id, actor.organisation_id),
        registrations=queries.registrations_of_organisation(event.id, actor.organisation_id), sides=SIDE_LABELS,
    ), 422 if request.method == "POST" else 200


@blueprint.route("/events/<slug>/people/<int:person_id>", methods=["GET", "POST"])
@require_user
def edit_person(slug: str, person_id: int) -> Any:
    """Change what is known of a person one sends."""
    actor = current_actor()
    event = _event(slug)
    person = queries.person(person_id)
    policy.require_act_for(actor, person.organisation_id)
    form = PersonForm(data=filled_person(person))
    if request.method == "POST" and form.validate():
        try:
            people.edit_person(actor=actor, person_id=person_id, values=form.as_values())
        except Invalid as invalid:
            apply_errors(form, invalid)
        else:
            done(_l("Your changes are saved."))
            return redirect(_people_page(event, person), 303)
    return render_template("events/person.html", event=event, form=form, person=person
                           ), 422 if request.method == "POST" else 200


@blueprint.post("/events/<slug>/people/<int:person_id>/remove")
@require_user
def remove_person(slug: str, person_id: int) -> Any:
    """Take a person off the list, unless meetings stand in the way."""
    event = _event(slug)
    person = queries.person(person_id)
    back = _people_page(event, person)
    if BaseForm().validate():
        try:
            people.remove_person(actor=current_actor(), person_id=person_id)
        except Invalid:
            done(_l("This person has meetings. Have them moved or cancelled first."))
        else:
            done(_l("The person is no longer on the list."))
    return redirect(back, 303)


def _people_page(event: Event, person: Any) -> str:
    if current_actor().organisation_id == person.organisation_id:
        return url_for("events.my_people", slug=event.slug)
    return url_for("events.all_people", event_id=event.id)
