"""Personal data in a text: taken out before anything is proposed, because what is published is seen by everybody."""

from __future__ import annotations

import re

GAP = "[…]"
_PATTERNS = (
    ("email", re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")),
    ("identity", re.compile(r"(?<![\dA-Za-z])\d{6}(?:19|20)\d{2}(?:0\d|1[0-2])[0-3]\d\d{3}[\dXx](?![\dA-Za-z])")),
    ("identity", re.compile(r"(?<![A-Za-z\d])[A-Z]{1,2}\d{6}\s?\(?[\dA]\)?(?![\w-])")),
    ("identity", re.compile(r"(?<![A-Za-z\d])[A-Z][12]\d{8}(?!\d)")),
    (
        "phone",
        re.compile(
            r"(?:电话|電話|手机|手機|传真|傳真|热线|熱線|联系方式|聯絡方式|whatsapp|tel(?:ephone)?|phone|mobile|fax)\s*(?:no\.?|number|号码|號碼)?\s*[:：]?\s*"
            r"\+?[\d(（][\d()（）\- ]{5,24}\d(?:\s*(?:转|ext\.?)\s*\d{1,5})?",
            re.IGNORECASE,
        ),
    ),
    ("phone", re.compile(r"(?<![\d.,])(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?![\d.])")),
    ("phone", re.compile(r"(?<![\d.,])\+\d{1,3}[- ]\d{2,4}[- ]?\d{3,4}[- ]?\d{3,4}(?!\d)")),
    ("phone", re.compile(r"(?<![\d.,-])0\d{2,3}-\d{7,8}(?!\d)")),
    (
        "person",
        re.compile(
            r"(?:项目联系人|項目聯絡人|联系人|聯絡人|聯繫人|联络人|经办人|經辦人|负责人"
            r"|負責人|contact(?: person)?|attn\.?|for the attention of)\s*[:："
            r"|]\s*[^\n,，;；。|]{1,40}",
            re.IGNORECASE,
        ),
    ),
    ("person", re.compile(r"(?<![\u4e00-\u9fff])[\u4e00-\u9fff]{1,3}(?:先生|女士|小姐)(?![\u4e00-\u9fff])")),
    ("person", re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Dr)\.? [A-Z][a-z]+(?: [A-Z][a-z]+){0,2}")),
)


def without_private(text: str) -> tuple[str, list[str]]:
    """The text with a gap for each e-mail address, telephone and identity number and contact person, and which of
    "email", "identity", "phone", "person" there were."""
    found: list[str] = []
    for name, pattern in _PATTERNS:
        text, count = pattern.subn(GAP, text)
        if count and name not in found:
            found.append(name)
    return text, found
