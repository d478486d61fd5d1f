"""The two streams of a text, and the groups of a query."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from search.text import (
    ANALYSIS_VERSION,
    analyse,
    analyse_query,
    concept_spots,
    concepts,
    detect_language,
    model_numbers,
)
from search.text.stemming import stem


def groups(text):
    return [(g.surface, g.words, g.phrase, g.concepts) for g in analyse_query(text).groups]


def test_the_phrase_stream_has_characters_singly_and_words_whole():
    chars = analyse("輪椅 wheelchairs 30張").chars
    assert [(t.term, t.start, t.end) for t in chars] == [
        ("轮", 0, 1),
        ("椅", 1, 2),
        ("wheelchair", 3, 14),
        ("30", 15, 17),
        ("张", 17, 18),
    ]


def test_the_bag_has_words_concepts_with_what_is_broader_and_numbers():
    words = analyse("電動輪椅30張").words
    assert {"电动", "轮椅", "c:power_wheelchair", "c:wheelchair", "c:mobility_aid", "n:30:bed"} <= set(words)
    assert all(len(word) > 1 for word in words)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("護理床", "hospital beds"),
        ("平安鐘", "一键呼叫"),
        ("認知障礙症", "失智症"),
        ("送飯", "meals on wheels"),
        ("長者日間護理中心", "日间照料中心"),
        ("輔助器材", "輔具"),
        ("樂齡科技", "智慧养老"),
        ("紙尿褲", "尿片"),
    ],
)
def test_words_of_all_regions_mean_the_same(one, other):
    assert concepts(one) == concepts(other) != ()


def test_the_longest_word_of_the_thesaurus_wins():
    assert concepts("輪椅坐墊") == ("wheelchair_cushion",)
    assert concepts("wheelchair cushions") == ("wheelchair_cushion",)


def test_punctuation_parts_words_of_the_thesaurus():
    assert concepts("nursing, home") == ("nursing_care",)
    assert "wheelchair" not in concepts("轮、椅")


def test_spots_say_where_in_the_original():
    text = "附設輪椅借用 and a walking frame"
    assert [(s.id, text[s.start : s.end]) for s in concept_spots(text)] == [
        ("wheelchair", "輪椅"),
        ("walking_frame", "walking frame"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("轮椅", [("轮椅", ("轮椅",), ("轮", "椅"), ("c:wheelchair",))]),
        ("nursing homes", [("nursing homes", (), ("nursing", "home"), ("c:nursing_home",))]),
        ("30张", [("30张", ("n:30:bed",), ("30", "张"), ())]),
        ("AQ-200/2", [("AQ-200/2", ("m:aq2002",), ("aq", "200", "2"), ())]),
        ("床", [("床", (), ("床",), ())]),
        ("the", [("the", ("the",), ("the",), ())]),
        ("a wheelchair", [("wheelchair", ("wheelchair",), ("wheelchair",), ("c:wheelchair",))]),
        ("", []),
        ("\x00 \t", []),
    ],
)
def test_groups_of_a_query(text, expected):
    assert groups(text) == expected


@pytest.mark.parametrize("one", ["30張病床", "30 beds", "三十张床", "thirty beds"])
def test_numbers_with_units_agree(one):
    assert "n:30:bed" in analyse(one).words


def test_model_numbers_stay_whole():
    assert model_numbers("aq-200/2 and ky-3000b, 24-hour 30kg 2026 covid-19 q1") == ("aq2002", "ky3000b")


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("護老院", "zh-Hant"),
        ("养老院", "zh-Hans"),
        ("nursing home", "en"),
        ("香港GPS定位手錶", "zh-Hant"),
        ("老人", "zh-Hans"),
        ("", "en"),
    ],
)
def test_language(text, lang):
    assert detect_language(text) == lang


def test_the_version_is_short_and_steady():
    from search.text.version import analysis_version

    assert analysis_version() == ANALYSIS_VERSION
    assert len(ANALYSIS_VERSION) == 12


@pytest.mark.slow
def test_three_thousand_documents_a_second_on_one_core():
    text = "本院提供24小時護理服務，設有30張電動護理床及復康設備，適合認知障礙症及體弱長者。" * 3
    texts = [f"{text[i % 40 :]} wheelchair rental no. {i}" for i in range(1500)]
    analyse(texts[0])
    begun = time.process_time()
    for one in texts:
        analyse(one)
    assert len(texts) / (time.process_time() - begun) >= 3000


def test_threads_do_not_mix_their_words():
    stem.cache_clear()
    words = [f"{a}{b}ing" for a in ("walk", "lift", "train", "wash", "care") for b in ("", "er", "able", "ment")] * 40
    alone = [stem.__wrapped__(word) for word in words]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(stem.__wrapped__, words))
    assert together == alone
