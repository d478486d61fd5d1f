"""The system's Chromium, driven by Playwright."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.parts import need

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page

# Without the last five Chromium calls home at every start; as root it has no sandbox.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PICTURES = Path(__file__).resolve().parents[2] / ".cache" / "failed-pages"


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the system's Chromium."""
    return need("browser")


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """One Chromium for all tests of a lane; contexts keep them apart."""
    from playwright.sync_api import sync_playwright  # a quarter of a second that most runs need not wait

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=list(ARGUMENTS))
        yield launched
        launched.close()


@pytest.fixture
def new_page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[..., Page]]:
    """Make pages, each with cookies of its own: `new_page(locale="zh-HK", viewport={"width": 360, "height": 740})`.

    Takes what Playwright's `Browser.new_context` takes. A script error or a breach of the Content-Security-Policy on
    any of
    them fails the test at its end; of a failed test each page leaves a picture in .cache/failed-pages.
    """
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def console(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text or "Content-Security-Policy" in message.text:
            faults.append(message.text)

    def failed(error: Error) -> None:
        faults.append(f"script error: {error}")

    def make(**options: object) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})  # type: ignore[arg-type]
        contexts.append(context)
        context.set_default_timeout(15_000)
        page = context.new_page()
        page.on("console", console)
        page.on("pageerror", failed)
        return page

    yield make
    report = getattr(request.node, "call_report", None)
    if report is not None and report.failed:
        PICTURES.mkdir(parents=True, exist_ok=True)
        name = re.sub(r"[^\w.-]+", "_", request.node.nodeid)[-120:]
        for number, context in enumerate(contexts):
            for page in context.pages:
                page.screenshot(path=PICTURES / f"{name}-{number}.png", full_page=True)
    for context in contexts:
        context.close()
    assert not faults, "\n".join(faults)


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A page 1280 wide that asks for English."""
    return new_page(locale="en-GB")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    report = yield
    if call.when == "call":
        item.call_report = report  # type: ignore[attr-defined]
    return report
