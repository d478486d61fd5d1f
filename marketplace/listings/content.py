"""What a listing says, cleaned: raw values of a form or file in, content of the shared shape and error codes out.

An error's key is the path of the value, its parts joined by dots: "texts.title.en", "facts.price", "lines.0.quantity".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from typing import Any

from catalogue import currencies, kinds, places, units, validation
from catalogue.languages import LANGUAGES
from marketplace.actor import Actor
from marketplace.errors import ErrorCode
from marketplace.listings.desk import TEXTS

Content = dict[str, Any]
Errors = dict[str, ErrorCode]

NEEDS = ("must", "nice")
BASES = ("total", "each")
# Who is told the price or budget: everybody, approved organisations of the other side, those of them that the owner
# invited or answered, nobody.
AUDIENCES = ("public", "members", "invited", "hidden")
# Whom a listing is for; a competitor is told no more than the public.
COUNTERPARTS = {"offer": "institution", "demand": "supplier"}
LARGEST = 10**12  # of a budget, in major units
MAX_ROWS = 60
REQUIREMENT_LENGTH = 500
LINE_LENGTH = 300
ALT_LENGTH = 250
# The region's time: a closing day ends at midnight there, wherever the server stands.
REGION = timezone(timedelta(hours=8))
KEPT = ("source", "named_as", "answers")


def empty(side: str, *, kind: str | None, lang: str) -> Content:
    """A content that says nothing yet."""
    content: Content = {
        "kind": kind,
        "lang": lang,
        "texts": {name: {} for name in TEXTS[side]},
        "facts": {},
        "dates": {},
        "price_audience": "public",
        "pictures": [],
        "documents": [],
    }
    if side == "demand":
        content |= {"requirements": [], "lines": [], "budget": None, "places": [], "place_text": ""}
    return content


def clean(side: str, raw: Mapping[str, Any]) -> tuple[Content, Errors]:
    """The content that `raw` says and an ErrorCode for each value that cannot be taken.

    Takes strings as typed and values that are clean already; cleaning a clean content changes nothing. What is
    missing is no error here: a draft may be incomplete.
    """
    errors: Errors = {}
    lang = raw.get("lang")
    if lang not in LANGUAGES:
        errors["lang"] = ErrorCode("unknown_choice", {"value": str(lang)[:20]})
        lang = LANGUAGES[0]
    content = empty(side, kind=None, lang=lang)
    content["texts"] = _texts(side, raw.get("texts") or {}, errors)
    kind = raw.get("kind") or None
    if kind is not None:
        try:
            found = kinds.get_kind(kind)
        except KeyError:
            errors["kind"] = ErrorCode("unknown_choice", {"value": str(kind)[:40]})
        else:
            content["kind"] = kind
            content["facts"], wrong = validation.clean(found, side, raw.get("facts") or {}, lang=lang)
            errors |= {f"facts.{key}": ErrorCode(code.code, dict(code.params)) for key, code in wrong.items()}
    if raw.get("price_audience") in AUDIENCES:
        content["price_audience"] = raw["price_audience"]
    content["dates"] = _dates(side, raw.get("dates") or {}, errors)
    if side == "demand":
        content["requirements"] = _requirements(raw.get("requirements") or [], errors)
        content["lines"] = _lines(raw.get("lines") or [], errors)
        content["budget"] = _budget(raw.get("budget"), errors)
        content["place_text"] = _line(raw.get("place_text"), "place_text", 300, errors)
        content["places"] = [node for node in raw.get("places") or [] if places.is_known(node)]
    content["pictures"] = _attachments(raw.get("pictures") or [], "pictures", "alt", errors)
    content["documents"] = _attachments(raw.get("documents") or [], "documents", "title", errors)
    unresolved = {key: list(lines) for key, lines in (raw.get("unresolved") or {}).items() if lines}
    if unresolved:
        content["unresolved"] = unresolved
    content |= {key: raw[key] for key in KEPT if raw.get(key)}
    return content, errors


def missing(side: str, content: Content) -> list[str]:
    """The paths of what publishing still needs, in reading order; empty when it may be published."""
    lang = content["lang"]
    body = {"offer": "summary", "demand": "text"}[side]
    found = [f"texts.{name}.{lang}" for name in ("title", body) if not content["texts"].get(name, {}).get(lang)]
    if content.get("kind") is None:
        return ["kind", *found]
    found += [f"facts.{key}" for key in validation.missing(kinds.get_kind(content["kind"]), side, content["facts"])]
    found += [
        f"pictures.{place}.alt.{lang}"
        for place, picture in enumerate(content.get("pictures", []))
        if not picture["alt"].get(lang)
    ]
    return found


def out_of_date(content: Content, today: date) -> Errors:
    """What was right when it was written and cannot be published today: dates that have passed."""
    dates = content.get("dates", {})
    return {
        f"dates.{name}": ErrorCode("in_the_past")
        for name in ("closes_on", "needed_by")
        if dates.get(name) and date.fromisoformat(dates[name]) < today
    }


def boundaries(content: Content, now: datetime) -> tuple[datetime, datetime | None]:
    """When a listing published at `now` opens and closes, in the region's days; the closing day still counts."""
    dates = content.get("dates", {})
    opens = now
    if dates.get("opens_on"):
        opens = max(now, datetime.combine(date.fromisoformat(dates["opens_on"]), datetime.min.time(), REGION))
    closes = None
    if dates.get("closes_on"):
        next_day = date.fromisoformat(dates["closes_on"]) + timedelta(days=1)
        closes = datetime.combine(next_day, datetime.min.time(), REGION)
    return opens, closes


