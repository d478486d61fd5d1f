"""The probing test of the site: two databases that differ in one hidden value alone give every page alike, to every
reader who may not know it. All addresses that take no more than the ids of listings and organisations are asked."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace import clock, create_app
from marketplace.accounts.models import User
from marketplace.actor import Actor
from marketplace.extensions import db
from tests.marketplace import factories as make
from tests.marketplace.conftest import settings_for

Money = dict[str, Any] | None
NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)
# Two amounts with bounds and budgets tried between them, the second in another currency, and none at all.
VALUES: tuple[Money, ...] = ({"minor": 7654321, "currency": "MOP"}, {"minor": 99, "currency": "CNY"}, None)
KEPT = {"minor": 500000, "currency": "MOP"}
READERS = ("anonymous", "competitor", "unverified", "uninvited")
QUERIES = [
    *(f"?currency={currency}&{edge}={bound}" for currency in ("MOP", "CNY") for edge in ("price_min", "price_max")
      for bound in (1, 50, 76543, 76544)),
    "?sort=price_asc&currency=MOP", "?sort=price_desc&currency=CNY", "?has_price=true", "?q=76543", "?q=bed&page=2",
    "?q=beddd", "?currency=MOP", "?q=nursing&sort=newest",
]  # fmt: skip
# Written anew for every answer, or numbered through whatever happens on the site: the notices of all organisations.
TOKENS = re.compile(
    r'(name="(?:csrf_token|submission_id)"[^>]*value=")[^"]*|(value=")[^"]*("[^>]*name="(?:csrf_token|submission_id)")'
    r'|("csrf-token" content=")[^"]*|(<meta name="csrf[^>]*content=")[^"]*|(/need/)[\w.-]+|(nonce-)[\w+/=-]+'
    r'|<li id="n\d+"|notification_id=\d+|name="up_to" value="\d+"|/inbox/\d+/|/messages?/\d+'
)


class Market:
    """An offer and a demand for the same thing, price and budget told to `audience`, and all kinds of readers."""

    def __init__(self, app: Flask, audience: str, price: Money, budget: Money) -> None:
        self.app = app
        _supplier, seller = self.organisation("Seller", "supplier")
        _institution, buyer = self.organisation("Buyer", "institution")
        self.organisation("Rival", "supplier")
        self.organisation("Neighbour", "institution")
        self.organisation("Waiting", "both", approved=False)
        facts: dict[str, Any] = {"serves": ["HK"], "load_kg": 200}
        if price is not None:
            facts |= {"price": price, "price_max": price, "rental_price": price}
        content = make.offer_content(facts=facts, price_audience=audience)
        self.offer = make.make_offer(seller, content=content).id
        wanted = None if budget is None else budget | {"basis": "each"}
        self.demand = make.make_demand(buyer, content=make.demand_content(budget=wanted, price_audience=audience)).id
        # Listings of the others, for the lists of matches; their own values are the same everywhere.
        make.make_offer(self.actors["Rival"])
        others = {"minor": 40000, "currency": "MOP", "basis": "each"}
        self.neighbours = make.make_demand(self.actors["Neighbour"], content=make.demand_content(budget=others)).id
        make.run_jobs()

    actors: dict[str, Actor]

    def organisation(self, name: str, kind: str, *, approved: bool = True) -> tuple[Any, Actor]:
        self.actors = getattr(self, "actors", {})
        owner = make.make_user(email=f"{name.lower()}@example.com")
        owner.name = name
        db.session.commit()
        made = make.make_organisation(kind=kind, approved=approved, owner=owner, name=name)
        self.actors[name] = made[1]
        return made

    def browser(self, name: str | None) -> FlaskClient:
        client = self.app.test_client()
        client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
        return client if name is None else make.sign_in(client, db.session.get(User, self.actors[name].user_id))

    def addresses(self) -> list[str]:
        """Every address that a reader can ask with the ids of these listings, and every question to the lists."""
        ids = {"offer_id": self.offer, "demand_id": self.demand, "kind": "offer"}
        found = []
        for rule in self.app.url_map.iter_rules():
            room = rule.endpoint.partition(".")[0]
            if "GET" not in (rule.methods or ()) or room in ("static", "ready", "accounts", "sms"):
                continue  # an account about itself, and the names of the indexes, which are new each time
            for organisation_id in (self.actors["Seller"].organisation_id, self.actors["Buyer"].organisation_id):
                known = ids | {"organisation_id": organisation_id}
                if set(rule.arguments) <= set(known):
                    address = self.app.url_map.bind("").build(rule.endpoint, {a: known[a] for a in rule.arguments})
                    found.append(address)
        found.append(f"/demands/{self.neighbours}/matches")
        found += [f"{page}{query}" for page in ("/offers", "/demands") for query in QUERIES]
        return list(dict.fromkeys(found))

    def answers(self, reader: str | None) -> dict[str, tuple[int, str]]:
        """Status and body of each address, without what is written anew each time."""
        client = self.browser(reader)
        found = {}
        for address in self.addresses():
            answer = client.get(address)
            found[address] = (answer.status_code, TOKENS.sub("", answer.text))
        # A need pasted to find out what fits a budget.
        for budget in ("MOP 20", "MOP 50000", "HKD 100"):
            answer = make.post(client, "/", "/need", text=f"Electric nursing bed, Hong Kong. Budget {budget}")
            pasted = client.get(answer.headers["Location"]) if answer.status_code == 303 else answer
            found[f"need {budget}"] = (pasted.status_code, TOKENS.sub("", pasted.text))
        return found


def reader_of(kind: str, side: str) -> str | None:
    """Who reads an offer's price or a demand's budget as one of READERS."""
    competitor, counterpart = ("Rival", "Neighbour") if side == "offer" else ("Neighbour", "Rival")
    return {"anonymous": None, "competitor": competitor, "unverified": "Waiting", "uninvited": counterpart}[kind]


@contextmanager
def market(template: Path, folder: Path, audience: str, price: Money, budget: Money) -> Iterator[Market]:
    folder.mkdir()
    shutil.copyfile(template, folder / "market.db")
    app = create_app(settings_for(f"sqlite:///{folder / 'market.db'}", folder))
    with app.app_context():
        yield Market(app, audience, price, budget)
        db.session.remove()
        db.engine.dispose()


def differences(one: dict[str, tuple[int, str]], other: dict[str, tuple[int, str]]) -> dict[str, list[str]]:
    """The lines in which two answers differ, by address."""
    found = {}
    for address, answer in one.items():
        if answer != other[address]:
            here, there = answer[1].splitlines(), other[address][1].splitlines()
            found[address] = [line.strip()[:160] for line in (*here, *there) if (line in here) != (line in there)]
    return found


@pytest.mark.parametrize("side", ["offer", "demand"])
@pytest.mark.parametrize("audience", ["members", "invited", "hidden"])
def test_no_page_differs_by_a_hidden_value(sqlite_template: Path, tmp_path: Path, audience: str, side: str) -> None:
    kinds = [kind for kind in READERS if not (audience == "members" and kind == "uninvited")]
    readers = {kind: reader_of(kind, side) for kind in kinds}
    seen = []
    with clock.frozen(NOW):
        for number, value in enumerate(VALUES):
            price, budget = (value, KEPT) if side == "offer" else (KEPT, value)
            with market(sqlite_template, tmp_path / str(number), audience, price, budget) as made:
                seen.append({kind: made.answers(reader) for kind, reader in readers.items()})
    assert len(seen[0]["anonymous"]) > 60
    for other in seen[1:]:
        assert {kind: differences(seen[0][kind], other[kind]) for kind in kinds} == {kind: {} for kind in kinds}
