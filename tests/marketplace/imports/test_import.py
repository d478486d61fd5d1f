"""Files of records: all rows or none, the same file twice changes nothing, bad rows are named by line."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask

from marketplace import clock
from marketplace.actor import Actor
from marketplace.demands import queries as demand_queries
from marketplace.extensions import db
from marketplace.imports import commands, service
from marketplace.listings import service as listings
from marketplace.offers import queries as offer_queries
from marketplace.offers.desk import DESK as OFFERS
from marketplace.offers.models import Offer
from marketplace.organisations.models import Membership, Organisation
from tests.marketplace.listings.steps import make_actor

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
SYSTEM = Actor.system()
OFFER: dict[str, Any] = {
    "id": "oe-1",
    "title": "Rollator",
    "summary": "Folds flat.",
    "lang": "en",
    "supplier": "A maker",
    "supplier_region": "Macau",
    "kind": "equipment",
    "facts": {"price": 480, "currency": "MOP", "serves": ["Macau"], "features": ["folds"]},
    "source": {
        "url": "https://maker.example/r",
        "site": "maker.example",
        "page_title": "Rollator",
        "original_site": True,
    },
}
DEMAND: dict[str, Any] = {
    "id": "de-1",
    "title": "Ten rollators",
    "text": "For a day centre.",
    "lang": "en",
    "buyer": "A centre",
    "region": "Macau",
    "facts": {
        "kind": "equipment",
        "budget": 5000,
        "currency": "MOP",
        "quantity": 10,
        "unit": "pieces",
        "date": "2024-03-01",
        "place": "Macau",
        "must": ["folds"],
        "nice": ["basket"],
    },
}


def lines(*records: Any) -> list[str]:
    return [record if isinstance(record, str) else json.dumps(record, ensure_ascii=False) for record in records]


def counts() -> tuple[int, int]:
    db.session.rollback()
    return tuple(  # type: ignore[return-value]
        db.session.scalar(sa.select(sa.func.count()).select_from(model)) for model in (Offer, Organisation)
    )


def test_offers_are_taken_over_open_and_marked_as_public_information(app: Flask) -> None:
    with clock.frozen(NOON):
        report = service.import_records(
            "offers", lines(OFFER, "", {**OFFER, "id": "oe-2", "title": "Cane"}), actor=SYSTEM
        )
        rows = offer_queries.newest(10)
    assert report.as_dict() == {"created": 2, "changed": 0, "unchanged": 0, "bad": 0}
    assert [row.content["texts"]["title"] for row in rows] == [{"en": "Cane"}, {"en": "Rollator"}]
    row = rows[1]
    assert (row.opens_at, row.closes_at, row.confirmed_at) == (NOON, None, None)
    assert row.content == {
        "kind": "equipment",
        "lang": "en",
        "texts": {"title": {"en": "Rollator"}, "summary": {"en": "Folds flat."}},
        "facts": {
            "features": {"en": ["folds"]},
            "serves": ["MO"],
            "located": ["MO"],
            "price": {"minor": 48000, "currency": "MOP"},
        },
        "source": OFFER["source"],
        "named_as": {"supplier": "A maker", "region": "Macau"},
        "dates": {},
        "price_audience": "public",
        "pictures": [],
        "documents": [],
    }
    owner = db.session.get(Organisation, row.organisation.id)
    assert (
        owner.names,
        owner.from_public_source,
        owner.is_supplier,
        owner.is_institution,
        owner.place_id,
        owner.state,
    ) == ({"en": "A maker"}, True, True, False, "MO", "approved")
    assert counts() == (2, 1)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Membership)) == 0


def test_demands_long_past_are_open_for_ninety_days(app: Flask) -> None:
    with clock.frozen(NOON):
        service.import_records("demands", lines(DEMAND), actor=SYSTEM)
        [row] = demand_queries.newest(10)
    assert (row.opens_at, row.closes_at) == (NOON, NOON + timedelta(days=90))
    assert (row.content["requirements"], row.content["budget"]["minor"], row.content["lines"][0]["quantity"]) == (
        [{"need": "must", "text": {"en": "folds"}}, {"need": "nice", "text": {"en": "basket"}}],
        500000,
        "10",
    )
    assert db.session.get(Organisation, row.organisation.id).is_institution is True


def test_the_same_file_again_changes_nothing_and_a_changed_record_adds_a_version(app: Flask) -> None:
    service.import_records("offers", lines(OFFER), actor=SYSTEM)
    again = service.import_records("offers", lines(OFFER), actor=SYSTEM)
    changed = service.import_records("offers", lines({**OFFER, "title": "Rollator 2"}), actor=SYSTEM)
    assert [again.as_dict(), changed.as_dict()] == [
        {"created": 0, "changed": 0, "unchanged": 1, "bad": 0},
        {"created": 0, "changed": 1, "unchanged": 0, "bad": 0},
    ]
    from marketplace.listings.queries import versions

    assert [version.content["texts"]["title"]["en"] for version in versions(OFFERS, 1)] == ["Rollator 2", "Rollator"]
    assert counts() == (1, 1)


def test_what_an_organiser_withdrew_stays_withdrawn(app: Flask) -> None:
    service.import_records("offers", lines(OFFER), actor=SYSTEM)
    listings.withdraw(OFFERS, actor=Actor(9, None, frozenset(), "organiser"), listing_id=1)
    report = service.import_records("offers", lines({**OFFER, "title": "Back again"}), actor=SYSTEM)
    assert report.as_dict() == {"created": 0, "changed": 0, "unchanged": 1, "bad": 0}
    assert offer_queries.newest(10) == []


def test_a_name_that_is_registered_here_is_not_given_what_was_found_elsewhere(app: Flask) -> None:
    registered = make_actor("A maker")
    service.import_records("offers", lines(OFFER), actor=SYSTEM)
    assert offer_queries.own_offers(registered.organisation_id) == []  # type: ignore[arg-type]


def test_a_supplier_that_also_buys_is_one_organisation(app: Flask) -> None:
    service.import_records("offers", lines(OFFER), actor=SYSTEM)
    service.import_records("demands", lines({**DEMAND, "buyer": "A maker"}), actor=SYSTEM)
    [owner] = db.session.scalars(sa.select(Organisation)).all()
    assert (owner.is_supplier, owner.is_institution) == (True, True)


BAD = [
    (lines(OFFER, "{not json"), [(2, "record", "not_json")]),
    (lines("[1]"), [(1, "record", "not_an_object")]),
    (lines({**OFFER, "id": ""}, {**OFFER, "supplier": None}), [(1, "id", "required"), (2, "supplier", "required")]),
    (lines(OFFER, {**OFFER, "title": "Other"}), [(2, "id", "twice")]),
    (lines({**OFFER, "id": "x" * 200}), [(1, "id", "too_long")]),
    (lines({**OFFER, "supplier": "a\x00b"}), [(1, "supplier", "control_characters")]),
    (["\udcff" + lines(OFFER)[0]], [(1, "record", "not_utf8")]),
]


@pytest.mark.parametrize(("file", "expected"), BAD)
def test_bad_rows_are_named_by_line_and_nothing_is_changed(
    app: Flask, file: list[str], expected: list[tuple[int, str, str]]
) -> None:
    with pytest.raises(service.BadFile) as refused:
        service.import_records("offers", file, actor=SYSTEM)
    assert [(row.line, row.field, row.code) for row in refused.value.rows] == expected
    assert counts() == (0, 0)


def test_a_record_the_catalogue_refuses_is_a_bad_row(app: Flask) -> None:
    with pytest.raises(service.BadFile) as refused:
        service.import_records("offers", lines(OFFER, {**OFFER, "id": "b", "kind": "spaceship"}), actor=SYSTEM)
    [row] = refused.value.rows
    assert (row.line, row.field) == (2, "kind")
    assert counts() == (0, 0)


def test_only_the_system_takes_over(app: Flask) -> None:
    with pytest.raises(PermissionError):
        service.import_records("offers", lines(OFFER), actor=make_actor())
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Offer)) == 0


def run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(commands.group, list(arguments))


def test_the_command_reports_bad_rows_and_exits_with_one(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "offers.jsonl"
    file.write_text("\n".join(lines(OFFER, {**OFFER, "id": "b", "lang": "pt"}, "{")))
    refused = run(app, "offers", str(file))
    assert refused.exit_code == 1
    assert refused.stdout == ""
    assert [line.partition(":")[0] for line in refused.stderr.splitlines()] == [
        "line 2",
        "line 3",
        "Nothing was changed",
    ]
    assert counts() == (0, 0)


def test_the_command_leaves_bad_rows_out_when_told(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "offers.jsonl"
    file.write_text("\n".join(lines({**OFFER, "id": "b", "lang": "pt"}, OFFER)))
    done = run(app, "offers", str(file), "--skip-bad")
    assert done.exit_code == 0
    assert json.loads(done.stdout) == {"created": 1, "changed": 0, "unchanged": 0, "bad": 1}
    assert done.stderr.startswith("left out, line 1: lang")
    assert counts() == (1, 1)


def test_the_command_reads_demands_and_says_so_when_a_file_is_not_there(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "demands.jsonl"
    file.write_bytes(b"\xef\xbb\xbf" + "\n".join(lines(DEMAND)).encode() + b"\n\xff\n")
    refused = run(app, "demands", str(file))
    assert (refused.exit_code, refused.stderr.splitlines()[0]) == (1, "line 2: record: is not UTF-8")
    assert run(app, "demands", str(file), "--skip-bad").exit_code == 0
    assert len(demand_queries.newest(10)) == 1
    assert run(app, "offers", str(tmp_path / "absent.jsonl")).exit_code == 2