def last_day(closes_at: datetime) -> date:
    """The last day on which a listing that closes at a moment is open, in the region's days."""
    return (closes_at.astimezone(REGION) - timedelta(microseconds=1)).date()


def for_reader(side: str, content: Content, actor: Actor, organisation_id: int, *, told: bool = False) -> Content:
    """The content as the actor may know it: without price or budget where its owner, `organisation_id`, says so.

    `told`: whether the owner lets the actor's organisation know what it tells on invitation.
    """
    audience = content.get("price_audience", "public")
    own = actor.organisation_id == organisation_id or actor.is_organiser or actor.is_system
    verified = actor.is_verified and COUNTERPARTS[side] in actor.sides
    if own or audience == "public" or (verified and (audience == "members" or (audience == "invited" and told))):
        return content
    if side == "demand":
        content = {**content, "budget": None}
    kind = content.get("kind")
    money = {field.key for field in kinds.get_kind(kind).fields(side) if field.type == "money"} if kind else set()
    return {**content, "facts": {key: value for key, value in content["facts"].items() if key not in money}}


def file_ids(content: Content) -> list[int]:
    """The ids of all files that a content shows."""
    return [item["file"] for name in ("pictures", "documents") for item in content.get(name, [])]


def title(content: Content | None) -> dict[str, str]:
    """The title in each language it is written in."""
    return dict((content or {}).get("texts", {}).get("title", {}))


def _line(value: Any, path: str, most: int, errors: Errors, *, paragraphs: bool = False) -> str:
    if value is None:
        return ""
    text = unicodedata.normalize("NFC", str(value)).replace("\r\n", "\n").replace("\r", "\n").strip()
    if not paragraphs:
        text = re.sub(r"[\n\t]+", " ", text)
    if any(unicodedata.category(character) in ("Cc", "Cs") and character not in "\n\t" for character in text):
        errors[path] = ErrorCode("control_characters")
        return ""
    if len(text) > most:
        errors[path] = ErrorCode("too_long", {"max": most, "length": len(text)})
        return ""
    return text


def _by_language(value: Any, path: str, most: int, errors: Errors, *, paragraphs: bool = False) -> dict[str, str]:
    parts = value if isinstance(value, Mapping) else {}
    cleaned = {
        lang: _line(parts.get(lang), f"{path}.{lang}", most, errors, paragraphs=paragraphs) for lang in LANGUAGES
    }
    return {lang: text for lang, text in cleaned.items() if text}


def _texts(side: str, raw: Mapping[str, Any], errors: Errors) -> dict[str, dict[str, str]]:
    return {
        name: _by_language(raw.get(name), f"texts.{name}", most, errors, paragraphs=name != "title")
        for name, most in TEXTS[side].items()
    }


def _requirements(raw: list[Any], errors: Errors) -> list[dict[str, Any]]:
    rows = []
    for place, row in enumerate(raw[:MAX_ROWS]):
        text = _by_language(row.get("text"), f"requirements.{place}.text", REQUIREMENT_LENGTH, errors)
        if row.get("need") not in NEEDS:
            errors[f"requirements.{place}.need"] = ErrorCode("unknown_choice", {"value": str(row.get("need"))[:20]})
        elif text:
            rows.append({"need": row["need"], "text": text})
    if len(raw) > MAX_ROWS:
        errors["requirements"] = ErrorCode("too_many", {"max": MAX_ROWS})
    return rows


