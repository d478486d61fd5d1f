"""Handing slides in, and asking for them."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import DateField
from wtforms.validators import Optional

from marketplace.accounts.web import current_actor, done, require_organiser, require_user
from marketplace.errors import Invalid, NotAllowed, NotFound
from marketplace.events import policy as event_policy
from marketplace.events.values import zone_of
from marketplace.forms import BaseForm, add_error_texts, apply_errors
from marketplace.matchmaking import queries, slides
from marketplace.matchmaking.blueprint import blueprint
from marketplace.matchmaking.models import MatchmakingSession, Part, Participation

add_error_texts({"slides_type": _l("Slides are taken as PDF or PPTX."),
                 "slides_closed": _l("The day until which slides were taken has passed.")})


class SlidesForm(BaseForm):
    """A file of slides."""

    file = FileField(_l("Slides (PDF or PPTX)"), render_kw={"accept": ".pdf,.pptx"})


class UntilForm(BaseForm):
    """Until when slides are taken."""

    until = DateField(_l("Slides are taken until the end of"), validators=[Optional()])


@blueprint.app_template_global()
def slides_asked(session: MatchmakingSession, own: list[Participation]) -> list[Any]:
    """What the participations of who reads are asked to hand in."""
    return slides.asked_of(session, own)


@blueprint.app_template_global()
def slides_of(part: Part) -> dict[str, Any]:
    """What the organiser's page of a part shows: the rule, the form of its day, and what was handed in."""
    rule = slides.rule_of(part.id)
    until = rule.slides_until if rule is not None else None
    zone = zone_of(queries.session(part.session_id).event.time_zone)
    return {"rule": rule, "files": slides.handed_in(part.id),
            "form": UntilForm(formdata=None, until=until.astimezone(zone).date() if until else None)}


@blueprint.route("/sessions/parts/<int:part_id>/slides/<int:participation_id>", methods=["GET", "POST"])
@require_user
def hand_in_slides(part_id: int, participation_id: int) -> Any:
    """Hand in the slides of one's own turn."""
    own = queries.participation(participation_id)
    event_policy.require_act_for(current_actor(), own.organisation_id)
    session = queries.session(own.session_id)
    found = next((one for one in slides.asked_of(session, [own]) if one[0].id == part_id), None)
    if found is None:
        raise NotFound
    form = SlidesForm()
    if request.method == "POST" and form.validate():
        sent = request.files.get("file")
        try:
            if sent is None or not sent.filename:
                raise Invalid({"file": slides.ErrorCode("required")})
            slides.hand_in(actor=current_actor(), part_id=part_id, participation_id=participation_id,
                           stream=sent.stream, filename=sent.filename)
        except Invalid as invalid:
            apply_errors(form, invalid)
        except NotAllowed as refused:
            if refused.reason != "slides_closed":
                raise
            form.form_errors.append(_l("The day until which slides were taken has passed."))
        else:
            done(_l("The slides are with the organisers."))
            return redirect(url_for("matchmaking.show", session_id=session.id), 303)
    part, own, until, given = found
    return render_template("matchmaking/slides.html", session=session, event=session.event, part=part, own=own,
                           until=until, given=given, form=form), 422 if request.method == "POST" else 200


@blueprint.post("/organiser/sessions/parts/<int:part_id>/slides")
@require_organiser
def ask_slides(part_id: int) -> Any:
    """Say until when slides are taken."""
    form = UntilForm()
    if form.validate():
        slides.ask_until(actor=current_actor(), part_id=part_id, day=form.until.data)
        done(_l("Your changes are saved."))
    return redirect(url_for("matchmaking.lay_out", part_id=part_id) + "#slides", 303)
