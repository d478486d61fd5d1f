"""Needs in people's own words, read in three languages: what is said is taken, what is not is left out."""

from __future__ import annotations

from typing import Any

import pytest

from catalogue import validation
from marketplace.demands.reading import budget, guess_kind, read_need, requirements
from marketplace.listings import content as contents

SIMPLIFIED = """我院需采购护理床30张，预算20万元人民币，送货到广州市海珠区。
必备：
1. 承重不低于180公斤
2、带防夹功能
最好有：
- 可先试用
- 带蓄电池"""
TRADITIONAL = "安老院需要更換30張電動護理床。預算上限 HK$200,000。必須有床欄。最好可以租用。地點：香港觀塘。"
ENGLISH = """We are looking for a meal delivery service for 120 residents in Macau.
Budget: MOP 45 each meal.
Requirements:
* soft meals to IDDSI level 4
* must deliver before 11:30
Nice to have:
* halal menu
"""


def read(text: str, lang: str | None = None) -> dict[str, Any]:
    """What was read, without what is empty in every reading."""
    content = read_need(text, lang)
    assert [content.pop(name) for name in ("facts", "dates", "pictures", "documents", "price_audience")] == [
        {},
        {},
        [],
        [],
        "public",
    ]
    return content


def test_a_need_in_simplified_chinese() -> None:
    title = "我院需采购护理床30张"
    assert read(SIMPLIFIED) == {
        "kind": "equipment",
        "lang": "zh-Hans",
        "texts": {"title": {"zh-Hans": title}, "text": {"zh-Hans": SIMPLIFIED}},
        "requirements": [
            {"need": "must", "text": {"zh-Hans": "承重不低于180公斤"}},
            {"need": "must", "text": {"zh-Hans": "带防夹功能"}},
            {"need": "nice", "text": {"zh-Hans": "可先试用"}},
            {"need": "nice", "text": {"zh-Hans": "带蓄电池"}},
        ],
        "lines": [{"text": {"zh-Hans": title}, "quantity": "30", "unit": "piece"}],
        "budget": {"minor": 20000000, "currency": "CNY", "basis": "total"},
        "places": ["CN-440105"],
        "place_text": "海珠区",
    }


def test_a_need_in_traditional_chinese_without_bullets() -> None:
    title = "安老院需要更換30張電動護理床"
    assert read(TRADITIONAL) == {
        "kind": "equipment",
        "lang": "zh-Hant",
        "texts": {"title": {"zh-Hant": title}, "text": {"zh-Hant": TRADITIONAL}},
        "requirements": [
            {"need": "must", "text": {"zh-Hant": "必須有床欄"}},
            {"need": "nice", "text": {"zh-Hant": "最好可以租用"}},
        ],
        "lines": [{"text": {"zh-Hant": title}, "quantity": "30", "unit": "piece"}],
        "budget": {"minor": 20000000, "currency": "HKD", "basis": "total"},
        "places": ["HK-KKT"],
        "place_text": "觀塘區",
    }


def test_a_need_in_english() -> None:
    title = "We are looking for a meal delivery service for 120 residents in Macau"
    assert read(ENGLISH) == {
        "kind": "food_meals",
        "lang": "en",
        "texts": {"title": {"en": title}, "text": {"en": ENGLISH.strip()}},
        "requirements": [
            {"need": "must", "text": {"en": "soft meals to IDDSI level 4"}},
            {"need": "must", "text": {"en": "must deliver before 11:30"}},
            {"need": "nice", "text": {"en": "halal menu"}},
        ],
        "lines": [{"text": {"en": title}, "quantity": "120", "unit": "person"}],
        "budget": {"minor": 4500, "currency": "MOP", "basis": "each"},
        "places": ["MO"],
        "place_text": "Macao",
    }


