"""People, organisations and listings for tests, and what a person does with a form."""

from __future__ import annotations

import html
import re
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from marketplace import clock
from marketplace.accounts import sessions
from marketplace.accounts.models import User
from marketplace.actor import Actor
from marketplace.demands.desk import DESK as DEMANDS
from marketplace.extensions import db
from marketplace.listings import service
from marketplace.listings.desk import Desk
from marketplace.offers.desk import DESK as OFFERS
from marketplace.organisations.models import Membership, Organisation
from marketplace.transaction import transaction
from tests.marketplace.accounts.steps import browser

DESKS = {"offer": OFFERS, "demand": DEMANDS}
OFFER: dict[str, Any] = {
    "kind": "equipment",
    "lang": "en",
    "texts": {"title": {"en": "Electric nursing bed"}, "summary": {"en": "Low entry, four motors."}},
    "facts": {"price": {"amount": "6,800", "currency": "HKD"}, "serves": ["HK"], "load_kg": "200"},
}
DEMAND: dict[str, Any] = {
    "kind": "equipment",
    "lang": "zh-Hant",
    "texts": {"title": {"zh-Hant": "護理床三十張"}, "text": {"zh-Hant": "安老院更換護理床。"}},
    "requirements": [
        {"need": "must", "text": {"zh-Hant": "承重至少180公斤"}},
        {"need": "nice", "text": {"zh-Hant": "可租"}},
    ],
    "lines": [{"text": {"zh-Hant": "電動護理床"}, "quantity": "30", "unit": "張"}],
    "budget": {"amount": "200000", "currency": "HKD", "basis": "total"},
    "place_text": "香港",
    "places": ["HK"],
    "dates": {"deadline_days": "30"},
}
CONTENTS = {"offer": OFFER, "demand": DEMAND}


def make_organisation(name: str = "Harbour Care", *, approved: bool = True, role: str = "both", **facts: Any) -> int:
    """An organisation's id. `role`: supplier, institution or both."""
    with transaction():
        organisation = Organisation(
            names={"en": name},
            is_supplier=role != "institution",
            is_institution=role != "supplier",
            submitted_at=clock.now() if approved else None,
            approved_at=clock.now() if approved else None,
            **facts,
        )
        db.session.add(organisation)
        db.session.flush()
        return organisation.id


def make_user(email: str, *, organiser: bool = False) -> int:
    """A confirmed account's id; nobody signs in to it by a password, which would cost the tests a hash each."""
    with transaction():
        user = User(
            email=email,
            email_folded=email,
            email_key=email,
            password_hash="-",
            name="Chan Mei",
            locale="en",
            confirmed_at=clock.now(),
            is_organiser=organiser,
        )
        db.session.add(user)
        db.session.flush()
        return user.id


def make_member(organisation_id: int, email: str = "mei@harbour.example", role: str = "owner") -> Actor:
    """A confirmed account with a role in the organisation, as an actor."""
    user_id = make_user(email)
    with transaction():
        db.session.add(Membership(user_id=user_id, organisation_id=organisation_id, role=role))
    return Actor(user_id, organisation_id, frozenset({role}), "member")


def make_organiser(email: str = "organiser@expo.example") -> Actor:
    """A confirmed account of an organiser, as an actor."""
    return Actor(make_user(email, organiser=True), None, frozenset(), "organiser")


def make_actor(name: str = "Harbour Care", email: str = "mei@harbour.example", **organisation: Any) -> Actor:
    """The owner of a new organisation."""
    return make_member(make_organisation(name, **organisation), email)


def make_listing(desk: Desk, actor: Actor, *, published: bool = True, **changes: Any) -> Any:
    """A listing of the actor's organisation that says OFFER or DEMAND, with changes at the top level."""
    listing = service.create(desk, actor=actor, raw={**CONTENTS[desk.name], **changes})
    if published:
        service.publish(desk, actor=actor, listing_id=listing.id)
    return listing


def sign_in(app: Flask, actor: Actor, language: str = "en") -> FlaskClient:
    """A browser with a session of the actor's account, which reads `language` ("en", "zh-CN" or "zh-HK")."""
    with transaction():
        token = sessions.open_session(db.session.get_one(User, actor.user_id), address="", agent="", keep=False)
    client = browser(app)
    with client.session_transaction() as cookie:
        cookie["_user_id"] = token
    client.set_cookie("locale", {"zh-CN": "zh_Hans", "zh-HK": "zh_Hant"}.get(language, "en"))
    return client


def visitor(app: Flask, language: str = "en") -> FlaskClient:
    """A browser that is not signed in."""
    return browser(app, language)


def fields_of(page: str) -> dict[str, list[str]]:
    """What the page's main form would send if it were sent as it stands: name to values, files left out."""
    form = re.search(r'<form[^>]*enctype="multipart/form-data".*?</form>', page, re.S)
    assert form is not None, page
    found: dict[str, list[str]] = {}
    for control in re.findall(r"<input\b[^>]*>|<select\b.*?</select>|<textarea\b.*?</textarea>", form[0], re.S):
        tag = re.match(r"<(\w+)([^>]*)>", control, re.S)
        assert tag is not None
        name = _attribute(tag[2], "name")
        kind = _attribute(tag[2], "type")
        if name is None or kind in ("submit", "file"):
            continue
        if tag[1] == "select":
            options = re.findall(r"<option([^>]*)>", control)
            chosen = [o for o in options if re.search(r"\bselected\b", o)] or options[:1]
            found.setdefault(name, []).extend(_attribute(o, "value") or "" for o in chosen)
        elif tag[1] == "textarea":
            text = re.sub(r"^<textarea[^>]*>\r?\n?|</textarea>$", "", control)
            found.setdefault(name, []).append(html.unescape(text))
        elif kind not in ("checkbox", "radio") or re.search(r"\bchecked\b", tag[2]):
            found.setdefault(name, []).append(_attribute(tag[2], "value") or "")
    return found


def _attribute(tag: str, name: str) -> str | None:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return html.unescape(found[1]) if found else None


def fill_in(
    client: FlaskClient,
    path: str,
    changes: dict[str, Any] | None = None,
    action: str = "save",
    *,
    to: str | None = None,
) -> Any:
    """Open a form, change fields and send it with one of its buttons."""
    opened = client.get(path)
    assert opened.status_code == 200, (path, opened.status_code, opened.text[:500])
    return send(client, to or path, fields_of(opened.text), changes, action)


def send(
    client: FlaskClient,
    path: str,
    fields: dict[str, list[str]],
    changes: dict[str, Any] | None = None,
    action: str = "save",
) -> Any:
    """Send a form's fields with changes; a value may be a (stream, name) of a file."""
    data = {**fields, **(changes or {}), "action": action}
    return client.post(path, data=data, content_type="multipart/form-data")


def errors_of(page: str) -> list[str]:
    """The sentences of the error summary."""
    block = re.search(r'id="errors".*?</ul>', page, re.S)
    return (
        []
        if block is None
        else [
            html.unescape(re.sub(r"<[^>]+>", "", item)).strip()
            for item in re.findall(r"<li>(.*?)</li>", block[0], re.S)
        ]
    )


def words_of(page: str) -> str:
    """The words of the page's content, white space folded."""
    main = re.search(r"<main.*</main>", page, re.S)
    text = re.sub(r"<(script|style|svg).*?</\1>", " ", main[0] if main else page, flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())
