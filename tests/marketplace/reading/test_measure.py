"""How reading is measured: only what a text states counts, and what is right, wrong and missed."""

from __future__ import annotations

from marketplace.reading.measure import interval, judge


def test_only_what_the_text_states_is_judged() -> None:
    record = {
        "title": "护理床采购",
        "text": "广州市海珠区一间安老院采购护理床30张，预算49万元。",
        "facts": {"quantity": 31, "budget": 490000, "currency": "CNY", "place": "广州市海珠区"},
    }
    assert [(field, verdict) for field, verdict, _wanted, _got in judge(record)] == [
        ("budget", "right"),
        ("currency", "right"),
        ("place", "right"),
    ]
    wrong = {**record, "facts": {"quantity": 1, "place": "澳門"}}
    assert [(field, verdict) for field, verdict, _wanted, _got in judge(wrong)] == [("quantity", "wrong")]


def test_the_interval_is_wilsons() -> None:
    assert [round(bound, 3) for bound in interval(9, 10)] == [0.596, 0.982]
    assert interval(0, 0) == (0.0, 1.0)
