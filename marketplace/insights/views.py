"""The page of supply and demand, and its download."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, render_template, request

from catalogue import places
from catalogue.kinds import all_kinds, get_kind
from marketplace import tables
from marketplace.i18n import export_language
from marketplace.insights import charts, queries, service
from marketplace.insights.models import ELSEWHERE, EVERYWHERE, NOWHERE

blueprint = Blueprint("insights", __name__)


@blueprint.get("/insights")
def show() -> str:
    """What is asked and offered per kind and place, the gaps, and how it changed: of all, or of one kind and place."""
    kinds, columns = {one.key for one in all_kinds()}, {*places.gba(), ELSEWHERE, NOWHERE}
    kind, place = request.args.get("kind", ""), request.args.get("place", EVERYWHERE)
    chosen = {"kind": kind if kind in kinds else "", "place": place if place in columns else EVERYWHERE}
    found = queries.glance(**chosen)
    lines = charts.lines(found.earlier) if found and found.earlier else None
    return render_template("insights/show.html", glance=found, lines=lines, sizes=charts, chosen=chosen)


@blueprint.get("/insights.csv")
def download() -> Response:
    """The kept counts of a year as a table, with names in the reader's language or in the script asked for."""
    with export_language() as lang:
        return _table(lang)


def _table(lang: str) -> Response:
    rows: list[list[object]] = [
        ["day", "kind", "kind_name", "place", "place_name", "offers", "demands", "demands_unmet"]
    ]
    for row in queries.rows_for_download(service.today() - timedelta(days=400)):
        name = places.get(row.place).names[lang] if row.place not in (EVERYWHERE, ELSEWHERE, NOWHERE) else ""
        rows.append(
            [
                row.day.isoformat(),
                row.kind,
                get_kind(row.kind).labels[lang],
                row.place or "all",
                name,
                row.offers,
                row.demands,
                row.unmet,
            ]
        )
    return Response(
        tables.as_csv(rows),
        mimetype="text/csv",
        headers={"Content-Disposition": 'attachment; filename="supply-and-demand.csv"'},
    )
