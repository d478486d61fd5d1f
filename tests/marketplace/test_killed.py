"""kill -9 of the web server and of the worker at any moment: what was acknowledged is there, nothing is half there, no
job is lost, and nobody outside notices more than a mail that comes twice under one Message-ID.
"""

from __future__ import annotations

import json
import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import TypeVar

import pytest
import sqlalchemy as sa

from marketplace import clock, create_app
from marketplace.accounts import service as accounts
from marketplace.audit.models import AuditEvent
from marketplace.extensions import db
from marketplace.files.models import FileVariant
from marketplace.files.storage import path_of
from marketplace.indexing.models import DocumentRevision
from marketplace.matches.models import Match
from marketplace.notifications.models import Delivery, Notification
from marketplace.offers.models import Offer, OfferVersion
from marketplace.outbox.models import Job
from marketplace.settings import Settings
from tests.marketplace import factories as make
from tests.marketplace.files.making import picture
from tests.support.client import Client, NoAnswer
from tests.support.launch import Server
from tests.support.mailbox import Mailbox
from tests.support.site import Site

pytestmark = pytest.mark.slow

Answer = TypeVar("Answer")

PEOPLE, WRITES, WEB_KILLS = 3, 8, 4
SUPPLIERS, DEMANDS, SIGN_UPS, MAIL_KILLS, OTHER_KILLS = 6, 3, 5, 3, 2


@contextmanager
def application(site: Site) -> Iterator[Settings]:
    """This process on the site's database, index and files, with an application context."""
    settings = Settings.from_environment(site.environment)
    with create_app(settings).app_context():
        try:
            yield settings
        finally:
            db.session.remove()
            db.engine.dispose()


def kill(server: Server) -> None:
    """End a server and what it started, at once and without a chance to tidy up."""
    with suppress(ProcessLookupError):  # it died a moment ago
        os.killpg(server.process.pid, signal.SIGKILL)
    server.process.wait(10)


@pytest.fixture
def chance(request: pytest.FixtureRequest) -> random.Random:
    """Random moments; what chose them is told where the test fails."""
    seed = int.from_bytes(os.urandom(4))
    request.node.add_report_section("call", "seed", str(seed))
    return random.Random(seed)


class Writer(threading.Thread):
    """One signed-in supplier who publishes offers through the form, each with a picture, one after the other.

    A submission that got no answer is sent again as it was, as a browser does on "reload", until it is answered.
    """

    def __init__(self, site: Site, email: str, number: int) -> None:
        super().__init__(daemon=True)
        self.client, self.email, self.number = Client(site.url), email, number
        self.acknowledged: dict[str, int] = {}
        self.repeated = 0
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            self._until_answered(self._sign_in)
            for write in range(WRITES):
                self._publish(f"Nursing bed {self.number}-{write}")
        except BaseException as error:
            self.error = error

    def _sign_in(self) -> None:
        form = self.client.form("/sign-in")
        self.client.post("/sign-in", form | {"email": self.email, "password": make.PASSWORD})

    def _publish(self, title: str) -> None:
        page = "/offers/new?kind=equipment"
        form = self._until_answered(lambda: self.client.form(page, action="/offers/new"))
        form |= {
            "title_en": title,
            "summary_en": f"{title}, 200 kg",
            "fact_serves": "Hong Kong",
            "pictures-0-text_en": title,
            "action": "publish",
        }
        files = {"pictures-0-upload": (f"{title}.png", picture((40, 30), "PNG"))}
        answer = self._until_answered(lambda: self.client.post("/offers/new", form, files))
        assert answer.status == 303, answer.text
        self.acknowledged[title] = int(answer.location.rpartition("/")[2])

    def _until_answered(self, ask: Callable[[], Answer]) -> Answer:
        while True:
            try:
                return ask()
            except NoAnswer:
                self.repeated += 1
                time.sleep(0.1)


