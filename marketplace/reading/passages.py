"""Passages of a document put together to one text that still knows where each part of it stood."""

from __future__ import annotations

import bisect
import re
from typing import Any

from marketplace.reading import tables
from marketplace.reading.private import without_private

MOST = 150_000  # characters that are interpreted
_QUOTE = 200
# What documents hold and no form may: control characters and halves of characters.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


class Passages:
    """The whole text, without personal data, and the places of its parts."""

    def __init__(self, lines: list[dict[str, Any]]) -> None:
        self.private: list[str] = []
        self.cut = False
        self._starts: list[int] = []
        self._where: list[dict[str, Any]] = []
        parts: list[str] = []
        length = 0
        for line in lines:
            for words, where in _said(line):
                cleaned = self.clean(words).strip()
                if not cleaned:
                    continue
                if length + len(cleaned) > MOST:
                    cleaned, self.cut = cleaned[: max(0, MOST - length)], True
                self._starts.append(length)
                self._where.append(where)
                parts.append(cleaned)
                length += len(cleaned) + 1
            if self.cut:
                break
        self.text = "\n".join(parts)

    def clean(self, words: str) -> str:
        """The words without personal data, whose kinds are noted."""
        cleaned, kinds = without_private(_UNPRINTABLE.sub(" ", words))
        self.private += [kind for kind in kinds if kind not in self.private]
        return cleaned

    def where(self, at: int) -> dict[str, Any]:
        """Where in the document the character stood."""
        number = bisect.bisect_right(self._starts, at) - 1
        return self._where[number] if 0 <= number < len(self._where) else {}

    def quote(self, text: str, start: int, end: int, offset: int = 0) -> dict[str, Any]:
        """The words `start`..`end` of `text` with those around them in their line, and where they stand."""
        left = max(text.rfind("\n", 0, start) + 1, start - 60)
        right = text.find("\n", end)
        right = min(len(text) if right < 0 else right, end + 60)
        return {
            "before": text[left:start].lstrip(),
            "words": text[start : min(end, start + _QUOTE)],
            "after": text[end:right].rstrip(),
            "where": self.where(start + offset),
        }


def _said(line: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    if "text" in line:
        return [(line["text"], line["where"])]
    if "table" in line:
        first = line["where"].get("row", 1)
        return [
            (words, {**line["where"], "row": number})
            for number, row in enumerate(line["table"], first)
            for words in tables.as_text([row])
        ]
    return []
