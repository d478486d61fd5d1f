"""What stands in one row of a list, read cell by cell: each mistake has its field."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from dataclasses import dataclass, field
from functools import cache

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from marketplace.errors import ErrorCode
from marketplace.i18n import DATA_LANGS, convert_script
from marketplace.organisations import place_words
from marketplace.organisations.languages import spoken_languages
from marketplace.outreach.names import script_of
from marketplace.types import fold_key

SIDE_OF = {"exhibitors": "supply", "buyers": "demand", "delegations": "demand"}
_LIMITS = {"person": 120, "role": 120, "email": 254, "booth": 20, "zone": 20, "delegation": 200, "coordinator": 120}
_BETWEEN = re.compile(r"[,，、;；/／|\n]+|\s{2,}")
_OTHER_WORDS = {
    "yue": ("广东话", "广州话", "白话", "粤"),
    "cmn": ("国语", "普", "中文", "putonghua", "华语", "mandarin chinese"),
    "en": ("英文", "英"),
    "pt": ("葡文", "葡语", "葡"),
}


@dataclass
class Values:
    """A row as read. `errors`: field to what is wrong; `remarks`: field to what was left out."""

    names: dict[str, str] = field(default_factory=dict)
    booth: str = ""
    zone: str = ""
    person: str = ""
    role: str = ""
    mobile: str = ""
    email: str = ""
    place_id: str | None = None
    languages: list[str] = field(default_factory=list)
    delegation: str = ""
    coordinator: str = ""
    coordinator_email: str = ""
    coordinator_mobile: str = ""
    errors: dict[str, ErrorCode] = field(default_factory=dict)
    remarks: dict[str, ErrorCode] = field(default_factory=dict)

    @property
    def contact(self) -> dict[str, str]:
        """The contact of an organisation as it is kept."""
        return {"person": self.person, "email": self.email, "phone": self.mobile}


def read_values(cells: dict[str, str], kind: str) -> Values:
    """Read the cells of a row, given by field."""
    found = Values()
    for name in ("booth", "zone", "person", "role", "delegation", "coordinator"):
        setattr(found, name, cells.get(name, ""))
    found.names = _names(cells)
    for name in ("email", "coordinator_email"):
        setattr(found, name, _email(name, cells.get(name, ""), found.errors))
    for name in ("mobile", "coordinator_mobile"):
        setattr(found, name, _mobile(name, cells.get(name, ""), found.errors))
    for name, most in _LIMITS.items():
        if len(getattr(found, name)) > most:
            found.errors[name] = ErrorCode("too_long", {"maximum": most, "length": len(getattr(found, name))})
    if any(len(text) > 200 for text in found.names.values()):
        found.errors["name"] = ErrorCode("too_long", {"maximum": 200, "length": max(map(len, found.names.values()))})
    if not found.names and not (kind == "delegations" and found.delegation):
        found.errors["name"] = ErrorCode("name_needed")
    if kind == "delegations" and not found.delegation:
        found.errors["delegation"] = ErrorCode("required")
    found.place_id = _place(cells.get("district", ""), found.remarks)
    found.languages = _languages(cells.get("languages", ""), found.remarks)
    return found


def row_key(kind: str, cells: dict[str, str]) -> str:
    """The same for rows that say the same, whatever their line."""
    said = {name: fold_key(text) for name, text in sorted(cells.items()) if text}
    return hashlib.sha256(json.dumps([SIDE_OF[kind], said], ensure_ascii=False).encode()).hexdigest()


def _names(cells: dict[str, str]) -> dict[str, str]:
    found = {
        lang: cells[name]
        for lang, name in (("zh-Hans", "name_hans"), ("zh-Hant", "name_hant"), ("en", "name_en"))
        if cells.get(name)
    }
    if cells.get("name"):
        found.setdefault(script_of(cells["name"]), cells["name"])
    # A heading "Chinese name" does not say which script stands below it.
    written = found.get("zh-Hans", "")
    if written and script_of(written) == "zh-Hant" and "zh-Hant" not in found:
        found["zh-Hant"] = found.pop("zh-Hans")
    return {lang: found[lang] for lang in DATA_LANGS if lang in found}


def _email(name: str, text: str, errors: dict[str, ErrorCode]) -> str:
    text = unicodedata.normalize("NFKC", text).strip()
    if not text:
        return ""
    try:
        return validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError:
        errors[name] = ErrorCode("bad_email", {"value": text[:80]})
        return ""


def _mobile(name: str, text: str, errors: dict[str, ErrorCode]) -> str:
    """The number with its calling code; one without is looked for in Hong Kong, the mainland and Macao, by length."""
    text = unicodedata.normalize("NFKC", text).strip().lstrip("'")
    if not text:
        return ""
    digits = re.sub(r"\D", "", text)
    regions = ["CN"] if len(digits) == 11 and digits[0] == "1" and "+" not in text else ["HK", "MO", "CN"]
    for region in regions:
        try:
            number = phonenumbers.parse(text, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    errors[name] = ErrorCode("bad_mobile", {"value": text[:40]})
    return ""


def _place(text: str, remarks: dict[str, ErrorCode]) -> str | None:
    if not text:
        return None
    found = place_words.read_one(text)
    if len(found) == 1:
        return found[0]
    remarks["district"] = ErrorCode("unclear_place" if found else "unknown_place", {"value": text[:80]})
    return None


@cache
def _language_words() -> dict[str, str]:
    words = {}
    for lang in DATA_LANGS:
        for code, name in spoken_languages(lang):
            words[code] = code
            words[convert_script(fold_key(name), "zh-Hans")] = code
    for code, others in _OTHER_WORDS.items():
        words |= dict.fromkeys(others, code)
    return words


def _languages(text: str, remarks: dict[str, ErrorCode]) -> list[str]:
    words, found, unknown = _language_words(), [], []
    for piece in filter(None, (part.strip() for part in _BETWEEN.split(text))):
        code = words.get(convert_script(fold_key(piece), "zh-Hans"))
        if code is None:
            unknown.append(piece)
        elif code not in found:
            found.append(code)
    if unknown:
        remarks["languages"] = ErrorCode("unknown_language", {"value": ", ".join(unknown)[:80]})
    return found
