"""The gist of a listing: the text that stands for its meaning."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def gist(document: Mapping[str, Any]) -> str:
    """The title and what says most beside it, in the language of the original: of an offer its summary, of a demand its
    requirements or, without any, its text."""
    texts = document.get("texts") or {}
    lang = document.get("lang") or "zh-Hans"
    parts = [_own(texts.get("title"), lang)]
    wanted = [_own(item.get("text"), lang) for item in document.get("requirements") or ()]
    if any(wanted):
        parts.append("; ".join(one for one in wanted if one))
    else:
        parts.extend(_own(texts.get(name), lang) for name in ("summary", "text", "description"))
    return ". ".join(part for part in parts if part)


def _own(written: Mapping[str, str] | None, lang: str) -> str:
    written = written or {}
    return written.get(lang) or next((text for text in written.values() if text), "")
