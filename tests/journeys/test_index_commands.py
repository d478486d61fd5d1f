"""`flask index rebuild`, `rollback` and `verify` beside a site in use: suppliers publish and visitors search all the
while, no search goes without an answer, and what was once found stays found.
"""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from marketplace import create_app
from marketplace.extensions import db
from marketplace.settings import Settings
from tests.journeys.market import rest, until
from tests.marketplace import factories as make
from tests.support.client import Client
from tests.support.site import Site

pytestmark = pytest.mark.slow

DEMO = Path(__file__).resolve().parents[2] / "demo"
OFFERS, DEMANDS = 60, 10
SEARCHES = ("/offers?q=nursing+bed", "/offers?q=%E6%8A%A4%E7%90%86%E5%BA%8A&sort=newest", "/offers?kind=equipment",
            "/demands?q=meals", "/offers")  # fmt: skip
# What a page says when the engine did not answer.
AWAY = "The search engine does not answer"


class Crowd:
    """Suppliers who publish and visitors who search until `stop`; `faults` says what went wrong for any of them."""

    def __init__(self, site: Site, emails: list[str]) -> None:
        self.site = site
        self.found: dict[str, int] = {}  # word in the title of an offer, which a visitor has found by it, and its id
        self.searches = 0
        self.faults: list[str] = []
        self._stopped = threading.Event()
        self._threads = [threading.Thread(target=self._guard, args=(self._publish, email)) for email in emails]
        self._threads += [threading.Thread(target=self._guard, args=(self._search, str(n))) for n in range(2)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let everybody finish what they are at."""
        self._stopped.set()
        for thread in self._threads:
            thread.join(60)

    def _guard(self, work: Callable[[str], None], name: str) -> None:
        try:
            work(name)
        except Exception as error:
            self.faults.append(f"{work.__name__} {name}: {error!r}")

    def _publish(self, email: str) -> None:
        client = Client(self.site.url)
        client.post("/sign-in", client.form("/sign-in") | {"email": email, "password": make.PASSWORD})
        for number in count():
            if self._stopped.is_set():
                return
            word = f"qx{email.partition('@')[0]}n{number}"
            form = client.form("/offers/new?kind=equipment", action="/offers/new")
            texts = {"title_en": f"Nursing bed {word}", "summary_en": "Side rails, 200 kg.", "fact_serves": "Hong Kong"}
            answer = client.post("/offers/new", form | texts | {"action": "publish"})
            assert answer.status == 303, answer.text
            offer_id = int(answer.location.rpartition("/")[2])
            until(lambda word=word, id=offer_id: self._is_found(client, word, id), f"offer {word} in the search")
            self.found[word] = offer_id

    def _is_found(self, client: Client, word: str, offer_id: int) -> bool:
        return f'href="/offers/{offer_id}"' in self._ask(client, f"/offers?q={word}")

    def _ask(self, client: Client, address: str) -> str:
        answer = client.get(address)
        self.searches += 1
        if answer.status != 200 or AWAY in answer.text:
            self.faults.append(f"{answer.status} without the engine's answer for {address}")
        return answer.text

    def _search(self, name: str) -> None:
        client, chance = Client(self.site.url), random.Random(name)
        while not self._stopped.is_set():
            self._ask(client, chance.choice(SEARCHES))
            if self.found:
                word, offer_id = chance.choice(list(self.found.items()))
                if not self._is_found(client, word, offer_id):
                    self.faults.append(f"offer {offer_id} was found by {word} before and is not any more")


def test_with_the_embedded_engine(sqlite_url: str, start_site: Callable[..., Site], tmp_path: Path) -> None:
    # Not what a reader waits for is tested here: a machine under load may take longer than the usual second.
    site = start_site(sqlite_url, settings={"SEARCH_TIMEOUT": "20"})
    indices_are_changed_under_a_crowd(site, tmp_path)


def test_with_elasticsearch(
    postgres_url: str, elastic_url: str, elastic_prefix: str, start_site: Callable[..., Site], tmp_path: Path
) -> None:
    settings = {"SEARCH_TIMEOUT": "20", "SEARCH_PREFIX": elastic_prefix}
    site = start_site(postgres_url, search_url=elastic_url, settings=settings)
    indices_are_changed_under_a_crowd(site, tmp_path)


def indices_are_changed_under_a_crowd(site: Site, folder: Path) -> None:
    for side, most in (("offers", OFFERS), ("demands", DEMANDS)):
        lines = (DEMO / f"{side}.jsonl").read_text("utf-8").splitlines(keepends=True)
        (folder / side).write_text("".join(lines[:most]), "utf-8")
        site.flask("import", side, str(folder / side))
    with create_app(Settings.from_environment(site.environment)).app_context():
        emails = []
        for _ in range(2):
            owner = make.make_user()
            make.make_organisation(kind="supplier", owner=owner)
            emails.append(owner.email)
        db.session.remove()
        db.engine.dispose()
    rest(site)
    assert _verified(site) == {"offer": OFFERS, "demand": DEMANDS}

    crowd = Crowd(site, emails)
    try:
        for command in (("rebuild", "all"), ("rollback", "offer"), ("rebuild", "offer"), ("rollback", "all")):
            before = len(crowd.found)
            site.flask("index", *command)
            until(lambda before=before: len(crowd.found) > before or crowd.faults, "somebody who publishes")
    finally:
        crowd.stop()
    assert crowd.faults == []
    assert crowd.searches > 20

    rest(site)
    assert _verified(site) == {"offer": OFFERS + len(crowd.found), "demand": DEMANDS}
    visitor = Client(site.url)
    assert [
        word for word, id in crowd.found.items() if f'href="/offers/{id}"' not in visitor.get(f"/offers?q={word}").text
    ] == []


def _verified(site: Site) -> dict[str, int]:
    """How many documents each index holds, all as they should be: the command fails otherwise."""
    shown, at = [], 0
    text = site.flask("index", "verify")
    while at < len(text.rstrip()):
        report, at = json.JSONDecoder().raw_decode(text, at)
        at += 1
        shown.append(report)
    assert all(report["ok"] for report in shown)
    return {report["kind"]: report["held"] for report in shown}
