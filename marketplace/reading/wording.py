"""The sentences for what could be read of a document and what not, and for where its words stand."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from marketplace.forms import add_error_texts

add_error_texts(
    {
        "nothing_given": _l("Please paste a text or choose a file."),
        "text_too_long": _l("The text is longer than %(most)s MB. Please paste the part that says what is meant."),
        "reading_type_demand": _l("“%(name)s” cannot be read here. PDF, DOCX, XLSX and TXT can."),
        "reading_type_offer": _l("“%(name)s” cannot be read here. PDF, DOCX, PPTX, XLSX and TXT can."),
        "macros": _l(
            "“%(name)s” contains macros and is not opened. Please save it without them, as DOCX, XLSX or PPTX."
        ),
        "office_locked": _l(
            "“%(name)s” has a password or is of an old format. Please save it without a password as DOCX, XLSX or PPTX."
        ),
        "corrupt_archive": _l("“%(name)s” is damaged and cannot be opened. Please save it anew."),
    }
)

NOTES: dict[str, Any] = {
    "encrypted": _l("The document is locked with a password, so nothing could be read. Please save it without one."),
    "corrupt": _l("The document is damaged and could not be read further. Please save it anew."),
    "bomb": _l(
        "The document unpacks to an unusual size and was not opened. Please save it anew, with smaller pictures."
    ),
    "scan": _l(
        "The document holds pictures of pages and no text, as a scan does, so nothing could be read. "
        "Please use the original, or a scan with text recognition."
    ),
    "some_scans": _l("%(count)s of %(of)s pages hold no text, only pictures; these were not read."),
    "pages": _l("The first %(read)s of %(of)s pages were read; the others were not."),
    "page": _l("Page %(page)s is damaged and was left out."),
    "rows": _l("Of the sheet “%(sheet)s”, the first %(read)s rows were read."),
    "cut": _l("The document is very long: its first %(read)s characters were read."),
    "interpreted": _l(
        "The text is very long: its first %(read)s characters were looked through for what is proposed here."
    ),
    "part": _l("Only a part of the document could be read: it needs more time or memory than one document is given."),
    "memory": _l(
        "The document needs more memory than one document is given, so nothing could be read. Please shorten it."
    ),
    "time": _l(
        "The document takes longer to read than one document is given, so nothing could be read. Please shorten it."
    ),
    "nothing": _l("No text was found in it."),
}
PRIVATE: dict[str, Any] = {
    "email": _l("e-mail addresses"),
    "phone": _l("telephone numbers"),
    "identity": _l("numbers of identity documents"),
    "person": _l("names of contact persons"),
}
LABELS: dict[str, Any] = {
    "kind": _l("Kind"),
    "title": _l("Title"),
    "text": _l("Description of the need"),
    "lines": _l("What is needed"),
    "budget": _l("Budget"),
    "places": _l("Places"),
    "dates.closes_on": _l("Closes on"),
    "dates.needed_by": _l("Needed by"),
    "dates.deadline_days": _l("Delivery within (days)"),
    "requirements": _l("Requirement"),
    "credentials": _l("Credential asked for"),
}


def note(one: dict[str, Any]) -> str:
    """The sentence of a note, in the reader's language."""
    if one["note"] == "private":
        kinds = _(", ").join(str(PRIVATE[kind]) for kind in one["params"]["kinds"])
        return _("Left out, because everybody could see it: %(kinds)s.", kinds=kinds)
    return str(NOTES[one["note"]]) % one["params"]


def where(place: dict[str, Any]) -> str:
    """Where in the document words stand; "" where the document has no such places."""
    if "page" in place:
        return _("page %(number)s", number=place["page"])
    if "slide" in place:
        return _("slide %(number)s", number=place["slide"])
    if "sheet" in place:
        cell = place.get("cell") or place.get("row", "")
        return _("sheet “%(sheet)s”, %(cell)s", sheet=place["sheet"], cell=cell)
    if "table" in place:
        return _("table %(number)s, row %(row)s", number=place["table"], row=place.get("row", 1))
    return ""
