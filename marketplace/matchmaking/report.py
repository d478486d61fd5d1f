"""One page for leaders, as DOCX: the figures of an edition beside the one before, what came of it, and what lacks."""

from __future__ import annotations

import io
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from flask_babel import format_date, format_decimal
from flask_babel import gettext as _

from catalogue import currencies
from catalogue.kinds import get_kind
from marketplace import clock
from marketplace.events.views import event_place
from marketplace.i18n import pick
from marketplace.matchmaking import chart, wording
from marketplace.matchmaking.figures import Figures
from marketplace.matchmaking.fonts import NoFont

# What Word, WPS and Pages have for Chinese on the systems of those who read it.
EAST_ASIAN = {"zh-Hans": "Microsoft YaHei", "zh-Hant": "Microsoft JhengHei", "en": "Microsoft JhengHei"}
TAGS = {"zh-Hans": "zh-CN", "zh-Hant": "zh-HK", "en": "zh-HK"}
LONGEST = 90
KINDS = 3


def as_docx(found: Figures, before: Figures | None, lang: str) -> bytes:
    """The report in `lang`, in which the page's words already are."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(1.9)
    section.top_margin = section.bottom_margin = Cm(1.4)
    _style(document, lang)
    event = found.event
    title = document.add_paragraph(style="Title")
    title.add_run(_cut(pick(event.names, lang).text))
    when = format_date(event.starts_on, "long")
    if event.ends_on != event.starts_on:
        when = f"{when} – {format_date(event.ends_on, 'long')}"
    _line(document, " · ".join(one for one in (when, _cut(event_place(event.place).text)) if one))
    _line(document, _("Buyers %(buyers)s · exhibitors %(suppliers)s · people named %(people)s, checked in %(came)s",
                      buyers=found.buyers, suppliers=found.suppliers, people=found.people, came=found.came))
    document.add_heading(_("From demand to outcome"), 1)
    _funnel(document, found, before, lang)
    document.add_heading(_("Outcomes"), 1)
    _outcomes(document, found)
    _line(document, _("Amounts as said by the sides. Different stages and currencies are never added together."),
          small=True)
    document.add_heading(_("What lacks"), 1)
    for gap in _gaps(found, lang):
        document.add_paragraph(gap, style="List Bullet")
    _line(document, _("Made %(moment)s", moment=format_date(clock.now(), "long")), small=True)
    document.core_properties.title = pick(event.names, lang).text
    document.core_properties.author = ""
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _style(document: Any, lang: str) -> None:
    sizes = {"Normal": 9.5, "Title": 18, "Heading 1": 12, "List Bullet": 9.5}
    for name, size in sizes.items():
        style = document.styles[name]
        style.font.size, style.font.name = Pt(size), "Arial"
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        fonts.set(qn("w:eastAsia"), EAST_ASIAN[lang])
        style.paragraph_format.space_before = Pt(8 if name == "Heading 1" else 0)
        style.paragraph_format.space_after = Pt(2)
    properties = document.styles["Normal"].element.get_or_add_rPr()
    tag = properties.makeelement(qn("w:lang"), {qn("w:val"): "en-GB", qn("w:eastAsia"): TAGS[lang]})
    properties.append(tag)


def _line(document: Any, text: str, *, small: bool = False) -> None:
    run = document.add_paragraph().add_run(text)
    if small:
        run.font.size = Pt(8)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST - 1] + "…"


def _table(document: Any, rows: list[list[str]], widths: list[float]) -> None:
    table = document.add_table(rows=0, cols=len(widths), style="Light Grid Accent 1")
    table.autofit = False
    for number, row in enumerate(rows):
        cells = table.add_row().cells
        for place, (cell, text, width) in enumerate(zip(cells, row, widths, strict=True)):
            cell.width = Cm(width)
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_after = Pt(0)
            paragraph.add_run(text).bold = number == 0 or place == 0
            if place:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _funnel(document: Any, found: Figures, before: Figures | None, lang: str) -> None:
    older = dict(before.funnel.steps) if before else {}
    rows = [(str(wording.STEPS[name]), number, older.get(name)) for name, number in found.funnel.steps]
    try:
        document.add_picture(io.BytesIO(chart.bars(rows, lang)), width=Cm(14.5))
    except NoFont:
        pass  # the table says the same
    else:
        document.paragraphs[-1].alignment = WD_ALIGN_PARAGRAPH.CENTER
        shape = document.inline_shapes[-1]._inline.docPr
        shape.set("descr", _("Bars of the figures in the table below"))
    head = [_("Step"), _("How many")]
    if before is not None:
        head.append(_cut(pick(before.event.names, lang).text)[:40])
    _table(document, [head, *([name, format_decimal(number), *([format_decimal(other or 0)] if before else [])]
                              for name, number, other in rows)], [8.0, 4.0, 5.0][:len(head)])


def _outcomes(document: Any, found: Figures) -> None:
    rows = [[_("Stage"), _("How many"), _("confirmed by both"), _("Amount")]]
    for stage, one in found.funnel.stages.items():
        sums = "; ".join(f"{currency} {format_decimal(currencies.from_minor(minor, currency))}"
                         for currency, minor in sorted(one.sums.items()))
        rows.append([str(wording.OUTCOMES[stage]), format_decimal(one.count), format_decimal(one.confirmed),
                     sums or "—"])
    _table(document, rows, [4.0, 2.5, 3.5, 7.0])


def _gaps(found: Figures, lang: str) -> list[str]:
    """What the next edition could mend, a line each; said too where nothing lacks."""
    gaps = []
    if found.unmet:
        total = sum(number for _kind, number in found.unmet)
        most = _("; ").join(f"{get_kind(kind).labels[lang]} {number}" for kind, number in found.unmet[:KINDS])
        gaps.append(_("Demands that no offer here fits: %(number)s (%(kinds)s)", number=total, kinds=most))
    if found.without["demand"]:
        gaps.append(_("Buyers without a meeting: %(number)s", number=found.without["demand"]))
    if found.without["supply"]:
        gaps.append(_("Exhibitors without a meeting: %(number)s", number=found.without["supply"]))
    if found.silent > 0:
        gaps.append(_("Meetings of which neither side has said how it was: %(number)s", number=found.silent))
    if found.answers["not_held"]:
        gaps.append(_("Answers that a meeting did not take place: %(number)s", number=found.answers["not_held"]))
    return gaps or [_("Nothing that the figures show.")]
