"""The matcher on a small index: who comes first, who comes last, who does not come at all; and the other way round."""

from __future__ import annotations

import pytest

from search import SearchUnavailable, Viewer, open_search
from tests.search.matching.listings import NOW, demand, offer

EVERYBODY = Viewer(role="member")
HK, GZ = "HK", "CN-4401"

OFFERS = (
    offer("bed-en", "Electric nursing bed with side rails", summary="Height adjustable. Safe working load 200 kg."),
    offer("bed-hans", "电动护理床", lang="zh-Hans", summary="可升降，带护栏。", supplier="s2"),
    offer("chair", "Lightweight wheelchair", supplier="s3"),
    offer("meals-hk", "軟餐送餐服務", kind="food_meals", lang="zh-Hant", supplier="s4", facts={"serves": [HK]}),
    offer("meals-gz", "软餐送餐服务", kind="food_meals", lang="zh-Hans", supplier="s5", facts={"serves": [GZ]}),
    offer("waiting", "Electric nursing bed", supplier="s6", approved=False),
    offer("over", "Electric nursing bed", supplier="s7", closes_at="2026-10-01T00:00:00+00:00"),
    offer("own", "Electric nursing bed", supplier="b1"),
)


@pytest.fixture(autouse=True)
def _words_only(monkeypatch):
    monkeypatch.setenv("SEARCH_SEMANTIC", "off")


@pytest.fixture(scope="module")
def search(tmp_path_factory):
    search = open_search(f"sqlite:///{tmp_path_factory.mktemp('matching') / 'search.db'}", timeout=30)
    search.put("offers", OFFERS)
    search.put(
        "demands",
        (
            demand("wants-beds", "購置電動護理床二十張", must=["電動護理床"]),
            demand("wants-meals", "長者軟餐送餐", kind="food_meals", places=[HK], buyer="b2"),
            demand("closed", "電動護理床", closes_at="2026-10-01T00:00:00+00:00", buyer="b3"),
        ),
    )
    yield search
    search.close()


def found(search, document, **more):
    return search.match_demand(document, now=NOW, viewer=EVERYBODY, **more)


def test_the_thing_asked_for_comes_first_in_every_language(search):
    matches = found(search, demand("d", "電動護理床", must=["電動護理床"])).matches
    assert {m.id for m in matches[:2]} == {"bed-en", "bed-hans"}
    assert all(m.band == "strong" for m in matches[:2])


def test_withdrawn_expired_unapproved_and_own_offers_are_removed_and_nothing_else(search):
    ids = {m.id for m in found(search, demand("d", "電動護理床")).matches}
    assert ids.isdisjoint({"waiting", "over", "own"})
    assert {"bed-en", "bed-hans"} <= ids


def test_a_failed_gate_moves_below_and_names_itself(search):
    matches = found(search, demand("d", "長者軟餐送餐", kind="food_meals", places=[HK])).matches
    assert [m.id for m in matches[:2]] == ["meals-hk", "meals-gz"]
    near, far = matches[0], matches[1]
    assert near.band != "near miss"
    assert far.band == "near miss"
    assert far.stopped_by == ("gate:place",)
    assert [(g.name, g.state) for g in far.gates] == [("place", "failed")]


def test_the_parts_add_up_and_the_requirements_are_all_there(search):
    document = demand("d", "電動護理床", must=["電動護理床", "可升降"], nice=["保養兩年"])
    for match in found(search, document).matches:
        assert sum(part.points for part in match.parts) == pytest.approx(match.score, abs=0.005)
        assert sum(part.out_of for part in match.parts) == pytest.approx(100)
        assert 0 <= match.score <= 100
        assert [(r.need, r.text) for r in match.requirements] == [
            ("must", "電動護理床"),
            ("must", "可升降"),
            ("nice", "保養兩年"),
        ]


def test_nothing_meets_this_is_an_answer(search):
    answer = found(search, demand("d", "殯儀服務", kind="home_community_service", text="護理床"))
    assert answer.nothing_meets
    assert all(m.band == "near miss" for m in answer.matches)
    assert found(search, demand("d", "zzz")).matches == ()


def test_a_demand_with_only_a_title_gets_matches(search):
    assert found(search, demand("d", "wheelchair", lang="en")).matches[0].id == "chair"


def test_the_other_way_an_offer_finds_the_open_demands_it_serves(search):
    answer = search.match_offer(OFFERS[0], now=NOW, viewer=EVERYBODY)
    assert answer.matches[0].id == "wants-beds"
    assert answer.matches[0].organisation_id == "b1"
    assert "closed" not in {m.id for m in answer.matches}


def test_both_ways_judge_alike(search):
    wanted = demand("wants-beds", "購置電動護理床二十張", must=["電動護理床"])
    there = next(m for m in found(search, wanted).matches if m.id == "bed-en")
    back = next(m for m in search.match_offer(OFFERS[0], now=NOW, viewer=EVERYBODY).matches if m.id == "wants-beds")
    assert (there.score, there.band, there.parts, there.requirements) == (
        back.score,
        back.band,
        back.parts,
        back.requirements,
    )


def test_the_same_question_has_the_same_answer_and_the_limit_holds(search):
    document = demand("d", "電動護理床")
    assert found(search, document) == found(search, document)
    assert len(found(search, document, limit=1).matches) == 1
    assert found(search, document, limit=1).matches == found(search, document).matches[:1]


def test_a_match_is_plain_data(search):
    match = found(search, demand("d", "電動護理床", must=["電動護理床"])).matches[0].as_dict()
    assert set(match) == {
        "id", "band", "score", "parts", "gates", "requirements", "ruleset", "organisation_id", "stopped_by",
        "lines",
    }  # fmt: skip


def test_an_engine_that_is_gone_says_so():
    nobody = open_search("http://127.0.0.1:1", timeout=1)
    with pytest.raises(SearchUnavailable):
        nobody.match_demand(demand("d", "輪椅"), now=NOW, viewer=EVERYBODY)
    nobody.close()


def test_an_offer_stands_where_the_list_has_it_and_is_judged_alike_where_it_is_not_listed(search):
    document = demand("d", "電動護理床", must=["電動護理床"])
    listed = found(search, document).matches
    stands = search.stand(document, OFFERS[0], now=NOW, viewer=EVERYBODY)
    assert stands.match == listed[stands.place - 1]
    first = search.stand(document, OFFERS[1], now=NOW, viewer=EVERYBODY, limit=1)
    second = search.stand(document, OFFERS[0], now=NOW, viewer=EVERYBODY, limit=1)
    assert {first.place, second.place} == {1, None}
    assert {first.match.score, second.match.score} == {match.score for match in listed[:2]}
    withdrawn = search.stand(document, OFFERS[6], now=NOW, viewer=EVERYBODY)
    assert (withdrawn.place, withdrawn.match.id) == (None, "over")
