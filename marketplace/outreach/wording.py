"""Words of this room's codes."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from marketplace.forms import add_error_texts
from marketplace.outreach import columns

KINDS = {"exhibitors": _l("Exhibitors"), "buyers": _l("Buyers"), "delegations": _l("Delegations and their homes")}
OUTCOMES = {
    "asked": _l("To be asked"), "wrong": _l("Wrong"), "made": _l("New"), "changed": _l("Known, with changes"),
    "known": _l("There already"), "left_out": _l("Left out"),
}
FIELDS = {column.key: column.label for kind in columns.OF_KIND.values() for column in kind} | {
    "names.zh-Hans": columns.NAME_HANS.label, "names.zh-Hant": columns.NAME_HANT.label,
    "names.en": columns.NAME_EN.label}
STAGES = {
    "invited": _l("Invited"), "claimed": _l("Claimed"), "profile": _l("Profile"), "listings": _l("Offers or demands"),
    "availability": _l("Availability"), "preferences": _l("Preferences"), "confirmed": _l("Confirmed"),
}
NOTES = {"note": _l("Note"), "call": _l("Call"), "sent": _l("Sent by hand")}

add_error_texts({
    "bad_email": _l("“%(value)s” is not an e-mail address."),
    "bad_mobile": _l("“%(value)s” is not a telephone number."),
    "unclear_place": _l("“%(value)s” names several places; it is left empty."),
    "unknown_language": _l("“%(value)s” is not a language of the list; it is left out."),
    "other_side": _l("This organisation has an account and takes part on the other side only."),
    "booth_taken": _l("Stand %(value)s is somebody else's."),
    "unknown_booth": _l("There is no stand %(value)s, and no zone is named in which to add it."),
    "formula_without_value": _l("The formula in %(value)s was saved without a value."),
    "not_a_spreadsheet": _l("This is not a spreadsheet in XLSX format."),
    "empty_sheet": _l("There is nothing below the headings."),
    "too_many_rows": _l("At most %(most)s rows at once: divide the list."),
    "column_twice": _l("One column cannot be two things."),
    "questions_open": _l("%(number)s questions are still open."),
    "wrong_code": _l("This is not the code, or it is too old. Have a new one sent."),
    "not_a_day": _l("Whole numbers of days, from 0 to 365."),
    "already_home": _l("An organisation of this name is known. Say whether it is the same one."),
})