def _lines(raw: list[Any], errors: Errors) -> list[dict[str, Any]]:
    rows = []
    for place, row in enumerate(raw[:MAX_ROWS]):
        path = f"lines.{place}"
        text = _by_language(row.get("text"), f"{path}.text", LINE_LENGTH, errors)
        quantity = _quantity(row.get("quantity"), f"{path}.quantity", errors)
        unit = _line(row.get("unit"), f"{path}.unit", 60, errors)
        if not text and (quantity or unit):
            errors.setdefault(f"{path}.text", ErrorCode("required"))
        elif text:
            rows.append({"text": text, "quantity": quantity, "unit": units.resolve(unit) or unit})
    if len(raw) > MAX_ROWS:
        errors["lines"] = ErrorCode("too_many", {"max": MAX_ROWS})
    return rows


def _number(value: Any) -> Decimal:
    text = unicodedata.normalize("NFKC", str(value)).strip()
    if re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", text):
        text = text.replace(",", "")
    number = Decimal(text)
    if not number.is_finite():
        raise InvalidOperation
    return number


def _quantity(value: Any, path: str, errors: Errors) -> str:
    if value is None or not str(value).strip():
        return ""
    try:
        number = _number(value)
    except InvalidOperation:
        errors[path] = ErrorCode("not_a_number")
        return ""
    if number < 0:
        errors[path] = ErrorCode("negative")
    elif number == 0:
        errors[path] = ErrorCode("zero")
    elif number > 10**9:
        errors[path] = ErrorCode("too_large", {"max": f"{10**9:,}"})
    elif number != round(number, 3):
        errors[path] = ErrorCode("too_many_decimals", {"max": 3})
    else:
        return format(number.normalize(), "f")
    return ""


def _budget(raw: Any, errors: Errors) -> dict[str, Any] | None:
    if not raw or (raw.get("minor") is None and not str(raw.get("amount") or "").strip()):
        return None
    code, basis = raw.get("currency"), raw.get("basis") or "total"
    if basis not in BASES:
        errors["budget.basis"] = ErrorCode("unknown_choice", {"value": str(basis)[:20]})
    if not code:
        errors["budget.currency"] = ErrorCode("currency_missing")
        return None
    if not currencies.is_known(code):
        errors["budget.currency"] = ErrorCode("currency_unknown", {"value": str(code)[:10]})
        return None
    if raw.get("minor") is not None:
        return {"minor": int(raw["minor"]), "currency": code, "basis": basis}
    try:
        amount = _number(raw["amount"])
    except InvalidOperation:
        errors["budget.amount"] = ErrorCode("not_a_number")
        return None
    if amount < 0:
        errors["budget.amount"] = ErrorCode("negative")
    elif amount > LARGEST:
        errors["budget.amount"] = ErrorCode("too_large", {"max": f"{LARGEST:,}"})
    else:
        try:
            return {"minor": currencies.to_minor(amount, code), "currency": code, "basis": basis}
        except ValueError:
            errors["budget.amount"] = ErrorCode("too_many_decimals", {"max": currencies.get(code).exponent})
    return None


def _dates(side: str, raw: Mapping[str, Any], errors: Errors) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in ("opens_on", "closes_on", *(("needed_by",) if side == "demand" else ())):
        text = str(raw.get(name) or "").strip()
        if not text:
            continue
        try:
            found[name] = date.fromisoformat(text).isoformat()
        except ValueError:
            errors[f"dates.{name}"] = ErrorCode("not_a_date")
    days = raw.get("deadline_days")
    if side == "demand" and days not in (None, ""):
        typed = str(days).strip()
        if typed.isdecimal() and len(typed) < 6 and 0 < int(typed) <= 3650:
            found["deadline_days"] = int(typed)
        else:
            errors["dates.deadline_days"] = ErrorCode("not_days")
    opens, closes, needed = (found.get(name) for name in ("opens_on", "closes_on", "needed_by"))
    if opens and closes and closes < opens:
        errors["dates.closes_on"] = ErrorCode("end_before_start")
    if needed and opens and needed < opens:
        errors["dates.needed_by"] = ErrorCode("end_before_start")
    return found


def _attachments(raw: list[Any], name: str, words: str, errors: Errors) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for place, row in enumerate(raw):
        text = _by_language(row.get(words), f"{name}.{place}.{words}", ALT_LENGTH, errors)
        if row.get("file") and all(row["file"] != other["file"] for other in rows):
            rows.append({"file": int(row["file"]), words: text})
    return rows