@pytest.mark.parametrize(
    ("text", "kind", "title", "asked"),
    [
        (
            "我院位于广州市越秀区，拟对一楼12间老人房做适老化改造，包括扶手、防滑地面，预算35万元，质保不少于两年。",
            "adaptation",
            "拟对一楼12间老人房做适老化改造",
            [("must", "包括扶手、防滑地面"), ("must", "质保不少于两年")],
        ),
        (
            "失智照护软件：需要防走失定位和护理记录功能，支持私有部署，广州市白云区养老院，80张床位",
            "software_platform",
            "失智照护软件",
            [("must", "需要防走失定位和护理记录功能"), ("must", "支持私有部署")],
        ),
        (
            "Nursing beds with side rails, at least 2,000 mm long, ideally with a battery, budget HKD 120,000",
            "equipment",
            "Nursing beds with side rails",
            [("must", "at least 2,000 mm long"), ("nice", "ideally with a battery")],
        ),
    ],
)
def test_a_need_in_one_sentence_is_titled_by_what_it_asks_for(
    text: str, kind: str, title: str, asked: list[tuple[str, str]]
) -> None:
    content = read(text)
    assert (content["kind"], content["texts"]["title"]) == (kind, {content["lang"]: title})
    assert [(item["need"], item["text"][content["lang"]]) for item in content["requirements"]] == asked


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("需購置20張電動護理床，須於30日內送貨到港", {"deadline_days": 30}),
        ("Nursing beds, at least 180 kg, delivery within 45 days", {"deadline_days": 45}),
        ("采购轮椅。7天内答复；质保两年", {}),
    ],
)
def test_days_to_delivery_are_a_date_and_no_requirement(text: str, dates: dict[str, int]) -> None:
    content = read_need(text)
    assert content["dates"] == dates
    assert not any(
        "30日" in words or "45 days" in words for item in content["requirements"] for words in item["text"].values()
    )


@pytest.mark.parametrize(
    ("text", "quantity", "unit"),
    [
        ("沙田一间院舍需要30张电动护理床", "30", "piece"),
        ("沙田一間院舍需要30張電動護理床", "30", "piece"),
        ("一所日间中心需要送餐，每天80人", "80", "person"),
        ("需要1台移位机", "1", "piece"),
    ],
)
def test_a_one_is_a_quantity_only_where_nothing_else_is_counted(text: str, quantity: str, unit: str) -> None:
    [line] = read_need(text)["lines"]
    assert (line["quantity"], line["unit"]) == (quantity, unit)


@pytest.mark.parametrize(
    ("text", "lang", "kind", "written"),
    [
        ("轮椅", "zh-Hans", "equipment", "zh-Hans"),
        ("輪椅", "zh-Hans", "equipment", "zh-Hant"),
        ("人手", "zh-Hant", None, "zh-Hant"),
        ("人手", "en", None, "zh-Hans"),
        ("???", "zh-Hant", None, "en"),
    ],
)
def test_a_few_words_are_enough_and_nothing_is_invented(text: str, lang: str, kind: str | None, written: str) -> None:
    content = read(text, lang)
    assert (content["kind"], content["lang"]) == (kind, written)
    assert (content["requirements"], content["lines"], content["budget"], content["places"]) == ([], [], None, [])


