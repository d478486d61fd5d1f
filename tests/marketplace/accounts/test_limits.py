"""Rate limits of accounts: counted by account and by where a request comes from, by all threads and processes alike."""

from __future__ import annotations

import multiprocessing
import threading
from collections import Counter

from flask import Flask

from marketplace import create_app
from marketplace.accounts import service
from marketplace.errors import Invalid, TooMany
from marketplace.settings import Settings
from tests.marketplace.accounts.steps import PASSWORD, browser, errors, mails, make_user, send


def _try(email: str, address: str) -> str:
    try:
        service.sign_in(email=email, password="wrong", keep=False, address=address, agent="")
    except Invalid:
        return "refused"
    except TooMany:
        return "too many"
    return "in"


def _tries(app: Flask, times: int, found: Counter[str]) -> None:
    with app.app_context():
        found.update(_try("a@b.example.org", "203.0.113.5") for _ in range(times))


def test_threads_count_together(app: Flask) -> None:
    make_user("a@b.example.org")
    found: list[Counter[str]] = [Counter(), Counter()]
    threads = [threading.Thread(target=_tries, args=(app, 8, counter)) for counter in found]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert found[0] + found[1] == {"refused": 10, "too many": 6}


def _in_a_process(settings: Settings, times: int, answers: multiprocessing.Queue) -> None:
    app = create_app(settings)
    counter: Counter[str] = Counter()
    _tries(app, times, counter)
    answers.put(counter)


def test_processes_count_together(app: Flask, settings: Settings) -> None:
    make_user("a@b.example.org")
    context = multiprocessing.get_context("spawn")
    answers = context.Queue()
    children = [context.Process(target=_in_a_process, args=(settings, 8, answers)) for _ in range(2)]
    for child in children:
        child.start()
    found = answers.get(timeout=120) + answers.get(timeout=120)
    for child in children:
        child.join(30)
    assert found == {"refused": 10, "too many": 6}


def test_one_place_cannot_try_many_accounts(app: Flask) -> None:
    found = Counter(_try(f"person{n}@b.example.org", "203.0.113.5") for n in range(42))
    assert found == {"refused": 40, "too many": 2}
    assert _try("person1@b.example.org", "203.0.113.6") == "refused"


def test_an_account_under_attack_is_held_however_it_is_spelled(app: Flask) -> None:
    make_user("a@b.example.org")
    for n in range(10):
        _try(["a@b.example.org", " A@B.EXAMPLE.ORG"][n % 2], f"203.0.113.{n}")
    assert _try("Ａ@b.example.org", "203.0.113.99") == "too many"


def test_the_form_says_how_long_to_wait_and_keeps_what_was_typed(app: Flask) -> None:
    make_user("a@b.example.org")
    for _ in range(10):
        _try("a@b.example.org", "203.0.113.5")
    answer = send(browser(app), "/sign-in", {"email": "a@b.example.org", "password": PASSWORD})
    assert answer.status_code == 429
    [said] = errors(answer.text)
    assert said.startswith("Too many tries. Please wait ")
    assert 'value="a@b.example.org"' in answer.text


def test_sign_up_reset_and_confirmation_mails_are_limited(app: Flask) -> None:
    statuses = [
        send(browser(app), "/sign-up", {"name": "A", "email": "x@b.example.org", "password": PASSWORD}).status_code
        for _ in range(6)
    ]
    assert statuses == [302] * 5 + [429]
    make_user("a@b.example.org")
    statuses = [send(browser(app), "/reset", {"email": "a@b.example.org"}).status_code for _ in range(6)]
    assert statuses == [200] * 5 + [429]
    client = browser(app, REMOTE_ADDR="198.51.100.1")
    send(client, "/sign-up", {"name": "A", "email": "y@b.example.org", "password": PASSWORD})
    statuses = [send(client, "/confirm", page="/account").status_code for _ in range(6)]
    assert statuses == [302] * 5 + [429]
    assert Counter(str(mail["To"]) for mail in mails(app)) == {
        "x@b.example.org": 5, "a@b.example.org": 5, "y@b.example.org": 6}
