"""By what a thing is recognised again, as short keys: two that share one look the same."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import Any

from marketplace.listings.content import Content
from marketplace.organisations.models import Organisation
from marketplace.organisations.names import firm_keys
from marketplace.types import fold_key
from search.text.folding import folded

NOISE = re.compile(r"[\W_]+")
# Every subject has this one, which nothing is looked for by: that its keys were made.
MADE = "-"


def flat(text: str) -> str:
    """A text without case, width, script, accents, spaces, hyphens and other marks: "ＣＢ－900 a" gives "cb900a"."""
    return NOISE.sub("", folded(text))


def model_of(content: Content) -> str:
    """The model number as it is compared, "" for none."""
    model = (content.get("facts") or {}).get("model")
    return flat(model) if isinstance(model, str) else ""


def of_listing(content: Content) -> dict[str, str]:
    """Key to why: "model" or "title", the title in each of its languages, within one kind of thing."""
    kind = content.get("kind") or ""
    found = {
        _key("title", kind, title): "title"
        for text in ((content.get("texts") or {}).get("title") or {}).values()
        if text and (title := flat(text))
    }
    model = model_of(content)
    return found | ({_key("model", kind, model): "model"} if model else {})


def of_organisation(organisation: Organisation) -> dict[str, str]:
    """Key to why: "number" in its register, or "name" in either script with whichever legal form."""
    found = {_key("name", name): "name" for name in firm_keys(organisation.searched_names)}
    number = fold_key(organisation.registration_number or "")
    return found | ({_key("number", organisation.jurisdiction, number): "number"} if number else {})


def same_firm(one: Organisation, other: Organisation) -> bool:
    """Whether two rows are one organisation or look like one."""
    return one.id == other.id or bool(of_organisation(one).keys() & of_organisation(other).keys())


def _key(*parts: Any) -> str:
    return sha256("\x1f".join(map(str, parts)).encode()).hexdigest()[:40]
