"""Bad input: an error at the field, in the reader's language, and everything else kept."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from marketplace.demands.models import Demand
from marketplace.extensions import db
from marketplace.offers.models import Offer
from tests.marketplace.files import making
from tests.marketplace.listings.steps import errors_of, fields_of, fill_in, make_actor, send, sign_in

# side, what is typed, the field that gets the error, the sentence in the three languages
CASES: dict[str, tuple[str, dict[str, Any], str, dict[str, str]]] = {
    "wrong currency": (
        "offer",
        {"fact_price_amount": "100", "fact_price_currency": "XYZ"},
        "fact_price_amount",
        {
            "en": "“XYZ” is not a currency code. Use three letters, as in CNY, HKD or MOP.",
            "zh-CN": "“XYZ”不是货币代码。请用三个字母，如 CNY、HKD 或 MOP。",
            "zh-HK": "「XYZ」不是貨幣代碼。請用三個字母，例如 CNY、HKD 或 MOP。",
        },
    ),
    "wrong currency of a budget": (
        "demand",
        {"budget_amount": "100", "budget_currency": "XYZ"},
        "budget_currency",
        {"en": "“XYZ” is not a currency code. Use three letters, as in CNY, HKD or MOP."},
    ),
    "negative quantity": (
        "demand",
        {"lines-0-text_en": "beds", "lines-0-quantity": "-3"},
        "lines-0-quantity",
        {"en": "This cannot be less than zero.", "zh-CN": "不能小于零。", "zh-HK": "不能小於零。"},
    ),
    "negative load": ("offer", {"fact_load_kg": "-3"}, "fact_load_kg", {"en": "This cannot be less than zero."}),
    "end before start": (
        "demand",
        {"opens_on": "2199-02-02", "closes_on": "2199-02-01"},
        "closes_on",
        {"en": "The end lies before the start.", "zh-CN": "结束早于开始。", "zh-HK": "結束早於開始。"},
    ),
    "long title": (
        "offer",
        {"title_en": "x" * 4000},
        "title_en",
        {
            "en": "At most 150 characters; this has 4,000.",
            "zh-CN": "最多 150 个字符，现有 4,000 个。",
            "zh-HK": "最多 150 個字元，現有 4,000 個。",
        },
    ),
    "control characters": (
        "offer",
        {"summary_en": "a\x08b"},
        "summary_en",
        {"en": "This contains a character that cannot be kept. Please type it again."},
    ),
    "no number": (
        "demand",
        {"budget_amount": "a lot", "budget_currency": "HKD"},
        "budget_amount",
        {"en": "Please give a number, for example 30 or 1,250.50."},
    ),
    "no date": (
        "demand",
        {"needed_by": "soon"},
        "needed_by",
        {"en": "Please give a date as year-month-day, for example 2026-12-31."},
    ),
    "tampered choice": (
        "offer",
        {"fact_equipment_type": "spaceship"},
        "fact_equipment_type",
        {"en": "Please choose one of the answers offered."},
    ),
    "tampered file": (
        "offer",
        {"pictures-0-file": "999999"},
        "pictures-0-upload",
        {"en": "This file is no longer there. Please choose it again."},
    ),
    "disguised picture": (
        "offer",
        {"pictures-0-upload": (making.PDF, "bed.jpg")},
        "pictures-0-upload",
        {
            "en": "“bed.jpg” is not what its name says. Please save it anew in the right format.",
            "zh-CN": "“bed.jpg”与其文件名不符，请以正确的格式重新保存。",
            "zh-HK": "「bed.jpg」與其檔案名稱不符，請以正確的格式重新儲存。",
        },
    ),
    "disguised document": (
        "demand",
        {"documents-0-upload": (b"MZ program", "plan.pdf")},
        "documents-0-upload",
        {"en": "“plan.pdf” is not what its name says. Please save it anew in the right format."},
    ),
    "huge picture": (
        "offer",
        {"pictures-0-upload": (making.bomb(), "wall.png")},
        "pictures-0-upload",
        {"en": "“wall.png” has more than 40 million pixels. Please send a smaller picture."},
    ),
}


@pytest.mark.parametrize(
    ("case", "language"),
    [(case, language) for case, (_side, _typed, _field, words) in CASES.items() for language in words],
)
def test_the_field_says_what_is_wrong_and_the_rest_is_kept(app: Flask, case: str, language: str) -> None:
    side, typed, field, words = CASES[case]
    typed = {
        name: (io.BytesIO(value[0]), value[1]) if isinstance(value, tuple) else value for name, value in typed.items()
    }
    client = sign_in(app, make_actor(), language)
    kept = {
        "lang": "en",
        "title_en": "Nursing bed",
        "title_zh_Hans": "护理床",
        "opens_on": "2199-01-01",
        "documents-1-upload": (io.BytesIO(making.TXT), "notes.txt"),
    }
    answer = fill_in(client, f"/{side}s/new?kind=equipment", {**kept, **typed})
    assert answer.status_code == 422
    [error] = errors_of(answer.text)
    assert error.endswith(words[language]), error
    at_field = re.search(rf'<span class="field-error" id="{field}-error">.*?</span></span>', answer.text, re.S)
    assert at_field is not None
    assert words[language] in at_field[0].replace("&#39;", "'")
    again = fields_of(answer.text)
    for name, value in {**kept, **typed}.items():
        if isinstance(value, str) and name in again and "\x08" not in value and name != "pictures-0-file":
            assert value in again[name] or name.endswith("currency") or name == "fact_equipment_type", name
    assert again["documents-1-file"] != [""]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Offer if side == "offer" else Demand)) == 0


@pytest.mark.parametrize(
    "typed",
    [
        {"title_en": "“‘'\"<b>[]{}%s %(x)s 😀"},
        {"fact_serves": "😀\n" * 50},
        {"fact_serves": "[CN-9]"},
        {"base_version_id": "x"},
        {"pictures-0-file": "9" * 30},
        {"pictures-zero-file": "1"},
        {"kind": "spaceship"},
        {"lang": ""},
        {"submission_id": "s" * 5000},
        {"new_kind": "spaceship"},
        {"fact_price_amount": "1e400", "fact_price_currency": "HKD"},
        {"opens_on": "9999-12-31"},
        {"closes_on": "9999-12-31"},
        {"action": "dance"},
    ],
)
def test_odd_input_gets_an_answer(app: Flask, typed: dict[str, Any]) -> None:
    client = sign_in(app, make_actor())
    for action in ("kind", "publish"):
        answer = fill_in(client, "/offers/new?kind=equipment", typed, typed.get("action", action))
        assert answer.status_code in (200, 303, 422), action
        if answer.status_code == 303:
            assert client.get(answer.location).status_code == 200


NULS = (
    "title_en",
    "text_zh_Hans",
    "fact_features_en",
    "requirements-0-text_en",
    "lines-0-unit",
    "place_text",
    "budget_amount",
    "needed_by",
    "lang",
    "pictures-0-text_en",
    "requirements-0-need",
)


def test_a_nul_is_never_kept(app: Flask) -> None:
    client = sign_in(app, make_actor())
    fields = fields_of(client.get("/demands/new?kind=equipment").text)
    for name in NULS:
        assert name in fields, name
        answer = send(client, "/demands/new?kind=equipment", fields, {"lines-0-text_en": "beds", name: "a\x00b"})
        assert (answer.status_code, errors_of(answer.text) != []) == (422, True), name
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Demand)) == 0
