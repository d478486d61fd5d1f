"""Requirements: met only where the offer's words establish all of it."""

from __future__ import annotations

import pytest

from search.matching import demands, offers
from search.matching.requirements import judge_requirements
from tests.search.matching.listings import NOW, demand, offer

BED = offer(
    "bed",
    "Electric nursing bed",
    summary="Height adjustable, with side rails. Maximum user weight 200 kg. Delivered within 14 days in Hong Kong.",
    facts={"features": {"en": ["two-year warranty"]}, "dementia_care": True},
)
ALARM = offer(
    "alarm",
    "平安鐘",
    lang="zh-Hant",
    summary="按下隨身按鈕即連線24小時守護中心，具雙向通話。月費100元。",
)


def judged(requirement, document, lang="zh-Hant"):
    (state,) = judge_requirements(
        demands.profile(demand("d", "x", lang=lang, must=[requirement])), offers.profile(document), today=NOW.date()
    )
    return state


@pytest.mark.parametrize(
    ("requirement", "document", "state"),
    [
        ("電動護理床", BED, "met"),
        ("床欄", BED, "met"),
        ("電動護理床及床欄", BED, "met"),
        ("承重不少於175公斤", BED, "met"),
        ("承重不少於250公斤", BED, "not met"),
        ("承重300公斤", BED, "unknown"),
        ("電動護理床200張", BED, "unknown"),
        ("可以遙控", BED, "unknown"),
        ("24小時守護中心", ALARM, "met"),
        ("两路双向通话", ALARM, "unknown"),
        ("雙向通話", ALARM, "met"),
        ("two-way calls", ALARM, "met"),
        ("不收月費", ALARM, "unknown"),
        ("公開招標", ALARM, "unknown"),
        ("", ALARM, "unknown"),
        ("🙂", ALARM, "unknown"),
    ],
)
def test_states(requirement, document, state):
    assert judged(requirement, document).state == state


def test_the_offers_own_words_are_quoted():
    state = judged("床欄", BED)
    assert state.why["words"] == "Height adjustable, with side rails."
    assert state.why["field"] == "summary"
    assert judged("可以遙控", BED).why["words"] == ""


def test_what_is_said_far_apart_does_not_add_up():
    split = offer("o", "Rehabilitation gym", summary="Free parking. The pool is closed on Mondays.")
    assert judged("free pool", split, lang="en").state == "unknown"


def test_a_contradiction_names_the_number():
    state = judged("承重不少於250公斤", BED)
    assert (state.why["code"], state.why["words"]) == ("number", "Maximum user weight 200 kg.")


@pytest.mark.parametrize(
    ("requirement", "state", "field"),
    [
        ("承重不少於180公斤", "met", "load_kg"),
        ("承重不少於250公斤", "not met", "load_kg"),
        ("離地30厘米", "unknown", ""),
    ],
)
def test_a_number_in_a_field_answers_as_one_in_a_sentence(requirement, state, field):
    bed = offer("bed", "Electric nursing bed", summary="With side rails.", facts={"load_kg": 200})
    found = judged(requirement, bed)
    assert (found.state, found.why["field"]) == (state, field)
    assert ("200" in found.why["words"]) is (state != "unknown")
