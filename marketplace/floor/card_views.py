"""A badge's page: organisers check in by it, anybody else of the event exchanges cards."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l

from catalogue.kinds import all_kinds
from marketplace import clock
from marketplace.accounts.web import current_actor, done, require_organiser
from marketplace.errors import Invalid, NotFound
from marketplace.events import people as event_people
from marketplace.events.models import Person
from marketplace.extensions import db
from marketplace.floor import arrivals, cards
from marketplace.floor.blueprint import blueprint
from marketplace.floor.cards import Notes
from marketplace.floor.forms import CodeForm
from marketplace.floor.models import CardExchange
from marketplace.forms import BaseForm
from marketplace.matchmaking.links import of_link
from marketplace.organisations.profile import given_contact
from marketplace.rate_limits import limit

COOKIE = "card"
INTEREST_WORDS = {"strong": _l("Very interested"), "some": _l("Somewhat interested"), "later": _l("Perhaps later")}
STEP_WORDS = {"quote": _l("Send a quotation"), "samples": _l("Send samples"), "visit": _l("Visit"),
              "call": _l("Call"), "none": _l("Nothing")}
WHEN_WORDS = {"1": _l("Tomorrow"), "7": _l("In a week"), "30": _l("In a month"), "0": _l("No date")}


@blueprint.app_context_processor
def words() -> dict[str, Any]:
    """The words for what is tapped, for every template."""
    return {"card_words": {"interest": INTEREST_WORDS, "next_step": STEP_WORDS, "when": WHEN_WORDS},
            "card_kinds": all_kinds, "given_contact": given_contact}


def _me(badge: Person) -> Person | None:
    """Who scans: whose phone it is, else the first person whom the organisation acted for sends to the event."""
    mine = cards.person_of_phone(request.cookies.get(COOKIE, ""))
    if mine is not None and mine.event_id == badge.event_id:
        return mine
    actor = current_actor()
    if actor.organisation_id is None or not actor.may_edit:
        return None
    return db.session.scalar(
        sa.select(Person).where(Person.event_id == badge.event_id, Person.organisation_id == actor.organisation_id)
        .order_by(Person.id).limit(1))


@blueprint.route("/b/<token>", methods=["GET", "POST"])
def badge(token: str) -> Any:
    """What the camera of a phone opens from a badge."""
    person = arrivals.person_of(token)
    me = _me(person)
    form = BaseForm()
    kept: CardExchange | None = None
    if request.method == "POST" and form.validate():
        if me is None:
            raise NotFound
        days = request.form.get("when", 0, type=int)
        today = clock.now().date()
        try:
            kept = cards.scan(
                scanner_id=me.id, scanned_id=person.id, submission_id=form.submission_id.data or None,
                notes=Notes(need=request.form.get("need", ""), interest=request.form.get("interest", ""),
                            next_step=request.form.get("next_step", ""),
                            next_on=today + timedelta(days=days) if 0 < days <= 366 else None))
        except Invalid:
            flash(_l("This badge and yours cannot exchange cards."), "error")
        else:
            done(_l("Kept. Your card is offered; when the other side agrees, both see each other's.")
                 if kept.agreed_at is None else _l("Kept. You both see each other's card."))
            return redirect(url_for("floor.badge", token=token), 303)
    if me is not None:
        kept = db.session.scalar(sa.select(CardExchange).where(
            CardExchange.scanner_id == me.id, CardExchange.scanned_id == person.id))
    return render_template("floor/badge.html", person=person, me=me, form=form, kept=kept, token=token,
                           holder=cards.holder_of(me) if me is not None else "",
                           organiser=current_actor().is_organiser), 422 if request.method == "POST" else 200


@blueprint.post("/b/<token>/arrived")
@require_organiser
def arrived(token: str) -> Any:
    """Check the person of a badge in."""
    person = arrivals.person_of(token)
    if BaseForm().validate():
        event_people.check_in(actor=current_actor(), event_id=person.event_id, code=person.code)
        done(_l("%(name)s is here.", name=person.name))
    return redirect(url_for("floor.badge", token=token), 303)


@blueprint.get("/b/offline")
def offline() -> str:
    """The page that a phone without network shows for a badge: what is tapped waits on the phone."""
    return render_template("floor/offline.html")


@blueprint.get("/b/worker.js")
def worker() -> Any:
    """The script that keeps the page above on the phone; its address is its scope."""
    answer = current_app.send_static_file("js/badge_worker.js")
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@blueprint.post("/t/<token>/phone")
def claim_phone(token: str) -> Any:
    """Let this phone offer the card of one of the participation's people when it scans a badge."""
    row = of_link(token)
    answer = redirect(url_for("floor.today", token=token), 303)
    wanted = request.form.get("person", type=int)
    person = next((one for one in row.people if one.id == wanted), None)
    if BaseForm().validate() and person is not None:
        done(_l("This phone offers the card of %(name)s now. Scan a badge with its camera.", name=person.name))
        answer.set_cookie(COOKIE, cards.phone_token(person), max_age=14 * 86400, httponly=True, samesite="Lax",
                          secure=request.is_secure)
    return answer


@blueprint.post("/t/<token>/scan")
def scan_code(token: str) -> Any:
    """A badge's code typed instead of scanned."""
    row = of_link(token)
    form = CodeForm()
    if form.validate():
        limit(f"badge:{row.id}", "20/minute")
        found = db.session.scalar(sa.select(Person).where(
            Person.event_id == row.registration.event_id, Person.code == (form.code.data or "").strip().upper()))
        if found is not None:
            return redirect(url_for("floor.badge", token=arrivals.badge_of(found)), 303)
        flash(_l("Nobody at this event has this code."), "error")
    return redirect(url_for("floor.today", token=token), 303)


@blueprint.post("/t/<token>/cards/<int:card_id>")
def answer_card(token: str, card_id: int) -> Any:
    """Agree to exchange cards, or not."""
    row = of_link(token)
    if BaseForm().validate():
        card = cards.answer(card_id=card_id, person_ids=[one.id for one in row.people],
                            agrees=request.form.get("agree") == "1")
        done(_l("You both see each other's card.") if card.agreed_at else _l("Not exchanged."))
    return redirect(url_for("floor.today", token=token), 303)
