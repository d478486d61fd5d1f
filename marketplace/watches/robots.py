"""The robots of a person's groups: added, tried, switched off by what their services answer; and their queue."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from marketplace import clock, i18n
from marketplace.accounts.models import User
from marketplace.actor import Actor
from marketplace.errors import AlreadyDone, ErrorCode, Invalid
from marketplace.extensions import affected, db, upserting
from marketplace.notifications import service as notifications
from marketplace.outbox import service as outbox
from marketplace.outbox.models import Job
from marketplace.transaction import transaction
from marketplace.watches import policy, queries, transport, webhooks, words
from marketplace.watches.models import Robot, RobotLine, RobotSending

JOB = "send_to_robot"
MOST_ROBOTS = 10
LONGEST_NAME = 80
# Who sends holds a robot so long at most; another worker then takes over.
HELD = timedelta(seconds=60)
# After a failure it is tried again after so long, then twice as long, and after so many it is given up.
FIRST_WAIT = timedelta(seconds=30)
MOST_FAILURES = 8
# Lines read for one message; what does not fit goes with the next.
AT_ONCE = 40
# Nobody wants last week's news when a robot works again.
STALE = timedelta(days=3)
KEPT = timedelta(days=30)


def add_robot(
    *, actor: Actor, service: str, name: str, address: str, secret: str, submission_id: str | None = None
) -> Robot:
    """Add a robot. Raises Invalid at "service", "name", "address", "secret"; AlreadyDone."""
    user_id = actor.require_user()
    errors = _name_errors(name)
    try:
        address, secret = webhooks.read_webhook(service, address, secret)
    except Invalid as invalid:
        errors |= invalid.errors
    with transaction():
        if submission_id is not None:
            done = db.session.scalar(sa.select(Robot.id).where(Robot.submission_id == submission_id))
            if done is not None:
                raise AlreadyDone(done)
        db.session.scalar(sa.select(User.id).where(User.id == user_id).with_for_update())
        mine = queries.my_robots(actor)
        if len(mine) >= MOST_ROBOTS:
            errors.setdefault("name", ErrorCode("robot_limit", {"maximum": MOST_ROBOTS}))
        if any(robot.address == address for robot in mine):
            errors.setdefault("address", ErrorCode("robot_known"))
        if errors:
            raise Invalid(errors)
        robot = Robot(
            user_id=user_id, service=service, name=name, address=address, secret=secret, submission_id=submission_id
        )
        db.session.add(robot)
    return robot


def change_robot(*, actor: Actor, robot_id: int, name: str, address: str, secret: str) -> Robot:
    """Rename a robot, or give it another address or secret (empty: as before). It works again from then on.

    Raises NotFound, Invalid at "name", "address", "secret".
    """
    errors = _name_errors(name)
    with transaction():
        robot = _locked(actor, robot_id)
        try:
            address, secret = webhooks.read_webhook(
                robot.service, address or robot.address or "", secret or robot.secret or ""
            )
        except Invalid as invalid:
            errors |= invalid.errors
        if errors:
            raise Invalid(errors)
        robot.name, robot.address, robot.secret = name, address, secret
        _switch_on(robot)
    return robot


def delete_robot(*, actor: Actor, robot_id: int) -> None:
    """Forget a robot and what waits for it. Raises NotFound."""
    with transaction():
        robot = _locked(actor, robot_id)
        db.session.execute(sa.delete(Robot).where(Robot.id == robot.id))


def send_test(*, actor: Actor, robot_id: int) -> webhooks.Outcome:
    """Send a message now that says it is a trial; a robot that was switched off works again when it arrives.

    Raises NotFound.
    """
    robot = queries.get_robot(actor, robot_id)
    if not _has_room(robot):
        return webhooks.Outcome("later", "limit")
    public_url = current_app.config["SETTINGS"].public_url
    line = webhooks.Line(_("This is a trial. What you watch will stand here."), f"{public_url}/watches")
    found = _post(robot, [line])[0]
    if found.state == "sent":
        with transaction():
            _switch_on(_locked(actor, robot_id))
            _ask_to_send(robot_id, clock.now())
    return found


def queue(robot_id: int, facts: Mapping[str, Any], *, dedupe_key: str) -> None:
    """Have a line sent to a robot's group with the next message, once for each key, in the open transaction."""
    db.session.execute(
        upserting(RobotLine)
        .values(robot_id=robot_id, facts=dict(facts), dedupe_key=dedupe_key, created_at=clock.now())
        .on_conflict_do_nothing(index_elements=["dedupe_key"])
    )
    _ask_to_send(robot_id, clock.now())


def _ask_to_send(robot_id: int, at: datetime) -> None:
    outbox.enqueue(JOB, subject=str(robot_id), run_at=at, dedupe_key=f"{JOB}:{robot_id}")


def handle(job: Job) -> None:
    """Send what waits for a robot as one message, within its service's limits. Safe to run twice.

    A worker that dies between the service's answer and the note of it sends that message again, after a minute.
    """
    robot_id = int(job.subject)
    now = clock.now()
    with transaction():
        held = affected(
            sa.update(Robot)
            .where(
                Robot.id == robot_id,
                Robot.off_at.is_(None),
                sa.or_(Robot.sending_until.is_(None), Robot.sending_until <= now),
            )
            .values(sending_until=now + HELD)
        )
        robot = db.session.get(Robot, robot_id)
        if robot is None or robot.off_at is not None:
            return
        if not held:
            _ask_to_send(robot_id, robot.sending_until or now + HELD)
            return
        later = max((moment for moment in (robot.wait_until, _room_at(robot)) if moment and moment > now), default=None)
        if later is not None:
            robot.sending_until = None
            _ask_to_send(robot_id, later)
            return
    _send(robot_id)


