"""On a phone 360 pixels wide: from a chat to an answer, from the home page to matches, and WeChat's own browser."""

from __future__ import annotations

import contextlib
import io
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Error, Locator, Page, expect

from marketplace import clock, create_app
from marketplace.accounts.models import User
from marketplace.extensions import db
from marketplace.files import service as files
from marketplace.settings import Settings
from tests.journeys.market import PASSWORD, Market, until
from tests.journeys.stage import Pair, set_stage
from tests.marketplace import factories as make
from tests.support.gateway import Gateway
from tests.support.mailbox import Mailbox
from tests.support.site import Site

PHONE = {"width": 360, "height": 740}
NUMBER = "+85291234567"
MOST_TAPS = 10
WECHAT = ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
          "Mobile/15E148 MicroMessenger/8.0.49(0x18003137) NetType/WIFI Language/zh_CN")


@pytest.fixture(scope="module")
def gateway() -> Iterator[Gateway]:
    with Gateway() as running:
        yield running


@pytest.fixture(scope="module")
def market(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, gateway: Gateway) -> Iterator[Market]:
    """A site that sends its text messages to a gateway on this machine."""
    folder = tmp_path_factory.mktemp("phones")
    shutil.copyfile(sqlite_template, folder / "market.db")
    settings = {"SMS_URL": f"http://{gateway.address}/send", "SEARCH_TIMEOUT": "20"}
    with Mailbox() as mailbox, Site(folder, f"sqlite:///{folder / 'market.db'}",
                                    settings={**settings, "MAIL_URL": mailbox.url}) as site:
        yield Market(site=site, mailbox=mailbox, organiser="")


@pytest.fixture(scope="module")
def pair(market: Market) -> Pair:
    """A demand and an offer that fits it; the supplier's person signs in by number."""
    pair = set_stage(market)
    app = create_app(Settings.from_environment(market.site.environment))
    with app.app_context():
        person = db.session.query(User).filter(User.email == pair.supplier_email).one()
        person.phone, person.phone_confirmed_at = NUMBER, clock.now()
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    return pair


class Thumb:
    """Taps on a phone, each noted by what it hit; after each the page must fit the window."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.taps: list[str] = []

    def fits(self) -> None:
        assert self.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], self.page.url

    def tap(self, what: Locator, *, loads: bool = True) -> None:
        self.taps.append((what.text_content() or "").strip() or "choice")
        if loads:
            with self.page.expect_navigation():
                what.click()
        else:
            what.click()
        self.fits()


def invitation(market: Market, page: Page, pair: Pair) -> str:
    """The institution copies the match as a message; the link that it carries into a chat."""
    page.goto(f"{market.site.url}/sign-in")
    page.fill("[name=email]", pair.institution_email)
    page.fill("[name=password]", PASSWORD)
    page.click("main form .btn-primary")
    page.goto(f"{market.site.url}/matches/{pair.demand_id}/{pair.offer_id}")
    page.click("main a[href^='/messages/new']")
    page.select_option("[name=country]", "HK")
    page.fill("[name=number]", "9123 4567")
    page.click("main form .btn-primary")
    text = page.locator("textarea[readonly]").input_value()
    found = re.search(re.escape(market.site.url) + r"/m/\S+", text)
    assert found is not None, text
    return found[0]


def code(gateway: Gateway) -> str:
    """The code that came to the phone."""
    until(lambda: [one for one in gateway.received if one.body["to"] == NUMBER], "a text message")
    return str(gateway.received[-1].body["params"]["code"])


def test_from_an_invitation_link_to_an_answered_demand(
    market: Market, new_page: Callable[..., Page], pair: Pair, gateway: Gateway
) -> None:
    """Under ten taps and one code, the tap on the link in the chat included."""
    link = invitation(market, new_page(locale="en-GB"), pair)
    page = new_page(locale="en-GB", viewport=PHONE, has_touch=True)
    thumb = Thumb(page)
    thumb.taps.append("the link in the chat")
    page.goto(link)
    thumb.fits()
    thumb.tap(page.locator("main form .btn-primary"))
    field = page.locator("[name=code]")
    expect(field).to_have_attribute("autocomplete", "one-time-code")
    expect(field).to_have_attribute("inputmode", "numeric")
    field.fill(code(gateway))
    thumb.tap(page.locator("main form .submit-row .btn-primary"))
    thumb.tap(page.locator("#answer label", has_text="interested").first, loads=False)
    thumb.tap(page.locator("#answer .submit-row .btn-primary"))
    expect(page.locator("main")).to_contain_text("Interested")
    assert page.url == f"{market.site.url}/matches/{pair.demand_id}/{pair.offer_id}"
    assert (thumb.taps[0], len(gateway.received)) == ("the link in the chat", 1)
    assert len(thumb.taps) == 5 < MOST_TAPS, thumb.taps


def test_from_the_home_page_to_matches_with_reasons(market: Market, new_page: Callable[..., Page], pair: Pair) -> None:
    """Two screens without an account: the home page, and the matches with their reasons."""
    page = new_page(locale="zh-CN", viewport=PHONE, has_touch=True)
    loads: list[str] = []
    page.on("request", lambda request: loads.append(request.url)
            if request.is_navigation_request() and request.redirected_from is None else None)
    page.goto(market.site.url)
    thumb = Thumb(page)
    page.locator("form[action='/need'] [name=text]").first.fill("香港院舍需要30张电动护理床，载重至少180公斤")
    thumb.tap(page.locator("form[action='/need'] button[type=submit]").first)
    expect(page.locator("main")).to_contain_text("Electric nursing bed")
    expect(page.locator(f"main a[href='/offers/{pair.offer_id}']").first).to_be_visible()
    assert page.locator("main [class*=state-], main .reasons, main .requirement").count() > 0
    assert (len(loads), len(thumb.taps)) == (2, 1)


def document(market: Market) -> int:
    """An offer that carries a document."""
    app = create_app(Settings.from_environment(market.site.environment))
    with app.app_context():
        _supplier, seller = make.make_organisation(kind="supplier")
        stream = io.BytesIO("载重200公斤，床高可调。".encode())
        file_id = files.store(actor=seller, stream=stream, filename="说明书.txt", purpose="document").id
        content = make.offer_content("Bed", documents=[{"file": file_id, "title": {"zh-Hans": "说明书"}}])
        offer_id = make.make_offer(seller, content=content).id
        db.session.remove()
        db.engine.dispose()
    return offer_id


def test_in_wechat_a_document_is_read_on_the_page_and_saved_in_a_browser(
    market: Market, new_page: Callable[..., Page]
) -> None:
    offer_id = document(market)
    page = new_page(locale="zh-CN", viewport=PHONE, has_touch=True, user_agent=WECHAT)
    thumb = Thumb(page)
    page.goto(f"{market.site.url}/offers/{offer_id}")
    thumb.fits()
    thumb.tap(page.locator("main a[href^='/view/files/']"))
    expect(page.locator("main")).to_contain_text("载重200公斤，床高可调。")
    thumb.tap(page.locator("main .page-head a"))
    assert "/pass/" in page.url
    expect(page.locator("main img[src*='open-in-browser']")).to_be_visible()
    expect(page.locator("main ol li")).to_have_count(2)
    outside = new_page(locale="zh-CN", viewport=PHONE)
    with outside.expect_download() as saved, contextlib.suppress(Error):  # a download ends the visit
        outside.goto(page.url)
    assert saved.value.suggested_filename == "说明书.txt"
    assert saved.value.path().read_text("utf-8") == "载重200公斤，床高可调。"
