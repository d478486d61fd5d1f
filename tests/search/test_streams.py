"""Streams hold tokens apart and count them truly."""

from __future__ import annotations

import pytest

from search.streams import GAP, LONGEST, exact_token, join, needle, size, stream, wire


@pytest.mark.parametrize("token", ["轮椅", "c:wheelchair", "m:qx310b", "a.b-c/d", "ひらがな", "한국어", '"', "\\", "|"])
def test_plain_tokens_stay_as_they_are(token: str) -> None:
    assert wire(token) == token


@pytest.mark.parametrize("token", ["A", "é", "İ", "ß", "😀", "𠮷", "\u200d", "a b", "\x00", "x" * 121, "轮" * 5000])
def test_others_are_escaped_into_plain_short_tokens(token: str) -> None:
    escaped = wire(token)
    assert escaped != token
    assert len(escaped) <= LONGEST
    assert " " not in escaped
    assert set(escaped[1:]) <= set("0123456789abcdef-")


def test_no_two_tokens_share_a_form() -> None:
    tokens = ["a", "A", "á", "x" * 121, "x" * 122, "é", "e\u0301", "\ue001", "\ue001e9", "\ue000"]
    assert len({wire(token) for token in tokens}) == len(tokens)


def test_neighbours_and_repetitions_are_counted() -> None:
    text = stream(["a", "a", "b", "a"])
    assert text == " a  a  b  a "
    assert text.count(needle(("a",))) == 3
    assert text.count(needle(("b", "a"))) == 1
    assert (size(text), size(""), stream([])) == (4, 0, "")


def test_phrases_do_not_cross_a_gap() -> None:
    joined = join([stream(["a", "b"]), "", stream(["c"])])
    assert joined.split() == ["a", "b", GAP, "c"]
    assert needle(("b", "c")) not in joined


def test_exact_tokens_are_letters_and_digits_alone() -> None:
    assert exact_token("qx-310/b") == exact_token("qx 310 b") == "qx310b"
    assert exact_token("—— ·") == ""
