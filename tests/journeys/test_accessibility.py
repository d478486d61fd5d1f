"""axe-core over what comes of what people do: a pasted need, forms with errors, an address that leads nowhere. The
pages themselves are visited one by one in `test_every_page`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.journeys.market import PASSWORD, Market
from tests.journeys.stage import Pair, set_stage

AXE = Path(__file__).resolve().parents[1] / "support" / "vendor" / "axe-core" / "axe.min.js"
WORST = ("serious", "critical")
BROWSERS = {"zh-Hans": "zh-CN", "zh-Hant": "zh-HK", "en": "en-GB"}

@pytest.fixture(scope="module")
def pair(market: Market) -> Pair:
    """A demand and an offer that fits, judged."""
    return set_stage(market)


def faults(page: Page) -> list[str]:
    """What axe finds on the page that is serious or worse: the rule, and the first places."""
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{page.url}: {one['id']} ({one['impact']}): {one['help']}: {node['target']} {node['failureSummary']}"
        for one in found["violations"]
        if one["impact"] in WORST
        for node in one["nodes"][:3]
    ]


def look_over(market: Market, page: Page, pair: Pair, addresses: str) -> list[str]:
    """The faults of pages, one after the other."""
    found = []
    for address in addresses.split():
        place = address.format(demand=pair.demand_id, offer=pair.offer_id, institution=pair.institution_id)
        answer = page.goto(market.site.url + place)
        assert answer is not None
        assert answer.status == (404 if place == "/nowhere" else 200), place
        found += faults(page)
    return found


def sign_in(market: Market, page: Page, email: str, lang: str) -> None:
    page.goto(f"{market.site.url}/locale/{ {'zh-Hans': 'zh_Hans', 'zh-Hant': 'zh_Hant', 'en': 'en'}[lang] }")
    page.goto(f"{market.site.url}/sign-in")
    page.locator("main [name=email]").fill(email)
    page.locator("main [name=password]").fill(PASSWORD)
    with page.expect_navigation():
        page.locator("main .submit-row .btn-primary").click()


@pytest.mark.parametrize("lang", BROWSERS)
def test_a_pasted_need_and_a_wrong_address_have_no_serious_fault(
    market: Market, new_page: Callable[..., Page], pair: Pair, lang: str
) -> None:
    page = new_page(locale=BROWSERS[lang])
    found = look_over(market, page, pair, "/nowhere /offers?q=nursing+bed")
    page.goto(market.site.url)
    page.locator("#need-text").fill("沙田一間院舍需要30張電動護理床\n- 載重至少180公斤")
    with page.expect_navigation():
        page.locator("#need button").click()
    found += faults(page)
    assert found == []


def test_a_form_with_errors_and_a_narrow_page_have_none_either(
    market: Market, new_page: Callable[..., Page], pair: Pair
) -> None:
    page = new_page(locale="en-GB", viewport={"width": 360, "height": 740})
    found = look_over(market, page, pair, "/ /offers?q=nursing+bed /demands/{demand}")
    page.locator("details.menu.only-narrow summary").click()
    found += faults(page)
    page.goto(f"{market.site.url}/sign-up")
    with page.expect_navigation():
        page.locator("main .submit-row .btn-primary").click()
    found += faults(page)
    sign_in(market, page, pair.institution_email, "en")
    found += look_over(market, page, pair, "/desk /demands/{demand} /demands/new?kind=care_place")
    page.locator("[name=fact_price_amount], [name=budget_amount]").first.fill("-5")
    with page.expect_navigation():
        page.locator("main button[name=action][value=publish]").click()
    found += faults(page)
    assert found == []