def test_no_acknowledged_write_is_lost_and_none_is_half_there(
    database_url: str, start_site: Callable[..., Site], chance: random.Random
) -> None:
    site = start_site(database_url, worker=False)
    with application(site):
        people = [make.make_user() for _ in range(PEOPLE)]
        for person in people:
            make.make_organisation(kind="supplier", owner=person)
        writers = [Writer(site, person.email, number) for number, person in enumerate(people)]
    for writer in writers:
        writer.start()

    web = site.server("web")
    for number in range(1, WEB_KILLS + 1):
        _wait_until(lambda share=number: _written(writers) >= share * PEOPLE * WRITES // (WEB_KILLS + 1), writers)
        time.sleep(chance.uniform(0, 0.15))
        kill(web)
        web = site.start_web()
    for writer in writers:
        writer.join(120)
        assert writer.error is None
    assert sum(writer.repeated for writer in writers) >= 1, "no write was ever interrupted"

    acknowledged = {title: offer_id for writer in writers for title, offer_id in writer.acknowledged.items()}
    assert len(acknowledged) == PEOPLE * WRITES
    with application(site) as settings:
        _everything_is_whole(acknowledged, settings)
        # What a dead process had under lease is due again once the lease has run out.
        with clock.frozen(clock.now() + timedelta(minutes=5)):
            make.run_jobs()
        assert db.session.query(Job).count() == 0
    verified = site.flask("index", "verify")
    assert verified.count('"ok": true') == 2


def _written(writers: list[Writer]) -> int:
    return sum(len(writer.acknowledged) for writer in writers)


def _wait_until(reached: Callable[[], bool], writers: list[Writer], timeout: float = 90.0) -> None:
    end = time.monotonic() + timeout
    while not reached():
        assert time.monotonic() < end, [writer.error for writer in writers]
        time.sleep(0.01)


def _everything_is_whole(acknowledged: dict[str, int], settings: Settings) -> None:
    """The database holds the acknowledged offers and nothing else, each entire."""
    offers = db.session.scalars(sa.select(Offer)).all()
    live = {offer.live_version.content["texts"]["title"]["en"]: offer.id for offer in offers}
    assert live == acknowledged
    assert db.session.query(OfferVersion).count() == len(acknowledged)
    told = Counter(tuple(row) for row in db.session.execute(sa.select(AuditEvent.action, AuditEvent.subject_id)))
    revisions = {row.subject_id for row in db.session.scalars(sa.select(DocumentRevision))}
    waiting = set(db.session.scalars(sa.select(Job.subject).where(Job.name == "match_offer")))
    for offer in offers:
        assert (told["offer.created", offer.id], told["offer.published", offer.id]) == (1, 1)
        [shown] = offer.live_version.content["pictures"]
        variants = db.session.scalars(sa.select(FileVariant).where(FileVariant.file_id == shown["file"])).all()
        kept = [path_of(settings.files_dir, variant.sha256) for variant in variants]
        assert kept
        assert [path.stat().st_size for path in kept] == [variant.size for variant in variants]
    assert revisions == set(acknowledged.values())
    assert waiting == {str(offer_id) for offer_id in acknowledged.values()}


class KillingMailbox(Mailbox):
    """Takes mails in, and has the worker killed after some of them, before it hears that they were taken."""

    def __init__(self, kill_after: set[int]) -> None:
        super().__init__()
        self.kill_after = kill_after
        self.worker: Server | None = None

    def keep(self, content: bytes | str) -> None:
        super().keep(content)
        if len(self.messages) in self.kill_after and self.worker is not None:
            kill(self.worker)


def test_no_job_is_lost_and_no_mail_is_new_when_it_comes_again(
    database_url: str, start_site: Callable[..., Site], chance: random.Random
) -> None:
    mails = SUPPLIERS * DEMANDS + SIGN_UPS
    with KillingMailbox(set(chance.sample(range(1, mails), MAIL_KILLS))) as mailbox:
        site = start_site(database_url, worker=False, settings={"MAIL_URL": mailbox.url})
        with application(site):
            pairs = _demands_and_offers()
            for number in range(SIGN_UPS):
                accounts.sign_up(
                    email=f"new{number}@example.com", password=make.PASSWORD, name="New", locale="zh_Hant",
                    submission_id=None, address="127.0.0.1", agent="",
                )  # fmt: skip
        deaths = _work_until_done(site, mailbox, chance)

        assert deaths >= MAIL_KILLS
        with application(site):
            assert {(match.demand_id, match.offer_id) for match in db.session.scalars(sa.select(Match))} == pairs
            assert db.session.query(Delivery).filter(Delivery.sent_at.is_(None)).count() == 0
            told = db.session.query(Notification).filter(Notification.kind == "new_match").count()
            assert told == len(pairs), "each supplier of each demand, however often the pair was judged"
            wanted = db.session.query(Delivery).count() + SIGN_UPS
        verified = site.flask("index", "verify")
        assert verified.count('"ok": true') == 2

        sent = [(str(mail["To"]), str(mail["Subject"]), str(mail["Message-ID"])) for mail in mailbox.messages]
        assert len({message_id for _to, _subject, message_id in sent}) == len(set(sent)) == wanted
        assert len(sent) > wanted, "a worker died between the mail and its note, and the mail went again"
        assert json.loads(site.flask("jobs", "list"))["failed"] == []


def _demands_and_offers() -> set[tuple[int, int]]:
    """Published demands and offers that all fit each other, their jobs still to be done; every pair of them."""
    offers = []
    for _ in range(SUPPLIERS):
        _organisation, seller = make.make_organisation(kind="supplier")
        offers.append(make.make_offer(seller).id)
    demands = []
    for _ in range(DEMANDS):
        _organisation, buyer = make.make_organisation(kind="institution")
        demands.append(make.make_demand(buyer).id)
    return {(demand, offer) for demand in demands for offer in offers}


def _work_until_done(site: Site, mailbox: KillingMailbox, chance: random.Random) -> int:
    """Start a worker again whenever it was killed, until no job is left; returns how many died."""
    engine = sa.create_engine(site.environment["DATABASE_URL"])
    # What periodic work put off to another hour is not waited for.
    soon = clock.now() + timedelta(hours=1)
    due = sa.select(sa.func.count()).select_from(Job).where(Job.run_at < soon)
    deaths = at_random = 0
    end = time.monotonic() + 200
    try:
        while time.monotonic() < end:
            worker = mailbox.worker = site.start_worker()
            moment = time.monotonic() + chance.uniform(1.5, 6)
            while worker.process.poll() is None:
                if at_random < OTHER_KILLS and time.monotonic() > moment:
                    at_random += 1
                    kill(worker)
                with engine.connect() as connection:
                    if not connection.scalar(due):
                        return deaths
                time.sleep(0.05)
            deaths += 1
            _let_leases_run_out(engine)
    finally:
        mailbox.worker = None
        engine.dispose()
    raise AssertionError("jobs were left after 200 s")


def _let_leases_run_out(engine: sa.Engine) -> None:
    """What two minutes would do: a dead worker's leases end. No worker runs while this is written."""
    past = clock.now() - timedelta(seconds=1)
    table = Job.__table__
    with engine.connect().execution_options(write=True) as connection, connection.begin():
        leased = table.c.lease_until.is_not(None)
        connection.execute(sa.update(table).where(leased).values(lease_until=past))