@pytest.mark.parametrize(
    ("text", "places", "expected"),
    [
        ("预算5000元", (), None),
        ("预算5000元", ("CN-4401",), {"minor": 500000, "currency": "CNY", "basis": "total"}),
        ("預算5000元", ("HK-KKT",), {"minor": 500000, "currency": "HKD", "basis": "total"}),
        ("预算5000元", ("CN-4401", "MO"), None),
        ("预算49.5万元人民币", (), {"minor": 49500000, "currency": "CNY", "basis": "total"}),
        ("价格HK$300", (), None),
        ("预算港币3,000元", (), {"minor": 300000, "currency": "HKD", "basis": "total"}),
        ("每张床预算不超过 RMB 6,800", (), {"minor": 680000, "currency": "CNY", "basis": "each"}),
        ("Budget up to £1.2 million", (), {"minor": 120000000, "currency": "GBP", "basis": "total"}),
        ("budget 30k USD", (), {"minor": 3000000, "currency": "USD", "basis": "total"}),
        ("No budget yet. About 30 beds.", (), None),
        ("预算约30张床", ("CN",), None),
    ],
)
def test_a_budget_is_what_is_called_so_in_a_currency_that_is_named(
    text: str, places: tuple[str, ...], expected: dict[str, Any] | None
) -> None:
    assert budget(text, places) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Beds.\nThey must be quiet. We prefer blue.", [("must", "They must be quiet"), ("nice", "We prefer blue")]),
        ("采购轮椅。须可折叠；最好带脚踏。", [("must", "须可折叠"), ("nice", "最好带脚踏")]),
        ("Title\n(1) one thing\n(2) ideally another", [("must", "one thing"), ("nice", "ideally another")]),
        ("Title\n一、安静\n二、安静\n", [("must", "安静")]),
        ("需求：轮椅", []),
        ("2.5 metres of rail", []),
        ("", []),
    ],
)
def test_must_and_nice_follow_the_wording(text: str, expected: list[tuple[str, str]]) -> None:
    assert requirements(text) == expected


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("为200户家庭做居家适老化改造，装扶手", "adaptation"),
        ("Training for caregivers in dementia care", "training_staffing"),
        ("長者送飯服務，每日兩餐軟餐", "food_meals"),
        ("养老机构管理软件", "software_platform"),
        ("We seek somebody to operate our care home", "facility_operation"),
        ("护理院床位，短期托养", "care_place"),
        ("轮椅", "equipment"),
        ("hello", None),
        ("", None),
    ],
)
def test_the_kind_is_what_the_words_clearly_speak_for(text: str, kind: str | None) -> None:
    assert guess_kind(text) == kind


@pytest.mark.parametrize(
    "text", [SIMPLIFIED, TRADITIONAL, ENGLISH, "x" * 20_000, "😀" * 300, "1.\n2.\n3.", "预算" * 3000]
)
def test_what_was_read_can_be_kept_as_it_is(text: str) -> None:
    content = read_need(text, "en")
    cleaned, errors = contents.clean("demand", content)
    assert errors == {}
    assert not validation.is_blank(content["texts"]["title"])
    assert {key: value for key, value in cleaned.items() if key != "facts"} == {
        key: value for key, value in content.items() if key != "facts"
    }


def test_a_notice_with_numbered_sections_asks_only_for_what_its_requirements_say() -> None:
    text = (
        "某养老院电动护理床采购公告\n一、采购内容：电动护理床 20 张，轮椅 10 台。\n二、预算：人民币 16 万元。\n"
        "三、技术要求：\n1. 承重不低于 180 公斤；\n2. 质保三年。\n最好能提供粤语培训。\n"
        "四、交货期：合同签订后 30 天内。\n五、报价截止：2026年12月20日。\n六、须提供送货上门服务。"
    )
    assert requirements(text) == [
        ("must", "承重不低于 180 公斤"),
        ("must", "质保三年"),
        ("nice", "最好能提供粤语培训"),
        ("must", "须提供送货上门服务"),
    ]


def test_a_list_names_its_things_with_the_number_right_behind_in_chinese() -> None:
    content = read_need("某养老院需要：\n1. 电动护理床20张\n2. 轮椅30辆\n3. 承重不低于180公斤")
    assert (content["kind"], content["texts"]["title"]) == ("equipment", {"zh-Hans": "某养老院需要：电动护理床、轮椅"})
    assert [(line["text"]["zh-Hans"], line["quantity"], line["unit"]) for line in content["lines"]] == [
        ("电动护理床", "20", "piece"),
        ("轮椅", "30", "piece"),
    ]
