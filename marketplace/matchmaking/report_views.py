"""The report for leaders."""

from __future__ import annotations

from typing import Any

from marketplace import tables
from marketplace.accounts.web import require_organiser
from marketplace.i18n import export_language
from marketplace.matchmaking import figures, report
from marketplace.matchmaking.blueprint import blueprint

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@blueprint.get("/organiser/events/<int:event_id>/report.docx")
@require_organiser
def report_file(event_id: int) -> Any:
    """One page about an edition, in the reader's language or the script asked for."""
    found = figures.figures_of(event_id)
    earlier = figures.edition_before(found.event)
    before = figures.figures_of(earlier.id) if earlier is not None else None
    with export_language() as lang:
        content = report.as_docx(found, before, lang)
    return tables.attachment(content, DOCX, f"{found.event.slug}-report.docx")
