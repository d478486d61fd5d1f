"""What the columns of a table mean, by the words of its heading row."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any, NamedTuple

_COLUMNS = {
    "name": r"(?:货物|貨物|产品|產品|商品|设备|設備|物品|服务|服務|标的|標的|品目|采购|採購|项目"
    r"|項目)?(?:名称|名稱)|品名|品目|产品|產品|货物|貨物|item(?: name)?|product(?: name)?"
    r"|name|goods|description of goods|article",
    "quantity": r"(?:采购|採購|需求)?(?:数量|數量)|qty\.?|quantity|no\. of units|number",
    "unit": r"(?:计量|計量)?(?:单位|單位)|unit|uom",
    "price": r"(?:含税|不含税|市场|市場|出厂|出廠|零售|批发|参考|參考|优惠|统一|建議|建议)?(?:单价"
    r"|單價|价格|價格|售价|售價|报价|報價|零售价|零售價)|(?:unit |list |retail )?price"
    r"|rate",
    "budget": r"(?:预算|預算|限价|限價|最高限价|总价|總價|金额|金額|预算金额|預算金額|budget|amount|total)",
    "model": r"(?:规格|規格)?(?:型号|型號|货号|貨號|编号|編號)|(?:规格|規格)[/／](?:型号|型號)"
    r"|model(?: no\.?| number)?|sku|code|part no\.?",
    "description": r"(?:技术|技術|产品|產品|主要)?(?:参数|參數|要求|描述|说明|說明|功能|特点|特點|规格"
    r"|規格|备注|備註|配置)|description|specification|specs?|features?|remarks?"
    r"|requirements?",
}
_PATTERNS = {
    key: re.compile(rf"(?:{words})(?:\s*[(（][^)）]*[)）])?", re.IGNORECASE) for key, words in _COLUMNS.items()
}


class Row(NamedTuple):
    """A row below a heading: the cells by what their column means, and where it stands."""

    cells: dict[str, str]
    headings: dict[str, str]
    where: dict[str, Any]
    words: str


def rows_of(table: list[list[str]], where: dict[str, Any]) -> Iterator[Row]:
    """The rows of a table that names a thing in each; none where it has no heading row that says which column does."""
    columns: dict[str, int] = {}
    headings: dict[str, str] = {}
    for number, cells in enumerate(table, where.get("row", 1)):
        found = _columns(cells)
        if "name" in found and len(found) > 1:
            columns = found
            headings = {key: cells[at] for key, at in found.items()}
            continue
        if not columns:
            continue
        values = {key: cells[at].strip() for key, at in columns.items() if at < len(cells)}
        name = values.get("name", "")
        if not name or re.fullmatch(
            r"[\d.\s]+|合\s*计.*|總計.*|总计.*|小计.*|小計.*|(?:sub)?total.*", name, re.IGNORECASE
        ):
            continue
        if not any(values.get(key) for key in ("quantity", "price", "budget", "model", "description", "unit")):
            continue
        place = {**{key: one for key, one in where.items() if key != "row"}, "row": number}
        if "sheet" in where:
            place["cell"] = f"{_letter(columns['name'])}{number}"
        yield Row(values, headings, place, " | ".join(one for one in cells if one)[:400])


def _columns(cells: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for at, cell in enumerate(cells):
        words = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", cell)).strip()
        key = next((key for key, pattern in _PATTERNS.items() if len(words) < 40 and pattern.fullmatch(words)), None)
        if key is not None:
            found.setdefault(key, at)
    return found


def _letter(column: int) -> str:
    return (chr(64 + column // 26) if column >= 26 else "") + chr(65 + column % 26)


def as_text(table: list[list[str]]) -> list[str]:
    """The rows as lines of text: two cells as a label and what it says."""
    lines = []
    for cells in table:
        said = [cell.replace("\n", " ") for cell in cells if cell]
        if said:
            lines.append(f"{said[0].rstrip(':：')}: {said[1]}" if len(said) == 2 else " | ".join(said))
    return lines
