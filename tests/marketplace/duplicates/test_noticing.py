"""What looks posted or registered twice is noticed, once, and what only looks a little like it is not."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from marketplace.accounts.models import User
from marketplace.actor import Actor
from marketplace.duplicates import keys, noticing, service
from marketplace.duplicates.models import DuplicateCase, LikenessKey
from marketplace.extensions import db
from marketplace.organisations.profile import Profile
from marketplace.organisations.service import create_approved, create_from_public_source, edit_organisation
from tests.marketplace import factories as make


def cases() -> list[tuple[str, int, int, str]]:
    return [
        (one.kind, one.first_id, one.second_id, one.why)
        for one in db.session.scalars(sa.select(DuplicateCase).order_by(DuplicateCase.id))
    ]


def offer(title: str, *, model: str = "", lang: str = "en", **texts: str) -> dict[str, Any]:
    content = make.offer_content()
    content["lang"] = lang
    content["texts"] = {"title": {lang: title, **texts}, "summary": {lang: f"{title}."}}
    content["facts"] = content["facts"] | ({"model": model} if model else {})
    return content


def firm(names: dict[str, str], number: str = "", jurisdiction: str = "") -> tuple[Any, Actor]:
    owner = make.make_user()
    row = create_approved(actor=Actor.system(), owner_id=owner.id, profile=Profile(
        names=names, is_supplier=True, place_id="HK", registration_number=number, jurisdiction=jurisdiction))
    return row, Actor(owner.id, row.id, frozenset({"owner", "approved", "supplier"}), "member")


@pytest.mark.parametrize(
    ("first", "second", "why"),
    [
        (offer("Electric bed", model="CB-900 a"), offer("Nursing bed", model="ＣＢ９００Ａ"), "model"),
        (offer("電動護理床", lang="zh-Hant"), offer("电动护理床", lang="zh-Hans"), "title"),
        (offer("电动护理床", lang="zh-Hans", en="Electric care bed"), offer("electric  care-bed"), "title"),
        (offer("Electric bed", model="CB-900"), offer("Electric bed", model="CB-900"), "model"),
        (offer("Electric bed", model="CB-900"), offer("Electric bed", model="CB-901"), None),
        (offer("Electric bed"), offer("Electric bath"), None),
        (offer("Electric bed"), offer("Electric bed") | {"kind": "software_platform", "facts": {}}, None),
    ],
)
def test_the_same_product_posted_twice(app: Flask, first: Any, second: Any, why: str | None) -> None:
    _firm, seller = make.make_organisation()
    ids = [make.make_offer(seller, content=content).id for content in (first, second)]
    assert cases() == ([] if why is None else [("offer", *ids, why)])


def test_a_pair_is_noticed_once_and_not_across_strangers_or_what_is_withdrawn(app: Flask) -> None:
    from marketplace.offers import service as offers

    _one, seller = make.make_organisation(name="Silver Hands Limited")
    _two, other = make.make_organisation(name="Golden Years")
    first = make.make_offer(seller)
    make.make_offer(other)
    assert cases() == []
    offers.withdraw_offer(actor=seller, offer_id=first.id)
    second = make.make_offer(seller)
    assert cases() == []
    offers.publish_offer(actor=seller, offer_id=first.id)
    offers.confirm_offer(actor=seller, offer_id=first.id)
    noticing.sweep()
    assert cases() == [("offer", first.id, second.id, "title")]


def test_the_same_demand_posted_twice(app: Flask) -> None:
    _home, buyer = make.make_organisation(kind="institution")
    first, second = make.make_demand(buyer), make.make_demand(buyer, content=make.demand_content("30 張電動護理床"))
    assert cases() == [("demand", first.id, second.id, "title")]


def test_the_same_firm_registered_twice_in_two_scripts_and_what_both_offer(app: Flask) -> None:
    one, seller = firm({"zh-Hant": "頤康護理用品有限公司"})
    two, other = firm({"zh-Hans": "颐康护理用品股份有限公司", "en": "Yikang Care"})
    assert cases() == [("organisation", one.id, two.id, "name")]
    first, second = make.make_offer(seller), make.make_offer(other)
    assert cases()[1:] == [("offer", first.id, second.id, "title")]


def test_a_number_outweighs_a_name_and_a_rename_is_noticed(app: Flask) -> None:
    one, _actor = firm({"en": "Silver Hands Ltd"}, "91440101MA59T8G60A", "CN-44")
    two, renamed = firm({"en": "Golden Years"})
    assert cases() == []
    edit_organisation(actor=renamed, organisation_id=two.id, base_version=two.lock_version, profile=Profile(
        names={"en": "Silver Hands"}, is_supplier=True, place_id="HK", jurisdiction="CN-44",
        registration_number="91440101MA59T8G60A"))
    assert cases() == [("organisation", one.id, two.id, "number")]


def test_the_sweep_notices_what_was_there_before(app: Flask) -> None:
    profile = Profile(names={"en": "Silver Hands"}, is_supplier=True)
    one = create_from_public_source(actor=Actor.system(), profile=profile)
    two, seller = firm({"en": "SILVER HANDS LTD."})
    ids = [make.make_offer(seller).id for _ in range(2)]
    before = cases()
    with db.engine.begin() as connection:
        connection.execute(sa.delete(DuplicateCase))
        connection.execute(sa.delete(LikenessKey))
    db.session.rollback()
    noticing.sweep()
    noticing.sweep()
    assert cases() == before == [("organisation", one.id, two.id, "name"), ("offer", *ids, "title")]


def test_the_preview_says_so_before_anything_is_published(client: FlaskClient) -> None:
    row, seller = firm({"zh-Hant": "頤康護理用品有限公司"})
    _two, other = firm({"zh-Hans": "颐康护理用品有限公司"})
    make.sign_in(client, db.session.get(User, seller.user_id))
    public = make.make_offer(other)
    make.make_offer(other, publish=False, content=make.offer_content("Secret bath"))
    draft = make.make_offer(seller, publish=False)
    page = client.get(f"/offers/{draft.id}/preview").text
    assert "This looks as if it were published already" in page
    assert f'href="/offers/{public.id}"' in page
    assert "Publish it anyway" in page
    secret = make.make_offer(seller, publish=False, content=make.offer_content("Secret bath"))
    assert "published already" not in client.get(f"/offers/{secret.id}/preview").text
    # Publishing from the form stops at the preview once; the button there goes on.
    answer = make.post(client, f"/offers/{draft.id}/preview", f"/offers/{draft.id}/publish",
                       version_id=draft.draft_version_id)
    assert answer.location.endswith(f"/offers/{draft.id}")
    assert [case[:3] for case in cases()][1:] == [("offer", *sorted((public.id, draft.id)))]
    # What the organisers told apart is not brought up again.
    case_id = db.session.scalars(sa.select(DuplicateCase.id).where(DuplicateCase.kind == "offer")).one()
    service.tell_apart(actor=Actor.system(), case_id=case_id)
    assert "published already" not in client.get(f"/offers/{draft.id}/preview").text
    assert row.id


def test_keys_are_of_a_kind_and_of_either_script() -> None:
    assert keys.flat("ＣＢ－９００ 電動") == "cb900电动"
    assert keys.of_listing({"kind": "equipment", "texts": {"title": {"en": "!!"}}, "facts": {"model": "-"}}) == {}
