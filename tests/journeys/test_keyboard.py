"""Without a mouse: signing in, finding what waits, and answering, by Tab, Space and Enter alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.market import PASSWORD, Market, until
from tests.journeys.stage import Pair, set_stage

# More stops than any page has before what is looked for.
MOST_TABS = 150
SHOWS_FOCUS = """element => {
    const style = getComputedStyle(element);
    const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    return outlined || style.boxShadow !== "none";
}"""


@pytest.fixture(scope="module")
def pair(market: Market) -> Pair:
    """A demand and an offer that fits, judged."""
    return set_stage(market)


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is on `selector`; wherever it stops on the way, it shows."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        if focused.count() == 0:
            continue
        if focused.evaluate("(element, selector) => element.matches(selector)", selector):
            assert focused.evaluate(SHOWS_FOCUS), f"the focus on {selector} cannot be seen"
            return
    raise AssertionError(f"{selector} was not reached on {page.url}")


def follow(page: Page, selector: str, key: str = "Enter") -> None:
    """Go to a control and press it; another page comes."""
    tab_to(page, selector)
    with page.expect_navigation():
        page.keyboard.press(key)


def test_a_supplier_signs_in_and_answers(market: Market, new_page: Callable[..., Page], pair: Pair) -> None:
    page = new_page(locale="en-GB")
    page.goto(market.site.url)
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_class("skip-link")
    page.keyboard.press("Enter")
    expect(page.locator(":focus")).to_have_id("content")

    page.goto(market.site.url)
    follow(page, "a[href^='/sign-in']")
    tab_to(page, "[name=email]")
    page.keyboard.type(pair.supplier_email)
    tab_to(page, "[name=password]")
    page.keyboard.type(PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")

    follow(page, "header a[href='/matches']")
    follow(page, f"#match-{pair.demand_id}-{pair.offer_id} a[href$='#answer']")
    tab_to(page, "#answer [name=answer][value=interested]")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#answer [name=answer][value=declined]")).to_be_checked()
    page.keyboard.press("ArrowUp")
    expect(page.locator("#answer [name=answer][value=interested]")).to_be_checked()
    tab_to(page, "#answer [name=message]")
    page.keyboard.type("Gladly.")
    follow(page, "#answer .submit-row button", "Space")
    expect(page.locator("main .panel", has_text="Gladly.")).to_have_count(1)

    # The menu of the account opens, closes by Escape with the focus where it was, and signs out.
    tab_to(page, "details.menu.only-wide > summary")
    page.keyboard.press("Enter")
    expect(page.locator("details.menu.only-wide .menu-panel")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("details.menu.only-wide .menu-panel")).to_be_hidden()
    page.keyboard.press("Enter")
    follow(page, "details.menu.only-wide form[action='/sign-out'] button")
    expect(page.locator("header a[href^='/sign-in']").first).to_be_visible()


def test_an_error_takes_the_keyboard_to_what_is_wrong(market: Market, new_page: Callable[..., Page]) -> None:
    page = new_page(locale="en-GB")
    page.goto(f"{market.site.url}/sign-up")
    tab_to(page, "[name=name]")
    page.keyboard.type("Kay")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator(":focus")).to_have_id("errors")
    tab_to(page, "#errors a")
    page.keyboard.press("Enter")
    until(lambda: page.locator(":focus").get_attribute("name") == "email", "the focus on the field")
    expect(page.locator("[name=name]")).to_have_value("Kay")
