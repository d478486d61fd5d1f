"""What leads into a group is sealed in the database, and read again with the site's key alone."""

from __future__ import annotations

from dataclasses import replace

import sqlalchemy as sa
from flask import Flask

from marketplace.actor import Actor
from marketplace.extensions import db
from marketplace.sealing import MARK, seal, unseal
from marketplace.transaction import transaction
from marketplace.watches import robots
from marketplace.watches.models import Robot
from marketplace.watches.webhooks import Outcome
from tests.marketplace import factories as make

ADDRESS = "https://oapi.dingtalk.com/robot/send?access_token=566cc69da782ec33e42541b09b08551f09fbe864eb8ac112"
RAW = sa.text("SELECT address, secret FROM robots")


def add() -> tuple[Actor, int]:
    _organisation, actor = make.make_organisation(kind="institution")
    robot = robots.add_robot(actor=actor, service="dingtalk", name="采购群", address=ADDRESS, secret="SECtest")
    return actor, robot.id


def change_key(app: Flask) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], secret_key="another key of at least 32 characters")


def test_the_database_alone_does_not_say_it(app: Flask) -> None:
    _actor, robot_id = add()
    address, secret = db.session.execute(RAW).one()
    assert [one.startswith(MARK) for one in (address, secret)] == [True, True]
    assert not any(word in f"{address}{secret}" for word in ("dingtalk", "566cc69d", "SECtest"))
    db.session.expire_all()
    robot = db.session.get_one(Robot, robot_id)
    assert (robot.address, robot.secret) == (ADDRESS, "SECtest")


def test_no_secret_stays_none_and_one_text_is_sealed_otherwise_each_time(app: Flask) -> None:
    assert seal("") == ""
    assert seal("SECtest") != seal("SECtest")
    assert {unseal(seal("SECtest")), unseal(seal("SECtest"))} == {"SECtest"}


def test_what_was_kept_before_it_was_sealed_is_still_read(app: Flask) -> None:
    _actor, robot_id = add()
    with transaction():
        db.session.execute(sa.text("UPDATE robots SET address = :address, secret = 'old'"), {"address": ADDRESS})
    robot = db.session.get_one(Robot, robot_id)
    assert (robot.address, robot.secret) == (ADDRESS, "old")


def test_after_another_key_it_is_asked_for_anew(app: Flask) -> None:
    actor, robot_id = add()
    change_key(app)
    db.session.expire_all()
    assert robots.send_test(actor=actor, robot_id=robot_id) == Outcome("off", "unreadable")
    robots.change_robot(actor=actor, robot_id=robot_id, name="采购群", address=ADDRESS, secret="SECnew")
    db.session.expire_all()
    robot = db.session.get_one(Robot, robot_id)
    assert (robot.address, robot.secret) == (ADDRESS, "SECnew")
