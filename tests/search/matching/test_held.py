"""What the supplier holds meets requirements that ask for it, while it is in force and where it counts."""

from __future__ import annotations

from datetime import date

import pytest

from search import Viewer
from search.matching import demands, offers
from search.matching.gates import judge_gates
from search.matching.requirements import judge_requirements
from tests.search.matching.listings import NOW, demand, offer

TODAY = date(2026, 11, 2)


def holding(*held):
    """An offer whose text says nothing of certificates, of a supplier that holds these: (kind, further values)."""
    blank = {"issuer": "", "number": "", "scope": "", "place": None, "expires_on": None}
    return offer("o", "Nursing bed", credentials=[blank | {"kind": kind} | more for kind, more in held])


def state(requirement, document, *, places=(), today=TODAY, lang="zh-Hans"):
    wanted = demand("d", "x", lang=lang, must=[requirement], places=list(places))
    [found] = judge_requirements(demands.profile(wanted), offers.profile(document), today=today)
    return found


@pytest.mark.parametrize(
    ("requirement", "held", "expected"),
    [
        ("供应商须持有有效的ISO 13485认证", "ISO 13485", "met"),
        ("ISO 13485 certificate", "ISO 13485 質量管理體系認證", "met"),
        ("持有ISO 9001证书", "ISO 13485", "unknown"),  # both are certificates of quality
        ("具备医疗器械经营许可证", "医疗器械经营许可证", "met"),
        ("具備醫療器械經營許可證", "医疗器械经营许可证", "met"),
        ("须有医疗器械注册证", "医疗器械经营许可证", "unknown"),  # of the seller, not of the device
        ("Licensed residential care home", "安老院牌照", "met"),
        ("持牌安老院", "食物業牌照", "unknown"),
        ("Must be licensed", "食物業牌照", "unknown"),  # for what is not said
        ("具备有效证书", "ISO 13485", "unknown"),
        ("安老院", "安老院牌照", "unknown"),  # asks for no licence
        ("无需许可证", "食品经营许可证", "unknown"),
        ("食品经营许可证和ISO 22000认证", "食品经营许可证", "unknown"),  # one of two
    ],
)
def test_a_credential_meets_what_names_it_alone(requirement, held, expected):
    assert state(requirement, holding((held, {}))).state == expected


def test_it_counts_through_its_last_day_and_says_that_it_has_run_out():
    document = holding(("ISO 13485", {"issuer": "SGS", "expires_on": "2026-11-02"}))
    on, after = (state("ISO 13485 证书", document, today=day) for day in (TODAY, date(2026, 11, 3)))
    why = {"words": "ISO 13485 · SGS", "field": "credential", "until": "2026-11-02"}
    assert (on.state, on.why) == ("met", why | {"code": "credential"})
    assert (after.state, after.why) == ("unknown", why | {"code": "credential_lapsed"})


def test_one_renewed_counts_beside_the_one_that_ran_out():
    document = holding(("ISO 13485", {"expires_on": "2026-10-01"}), ("ISO 13485", {"expires_on": "2028-10-01"}))
    assert state("ISO 13485 证书", document).state == "met"


def test_it_counts_only_where_it_is_valid():
    document = holding(("食品经营许可证", {"place": "CN-44"}))
    found = [state("须有食品经营许可证", document, places=places).state for places in (["CN-4401"], ["HK"], [])]
    assert found == ["met", "unknown", "met"]


def test_it_passes_the_gate_of_certificates_until_it_lapses():
    def gate(document):
        wanted = demand("d", "x", facts={"certificates": {"en": ["ISO 13485"]}})
        profiles = demands.profile(wanted), offers.profile(document)
        return [one.state for one in judge_gates(*profiles, now=NOW, viewer=Viewer(role="member"), rates=None)]

    assert gate(holding(("ISO 13485", {"expires_on": "2026-11-02"}))) == ["passed"]
    assert gate(holding(("ISO 13485", {"expires_on": "2026-11-01"}))) == ["unknown"]
