"""Every page of the site, in every language: nothing serious for axe-core, no sideways scroll on a phone or at twice
the size, and all of it within reach of the keyboard alone.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from marketplace import create_app
from marketplace.extensions import db
from marketplace.settings import Settings
from tests.journeys.every_page import NO_PAGE, Stage, Visit, visits
from tests.journeys.market import PASSWORD
from tests.support.site import Site

AXE = (Path(__file__).resolve().parents[1] / "support" / "vendor" / "axe-core" / "axe.min.js").read_text("utf-8")
LOCALES = {"zh-Hans": "zh_Hans", "zh-Hant": "zh_Hant", "en": "en"}
# A phone, and a window of 1280 at twice the size.
WIDTHS = (360, 640)
# Pages that stand alone, without the site's head: a screen in the hall, and what a phone shows without a network.
WITHOUT_HEAD = {"floor.screen", "floor.offline"}

# Where Tab should stop: in the order of the page, one stop for a group of radio buttons.
STOPS = """() => {
    const seen = element => element.checkVisibility({visibilityProperty: true}) && element.getClientRects().length > 0;
    const groups = new Set();
    const found = [];
    const all = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex], audio, video";
    for (const element of document.querySelectorAll(all)) {
        if (element.tabIndex < 0 || element.disabled || !seen(element)) continue;
        if (element.closest("fieldset[disabled], [inert]")) continue;
        if (element.matches("input[type=radio]")) {
            const members = [...document.querySelectorAll("input[type=radio]")].filter(
                one => one.name === element.name && one.form === element.form);
            const chosen = members.find(one => one.checked);
            if (chosen ? chosen !== element : members[0] !== element) continue;
        }
        found.push(element);
    }
    return found;
}"""
WATCH = """() => {
    const name = element => element.tagName.toLowerCase() + (element.id ? "#" + element.id : "") +
        (element.name ? "[name=" + element.name + "]" : "") + " " + (element.textContent || "").trim().slice(0, 30);
    window.walk = {stops: (%s)(), reached: [], hidden: []};
    document.addEventListener("focusin", event => {
        const element = event.target;
        const style = getComputedStyle(element);
        const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
        window.walk.reached.push(element);
        if (!outlined && style.boxShadow === "none") window.walk.hidden.push(name(element));
    });
    window.walk.report = () => {
        const {stops, reached, hidden} = window.walk;
        const missed = stops.filter(one => !reached.includes(one)).map(name);
        const at = reached.map(one => stops.indexOf(one)).filter(place => place >= 0);
        const back = at.findIndex((place, number) => number > 0 && place < at[number - 1] && place !== 0);
        return {missed, hidden, back: back < 0 ? null : name(stops[at[back]]),
            skip: stops.length > 0 && reached.length > 0 && reached[0].matches(".skip-link")};
    };
    // A date and a time have a stop for each of their parts.
    const parts = {date: 3, time: 2, "datetime-local": 5, month: 1, week: 1};
    return window.walk.stops.reduce((sum, one) => sum + 1 + (parts[one.type] || 0), 1);
}""" % STOPS  # noqa: UP031 - braces are the script's own
FROM_THE_TOP = """() => {
    document.body.tabIndex = -1;  // or Tab would go on from the field that the page puts the cursor into
    document.body.focus();
    document.body.removeAttribute("tabindex");
    window.scrollTo(0, 0);
}"""
WIDE = """() => {
    const limit = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= limit) return null;
    const out = [...document.querySelectorAll("body *")].filter(one => one.getBoundingClientRect().right > limit + 1
        && !one.closest(".table-scroll, .board-scroll, [data-scroll]"));
    const one = out.at(-1);
    return `${document.documentElement.scrollWidth} of ${limit}: ` +
        (one ? `${one.tagName.toLowerCase()}.${one.className} ${(one.textContent || "").trim().slice(0, 40)}` : "");
}"""


@pytest.fixture(scope="module")
def stage(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, list[Visit]]]:
    """The site, and where each of its pages is met. No worker: everything stands before the first visit."""
    folder = tmp_path_factory.mktemp("every-page")
    shutil.copyfile(sqlite_template, folder / "market.db")
    settings = {"SEARCH_TIMEOUT": "20", "DEMO_ACCOUNTS": "1"}
    site = Site(folder, f"sqlite:///{folder / 'market.db'}", worker=False, settings=settings)
    app = create_app(Settings.from_environment(site.environment))
    with app.app_context():
        found = Stage(app).visits()
        db.session.remove()
        db.engine.dispose()
    with site:
        yield site, found


def test_every_page_has_its_place_here(app: Any) -> None:
    """A new page fails this until somebody says who visits it, or why nobody does."""
    placed = {endpoint for _reader, endpoint, _more in visits()} | NO_PAGE.keys()
    pages = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert (sorted(pages - placed), sorted(placed - pages)) == ([], [])


@pytest.fixture
def app(sqlite_template: Path, tmp_path: Path) -> Any:
    return create_app(Settings.from_environment({
        "ENVIRONMENT": "test", "DATABASE_URL": f"sqlite:///{sqlite_template}", "FILES_DIR": str(tmp_path),
        "SEARCH_URL": f"sqlite:///{tmp_path / 'search.db'}", "MAIL_URL": f"folder://{tmp_path}"}))


def sign_in(site: Site, page: Page, email: str) -> None:
    page.goto(f"{site.url}/sign-in")
    page.locator("main [name=email]").fill(email)
    page.locator("main [name=password]").fill(PASSWORD)
    with page.expect_navigation():
        page.locator("main .submit-row .btn-primary").click()


def faults(page: Page) -> list[str]:
    """What axe-core finds that is serious or worse: the rule, and the first places."""
    page.evaluate(AXE)
    found = page.evaluate("""async () => (await axe.run(document, {resultTypes: ["violations"]})).violations
        .filter(one => ["serious", "critical"].includes(one.impact))
        .map(one => [one.id, one.nodes.slice(0, 3).map(node => node.target.join(" ") + ": " + node.failureSummary)])""")
    return [f"{rule}: {place}" for rule, places in found for place in places]


def walk(page: Page) -> list[str]:
    """What the keyboard does not reach, reaches without showing it, or reaches out of the page's order."""
    page.evaluate(FROM_THE_TOP)
    for _ in range(page.evaluate(WATCH)):
        page.keyboard.press("Tab")
    report = page.evaluate("() => window.walk.report()")
    return [
        *(f"not reached: {one}" for one in report["missed"]),
        *(f"focus cannot be seen: {one}" for one in report["hidden"]),
        *([f"out of order: {report['back']}"] if report["back"] else []),
        *([] if report["skip"] else ["the first stop is no link to the content"]),
    ]


