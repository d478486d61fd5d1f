"""Signing up and in with a mobile number and a code, and changing the number."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from marketplace import clock
from marketplace.accounts.models import OneTimeCode, User
from marketplace.extensions import db
from tests.marketplace.accounts import steps


def texts(app: Flask) -> list[dict[str, Any]]:
    """Every text message sent so far, once the waiting jobs are done, oldest first."""
    steps.mails(app)
    folder = app.config["SETTINGS"].sms_folder
    found = sorted(folder.glob("*.json"), key=lambda path: path.stat().st_mtime_ns) if folder.exists() else []
    return [json.loads(path.read_text("utf-8")) for path in found]


def code_to(app: Flask, number: str) -> str:
    """The code of the last message to a number."""
    return [text["body"] for text in texts(app) if text["to"] == number][-1].split()[0]


def ask(client: FlaskClient, number: str = "9123 4567", country: str = "HK", **fields: str) -> Any:
    return steps.send(client, "/sign-in/number", {"country": country, "number": number, **fields})


def enter(client: FlaskClient, code: str) -> Any:
    return steps.send(client, "/sign-in/code", {"code": code})


def by_number(app: Flask, number: str = "9123 4567", country: str = "HK") -> FlaskClient:
    client = steps.browser(app)
    ask(client, number, country)
    assert enter(client, texts(app)[-1]["body"].split()[0]).status_code == 302
    return client


def user(number: str = "+85291234567") -> User | None:
    db.session.rollback()
    return db.session.scalars(sa.select(User).where(User.phone == number)).first()


def test_a_number_and_a_code_make_an_account_without_password_or_address(app: Flask) -> None:
    client = steps.browser(app)
    answer = steps.send(client, "/sign-up/number", {"name": "陳美", "country": "HK", "number": "９１２３ ４５６７"})
    assert answer.location == "/sign-in/code"
    code = code_to(app, "+85291234567")
    answer = enter(client, "".join(chr(ord(c) + 0xFEE0) for c in code))  # full-width digits
    assert answer.location == "/organisations/new"
    made = user()
    assert made is not None
    assert (made.name, made.email, made.password_hash, made.is_confirmed) == ("陳美", None, None, True)
    assert client.get("/account").status_code == 200


def test_the_same_number_comes_back_to_the_same_account_and_to_its_page(app: Flask) -> None:
    by_number(app)
    client = steps.browser(app)
    ask(client, next="/demands")
    assert enter(client, code_to(app, "+85291234567")).location == "/demands"
    assert db.session.scalar(sa.select(sa.func.count()).select_from(User)) == 1


def test_the_answer_is_the_same_whether_or_not_the_number_has_an_account(app: Flask) -> None:
    by_number(app)
    pages = []
    for number in ("9123 4567", "9123 4599"):
        client = steps.browser(app)
        answer = ask(client, number)
        page = client.get("/sign-in/code").text
        pages.append((answer.status_code, answer.location, len(page), "67" in page or "99" in page))
    assert pages[0] == pages[1]


@pytest.mark.parametrize(
    ("number", "country", "sentence"),
    [
        ("13800138000", "HK", "This is a number of +86. Please choose +86 before it."),
        ("2808 0000", "HK", "This is the number of a fixed line."),
        ("+81 90 1234 5678", "HK", "Codes are sent to numbers of mainland China (+86), Hong Kong (+852) and Macao"),
        ("12", "CN", "This is no mobile number. Please check the digits and the country."),
    ],
)
def test_a_bad_number_is_told_at_the_field_and_nothing_is_lost(
    app: Flask, number: str, country: str, sentence: str
) -> None:
    answer = ask(steps.browser(app), number, country)
    assert answer.status_code == 422
    assert steps.errors(answer.text)[0].startswith(f"Mobile number: {sentence}")
    assert f'value="{number}"' in answer.text
    assert texts(app) == []


def refusal(client: FlaskClient, code: str) -> tuple[int, str]:
    answer = enter(client, code)
    return answer.status_code, steps.errors(answer.text)[0].removeprefix("Code of six digits: ")


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_five_wrong_tries_end_a_code(app: Flask) -> None:
    client = steps.browser(app)
    ask(client)
    code = code_to(app, "+85291234567")
    said = [refusal(client, wrong(code)) for _ in range(5)]
    assert said == [
        *((422, f"This is not the code. Tries left: {left}.") for left in (4, 3, 2, 1)),
        (422, "There were five wrong tries, so this code no longer works. Have a new one sent."),
    ]
    assert refusal(client, code)[1].startswith("There were five wrong tries")
    assert refusal(client, "12345") == (422, "A code has six digits, for example 123456.")


def test_an_old_a_replaced_and_a_used_code_each_say_what_to_do(app: Flask) -> None:
    client = steps.browser(app)
    ask(client)
    code = code_to(app, "+85291234567")
    with clock.frozen(clock.now() + timedelta(minutes=10, seconds=1)):
        assert refusal(client, code) == (422, "This code is older than ten minutes. Have a new one sent.")
    other = steps.browser(app)
    ask(other)
    assert refusal(client, code) == (422, "A newer code was sent since. Use that one, or have another sent.")
    new = code_to(app, "+85291234567")
    with other.session_transaction() as kept:
        asked = dict(kept["code_asked"])
    assert enter(other, new).status_code == 302
    thief = steps.browser(app)
    with thief.session_transaction() as kept:
        kept["code_asked"] = asked
    assert refusal(thief, new) == (422, "This code was used already. Have a new one sent.")


def test_a_code_works_only_in_the_browser_that_asked_for_it(app: Flask) -> None:
    ask(steps.browser(app))
    code_to(app, "+85291234567")
    assert steps.browser(app).post("/sign-in/code", data={"code": "123456"}).location == "/sign-in/number"


def test_another_code_can_be_had_and_not_too_many(app: Flask) -> None:
    client = steps.browser(app)
    ask(client)
    statuses = [
        steps.send(client, "/sign-in/code/again", page="/sign-in/code").status_code for _ in range(7)
    ]
    assert statuses == [302] * 5 + [429] * 2
    assert len(texts(app)) == 6


def test_numbers_are_limited_by_place_too(app: Flask) -> None:
    statuses = [ask(steps.browser(app), f"9123 {n:04d}").status_code for n in range(4000, 4091)]
    assert statuses == [302] * 90 + [429]


def test_a_number_is_added_with_codes_to_it_and_to_the_address(app: Flask) -> None:
    steps.make_user("mei@example.com")
    client = steps.signed_in(app, "mei@example.com")
    steps.send(client, "/account/number", {"country": "HK", "number": "91234567"})
    mail = steps.mails(app)[-1]
    assert (mail["To"], mail["Subject"]) == ("mei@example.com", "Your code for the Silver Marketplace")
    old = mail.get_content().split()[0]
    new = code_to(app, "+85291234567")
    answer = steps.send(client, "/account/number/code", {"code": new, "old_code": wrong(old)})
    assert steps.errors(answer.text) == [
        "Code sent to what you sign in with now: This is not the code. Tries left: 4."]
    assert user() is None
    steps.send(client, "/account/number/code", {"code": new, "old_code": old})
    found = user()
    assert found is not None
    assert found.email == "mei@example.com"
    assert steps.mails(app)[-1]["Subject"] == "Your account has a new mobile number"
    assert by_number(app).get("/account").status_code == 200


def test_a_change_of_number_is_confirmed_on_both_and_the_old_one_is_told(app: Flask) -> None:
    client = by_number(app)
    steps.send(client, "/account/number", {"country": "CN", "number": "13800138000"})
    old, new = code_to(app, "+85291234567"), code_to(app, "+8613800138000")
    answer = steps.send(client, "/account/number/code", {"code": new, "old_code": ""})
    assert answer.status_code == 422
    steps.send(client, "/account/number/code", {"code": new, "old_code": old})
    assert (user(), user("+8613800138000") is not None) == (None, True)
    assert [text["to"] for text in texts(app) if text["template"] == "number_changed"] == ["+85291234567"]


def test_a_lost_number_is_replaced_by_way_of_the_address(app: Flask) -> None:
    made = steps.make_user("mei@example.com")
    made.phone, made.phone_confirmed_at = "+85291234567", clock.now()
    db.session.commit()
    client = steps.signed_in(app, "mei@example.com")
    steps.send(client, "/account/number", {"country": "CN", "number": "13800138000", "lost": "y"})
    assert [text["to"] for text in texts(app)] == ["+8613800138000"]
    old = steps.mails(app)[-1].get_content().split()[0]
    steps.send(client, "/account/number/code", {"code": code_to(app, "+8613800138000"), "old_code": old})
    assert user("+8613800138000") is not None


def test_a_lost_number_without_an_address_goes_to_the_organisers(app: Flask) -> None:
    client = by_number(app)
    assert 'name="lost"' not in client.get("/account/number").text
    answer = steps.send(client, "/account/number", {"country": "CN", "number": "13800138000", "lost": "y"})
    assert answer.location == "/account/number/code"
    assert {text["to"] for text in texts(app)} == {"+85291234567", "+8613800138000"}


def test_a_number_of_another_account_is_not_taken_over(app: Flask) -> None:
    by_number(app, "13800138000", "CN")
    client = by_number(app)
    steps.send(client, "/account/number", {"country": "CN", "number": "13800138000"})
    data = {"code": code_to(app, "+8613800138000"), "old_code": code_to(app, "+85291234567")}
    answer = steps.send(client, "/account/number/code", data)
    assert steps.errors(answer.text) == [
        "Code sent to the new number: Another account signs in with this number. Sign in to that one, or give "
        "another number."]


def test_who_signs_in_by_codes_adds_an_address_and_a_password_soon_after_a_sign_in(app: Flask) -> None:
    client = by_number(app)
    with clock.frozen(clock.now() + timedelta(minutes=16)):
        for page, data in (("/account/email", {"email": "mei@example.com"}),
                           ("/account/password", {"new": "seven lamps on the quay"})):
            answer = steps.send(client, page, data)
            assert answer.status_code == 422
            assert "first sign out and sign in anew" in answer.text
    assert steps.send(client, "/account/password", {"new": "seven lamps on the quay"}).status_code == 302
    client = by_number(app)
    data = {"email": "mei@example.com", "password": "seven lamps on the quay"}
    steps.send(client, "/account/email", data)
    steps.send(client, steps.link_in(steps.mails(app)[-1]))
    found = user()
    assert found is not None
    assert found.email == "mei@example.com"
    assert found.confirmed_at is not None


def test_codes_are_forgotten(app: Flask) -> None:
    from marketplace.accounts import codes

    ask(steps.browser(app))
    with clock.frozen(clock.now() + timedelta(days=2)):
        assert codes.forget_expired() == 1
    assert db.session.scalar(sa.select(sa.func.count()).select_from(OneTimeCode)) == 0
