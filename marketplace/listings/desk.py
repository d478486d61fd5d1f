"""What tells offers from demands, for the verbs and pages that work on both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, eq=False)
class Desk:
    """A side of the market; there is one of each, told apart by identity.

    Attributes:
        name: "offer" or "demand"; also the catalogue's side, the audit's subject kind and the kind of document.
        plural: the blueprint and the first part of its addresses.
        listing, version, version_file: the mapped classes.
        body: key of the long text that publishing needs beside the title.
        texts: keys of the texts in reading order, each with its most characters.
        role: the column of the organisation that says it may publish here.
    """

    name: str
    plural: str
    listing: type[Any]
    version: type[Any]
    version_file: type[Any]
    body: str
    texts: dict[str, int]
    role: str


TEXTS = {
    "offer": {"title": 150, "summary": 1000, "description": 8000},
    "demand": {"title": 150, "text": 8000},
}
BODY = {"offer": "summary", "demand": "text"}
