"""A dated table of rates: what counts on a day, sums in the reader's currency, and who keeps it."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from flask import Flask

from catalogue.rules import judge
from marketplace import clock
from marketplace.actor import Actor
from marketplace.audit import service as audit
from marketplace.errors import ErrorCode, Invalid, NotAllowed
from marketplace.offers.desk import DESK
from marketplace.rates import service
from marketplace.rates.service import About
from tests.marketplace.listings.steps import make_actor, make_listing, make_organiser, sign_in, visitor, words_of

ORGANISER = Actor(1, None, frozenset(), "organiser")
NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)


def add(currency: str, rate: str, day: str, source: str = "Bank, table of the day") -> None:
    service.add_rate(actor=ORGANISER, currency=currency, rate=rate, valid_on=day, source=source)


def test_the_newest_rate_that_is_not_later_counts(app: Flask) -> None:
    add("HKD", "0.90", "2026-01-01")
    add("HKD", "0.92", "2026-06-01")
    add("HKD", "0.93", "2026-06-01")  # a correction of the same day
    add("MOP", "0.88", "2026-06-01")

    def rates(day: str) -> dict[str, Decimal]:
        return dict(service.rate_table(date.fromisoformat(day)))

    assert rates("2025-12-31") == {"CNY": Decimal(1)}
    assert rates("2026-05-31") == {"CNY": Decimal(1), "HKD": Decimal("0.90")}
    assert rates("2026-06-01") == {"CNY": Decimal(1), "HKD": Decimal("0.93"), "MOP": Decimal("0.88")}
    table = service.rate_table(date(2026, 7, 1))
    assert table.valid_on == {"HKD": date(2026, 6, 1), "MOP": date(2026, 6, 1)}
    assert [row.rate for row in service.history()] == ["0.88", "0.93", "0.92", "0.9"]
    assert [event.action for event in audit.latest()] == ["rate.added"] * 4


def test_a_sum_is_about_what_the_older_of_two_rates_makes_it(app: Flask) -> None:
    add("HKD", "0.92", "2026-06-01")
    add("MOP", "0.8930", "2026-05-01")
    add("JPY", "0.046", "2026-05-02")
    table = service.rate_table(date(2026, 7, 1))
    hundred = {"minor": 10000, "currency": "HKD"}
    assert service.about(hundred, "CNY", table) == About(9200, "CNY", date(2026, 6, 1))
    assert service.about(hundred, "MOP", table) == About(10302, "MOP", date(2026, 5, 1))
    assert service.about(hundred, "JPY", table) == About(2000, "JPY", date(2026, 5, 2))
    assert [service.about(hundred, code, table) for code in ("HKD", "EUR")] == [None, None]


def test_without_a_rate_a_budget_is_unknown_and_with_one_it_is_not(app: Flask) -> None:
    price, budget = {"minor": 10000, "currency": "HKD"}, {"minor": 9500, "currency": "CNY"}
    today = date(2026, 7, 1)
    assert judge("within_budget", price, budget, rates=service.rate_table(today)) == "unknown"
    add("HKD", "0.92", "2026-06-01")
    assert judge("within_budget", price, budget, rates=service.rate_table(today)) == "met"


@pytest.mark.parametrize(
    ("currency", "rate", "day", "source", "errors"),
    [
        ("XYZ", "1", "2026-01-01", "Bank", {"currency": ErrorCode("unknown_currency", {"value": "XYZ"})}),
        ("CNY", "1", "2026-01-01", "Bank", {"currency": ErrorCode("rate_of_base", {"base": "CNY"})}),
        ("HKD", "-1", "2026-01-01", "Bank", {"rate": ErrorCode("rate_not_positive")}),
        ("HKD", "0", "2026-01-01", "Bank", {"rate": ErrorCode("rate_not_positive")}),
        ("HKD", "much", "2026-01-01", "Bank", {"rate": ErrorCode("not_a_number")}),
        ("HKD", "Infinity", "2026-01-01", "Bank", {"rate": ErrorCode("not_a_number")}),
        ("HKD", "1e300", "2026-01-01", "Bank", {"rate": ErrorCode("too_large", {"maximum": "1,000,000,000"})}),
        ("HKD", "1", "tomorrow", "Bank", {"valid_on": ErrorCode("not_a_date")}),
        ("HKD", "1", "2026-01-01", " ", {"source": ErrorCode("required")}),
        ("HKD", "1", "2026-01-01", "x" * 201, {"source": ErrorCode("too_long", {"maximum": 200, "length": 201})}),
    ],
)
def test_a_bad_rate_is_refused_by_field(
    app: Flask, currency: str, rate: str, day: str, source: str, errors: dict[str, ErrorCode]
) -> None:
    with pytest.raises(Invalid) as refused:
        add(currency, rate, day, source)
    assert refused.value.errors == errors
    assert service.history() == []


def test_only_organisers_keep_rates(app: Flask) -> None:
    member = make_actor()
    for actor, reason in ((Actor(), "sign_in"), (member, "organisers_only")):
        with pytest.raises(NotAllowed) as refused:
            service.add_rate(actor=actor, currency="HKD", rate="1", valid_on="2026-01-01", source="Bank")
        assert refused.value.reason == reason
    assert visitor(app).get("/organiser/rates").location.startswith("/sign-in?next=/organiser/rates")
    assert sign_in(app, member).get("/organiser/rates").status_code == 403


def test_an_organiser_adds_a_rate_and_sees_mistakes_at_their_field(app: Flask) -> None:
    client = sign_in(app, make_organiser())
    page = client.get("/organiser/rates")
    assert "No rate has been entered yet." in words_of(page.text)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)[1]  # type: ignore[index]
    typed = {
        "csrf_token": token,
        "submission_id": "x",
        "currency": "HKD",
        "rate": "0.9182",
        "valid_on": "2026-11-01",
        "source": "Bank of somewhere, table of 1 November",
    }
    bad = client.post("/organiser/rates", data={**typed, "rate": "-1"})
    assert bad.status_code == 422
    assert "A rate is more than zero." in words_of(bad.text)
    assert 'value="Bank of somewhere, table of 1 November"' in bad.text
    done = client.post("/organiser/rates", data=typed)
    assert (done.status_code, done.location) == (303, "/organiser/rates")
    said = words_of(client.get("/organiser/rates").text)
    assert "1 Nov 2026 HKD 0.9182 Bank of somewhere, table of 1 November" in said


def test_a_price_is_shown_with_the_readers_currency_and_the_day_of_the_rate(app: Flask) -> None:
    with clock.frozen(NOON):
        offer = make_listing(DESK, make_actor(), facts={"price": {"minor": 680000, "currency": "CNY"}})
        page = f"/offers/{offer.id}"
        assert "about HKD" not in words_of(visitor(app).get(page).text)
        add("HKD", "0.92", "2026-11-01")
        said = words_of(visitor(app).get(page).text)
        assert re.search(r"CNY 6,800 about HKD 7,391(\.30)? \(rate of 1 Nov 2026\)", said), said
        assert "HKD 7,391" not in visitor(app, "zh-CN").get(page).text
