"""Accounts, organisations and listings for tests, made through the services that users reach."""

from __future__ import annotations

import itertools
from typing import Any

from flask.testing import FlaskClient

from marketplace.accounts.models import User
from marketplace.accounts.service import create_confirmed_user
from marketplace.actor import Actor
from marketplace.demands import service as demands
from marketplace.demands.models import Demand
from marketplace.extensions import db
from marketplace.offers import service as offers
from marketplace.offers.models import Offer
from marketplace.organisations.models import Organisation
from marketplace.organisations.profile import Profile
from marketplace.organisations.service import create_approved, create_organisation
from marketplace.outbox import worker

PASSWORD = "seven quiet wheelchairs"
_numbers = itertools.count(1)


def make_user(*, email: str | None = None, organiser: bool = False, locale: str = "en") -> User:
    """A confirmed account."""
    number = next(_numbers)
    return create_confirmed_user(
        email=email or f"person{number}@example.com",
        password=PASSWORD,
        name=f"Person {number}",
        locale=locale,
        is_organiser=organiser,
    )


def make_organisation(
    *,
    kind: str = "supplier",
    approved: bool = True,
    owner: User | None = None,
    name: str | None = None,
    place_id: str = "HK",
) -> tuple[Organisation, Actor]:
    """An organisation and its owner as an actor. `kind`: supplier, institution or both."""
    owner = owner or make_user()
    profile = Profile(
        names={"en": name or f"Organisation {next(_numbers)}"},
        is_supplier=kind in ("supplier", "both"),
        is_institution=kind in ("institution", "both"),
        place_id=place_id,
        contact={"person": f"Contact of {owner.id}", "email": f"secret{owner.id}@example.com", "phone": "5550 0000"},
    )
    if approved:
        organisation = create_approved(actor=Actor.system(), profile=profile, owner_id=owner.id)
    else:
        organisation = create_organisation(
            actor=Actor(user_id=owner.id, kind="member"), profile=profile, submission_id=None, session_id=None
        )
    roles = {"owner", "approved"} if approved else {"owner"}
    roles |= {"supplier", "institution"} if kind == "both" else {kind}
    return organisation, Actor(user_id=owner.id, organisation_id=organisation.id, roles=frozenset(roles), kind="member")


def offer_content(title: str = "Electric nursing bed", **changes: Any) -> dict[str, Any]:
    """The content of an offer that may be published."""
    return {
        "kind": "equipment",
        "lang": "en",
        "texts": {"title": {"en": title}, "summary": {"en": f"{title}, safe working load 200 kg, side rails."}},
        "facts": {
            "price": {"minor": 900000, "currency": "HKD"},
            "serves": ["HK"],
            "load_kg": 200,
            "lead_time_days": 21,
        },
        **changes,
    }


def demand_content(title: str = "30张电动护理床", **changes: Any) -> dict[str, Any]:
    """The content of a demand that may be published."""
    return {
        "kind": "equipment",
        "lang": "zh-Hans",
        "texts": {"title": {"zh-Hans": title}, "text": {"zh-Hans": f"院舍需要{title}，载重至少180公斤。"}},
        "requirements": [{"need": "must", "text": {"zh-Hans": "载重至少180公斤"}}],
        "places": ["HK"],
        "place_text": "香港",
        **changes,
    }


def make_offer(actor: Actor, *, publish: bool = True, content: dict[str, Any] | None = None) -> Offer:
    """An offer of the actor's organisation."""
    offer = offers.create_offer(actor=actor, raw=content or offer_content())
    return offers.publish_offer(actor=actor, offer_id=offer.id) if publish else offer


def make_demand(actor: Actor, *, publish: bool = True, content: dict[str, Any] | None = None) -> Demand:
    """A demand of the actor's organisation."""
    demand = demands.create_demand(actor=actor, raw=content or demand_content())
    return demands.publish_demand(actor=actor, demand_id=demand.id) if publish else demand


def run_jobs() -> int:
    """Do everything that waits; fails loudly where a job fails."""
    from marketplace.outbox.models import Job

    done = worker.drain()
    left = db.session.query(Job).filter(Job.last_error.is_not(None)).all()
    assert [(job.name, job.last_error) for job in left] == []
    db.session.rollback()
    return done


def sign_in(client: FlaskClient, user: User) -> FlaskClient:
    """Sign a browser in as its user would."""
    email = user.email
    token = _token(client.get("/sign-in").text)
    answer = client.post("/sign-in", data={"csrf_token": token, "email": email, "password": PASSWORD})
    assert answer.status_code in (302, 303), answer.text
    client.set_cookie("locale", user.locale)
    return client


def post(client: FlaskClient, page: str, address: str, **data: Any) -> Any:
    """Send a form as it stands on `page`, with the token of that page."""
    return client.post(address, data={"csrf_token": _token(client.get(page).text), **data})


def _token(html: str) -> str:
    return html.partition('name="csrf_token"')[2].partition('value="')[2].partition('"')[0]
