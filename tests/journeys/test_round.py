"""The whole round: a need is pasted, offered to, answered from both sides, and both may speak with each other.

Each side writes in another language than the other, and no text of the site is used to find the way but a few
headings that must be there in each language.
"""

from __future__ import annotations

import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.market import Market, Person, until
from tests.journeys.words import ENGLISH, SIMPLIFIED, TRADITIONAL, Words
from tests.marketplace.files.making import picture

NewPage = Callable[..., Page]
NARROW = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}


@pytest.mark.parametrize(
    ("buyer", "seller"),
    [
        pytest.param(SIMPLIFIED, ENGLISH, id="zh-Hans"),
        pytest.param(TRADITIONAL, SIMPLIFIED, id="zh-Hant"),
        pytest.param(ENGLISH, TRADITIONAL, id="en"),
    ],
)
def test_the_whole_round(market: Market, new_page: NewPage, tmp_path: Path, buyer: Words, seller: Words) -> None:
    go_round(market, new_page, tmp_path, buyer, seller, name=f"wide-{buyer.lang}", options={})


def test_the_whole_round_on_a_narrow_screen(market: Market, new_page: NewPage, tmp_path: Path) -> None:
    go_round(market, new_page, tmp_path, TRADITIONAL, ENGLISH, name="narrow", options=NARROW)


def test_the_whole_round_without_javascript(market: Market, new_page: NewPage, tmp_path: Path) -> None:
    go_round(market, new_page, tmp_path, ENGLISH, SIMPLIFIED, name="plain", options={"java_script_enabled": False})


def go_round(
    market: Market, new_page: NewPage, folder: Path, buyer: Words, seller: Words, *, name: str, options: dict[str, Any]
) -> None:
    def person(words: Words, role: str) -> Person:
        return Person(market, new_page(locale=words.browser, **options), words, f"{role}.{name.lower()}@example.com")

    institution, supplier = person(buyer, "institution"), person(seller, "supplier")
    organiser = Person(market, new_page(locale="en-GB", **options), ENGLISH, market.organiser)
    stranger = person(ENGLISH, "stranger")

    demand_id = draft_from_a_pasted_need(institution)
    join(institution)
    join_as_supplier(supplier)
    may_not_publish_yet(institution, demand_id)
    organiser.sign_in()
    for one in (institution, supplier):
        organiser.decide(one.organisation_id)
        one.go("/inbox")
        expect(one.main().locator("article")).to_have_count(1)

    offer_id = publish_offer(supplier, folder)
    institution.go(f"/demands/{demand_id}/edit")
    institution.press("main button[name=action][value=publish]")
    stranger.go(f"/demands/{demand_id}")
    stranger.sees(buyer.must)
    assert stranger.page.locator(".match").count() == 0, "whom a demand is offered to is its owner's business"

    sees_the_offer_ranked_with_reasons(institution, demand_id, offer_id)
    secrets = {one: list(one.contact.values()) for one in (institution, supplier)}
    institution.sees_none_of(secrets[supplier])
    is_told_and_is_interested(supplier, demand_id, offer_id, secrets[institution])
    agrees(institution, demand_id, offer_id, secrets[supplier])

    supplier.go(f"/matches/{demand_id}/{offer_id}")
    expect(supplier.page.locator(".contact")).to_be_visible()
    supplier.sees(*secrets[institution])
    assert market.link(
        market.mail(supplier.email, seller.says("You can now speak with each other: %(title)s"))
    ).endswith("/matches")
    sees_both_sides(organiser, demand_id, offer_id)
    for address in ("/offers", f"/offers/{offer_id}", f"/demands/{demand_id}", "/organisations"):
        stranger.go(address)
        stranger.sees_none_of(secrets[institution] + secrets[supplier])
    stranger.page.goto(f"{market.site.url}/matches/{demand_id}/{offer_id}")
    assert "/sign-in" in stranger.page.url

    stops_mails_in_one_click(supplier, institution, demand_id, offer_id)