def too_wide(page: Page) -> list[str]:
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 740})
        wide = page.evaluate(WIDE)
        if wide:
            found.append(f"sideways scroll at {width}: {wide}")
    page.set_viewport_size({"width": 1280, "height": 900})
    return found


@pytest.mark.parametrize("lang", LOCALES)
def test_every_page_is_for_everybody(
    stage: tuple[Site, list[Visit]], new_page: Callable[..., Page], lang: str
) -> None:
    site, pages = stage
    found: list[str] = []
    browsers: dict[str | None, Page] = {}
    for visit in pages:
        page = browsers.get(visit.email)
        if page is None:
            page = browsers[visit.email] = new_page()
            page.goto(f"{site.url}/locale/{LOCALES[lang]}")
            if visit.email:
                sign_in(site, page, visit.email)
        page.context.add_cookies([{"name": name, "value": value, "url": site.url} for name, value in visit.cookies])
        answer = page.goto(site.url + visit.address)
        status = answer.status if answer else 0
        wrong = [] if status == 200 else [f"answers {status}"]
        wrong += too_wide(page)
        if lang == "en" and visit.endpoint not in WITHOUT_HEAD:  # the controls are the same in each language
            wrong += walk(page)
        wrong += faults(page)
        found += [f"{visit.endpoint} {visit.address}: {one}" for one in wrong]
    assert not found, "\n".join(found)
