"""The pages of messages: making one, sending it by hand, and the list of them."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l

from marketplace.accounts import codes, phones
from marketplace.accounts.forms import EmptyForm
from marketplace.accounts.web import current_actor, done, refuse, require_user
from marketplace.errors import Invalid, TooMany
from marketplace.messages import (
    file_views,  # noqa: F401 - adds the pages of files
    link_views,  # noqa: F401 - adds the pages of the recipient
    service,
    subjects,
    wording,
)
from marketplace.messages.blueprint import blueprint
from marketplace.messages.forms import WAY_NAMES, MessageForm, SentForm
from marketplace.sms import service as sms
from marketplace.sms.numbers import Phone

PARAMS = ("demand_id", "offer_id", "to", "notification_id", "invitation_id", "event_id")


@blueprint.route("/messages/new", methods=["GET", "POST"])
@require_user
def new() -> Any:
    """For whom the message is; the address says what it is about."""
    about = request.args.get("about", "")
    params = {name: request.args[name] for name in PARAMS if name in request.args}
    subject = subjects.find(about, params, current_actor())
    form = MessageForm(email=subject.address or None)
    if not sms.is_available():
        del form.country
    status = 200
    if form.validate_on_submit():
        try:
            to = _recipient(form)
            link = service.make(
                actor=current_actor(), about=about, params=params, to=to, recipient=form.recipient.data or "",
                locale=form.locale.data or wording.likely_locale(to), submission_id=form.submission_id.data)
        except (Invalid, TooMany) as error:
            status = refuse(form, error)
        else:
            return redirect(url_for("messages.show", link_id=link.id), 303)
    elif form.is_submitted():
        status = 422
    return render_template("messages/new.html", form=form, subject=subject, back=_origin_of(subject)), status


def _recipient(form: MessageForm) -> Phone | str:
    if form.number.data:
        return phones.read_number(form.number.data, form.country.data if "country" in form else "HK")
    return str(form.email.data)


def _origin_of(subject: subjects.Subject) -> str:
    """The page that the sender comes from."""
    params = subject.params
    if subject.about == "match":
        return url_for("matches.pair", demand_id=params["demand_id"], offer_id=params["offer_id"])
    if subject.about == "demand":
        return url_for("demands.show", demand_id=params["demand_id"])
    return url_for("notifications.inbox" if subject.about == "notice" else "messages.index")


@blueprint.get("/messages")
@require_user
def index() -> str:
    """What was sent by hand, and what became of it."""
    return render_template("messages/index.html", links=service.own_links(current_actor()), headline=wording.headline,
                           masked=_masked, way_names=WAY_NAMES, form=EmptyForm())


@blueprint.get("/messages/<int:link_id>")
@require_user
def show(link_id: int) -> Any:
    """The message to copy, and the ways to send it."""
    return _show(link_id, SentForm(formdata=None), 200)


@blueprint.post("/messages/<int:link_id>/sent")
@require_user
def sent(link_id: int) -> Any:
    """Note that it was sent by hand."""
    form = SentForm()
    if not form.validate_on_submit():
        return _show(link_id, form, 422)
    service.note_sent(actor=current_actor(), link_id=link_id, way=form.way.data)
    done(_l("Noted: sent by hand."))
    return redirect(url_for("messages.show", link_id=link_id), 303)


@blueprint.post("/messages/<int:link_id>/revoke")
@require_user
def revoke(link_id: int) -> Any:
    """Take the link back."""
    if not EmptyForm().validate_on_submit():
        return _show(link_id, SentForm(formdata=None), 422)
    service.revoke(actor=current_actor(), link_id=link_id)
    done(_l("The link no longer works."))
    return redirect(url_for("messages.show", link_id=link_id), 303)


def _show(link_id: int, form: SentForm, status: int) -> Any:
    link = service.own(actor=current_actor(), link_id=link_id)
    return render_template("messages/show.html", link=link, text=wording.text(link), headline=wording.headline(link),
                           ways=wording.ways_out(link), to=_masked(link), way_names=WAY_NAMES, form=form), status


def _masked(link: Any) -> str:
    return codes.mask(service.address_of(link))


__all__ = ["blueprint"]