def draft_from_a_pasted_need(visitor: Person) -> int:
    """Paste a need, see what meets it, sign up and keep it: returns the draft's id."""
    visitor.go("/")
    expect(visitor.page.locator("h1")).to_have_text(visitor.words.home)
    visitor.page.locator("#need-text").fill(visitor.words.need)
    visitor.press("#need button")
    expect(visitor.page.locator("h1")).to_have_text(visitor.words.says("What meets your need"))
    cards = visitor.page.locator(".match")
    assert cards.count() > 0
    visitor.sees(visitor.words.must)
    for card in cards.all()[:3]:
        assert_gives_reasons(card)
    visitor.press("main a[href^='/sign-up']")
    visitor.sign_up()
    assert "/need/" in visitor.page.url, "after signing up, back to the need"
    visitor.press("main a[href^='/organisations/new']")
    visitor.enter_organisation("institution")
    assert "/need/" in visitor.page.url, "after entering the organisation, back to the need"
    visitor.press("main form[action='/need/draft'] button")
    title = visitor.page.locator(f"[name=title_{visitor.words.field}]")
    expect(title).to_have_value(visitor.words.need.partition("\n")[0])
    return int(visitor.page.url.split("/demands/")[1].split("/")[0])


def assert_gives_reasons(card: Locator) -> None:
    """A card says its band, its score, and of each requirement whether it is met, with a word for it; what makes the
    score stands on it or behind its link."""
    expect(card.locator(".band")).to_have_count(1)
    assert 0 <= int(card.locator(".score-number").inner_text().split()[-1]) <= 100
    assert card.locator(".check .state").count() >= 2
    assert card.locator("table.parts tr th").count() >= 5 or card.locator(".why-score a").count() == 1


def join(person: Person) -> None:
    person.confirm_address()
    person.ask_for_approval()


def join_as_supplier(supplier: Person) -> None:
    supplier.go("/sign-up")
    supplier.sign_up()
    supplier.enter_organisation("supplier")
    join(supplier)


def may_not_publish_yet(institution: Person, demand_id: int) -> None:
    """Not approved yet: publishing keeps the draft, says why, and nobody else sees it."""
    institution.go(f"/demands/{demand_id}/edit")
    institution.press("main button[name=action][value=publish]")
    assert institution.page.url.endswith(f"/demands/{demand_id}/preview")
    expect(institution.page.locator(f"form[action='/demands/{demand_id}/publish']")).to_have_count(0)


def publish_offer(supplier: Person, folder: Path) -> int:
    """Write an offer with a picture and publish it: returns its id. Everybody sees it, picture included."""
    (folder / "bed.jpg").write_bytes(picture())
    words = supplier.words
    supplier.go("/offers/new?kind=equipment")
    supplier.fill(
        **{f"title_{words.field}": words.title, f"summary_{words.field}": words.summary},
        **{f"fact_features_{words.field}": words.features, f"pictures-0-text_{words.field}": words.title},
        fact_price_amount="9000",
        fact_load_kg="200",
        fact_lead_time_days="21",
        fact_serves="香港",
    )
    supplier.field("fact_price_currency").select_option("HKD")
    supplier.field("fact_rental").select_option("true")
    supplier.field("pictures-0-upload").set_input_files(folder / "bed.jpg")
    supplier.press("main button[name=action][value=publish]")
    offer_id = int(supplier.page.url.rpartition("/")[2])
    shown = supplier.main().locator("img").first
    expect(shown).to_have_attribute("alt", words.title)
    with urllib.request.urlopen(supplier.market.site.url + str(shown.get_attribute("src")), timeout=10) as answer:
        assert answer.headers.get_content_maintype() == "image"
    return offer_id


