"""The words for codes: errors at fields, states, what is missing, and names of what is no catalogue field."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from catalogue import kinds
from marketplace.errors import ErrorCode
from marketplace.i18n import LANG_NAMES, data_lang

ERRORS: dict[str, Any] = {
    "required": _l("Please fill this in."),
    "control_characters": _l("This contains a character that cannot be kept. Please type it again."),
    "too_long": _l("At most %(max)s characters; this has %(length)s."),
    "too_many": _l("At most %(max)s entries."),
    "not_a_number": _l("Please give a number, for example 30 or 1,250.50."),
    "not_whole": _l("Please give a whole number."),
    "negative": _l("This cannot be less than zero."),
    "zero": _l("Please give a quantity of more than zero, or leave it empty."),
    "too_small": _l("At least %(min)s."),
    "too_large": _l("At most %(max)s."),
    "unknown_choice": _l("Please choose one of the answers offered."),
    "unknown_place": _l("No place of this name was found: %(value)s."),
    "not_a_date": _l("Please give a date as year-month-day, for example 2026-12-31."),
    "not_days": _l("Please give a whole number of days between 1 and 3650."),
    "currency_missing": _l("Please choose the currency."),
    "currency_unknown": _l("“%(value)s” is not a currency code. Use three letters, as in CNY, HKD or MOP."),
    "currency_differs": _l("Please use the same currency as in “%(other)s”."),
    "too_many_decimals": _l("At most %(max)s decimal places."),
    "not_a_code": _l("Please give a number or code in one line."),
    "code_form": _l("“%(value)s” is not how such a number is written. Please compare it with the certificate."),
    "below_other": _l("This cannot be less than “%(other)s”."),
    "before_other": _l("This cannot be before “%(other)s”."),
    "wrong_shape": _l("This cannot be read. Please type it again."),
    "wrong_side": _l("This does not belong here."),
    "unknown_field": _l("This does not belong here."),
    "language_missing": _l("Please say in which language this is written."),
    "language_unknown": _l("This language is not known here."),
    "end_before_start": _l("The end lies before the start."),
    "in_the_past": _l("This date has passed. Please choose a later one."),
    "file_too_large": _l("“%(name)s” is larger than %(most)s MB."),
    "empty_file": _l("“%(name)s” is empty."),
    "document_type": _l("“%(name)s” is not of a kind that is taken: PDF, DOCX, XLSX, PPTX or TXT."),
    "picture_type": _l("“%(name)s” is not of a kind that is taken: JPEG, PNG, WebP or GIF."),
    "disguised": _l("“%(name)s” is not what its name says. Please save it anew in the right format."),
    "picture_large": _l("“%(name)s” has more than %(most)s million pixels. Please send a smaller picture."),
    "picture_small": _l("“%(name)s” is smaller than %(least)s pixels. Please send a larger picture."),
    "picture_broken": _l("“%(name)s” cannot be opened: the file is damaged."),
    "not_yours": _l("This file is no longer there. Please choose it again."),
    "no_alternative": _l("Please describe the picture for those who cannot see it."),
}

TEXT_NAMES: dict[str, Any] = {
    "title": _l("Title"), "summary": _l("Summary"), "description": _l("Description"),
    "text": _l("Description of the need"),
    "opens_on": _l("Shown from"), "closes_on": _l("Closes on"), "needed_by": _l("Needed by"),
    "deadline_days": _l("Delivery within (days)"), "budget": _l("Budget"), "place_text": _l("Places"),
    "requirements": _l("Requirements"), "must": _l("Must have"), "nice": _l("Nice to have"), "lines": _l("Quantities"),
    "pictures": _l("Pictures"), "documents": _l("Documents"), "kind": _l("Kind"),
    "lang": _l("Language of the original"), "price_audience": _l("Who is told the price"),
    "alt": _l("Description of the picture"), "quantity": _l("Quantity"), "unit": _l("Unit"),
}  # fmt: skip

STATES: dict[str, Any] = {
    "draft": _l("Draft"), "scheduled": _l("Not yet open"), "open": _l("Open"), "closed": _l("Closed"),
    "withdrawn": _l("Withdrawn"), "suspended owner": _l("Hidden: the organisation is not approved"),
}  # fmt: skip

NOT_PUBLISHABLE: dict[str, Any] = {
    "not_asked": _l("Saved. To publish, ask the organisers to approve your organisation."),
    "waiting": _l("Saved. The organisers have not decided on your organisation yet; you can publish once they have."),
    "rejected": _l("Saved. The organisers did not approve your organisation; its page says why."),
    "suspended": _l("Saved. Your organisation is suspended and cannot publish."),
    "not_supplier": _l("Saved. Only suppliers publish offers; add that to your organisation's profile."),
    "not_institution": _l("Saved. Only institutions publish needs; add that to your organisation's profile."),
    "merged": _l("This was posted twice, and the organisers kept the other one. Please change that one instead."),
}

BASES: dict[str, Any] = {"total": _l("for everything together"), "each": _l("for one unit")}
AUDIENCES: dict[str, Any] = {
    "public": _l("everybody"),
    "members": _l("approved organisations of the other side"),
    "invited": _l("only those we invite or answer that we are interested"),
    "hidden": _l("nobody"),
}


def word(error: ErrorCode, kind: str | None = None) -> str:
    """The sentence for an error code in the reader's language; fields it names are called by their labels."""
    params = {name: _shown(value) for name, value in error.params.items()}
    if "other" in params:
        params["other"] = field_name(str(params["other"]), kind)
    return str(ERRORS[error.code]) % params


def _shown(value: Any) -> Any:
    return f"{value:,}" if isinstance(value, int) else value


def field_name(key: str, kind: str | None) -> str:
    """The label of a catalogue field in the reader's language; the key where the kind does not have it."""
    try:
        return kinds.get_kind(kind or "").field(key).labels[data_lang()]
    except KeyError:
        return str(TEXT_NAMES.get(key, key))


def path_name(path: str, kind: str | None) -> str:
    """What the value at a content path is called: "Title (English)", "Price", "Description of the picture 2"."""
    parts = path.split(".")
    if parts[0] == "texts":
        return _("%(text)s (%(language)s)", text=TEXT_NAMES[parts[1]], language=LANG_NAMES[parts[2]])
    if parts[0] == "facts":
        return field_name(parts[1], kind)
    if parts[0] == "pictures":
        return f"{TEXT_NAMES['alt']} {int(parts[1]) + 1}"
    return str(TEXT_NAMES.get(parts[-1], TEXT_NAMES.get(parts[0], parts[0])))
