"""`flask user create-organiser`: the account by which a new site is opened."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.accounts.models import User
from marketplace.extensions import db
from tests.marketplace import factories as make

COMMAND = ["user", "create-organiser", "Olivia@Example.com", "--name", "Olivia", "--locale", "en"]


def test_the_first_organiser_may_sign_in_and_opens_the_desk(app: Flask, client: FlaskClient) -> None:
    done = app.test_cli_runner().invoke(args=COMMAND, input=f"{make.PASSWORD}\n{make.PASSWORD}\n")
    assert (done.exit_code, done.output.splitlines()[-1]) == (
        0,
        "Olivia@example.com may sign in as an organiser.",
    )
    [user] = db.session.query(User).all()
    assert (user.name, user.locale, user.is_organiser, user.is_confirmed) == ("Olivia", "en", True, True)
    assert make.sign_in(client, user).get("/organiser").status_code == 200


def test_a_script_gives_the_password_without_showing_it_in_the_list_of_processes(app: Flask) -> None:
    done = app.test_cli_runner(env={"ORGANISER_PASSWORD": make.PASSWORD}).invoke(args=COMMAND)
    assert done.exit_code == 0, done.output
    assert db.session.query(User).one().is_organiser


@pytest.mark.parametrize(
    ("arguments", "password", "said"),
    [
        (["olivia"], make.PASSWORD, "olivia is not an e-mail address"),
        (["olivia@example.com", "--name", " "], make.PASSWORD, "The name is empty."),
        (["olivia@example.com"], "short", "A password needs at least 10 characters."),
        (["taken@example.com"], make.PASSWORD, "taken@example.com has an account already."),
    ],
)
def test_what_will_not_do_is_said_and_makes_no_account(
    app: Flask, arguments: list[str], password: str, said: str
) -> None:
    make.make_user(email="taken@example.com")
    command = ["user", "create-organiser", *arguments]
    command += [] if "--name" in arguments else ["--name", "Olivia"]
    done = app.test_cli_runner(env={"ORGANISER_PASSWORD": password}).invoke(args=command)
    assert done.exit_code == 1
    assert said in done.output
    assert db.session.query(User).count() == 1
