"""The sheet of one's own contacts: as a page, a table to take along, and cards for a phone's address book."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask_babel import gettext as _

from marketplace import tables
from marketplace.accounts.web import current_actor, require_user
from marketplace.errors import NotFound
from marketplace.floor import contact_sheet
from marketplace.floor.blueprint import blueprint
from marketplace.floor.card_views import INTEREST_WORDS, STEP_WORDS
from marketplace.i18n import export_language

WORDS: dict[str, dict[str, Any]] = {"interest": INTEREST_WORDS, "next_step": STEP_WORDS}


@blueprint.get("/sessions/<int:session_id>/contacts")
@require_user
def contacts(session_id: int) -> str:
    """Whom one met, and the contacts that were given."""
    sheet = contact_sheet.sheet_of(actor=current_actor(), session_id=session_id)
    return render_template("floor/contacts.html", sheet=sheet, session=sheet.session, event=sheet.session.event)


@blueprint.get("/sessions/<int:session_id>/contacts.<form>")
@require_user
def contacts_file(session_id: int, form: str) -> Any:
    """The same as CSV, XLSX or vCard."""
    if form not in (*tables.FORMS, "vcf"):
        raise NotFound
    sheet = contact_sheet.sheet_of(actor=current_actor(), session_id=session_id)
    name = f"{sheet.session.event.slug}-contacts"
    with export_language() as lang:
        if form == "vcf":
            return tables.attachment(contact_sheet.vcards(sheet, WORDS, lang), "text/vcard", f"{name}.vcf")
        return tables.send(contact_sheet.table(sheet, WORDS, lang), form=form, name=name, title=_("Contacts"))