def sees_the_offer_ranked_with_reasons(institution: Person, demand_id: int, offer_id: int) -> None:
    """The demand's matches, a moment later: the new offer among the best, met in what it states, best first."""
    card = institution.page.locator(f"#match-{offer_id}")

    def judged() -> bool:
        institution.go(f"/demands/{demand_id}/matches")
        return card.count() == 1

    until(judged, f"offer {offer_id} among the matches of demand {demand_id}")
    assert_gives_reasons(card)
    expect(card.locator(".band-strong, .band-partial")).to_have_count(1)
    row = card.locator(".check", has_text=institution.words.must)
    expect(row.locator(".state-met")).to_have_count(1)
    best = institution.page.locator("section[aria-labelledby=matches-heading] .match")
    scores = [int(one.locator(".score-number").inner_text().split()[-1]) for one in best.all()]
    assert scores == sorted(scores, reverse=True)
    assert best.locator(".band-near").count() == 0
    assert f"match-{offer_id}" in [one.get_attribute("id") for one in best.all()]


def is_told_and_is_interested(supplier: Person, demand_id: int, offer_id: int, secrets: list[str]) -> None:
    """By mail and in the inbox; says from the list of matches that it is interested."""
    told = supplier.market.mail(supplier.email, supplier.words.says("A demand that you may meet: %(title)s"))
    supplier.go(supplier.market.link(told))
    supplier.sees_none_of(secrets)
    supplier.go("/inbox")
    expect(supplier.main().locator("article .tag-accent")).to_have_count(2)
    supplier.press(supplier.main().locator("article h2 a").first)
    form = supplier.page.locator(f"form[action='/matches/{demand_id}/{offer_id}/answer']")
    supplier.press(form.locator("button"))
    assert supplier.page.url.endswith(f"/matches/{demand_id}/{offer_id}")
    expect(supplier.page.locator(".contact")).to_have_count(0)
    supplier.sees_none_of(secrets)


def agrees(institution: Person, demand_id: int, offer_id: int, secrets: list[str]) -> None:
    """Is told of the answer, does not see the contact yet, answers on the pair's own page, and then sees it."""
    market = institution.market
    institution.go(market.link(market.mail(institution.email, institution.words.says("Interested: %(title)s"))))
    assert f"/demands/{demand_id}/matches" in institution.page.url
    institution.sees_none_of(secrets)
    institution.press(f"#match-{offer_id} a[href$='/matches/{demand_id}/{offer_id}#answer']")
    institution.sees_none_of(secrets)
    institution.page.locator("#answer [name=answer][value=interested]").check()
    institution.page.locator("#answer [name=message]").fill("Please call in the morning.")
    institution.press("#answer .submit-row .btn-primary")
    expect(institution.page.locator(".contact")).to_be_visible()
    institution.sees(*secrets)


def sees_both_sides(organiser: Person, demand_id: int, offer_id: int) -> None:
    organiser.go("/organiser/pairs")
    row = organiser.main().locator("tr", has=organiser.page.locator(f"a[href='/matches/{demand_id}/{offer_id}']"))
    expect(row).to_have_count(1)
    assert row.inner_text().count("interested") == 2
    organiser.press(row.locator(f"a[href='/matches/{demand_id}/{offer_id}']"))
    organiser.sees("Please call in the morning.")


def stops_mails_in_one_click(supplier: Person, institution: Person, demand_id: int, offer_id: int) -> None:
    """As a mail program does it, without cookie or page; afterwards news only stand in the inbox."""
    market = supplier.market
    market.rest()
    header = str(market.mailbox.to(supplier.email)[-1]["List-Unsubscribe"]).strip("<>")
    with urllib.request.urlopen(header, data=b"List-Unsubscribe=One-Click", timeout=10) as answer:
        assert answer.status == 200
    supplier.go("/account")
    expect(supplier.page.locator("[name=mail_wanted]")).not_to_be_checked()
    before = len(market.mailbox.to(supplier.email))
    institution.page.locator("#answer [name=answer][value=declined]").check()
    institution.page.locator("#answer [name=reason]").select_option("price")
    institution.press("#answer .submit-row .btn-primary")
    expect(institution.page.locator(".contact")).to_have_count(0)
    market.rest()
    supplier.go("/inbox")
    expect(supplier.main().locator("article")).to_have_count(5)
    assert len(market.mailbox.to(supplier.email)) == before
