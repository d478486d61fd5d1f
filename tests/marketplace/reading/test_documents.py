"""Real documents through the children: what is read, with its place, and what is said of what is not."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from marketplace.reading import child, extraction
from marketplace.reading.interpretation import interpret
from tests.marketplace.reading import documents

CHINESE = (
    "采购项目：电动护理床\n采购电动护理床30张，预算金额：人民币20万元。\n交货地点：广州市海珠区\n投标截止2031年12月31日"
)


def extracted(tmp_path: Path, document: bytes, suffix: str, **more: Any) -> child.Answer:
    path = tmp_path / "document"
    path.write_bytes(document)
    return child.run("extract", {"path": str(path), "suffix": suffix, "folder": str(tmp_path)}, **more)


def read(lines: list[dict[str, Any]], side: str = "demand", local: str | None = None) -> dict[str, Any]:
    request = {"lines": lines, "side": side, "lang": "zh-Hans", "local": local}
    answer = child.run("interpret", request, seconds=20)
    return next(line for line in answer.lines if "note" not in line)


def notes(answer: child.Answer) -> list[tuple[str, dict[str, Any]]]:
    return [(line["note"], line["params"]) for line in answer.lines if "note" in line]


def test_a_chinese_pdf_is_read_with_its_pages(tmp_path: Path) -> None:
    answer = extracted(tmp_path, documents.pdf(["封面", CHINESE]), ".pdf")
    found = read(answer.lines)
    content = found["content"]
    assert (content["budget"], content["lines"][0]["quantity"], content["places"], content["dates"]) == (
        {"minor": 20000000, "currency": "CNY", "basis": "total"},
        "30",
        ["CN-440105"],
        {"closes_on": "2031-12-31"},
    )
    assert found["quotes"]["budget"] == [
        {"before": "采购电动护理床30张，预算金额：", "words": "人民币20万元", "after": "。", "where": {"page": 2}}
    ]


def test_two_hundred_pages_are_read_within_the_limits(tmp_path: Path) -> None:
    document = documents.pdf(
        [f"第{number}页\n{CHINESE}\n" + "护理床的技术要求和说明。\n" * 25 for number in range(200)]
    )
    began = time.monotonic()
    answer = extracted(tmp_path, document, ".pdf")
    pages = [line["where"]["page"] for line in answer.lines if "text" in line]
    assert time.monotonic() - began < 10
    assert pages == list(range(1, len(pages) + 1))
    if len(pages) < 200:  # a slow machine reads the first of them and says how many
        assert notes(answer) == [("pages", {"read": len(pages), "of": 200})]
    assert read(answer.lines)["content"]["budget"]["minor"] == 20000000


def test_of_more_pages_than_are_read_the_first_count(tmp_path: Path) -> None:
    document = documents.pdf([CHINESE] * (extraction.MOST_PAGES + 5))
    answer = extracted(tmp_path, document, ".pdf")
    assert notes(answer) == [("pages", {"read": extraction.MOST_PAGES, "of": extraction.MOST_PAGES + 5})]
    assert len([line for line in answer.lines if "text" in line]) == extraction.MOST_PAGES


def test_pages_read_before_a_child_is_stopped_count(tmp_path: Path) -> None:
    document = documents.pdf([CHINESE + "护理床\n" * 1500 for _ in range(150)])
    answer = extracted(tmp_path, document, ".pdf", seconds=1.5)
    texts = [line for line in answer.lines if "text" in line]
    assert answer.ended == "time"
    assert len(texts) < 150
    assert all(CHINESE.split("\n")[0] in line["text"] for line in texts)


def test_a_child_that_wants_too_much_memory_is_stopped(tmp_path: Path) -> None:
    path = tmp_path / "document"
    with path.open("wb") as stream:
        stream.truncate(400 * 1024 * 1024)
    answer = child.run("extract", {"path": str(path), "suffix": ".txt", "folder": None})
    assert notes(answer) == [("memory", {})]


def test_merged_cells_hold_for_the_rows_they_span(tmp_path: Path) -> None:
    rows = [
        ["三层护理区采购清单", None, None, None],
        ["类别", "货物名称", "数量", "单位"],
        ["床", "电动护理床", 30, "张"],
        [None, "床垫", 35, "张"],
        ["椅", "轮椅", "20台", None],
        [None, "合计", 85, None],
    ]
    document = documents.sheet(rows, "清单", ["A1:D1", "A3:A4", "A5:A6"])
    answer = extracted(tmp_path, document, ".xlsx")
    assert answer.lines[1]["table"][3][0] == "床"
    found = read(answer.lines)
    assert [
        (line["text"]["zh-Hans"], line["quantity"], found["quotes"][f"lines.{number}"][0]["where"]["cell"])
        for number, line in enumerate(found["content"]["lines"])
    ] == [("电动护理床", "30", "B3"), ("床垫", "35", "B4"), ("轮椅", "20", "B5")]


def test_a_table_of_a_word_document_names_the_lines(tmp_path: Path) -> None:
    table = [["Item", "Qty", "Unit"], ["Nursing bed", "12", "pcs"], ["Wheelchair", "8", "pcs"]]
    document = documents.word(["# Tender for beds", "Budget: HK$300,000. Closing date: 5 March 2031."], table)
    found = read(extracted(tmp_path, document, ".docx").lines)
    lines = [(line["text"]["en"], line["quantity"], line["unit"]) for line in found["content"]["lines"]]
    assert lines == [("Nursing bed", "12", "piece"), ("Wheelchair", "8", "piece")]
    assert (found["content"]["budget"]["minor"], found["content"]["dates"]) == (30000000, {"closes_on": "2031-03-05"})


def test_a_megabyte_of_text_is_looked_through_as_far_as_it_goes() -> None:
    text = CHINESE + "\n" + "其他说明文字，与采购无关。\n" * 80_000
    began = time.monotonic()
    answer = child.run(
        "interpret", {"lines": [{"text": text[: 10**6], "where": {}}], "side": "demand", "lang": "zh-Hans"}
    )
    assert time.monotonic() - began < 10
    assert [name for name, _params in notes(answer)] == ["interpreted"]
    assert answer.lines[-1]["content"]["budget"]["minor"] == 20000000


def test_a_brochure_of_two_products_with_a_photograph(tmp_path: Path) -> None:
    pages = [
        "产品名称：电动护理床\n型号：HB-200\n售价：8,800元\n1. 承重220公斤\n2. 三个电机\n通过ISO 9001认证。",
        "产品名称：移位机\n型号：LF-3\n售价：12,500元\n适合一人操作，带称重功能。",
    ]
    answer = extracted(tmp_path, documents.pdf(pages, documents.photograph()), ".pdf")
    found = read(answer.lines, "offer", "CNY")["products"]
    assert [(one["title"], one["model"], one["price"], one["where"], len(one["pictures"])) for one in found] == [
        ("电动护理床", "HB-200", {"minor": 880000, "currency": "CNY"}, {"page": 1}, 1),
        ("移位机", "LF-3", {"minor": 1250000, "currency": "CNY"}, {"page": 2}, 0),
    ]
    assert (found[0]["features"], found[0]["certificates"]) == (["承重220公斤", "三个电机"], ["ISO 9001"])


@pytest.mark.parametrize("said", ["承重不低于180公斤|承重不超过150公斤", "width at least 90 cm|width at most 80 cm"])
def test_requirements_that_contradict_each_other_are_pointed_out(said: str) -> None:
    one, other = said.split("|")
    text = f"采购护理床\n1. {one}\n2. {other}\n3. 长度不低于2米"
    assert read([{"text": text, "where": {}}])["contradictions"] == [[0, 1]]


def test_what_the_words_leave_open_of_a_day_is_told() -> None:
    said = [{"text": "采购轮椅20台\n1月20日前交货，投标截止2026年12月31日。", "where": {}}]
    found = next(interpret({"side": "demand", "lang": "zh-Hans", "lines": said, "today": "2026-11-25"}))
    assert found["content"]["dates"] == {"closes_on": "2026-12-31", "needed_by": "2027-01-20"}
    assert (found["assumed"], found["quotes"]["dates.needed_by"][0]["words"]) == (["dates.needed_by"], "1月20日")


def test_halves_of_characters_and_control_characters_are_left_out() -> None:
    table = [["品名", "数量"], ["轮椅\x0b\ud83d加宽", "20台"], ["助行器\x00", "5台"]]
    content = read([{"table": table, "where": {"table": 1, "row": 1}}])["content"]
    assert [line["text"]["zh-Hans"] for line in content["lines"]] == ["轮椅 加宽", "助行器"]


def test_nothing_personal_is_proposed() -> None:
    private = ["13812345678", "chan@home.example", "440105194910012345", "A123456(7)", "陈大文"]
    text = f"采购轮椅20台\n联系人：陈大文 手机：{private[0]}\n邮箱 {private[1]}，证件 {private[2]}、{private[3]}。"
    found = json.dumps(read([{"text": text, "where": {}}]), ensure_ascii=False)
    assert [one for one in private if one in found] == []
