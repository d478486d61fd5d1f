"""The pages of readings: hand something in, wait, look at what was read, and make drafts of it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from marketplace.accounts.web import current_actor, require_user
from marketplace.errors import AlreadyDone, Invalid
from marketplace.forms import BaseForm, apply_errors
from marketplace.i18n import data_lang
from marketplace.listings import wording as listing_words
from marketplace.reading import policy, review, service, wording
from marketplace.reading.forms import StartForm
from marketplace.reading.intake import SUFFIXES
from marketplace.reading.models import USED, Reading

blueprint = Blueprint("reading", __name__, url_prefix="/reading")


@blueprint.route("/demand", methods=["GET", "POST"])
@require_user
def start_demand() -> ResponseReturnValue:
    """Hand in a need."""
    return _start("demand")


@blueprint.route("/offer", methods=["GET", "POST"])
@require_user
def start_offer() -> ResponseReturnValue:
    """Hand in a brochure, a price list or a product text."""
    return _start("offer")


def _start(side: str) -> ResponseReturnValue:
    actor = current_actor()
    policy.require_create(actor)
    form = StartForm()
    if form.validate_on_submit():
        upload = form.file.data if isinstance(form.file.data, FileStorage) and form.file.data.filename else None
        try:
            reading_id = service.start(
                actor=actor,
                side=side,
                lang=data_lang(),
                text=form.text.data or "",
                upload=(upload.stream, upload.filename or "") if upload else None,
                keep=bool(form.keep.data),
                submission_id=form.submission_id.data,
            ).id
        except AlreadyDone as done:
            reading_id = done.result
        except Invalid as invalid:
            known = {name: _known(error) for name, error in invalid.errors.items()}
            apply_errors(form, Invalid({name: error for name, error in known.items() if not isinstance(error, str)}))
            for name, error in known.items():
                if isinstance(error, str):
                    form[name].errors = [*form[name].errors, error]
        else:
            return redirect(url_for("reading.show", reading_id=reading_id), 303)
        if not form.errors:
            return redirect(url_for("reading.show", reading_id=reading_id), 303)
    accepted = ",".join(SUFFIXES[side])
    page = render_template(
        "reading/start.html", form=form, side=side, accepted=accepted, open_readings=service.open_readings(actor)
    )
    return page, 422 if form.errors else 200


def _known(error: Any) -> Any:
    """The sentence of a refusal that the files room gives, which listings word; else the code itself."""
    sentence = listing_words.ERRORS.get(error.code)
    return str(sentence) % dict(error.params) if sentence is not None else error


@blueprint.route("/<int:reading_id>", methods=["GET", "POST"])
@require_user
def show(reading_id: int) -> ResponseReturnValue:
    """How far it is; once it is read, the proposals, and sending them makes the drafts."""
    actor = current_actor()
    reading = service.find(actor=actor, reading_id=reading_id)
    if reading.state == USED:
        return _to_drafts(reading.side, list(reading.made))
    form = BaseForm()
    if request.method == "POST" and reading.found.get("content" if reading.side == "demand" else "products"):
        if form.validate():
            return _make(reading, form)
        return _review(reading, form, request.form), 422
    return _review(reading, form, None)


def _make(reading: Reading, form: BaseForm) -> ResponseReturnValue:
    actor, side, reading_id = current_actor(), reading.side, reading.id
    try:
        if side == "demand":
            raw = review.demand_raw(reading.found, request.form)
            made = [service.make_demand(actor=actor, reading_id=reading_id, raw=raw)]
        else:
            raws: list[Any] = review.offer_raws(reading.found, request.form)
            if not raws:
                form.form_errors.append(_("Please keep at least one product, or delete what was read."))
                return _review(reading, form, request.form), 422
            made = service.make_offers(actor=actor, reading_id=reading_id, raws=raws)
    except Invalid as invalid:
        kind = request.form.get("kind") or None
        for path, error in invalid.errors.items():
            form.form_errors.append(f"{listing_words.path_name(path, kind)}: {listing_words.word(error, kind)}")
        return _review(service.find(actor=actor, reading_id=reading_id), form, request.form), 422
    return _to_drafts(side, made)


def _to_drafts(side: str, made: list[int]) -> ResponseReturnValue:
    if side == "demand":
        flash(_("This is the draft. Please look it over once more before you publish it."), "success")
        return redirect(url_for("demands.edit", demand_id=made[0]), 303)
    if len(made) == 1:
        flash(_("This is the draft. Please look it over once more before you publish it."), "success")
        return redirect(url_for("offers.edit", offer_id=made[0]), 303)
    flash(_("%(number)s drafts were made. You find them on your desk.", number=len(made)), "success")
    return redirect(url_for("desk.member"), 303)


def _review(reading: Reading, form: BaseForm, typed: Any) -> str:
    notes = [wording.note(note) for note in reading.found.get("notes", [])]
    more: dict[str, Any] = {}
    template = "waiting"
    if reading.found.get("content"):
        template = "demand"
        more["rows"] = review.demand_rows(reading.found, data_lang(), typed)
        more["content_lang"] = reading.found["content"]["lang"]
        asked = reading.found["content"]["requirements"]
        more["contradictions"] = [
            [asked[number]["text"][more["content_lang"]] for number in pair]
            for pair in reading.found.get("contradictions", [])
        ]
    elif reading.found.get("products"):
        template = "offers"
        more["products"] = review.products(reading.found, typed)
    return render_template(
        f"reading/{template}.html", reading=reading, form=form, notes=notes, where=wording.where, **more
    )


@blueprint.post("/<int:reading_id>/discard")
@require_user
def discard(reading_id: int) -> ResponseReturnValue:
    """Delete what was handed in."""
    actor = current_actor()
    side = service.find(actor=actor, reading_id=reading_id).side
    if not BaseForm().validate():
        flash(_("This page was open for too long. Nothing is lost: please press the button again."), "warning")
        return redirect(url_for("reading.show", reading_id=reading_id), 303)
    service.discard(actor=actor, reading_id=reading_id)
    flash(_("Deleted, with the file."), "success")
    return redirect(url_for(f"reading.start_{side}"), 303)


@blueprint.app_template_global()
def kept_documents(side: str, listing: Any) -> list[Reading]:
    """The documents that were kept with a draft; nobody but its own editors is told of them."""
    actor = current_actor()
    if listing is None or not actor.may_edit or actor.organisation_id != listing.organisation_id:
        return []
    return service.kept_readings(organisation_id=listing.organisation_id, side=side, listing_id=listing.id)
