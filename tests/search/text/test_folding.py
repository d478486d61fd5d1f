"""Folding: one form for all scripts and widths, with a way back to the original."""

from __future__ import annotations

import pytest

from search.text import fold, folded


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("護老院", "护老院"),
        ("衞生 衛生", "卫生 卫生"),
        ("輭餐 軟餐", "软餐 软餐"),
        ("床褥 牀褥", "床褥 床褥"),
        ("看著他", "看着他"),
        ("著名品牌", "著名品牌"),
        ("ＨＫ＄１２", "hk$12"),
        ("Café SERVIÇO", "cafe servico"),
        ("ﬁne Ⅳ ㎡", "fine iv m2"),
        ("輪\u200b椅\x00", "轮椅"),
        ("a\tb\nc", "a\tb\nc"),
        ("", ""),
        ("🦽 ok", "🦽 ok"),
    ],
)
def test_folds(written, expected):
    assert folded(written) == expected


@pytest.mark.parametrize("written", ["護老院 ＡＱ", "ﬁne 輪椅", "x\u200by輪\ufeff椅", "e\u0301te\u0301", "ß㎡", ""])
def test_offsets_lead_back_to_the_original(written):
    text, offsets = fold(written)
    assert len(offsets) == len(text) + 1
    assert list(offsets) == sorted(offsets)
    assert offsets[-1] == len(written)
    for i, character in enumerate(text):
        piece = written[offsets[i] : max(offsets[i] + 1, offsets[i + 1])]
        assert character in folded(piece)


def test_folding_twice_changes_nothing():
    once = folded("顯著 著作 看著 牀 ＡＢＣ１２３ ß ﬀ Ⅻ 衞")
    assert folded(once) == once
