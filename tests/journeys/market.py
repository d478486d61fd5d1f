"""A running site with real offers in it, its mails, and what the people at its browsers do."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from zlib import crc32

import sqlalchemy as sa
from playwright.sync_api import Locator, Page, expect

from marketplace import clock
from marketplace.outbox.models import Job
from tests.journeys.words import Words
from tests.support.mailbox import Mailbox
from tests.support.site import Site

PASSWORD = "seven quiet wheelchairs"
PATIENCE = 45.0  # seconds until a loaded machine has matched, indexed and mailed


def until(found: Callable[[], object], what: str, *, patience: float = PATIENCE) -> object:
    """What `found` answers once it is something. Raises AssertionError naming `what` after `patience` seconds."""
    end = time.monotonic() + patience
    while not (answer := found()):
        assert time.monotonic() < end, f"{what}: nothing within {patience:.0f} s"
        time.sleep(0.2)
    return answer


def rest(site: Site) -> None:
    """Wait until no job of the site waits any more; those of a later day do not count."""
    engine = sa.create_engine(site.environment["DATABASE_URL"])

    def idle() -> bool:
        with engine.connect() as connection:
            soon = clock.now() + timedelta(hours=1)
            return connection.scalar(sa.select(sa.func.count()).select_from(Job).where(Job.run_at < soon)) == 0

    try:
        until(idle, "the worker's rest", patience=120)
    finally:
        engine.dispose()


@dataclass
class Market:
    """`site` runs with its worker; `mailbox` is the SMTP server that it sends to."""

    site: Site
    mailbox: Mailbox
    organiser: str

    def mail(self, address: str, subject: str) -> EmailMessage:
        """The one mail to `address` whose subject begins so, once it has come."""

        def of() -> list[EmailMessage]:
            return [mail for mail in self.mailbox.to(address) if str(mail["Subject"]).startswith(subject)]

        until(of, f"mail {subject!r} to {address}")
        [mail] = of()
        return mail

    def link(self, mail: EmailMessage) -> str:
        """The first address of this site in a mail."""
        found = re.search(re.escape(self.site.url) + r"\S+", mail.get_content())
        assert found, mail.get_content()
        return found[0]

    def rest(self) -> None:
        """Wait until no job waits any more."""
        rest(self.site)


class Person:
    """Somebody at a browser of their own. Every page they come to is looked at as a whole: its language, and whether
    it fits into the window.
    """

    def __init__(self, market: Market, page: Page, words: Words, email: str) -> None:
        self.market, self.page, self.words, self.email = market, page, words, email
        self.organisation_id = 0

    def go(self, address: str) -> None:
        """Open an address of the site."""
        url = address if address.startswith("http") else self.market.site.url + address
        answer = self.page.goto(url)
        assert answer is not None
        assert answer.status == 200, f"{answer.status} for {url}"
        self.look()

    def look(self) -> None:
        """The page is whole: in the reader's language, one heading, nothing beyond the window's edge."""
        expect(self.page.locator("html")).to_have_attribute("lang", self.words.tag)
        expect(self.page.locator("h1")).to_have_count(1)
        width = self.page.viewport_size["width"] if self.page.viewport_size else 0
        wide = self.page.locator("body").evaluate("body => document.documentElement.scrollWidth")
        assert wide <= width, f"{self.page.url} is {wide} wide in a window of {width}"

    def press(self, what: str | Locator) -> None:
        """Press a button or follow a link to another page."""
        with self.page.expect_navigation():
            (self.page.locator(what) if isinstance(what, str) else what).click()
        self.look()

    def main(self) -> Locator:
        """The page's own part, without header and footer."""
        return self.page.locator("main")

    def sees(self, *words: str) -> None:
        """All of these stand on the page, and can be seen."""
        for text in words:
            expect(self.main().get_by_text(text).first).to_be_visible()

    def sees_none_of(self, words: list[str]) -> None:
        """None of these stands anywhere in the page's source."""
        source = self.page.content()
        assert [text for text in words if text in source] == []

    def fill(self, **fields: str) -> None:
        """Type into fields by name, unfolding what they stand in."""
        for name, value in fields.items():
            self.field(name).fill(value)

    def field(self, name: str) -> Locator:
        """The control of this name, where it can be seen."""
        control = self.main().locator(f"[name={name}]")
        folded = control.locator("xpath=ancestor::details[not(@open)]/summary")
        while folded.count():
            folded.first.click()
        return control

    def sign_up(self) -> None:
        """On the page for it: make the account, and prove the address by the mail's link."""
        self.fill(name=self.email.partition("@")[0], email=self.email, password=PASSWORD)
        self.press("main form .btn-primary")

    def confirm_address(self) -> None:
        """Open the link that came by mail and press the button there."""
        here = self.page.url
        until(lambda: self.market.mailbox.to(self.email), f"a mail to {self.email}")
        [first] = self.market.mailbox.to(self.email)
        self.go(self.market.link(first))
        self.press("main form .btn-primary")
        self.go(here)

    def sign_in(self, address: str = "/sign-in") -> None:
        """Sign in on the page at `address`."""
        self.go(address)
        self.fill(email=self.email, password=PASSWORD)
        self.press("main form .btn-primary")

    @property
    def contact(self) -> dict[str, str]:
        """What only the other side may learn, once both agreed."""
        name = self.email.partition("@")[0]
        return {"contact_person": f"Person {name}", "contact_email": f"desk.{self.email}", "contact_phone": "55501234"}

    def enter_organisation(self, side: str) -> None:
        """On the page for it: enter an organisation that has all that approval needs."""
        self.page.locator(f"main [name=side][value={side}]").check()
        name = {f"name_{self.words.field}": f"{side} {self.email}", f"profile_{self.words.field}": "A test."}
        number = f"{crc32(self.email.encode()) % 10**8:08d}"
        self.fill(**name, place="Sha Tin", registration_number=number, **self.contact)
        self.page.locator("main [name=jurisdiction]").select_option("HK")
        self.press("main form .btn-primary")

    def ask_for_approval(self) -> None:
        """From the desk: ask the organisers to approve the organisation."""
        self.go("/desk")
        link = self.main().locator("a[href*='/approval']").first
        self.organisation_id = int(re.findall(r"/organisations/(\d+)/", link.get_attribute("href") or "")[0])
        self.press(link)
        self.press("main form .submit-row .btn-primary")

    def decide(self, organisation_id: int, decision: str = "approved") -> None:
        """As the organiser: take the organisation from the queue and decide."""
        self.go("/organiser/approvals")
        self.press(f"main a[href$='/organisation/{organisation_id}']")
        self.page.locator(f"main [name=decision][value={decision}]").check()
        form = self.main().locator("form", has=self.page.locator("[name=decision]"))
        self.press(form.locator(".submit-row .btn-primary"))
        expect(self.main().locator("table").last.locator(f"a[href$='/organisation/{organisation_id}']")).to_be_visible()
