"""One site for the journeys of a lane: web server, worker, index, an SMTP server, real offers, an organiser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.market import PASSWORD, Market
from tests.support.mailbox import Mailbox
from tests.support.site import Site

ROOT = Path(__file__).resolve().parents[2]
ORGANISER = "organiser@example.com"
OFFERS = 40


@pytest.fixture(scope="session")
def market(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Market]:
    """A site as it is opened: offers taken over from public sources, an organiser made by a command, nobody else."""
    folder = tmp_path_factory.mktemp("market")
    database = folder / "market.db"
    shutil.copyfile(sqlite_template, database)
    beds = ("nursing bed", "护理床", "護理床")
    lines = (ROOT / "demo" / "offers.jsonl").read_text("utf-8").splitlines(keepends=True)
    chosen = [line for line in lines if any(bed in line for bed in beds)]
    chosen += [line for line in lines if line not in chosen][: OFFERS - len(chosen)]
    (folder / "offers.jsonl").write_text("".join(chosen), "utf-8")
    # Not what a reader waits for is tested here: a machine under load may take longer than the usual second.
    settings = {"ORGANISER_PASSWORD": PASSWORD, "SEARCH_TIMEOUT": "20"}
    with (
        Mailbox() as mailbox,
        Site(folder, f"sqlite:///{database}", settings={**settings, "MAIL_URL": mailbox.url}) as site,
    ):
        site.flask("import", "offers", str(folder / "offers.jsonl"))
        site.flask("user", "create-organiser", ORGANISER, "--name", "Organiser", "--locale", "en")
        market = Market(site=site, mailbox=mailbox, organiser=ORGANISER)
        market.rest()
        yield market
