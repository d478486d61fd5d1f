"""The entries of an address book file, to be shown on a page."""

from __future__ import annotations

import re
from typing import Any

MEDIA_TYPE = "text/vcard"


def parts_of(text: str) -> list[dict[str, Any]]:
    """One part for each card: {"number": 0, "text"}, its values a line each, the name first."""
    parts: list[dict[str, Any]] = []
    lines: list[str] = []
    for line in text.replace("\r\n", "\n").replace("\n ", "").split("\n"):
        name, _, value = line.partition(":")
        kind = name.partition(";")[0].upper()
        if line == "BEGIN:VCARD":
            lines = []
        elif line == "END:VCARD":
            parts.append({"number": 0, "text": "\n".join(lines)})
        elif kind in ("FN", "ORG", "TITLE", "TEL", "EMAIL", "NOTE"):
            lines.append(re.sub(r"\\(.)", lambda sign: "\n" if sign[1] == "n" else sign[1], value))
    return parts