def _send(robot_id: int) -> None:
    robot = db.session.get_one(Robot, robot_id)
    fresh = RobotLine.created_at > clock.now() - STALE
    waiting = list(
        db.session.scalars(
            sa.select(RobotLine)
            .where(RobotLine.robot_id == robot_id, RobotLine.sent_at.is_(None), fresh)
            .order_by(RobotLine.id)
            .limit(AT_ONCE)
        )
    )
    if not waiting:
        with transaction():
            db.session.execute(sa.update(Robot).where(Robot.id == robot_id).values(sending_until=None))
        return
    owner = db.session.get_one(User, robot.user_id)
    ids = [line.id for line in waiting]
    with force_locale(owner.locale):
        found, number = _post(robot, [_line(line.facts, owner.locale) for line in waiting])
    now = clock.now()
    with transaction():
        robot = db.session.get_one(Robot, robot_id, with_for_update=True)
        robot.sending_until = None
        if found.state == "sent":
            robot.failures, robot.wait_until = 0, None
            sent = sa.update(RobotLine).where(RobotLine.id.in_(ids[:number]), RobotLine.sent_at.is_(None))
            db.session.execute(sent.values(sent_at=now))
            _ask_to_send(robot_id, now)  # for what did not fit, or came meanwhile
            return
        robot.failures += 1
        if found.state == "off" or robot.failures >= MOST_FAILURES:
            _switch_off(robot, found.reason if found.state == "off" else "no_answer")
            return
        robot.wait_until = now + FIRST_WAIT * 2 ** (robot.failures - 1)
        _ask_to_send(robot_id, robot.wait_until)


def _post(robot: Robot, lines: list[webhooks.Line]) -> tuple[webhooks.Outcome, int]:
    """Send one message with no transaction open; what became of it, and how many lines it held."""
    service, address, secret, robot_id = robot.service, robot.address, robot.secret, robot.id
    if address is None or secret is None:
        return webhooks.Outcome("off", "unreadable"), 0
    # The robot's own name is in every message: services may ask for a word that must be in it.
    title = f"{_('Silver Marketplace')} · {robot.name}"
    body, number = webhooks.messages(service, title, title, lines)
    address, data = webhooks.signed(service, address, secret, body, clock.now().timestamp())
    with transaction():
        db.session.add(RobotSending(robot_id=robot_id, sent_at=clock.now()))
    try:
        status, answer = transport.post(address, data)
    except transport.Unreachable as error:
        current_app.logger.warning("robot not reached", extra={"robot": robot_id, "reason": str(error)})
        return webhooks.Outcome("later", "no_answer"), number
    found = webhooks.outcome(service, status, answer)
    if found.state != "sent":
        current_app.logger.warning("robot refused", extra={"robot": robot_id, "reason": found.reason})
    return found, number


def _line(facts: Mapping[str, Any], locale: str) -> webhooks.Line:
    lang = i18n.data_lang(locale)
    public_url = current_app.config["SETTINGS"].public_url
    title = i18n.pick(facts["title"], lang).text
    note = f"{facts['watch']} — {words.reason_text(facts)}"
    return webhooks.Line(title[:200], f"{public_url}/{facts['kind']}s/{facts['id']}", note[:300])


def _room_at(robot: Robot) -> datetime | None:
    """When its service takes the next message, counted by what was sent; None for now."""
    now, later = clock.now(), None
    for number, seconds in webhooks.SERVICES[robot.service].limits:
        window = timedelta(seconds=seconds)
        recent = db.session.scalars(
            sa.select(RobotSending.sent_at)
            .where(RobotSending.robot_id == robot.id, RobotSending.sent_at > now - window)
            .order_by(RobotSending.sent_at.desc(), RobotSending.id.desc())
            .limit(number)
        ).all()
        if len(recent) == number:
            free = recent[-1] + window + timedelta(seconds=1)
            later = free if later is None else max(later, free)
    return later


def _has_room(robot: Robot) -> bool:
    return _room_at(robot) is None


def _switch_on(robot: Robot) -> None:
    robot.off_at, robot.off_reason, robot.failures, robot.wait_until = None, "", 0, None


def _switch_off(robot: Robot, reason: str) -> None:
    """Send nothing more, and tell its owner why."""
    now = clock.now()
    robot.off_at, robot.off_reason, robot.wait_until = now, reason, None
    notifications.notify(
        kind="robot_off",
        user_id=robot.user_id,
        params={"name": robot.name, "service": robot.service, "reason": reason, "robot_id": robot.id},
        dedupe_key=f"robot_off:{robot.id}:{now.isoformat()}",
    )


def _locked(actor: Actor, robot_id: int) -> Robot:
    return policy.require_own_robot(actor, db.session.get(Robot, robot_id, with_for_update=True))


def _name_errors(name: str) -> dict[str, Any]:
    if not name:
        return {"name": ErrorCode("required")}
    if len(name) > LONGEST_NAME:
        return {"name": ErrorCode("too_long", {"maximum": LONGEST_NAME, "length": len(name)})}
    return {}


def forget_old() -> None:
    """Lines and sendings older than a month tell nothing any more."""
    before = clock.now() - KEPT
    with transaction():
        db.session.execute(sa.delete(RobotLine).where(RobotLine.created_at < before))
        db.session.execute(sa.delete(RobotSending).where(RobotSending.sent_at < before))
