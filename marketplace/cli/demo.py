"""The demonstration: three marked accounts, the listings under `demo/`, their index and their matches."""

from __future__ import annotations

from pathlib import Path

import click
import sqlalchemy as sa
from flask import current_app
from flask.cli import AppGroup

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.accounts.service import create_confirmed_user
from marketplace.actor import Actor
from marketplace.cli import demo_event, demo_outreach
from marketplace.demands import service as demands
from marketplace.extensions import db
from marketplace.imports import service as imports
from marketplace.indexing import service as indexing
from marketplace.matches import service as matches
from marketplace.offers import service as offers
from marketplace.organisations.profile import Profile
from marketplace.organisations.service import create_approved
from marketplace.outbox import service as outbox
from marketplace.outbox import worker
from marketplace.rates import service as rates
from marketplace.settings import ROOT
from marketplace.transaction import transaction

FOLDER = ROOT / "demo"
PASSWORD = "demonstration-2026"  # noqa: S105 - public on purpose; such accounts are refused in production
ACCOUNTS = {
    "supplier": ("supplier@demo.invalid", "Demonstration supplier"),
    "institution": ("institution@demo.invalid", "Demonstration institution"),
    "organiser": ("organiser@demo.invalid", "Demonstration organiser"),
}
NAMES = {
    "supplier": {
        "zh-Hans": "演示供应商（非真实机构）",
        "zh-Hant": "示範供應商（非真實機構）",
        "en": "Demonstration supplier (not a real firm)",
    },
    "institution": {
        "zh-Hans": "演示院舍（非真实机构）",
        "zh-Hant": "示範院舍（非真實機構）",
        "en": "Demonstration care home (not a real institution)",
    },
}
OFFER = {
    "kind": "equipment",
    "lang": "zh-Hans",
    "texts": {
        "title": {"zh-Hans": "演示：电动护理床，低位进出", "en": "Demonstration: electric nursing bed, low entry"},
        "summary": {
            "zh-Hans": "演示用的产品，并非真实。四段电动调节，最低离地 25 厘米，安全载重 200 公斤，带床边护栏，"
                       "可租可买，三周内送货到香港和广州。",
            "en": "A product for demonstration, not a real one. Four electric functions, lowest height 25 cm, safe "
                  "working load 200 kg, side rails, for sale or rent, delivered to Hong Kong and Guangzhou in 3 weeks.",
        },
    },
    "facts": {
        "price": {"minor": 980000, "currency": "CNY"}, "price_unit": "piece",
        "rental": True, "lead_time_days": 21, "load_kg": 200,
        "serves": ["HK", "CN-4401"], "features": {"zh-Hans": ["四段电动", "床边护栏", "最低离地25厘米"]},
    },
}  # fmt: skip
DEMAND = {
    "kind": "equipment",
    "lang": "zh-Hant",
    "texts": {
        "title": {"zh-Hant": "示範：30張電動護理床"},
        "text": {"zh-Hant": "示範用的需求，並非真實。沙田一間院舍更換30張電動護理床，床身要能降低，方便長者自行上落。"},
    },
    "requirements": [
        {"need": "must", "text": {"zh-Hant": "電動護理床"}},
        {"need": "must", "text": {"zh-Hant": "載重至少180公斤"}},
        {"need": "nice", "text": {"zh-Hant": "可先試用或租用"}},
    ],
    "lines": [{"text": {"zh-Hant": "電動護理床"}, "quantity": "30", "unit": "piece"}],
    "budget": {"minor": 60000000, "currency": "HKD", "basis": "total"},
    "places": ["HK"],
    "place_text": "香港",
}

demo = AppGroup("demo", help="The demonstration's data.")


@demo.command("load")
def load() -> None:
    """Load the demonstration (once) and print its sign-ins."""
    if not current_app.config["SETTINGS"].demo_accounts:
        raise click.ClickException("DEMO_ACCOUNTS is off: demonstration accounts have passwords that everybody knows.")
    if db.session.scalar(sa.select(User.id).where(User.is_demo).limit(1)) is None:
        _load()
    _index()
    for _role, (email, name) in ACCOUNTS.items():
        click.echo(f"{name:<27} {email:<26} {PASSWORD}")


def _load() -> None:
    click.echo("loading real offers and demands ...", err=True)
    with transaction():
        # One transaction: a load that is broken off leaves nothing, and the next start does it all.
        for side in ("offers", "demands"):
            with Path(FOLDER / f"{side}.jsonl").open(encoding="utf-8") as file:
                imports.import_records(side, file, actor=Actor.system())
        # The demands are compared with all offers below, and the index is built whole.
        outbox.discard([indexing.JOB, matches.JOB_OFFER])
        _make_accounts()
    _index()
    click.echo("matching ...", err=True)
    worker.drain(("fast",))
    click.echo("making an event and its timetable ...", err=True)
    accounts = {
        role: db.session.scalars(sa.select(User.id).where(User.email == email)).one()
        for role, (email, _name) in ACCOUNTS.items()
    }
    event_id = demo_event.load_event({role: number for role, number in accounts.items() if role != "organiser"})
    demo_outreach.load_outreach(
        event_id, organiser_id=accounts["organiser"], coordinator_id=accounts["institution"]
    )


def _index() -> None:
    """Build the index where it is not what the database says: the first time, or after a load that was broken off."""
    for kind, collection in indexing.KINDS.items():
        if not indexing.search().verify(collection, indexing.expected(kind)).ok:
            indexing.rebuild(kind)


RATES = {"HKD": "0.92", "MOP": "0.893"}
RATE_SOURCE = "演示用汇率，非市场报价 · demonstration rate, not a quotation"


def _make_rates(organiser_id: int) -> None:
    """Rates that only show what rates are for; a real site's organiser enters its own, with their source."""
    actor = Actor(user_id=organiser_id, kind="organiser")
    for currency, rate in RATES.items():
        rates.add_rate(
            actor=actor, currency=currency, rate=rate, valid_on=clock.now().date().isoformat(), source=RATE_SOURCE
        )


def _make_accounts() -> None:
    users = {
        role: create_confirmed_user(
            email=email, password=PASSWORD, name=name, locale="zh_Hans", is_organiser=role == "organiser", is_demo=True
        )
        for role, (email, name) in ACCOUNTS.items()
    }
    _make_rates(users["organiser"].id)
    for role, names in NAMES.items():
        organisation = create_approved(
            actor=Actor.system(),
            owner_id=users[role].id,
            is_demo=True,
            profile=Profile(
                names=names,
                is_supplier=role == "supplier",
                is_institution=role == "institution",
                place_id="CN-4403" if role == "supplier" else "HK",
                serves=["HK", "CN-44"],
                languages=[],
                contact={"person": "Demo", "email": ACCOUNTS[role][0], "phone": ""},
            ),
        )
        actor = Actor(
            user_id=users[role].id,
            organisation_id=organisation.id,
            roles=frozenset({"owner", "approved"}),
            kind="member",
        )
        if role == "supplier":
            offers.publish_offer(actor=actor, offer_id=offers.create_offer(actor=actor, raw=OFFER).id)
        else:
            demands.publish_demand(actor=actor, demand_id=demands.create_demand(actor=actor, raw=DEMAND).id)
