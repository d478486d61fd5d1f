"""Robots of groups, against a real server: each service's form and signature, its limits, refusals and failures."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from marketplace import clock
from marketplace.actor import Actor
from marketplace.errors import Invalid, NotFound
from marketplace.extensions import db
from marketplace.notifications.models import Notification
from marketplace.organisations import members
from marketplace.organisations.models import Membership
from marketplace.settings import Settings
from marketplace.transaction import transaction
from marketplace.watches import robots, service, transport, webhooks
from marketplace.watches.models import Robot, RobotLine, Sighting
from tests.marketplace import factories as make
from tests.marketplace.conftest import settings_for
from tests.marketplace.watches.chat import Chat, chat_server

NOW = datetime(2030, 6, 5, 8, tzinfo=UTC)
WECOM = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa"
DINGTALK = (
    "https://oapi.dingtalk.com/robot/send?access_token=566cc69da782ec33e42541b09b08551f09fbe864eb8ac112e994b43887"
)
FEISHU = "https://open.feishu.cn/open-apis/bot/v2/hook/8f1c2a3b-aaaa-bbbb-cccc-0123456789ab"
LARK = "https://open.larksuite.com/open-apis/bot/v2/hook/8f1c2a3b-aaaa-bbbb-cccc-0123456789ab"


@pytest.fixture
def chat() -> Iterator[Chat]:
    with chat_server() as found:
        yield found


@pytest.fixture
def settings(database_url: str, tmp_path: Path, chat: Chat) -> Settings:
    return settings_for(database_url, tmp_path, robot_stand_in=chat.address)


@pytest.fixture
def reader(app: Flask) -> Actor:
    _organisation, actor = make.make_organisation(kind="institution")
    return actor


def add(actor: Actor, kind: str = "wecom", address: str = WECOM, secret: str = "") -> Robot:
    return robots.add_robot(actor=actor, service=kind, name="采购群", address=address, secret=secret)


def queue(robot: Robot, *numbers: int) -> None:
    robot_id = robot.id
    for number in numbers:
        facts = {
            "kind": "offer", "id": number, "title": {"en": f"Bed {number}"}, "what": "search", "watch": "Beds",
            "watch_id": 1, "reason": {"words": [["bed", "itself"]], "filters": {}},
        }  # fmt: skip
        with transaction():
            robots.queue(robot_id, facts, dedupe_key=f"test:{robot_id}:{number}")


def waiting() -> int:
    db.session.rollback()
    return db.session.query(RobotLine).filter(RobotLine.sent_at.is_(None)).count()


def test_what_is_found_reaches_the_group(app: Flask, chat: Chat, reader: Actor) -> None:
    _organisation, seller = make.make_organisation(kind="supplier")
    robot = add(reader)
    service.save_search(
        actor=reader,
        name="Beds",
        address="/offers?q=护理床",
        lang="en",
        cadence="now",
        by_mail=False,
        robot_id=robot.id,
    )
    offer = make.make_offer(seller)
    make.run_jobs()
    (message,) = chat.came
    assert (message.host, message.path) == ("qyapi.weixin.qq.com", "/cgi-bin/webhook/send")
    assert message.query == {"key": "693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa"}
    assert message.body == {
        "msgtype": "markdown",
        "markdown": {
            "content": "**Silver Marketplace · 采购群**\n\n"
            f"[Electric nursing bed](http://market.example/offers/{offer.id})\n"
            "> Beds — “护理床” by its meaning"
        },
    }


def test_dingtalk_is_signed_in_its_address(app: Flask, chat: Chat, reader: Actor) -> None:
    robot = add(reader, "dingtalk", DINGTALK, "SECtest")
    with clock.frozen(NOW):
        queue(robot, 1)
        make.run_jobs()
    (message,) = chat.came
    stamp = str(int(NOW.timestamp() * 1000))
    digest = hmac.new(b"SECtest", f"{stamp}\nSECtest".encode(), hashlib.sha256).digest()
    assert message.query == {
        "access_token": "566cc69da782ec33e42541b09b08551f09fbe864eb8ac112e994b43887",
        "timestamp": stamp,
        "sign": base64.b64encode(digest).decode(),
    }
    assert message.body["msgtype"] == "markdown"
    assert message.body["markdown"]["title"] == "Silver Marketplace · 采购群"
    assert "[Bed 1](http://market.example/offers/1)" in message.body["markdown"]["text"]


@pytest.mark.parametrize(("address", "host"), [(FEISHU, "open.feishu.cn"), (LARK, "open.larksuite.com")])
def test_feishu_is_signed_in_its_body(app: Flask, chat: Chat, reader: Actor, address: str, host: str) -> None:
    robot = add(reader, "feishu", address, "gWTy")
    with clock.frozen(NOW):
        queue(robot, 1)
        make.run_jobs()
    (message,) = chat.came
    stamp = str(int(NOW.timestamp()))
    assert (message.host, message.query) == (host, {})
    assert message.body == {
        "timestamp": stamp,
        "sign": base64.b64encode(hmac.new(f"{stamp}\ngWTy".encode(), b"", hashlib.sha256).digest()).decode(),
        "msg_type": "post",
        "content": {
            "post": {
                "zh_cn": {
                    "title": "Silver Marketplace · 采购群",
                    "content": [
                        [{"tag": "a", "text": "Bed 1", "href": "http://market.example/offers/1"}],
                        [{"tag": "text", "text": "Beds — “bed”"}],
                    ],
                }
            }
        },
    }


def test_what_waits_goes_as_one_message(app: Flask, chat: Chat, reader: Actor) -> None:
    queue(add(reader), *range(12))
    make.run_jobs()
    assert [message.body["markdown"]["content"].count("](http") for message in chat.came] == [12]


def test_a_message_stays_within_what_its_service_takes() -> None:
    lines = [webhooks.Line("床" * 150, f"http://market.example/offers/{n}", "为" * 200) for n in range(40)]
    for kind, known in webhooks.SERVICES.items():
        body, number = webhooks.messages(kind, "t", "h", lines)
        assert 1 <= number < 40
        assert len(json.dumps(body, ensure_ascii=False).encode()) <= known.most_bytes


@pytest.mark.parametrize(("kind", "address", "most", "window"), [("wecom", WECOM, 20, 60), ("feishu", FEISHU, 5, 1)])
def test_the_services_limit_is_kept(
    app: Flask, chat: Chat, reader: Actor, kind: str, address: str, most: int, window: int
) -> None:
    robot = add(reader, kind, address)
    with clock.frozen(NOW):
        for number in range(most + 5):
            queue(robot, number)
            make.run_jobs()
        assert (len(chat.came), waiting()) == (most, 5)
    with clock.frozen(NOW + timedelta(seconds=window + 1)):
        make.run_jobs()
    assert (len(chat.came), waiting()) == (most + 1, 0)  # the rest, as one


def test_a_refusal_in_an_answer_of_200_is_tried_again_later(app: Flask, chat: Chat, reader: Actor) -> None:
    chat.answers = [(200, {"errcode": 45009, "errmsg": "api freq out of limit"}), (500, b"down"), (200, b"not json")]
    with clock.frozen(NOW):
        queue(add(reader), 1)
        make.run_jobs()
        assert (len(chat.came), waiting()) == (1, 1)
    # After 30, then 60, then 120 seconds.
    for seconds, came in ((29, 1), (30, 2), (89, 2), (90, 3), (209, 3), (210, 4)):
        with clock.frozen(NOW + timedelta(seconds=seconds)):
            make.run_jobs()
            assert (seconds, len(chat.came)) == (seconds, came)
    assert waiting() == 0
    assert db.session.query(Robot).one().failures == 0


@pytest.mark.parametrize(
    ("kind", "address", "status", "said", "reason"),
    [
        ("wecom", WECOM, 200, {"errcode": 93000, "errmsg": "invalid webhook url"}, "unknown_robot"),
        ("dingtalk", DINGTALK, 200, {"errcode": 310000, "errmsg": "sign not match"}, "not_let_in"),
        ("dingtalk", DINGTALK, 200, {"errcode": 300001, "errmsg": "token is not exist"}, "unknown_robot"),
        ("feishu", FEISHU, 200, {"code": 19021, "msg": "sign match fail or timestamp is not within"}, "not_let_in"),
        ("feishu", FEISHU, 400, {"code": 19001, "msg": "param invalid: incoming webhook access token invalid"},
         "unknown_robot"),
        ("feishu", FEISHU, 200, {"code": 19024, "msg": "Key Words Not Found"}, "not_let_in"),
        ("wecom", WECOM, 404, b"gone", "unknown_robot"),
    ],
)  # fmt: skip
def test_a_robot_that_cannot_work_is_switched_off_and_its_owner_told(
    app: Flask, chat: Chat, reader: Actor, kind: str, address: str, status: int, said: Any, reason: str
) -> None:
    chat.answers = [(status, said)]
    robot = add(reader, kind, address)
    queue(robot, 1)
    make.run_jobs()
    queue(robot, 2)
    make.run_jobs()
    assert len(chat.came) == 1
    robot = db.session.query(Robot).one()
    assert (robot.off_at is not None, robot.off_reason) == (True, reason)
    (notice,) = db.session.query(Notification).filter_by(kind="robot_off").all()
    assert (notice.user_id, notice.params["reason"]) == (reader.user_id, reason)
    # A trial that arrives switches it on, and what waited is sent.
    assert robots.send_test(actor=reader, robot_id=robot.id).state == "sent"
    make.run_jobs()
    assert waiting() == 0


def test_a_redirect_is_not_followed(app: Flask, chat: Chat, reader: Actor) -> None:
    chat.answers, chat.headers = [(302, b"")], {"Location": f"{chat.address}/elsewhere"}
    queue(add(reader), 1)
    make.run_jobs()
    assert len(chat.came) == 1
    assert db.session.query(Robot).one().off_reason == "redirected"


def test_nobody_answers_for_hours(app: Flask, reader: Actor) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], robot_stand_in="http://127.0.0.1:9")  # nobody is there
    queue(add(reader), 1)
    begun = clock.now()
    for minutes in range(0, 90, 1):
        with clock.frozen(begun + timedelta(minutes=minutes)):
            make.run_jobs()
    robot = db.session.query(Robot).one()
    assert (robot.off_reason, robot.failures) == ("no_answer", robots.MOST_FAILURES)


def test_two_workers_send_one_message(app: Flask, chat: Chat, reader: Actor) -> None:
    robot = add(reader)
    queue(robot, 1)
    with transaction():  # another worker holds it
        db.session.query(Robot).update({"sending_until": clock.now() + timedelta(seconds=30)})
    make.run_jobs()
    assert (len(chat.came), waiting()) == (0, 1)
    with clock.frozen(clock.now() + timedelta(seconds=31)):
        make.run_jobs()
    assert (len(chat.came), waiting()) == (1, 0)


@pytest.mark.parametrize(
    ("kind", "address", "code"),
    [
        ("wecom", "https://evil.example/cgi-bin/webhook/send?key=12345678", "webhook_host"),
        ("wecom", WECOM.replace("https", "http"), "webhook_host"),
        ("wecom", "https://qyapi.weixin.qq.com.evil.example/cgi-bin/webhook/send?key=12345678", "webhook_host"),
        ("wecom", "https://qyapi.weixin.qq.com@evil.example/cgi-bin/webhook/send?key=12345678", "webhook_host"),
        ("wecom", "https://user:pass@qyapi.weixin.qq.com/cgi-bin/webhook/send?key=12345678", "webhook_form"),
        ("wecom", "https://qyapi.weixin.qq.com:8443/cgi-bin/webhook/send?key=12345678", "webhook_form"),
        ("wecom", "https://qyapi.weixin.qq.com:x/cgi-bin/webhook/send?key=12345678", "webhook_form"),
        ("wecom", "https://qyapi.weixin.qq.com/cgi-bin/other?key=12345678", "webhook_form"),
        ("wecom", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=1", "webhook_form"),
        ("wecom", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=12345678&url=http://127.0.0.1", "webhook_form"),
        ("wecom", WECOM + "#x", "webhook_form"),
        ("wecom", DINGTALK, "webhook_host"),
        ("dingtalk", "https://127.0.0.1/robot/send?access_token=12345678", "webhook_host"),
        ("feishu", "https://open.feishu.cn/open-apis/bot/v2/hook/../../im/v1/messages", "webhook_form"),
        ("feishu", FEISHU + "?next=http://169.254.169.254/", "webhook_form"),
        ("feishu", "", "webhook_host"),
    ],
)
def test_no_other_address_is_taken(kind: str, address: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        webhooks.read_webhook(kind, address, "")
    assert {name: error.code for name, error in refused.value.errors.items()} == {"address": code}


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "0.0.0.0"])
def test_no_private_address_is_spoken_to(host: str) -> None:
    with pytest.raises(transport.Unreachable, match="not a public address"):
        transport.public_addresses(host, 443)


def test_only_the_services_hosts_are_posted_to(app: Flask) -> None:
    with pytest.raises(ValueError, match="not the address of a robot"):
        transport.post("https://evil.example/robot/send", b"{}")


def test_no_stand_in_in_production() -> None:
    settings = Settings(environment="production", robot_stand_in="http://127.0.0.1:1")
    assert [problem for problem in settings.problems() if "ROBOT_STAND_IN" in problem] == [
        "ROBOT_STAND_IN must be empty in production: groups would hear nothing."
    ]


def test_what_organisations_wrote_calls_nobody_in_a_chat() -> None:
    line = webhooks.Line("[x](http://evil) <@all> @all", "http://market.example/offers/1")
    body, _number = webhooks.messages("wecom", "t", "h", [line])
    content = body["markdown"]["content"]
    assert "](http://evil" not in content
    assert "@" not in content
    assert content.endswith("](http://market.example/offers/1)")


def test_ten_robots_are_enough_and_each_is_added_once(app: Flask, reader: Actor) -> None:
    add(reader)
    with pytest.raises(Invalid) as refused:
        add(reader)
    assert {name: error.code for name, error in refused.value.errors.items()} == {"address": "robot_known"}
    for number in range(9):
        add(reader, address=f"{WECOM}{number}")
    with pytest.raises(Invalid) as refused:
        add(reader, address=f"{WECOM}x")
    assert {name: error.code for name, error in refused.value.errors.items()} == {"name": "robot_limit"}


def test_anothers_robot_is_not_there(app: Flask, reader: Actor) -> None:
    robot = add(reader)
    _organisation, stranger = make.make_organisation()
    for call in (
        lambda: robots.send_test(actor=stranger, robot_id=robot.id),
        lambda: robots.delete_robot(actor=stranger, robot_id=robot.id),
        lambda: robots.change_robot(actor=stranger, robot_id=robot.id, name="x", address="", secret=""),
    ):
        with pytest.raises(NotFound):
            call()
    with pytest.raises(Invalid) as refused:
        service.save_search(
            actor=stranger, name="x", address="/offers?q=bed", lang="en", cadence="now", by_mail=True, robot_id=robot.id
        )
    assert list(refused.value.errors) == ["robot_id"]


def test_changing_a_name_keeps_address_and_secret(app: Flask, reader: Actor) -> None:
    robot = add(reader, "dingtalk", DINGTALK, "SECtest")
    robots.change_robot(actor=reader, robot_id=robot.id, name="New", address="", secret="")
    robot = db.session.get_one(Robot, robot.id)
    assert (robot.name, robot.address, robot.secret) == ("New", DINGTALK, "SECtest")


def test_the_robot_of_who_left_hears_no_more_of_the_organisations_demands(app: Flask) -> None:
    institution, owner = make.make_organisation(kind="institution")
    _supplier, seller = make.make_organisation(kind="supplier")
    leaver = Actor(make.make_user().id, institution.id, owner.roles | {"editor"}, "member")
    db.session.add(Membership(user_id=leaver.user_id, organisation_id=institution.id, role="editor"))
    db.session.commit()
    demand = make.make_demand(owner)
    make.run_jobs()
    robot = add(leaver)
    service.keep_watching(
        actor=leaver, demand_id=demand.id, name="Beds", cadence="now", by_mail=False, robot_id=robot.id)
    make.make_offer(seller)
    make.run_jobs()
    assert db.session.query(RobotLine).count() == 1
    members.remove_member(actor=owner, organisation_id=institution.id, user_id=leaver.user_id)
    make.make_offer(seller, content=make.offer_content("Electric nursing bed II"))
    make.run_jobs()
    db.session.rollback()
    assert (db.session.query(Sighting).filter(Sighting.told).count(), db.session.query(RobotLine).count()) == (2, 1)
