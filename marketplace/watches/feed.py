"""The Atom feed (RFC 4287) of a kept search: what it finds now, as its owner may see it today."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from xml.etree import ElementTree as ET

from flask import Response, current_app, request
from flask_babel import gettext as _

from marketplace import clock, i18n
from marketplace.actor import Actor
from marketplace.demands import queries as demands
from marketplace.indexing import service as indexing
from marketplace.listings.queries import ListingRow
from marketplace.offers import queries as offers
from marketplace.watches import addresses, queries, words
from marketplace.watches.models import Watch
from search import FindRequest, UnknownFilter

ATOM = "http://www.w3.org/2005/Atom"
# As many of the newest.
ENTRIES = 50
ET.register_namespace("", ATOM)


def answer(watch: Watch) -> Response:
    """The feed, or 304 where its reader has it, or 503 while nobody can search."""
    # Whom a suspension has shut out reads what everybody may.
    reader = queries.readers([watch]).get(watch.id, Actor.anonymous())
    try:
        rows = _rows(watch, reader)
    except indexing.Away:
        return Response(status=503, headers={"Retry-After": "60"})
    with i18n.export_language(watch.user.locale) as lang:
        body, updated = _document(watch, rows, lang)
    response = Response(body, content_type="application/atom+xml; charset=utf-8")
    response.add_etag()
    response.last_modified = updated
    response.headers["X-Robots-Tag"] = "noindex"
    response.make_conditional(request)
    return response


def _rows(watch: Watch, reader: Actor) -> list[ListingRow]:
    wanted = FindRequest(
        collection=watch.collection,
        text=watch.query["text"],
        lang=watch.query["lang"],
        filters=watch.query["filters"],
        sort="newest",
        size=ENTRIES,
        now=clock.now(),
        viewer=indexing.viewer_of(reader),
    )
    try:
        found = indexing.ask(lambda engine: engine.find(wanted))
    except UnknownFilter:  # one that the catalogue has retired
        return []
    ids = [] if found.relaxed else [hit.id for hit in found.hits]
    published = offers.published_offers if watch.collection == "offers" else demands.published_demands
    return published(ids, actor=reader)


def _document(watch: Watch, rows: list[ListingRow], lang: str) -> tuple[bytes, datetime]:
    public_url = current_app.config["SETTINGS"].public_url
    moments = {row.id: row.confirmed_at or row.opens_at or watch.created_at for row in rows}
    updated = max(moments.values(), default=watch.created_at)
    root = ET.Element(
        f"{{{ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": i18n.lang_tag(i18n.current_locale())}
    )
    _add(root, "id", f"{public_url}/watches/{watch.id}")
    _add(root, "title", watch.name)
    _add(root, "subtitle", words.describe(watch.query))
    _add(root, "updated", updated.isoformat())
    _add(root, "link", rel="alternate", href=public_url + addresses.address_of(watch.query), type="text/html")
    _add(root, "link", rel="self", href=public_url + request.path, type="application/atom+xml")
    _add(ET.SubElement(root, f"{{{ATOM}}}author"), "name", _("Silver Marketplace"))
    for row in rows:
        address = f"{public_url}/{watch.collection}/{row.id}"
        texts, original = row.content["texts"], row.content.get("lang")
        entry = ET.SubElement(root, f"{{{ATOM}}}entry")
        _add(entry, "id", address)
        keep = tuple(row.organisation.names.values())
        title = i18n.pick(texts["title"], lang, original=original, keep=keep)
        _add(entry, "title", _marked(title, texts["title"]))
        _add(entry, "updated", moments[row.id].isoformat())
        if row.opens_at is not None:
            _add(entry, "published", row.opens_at.isoformat())
        _add(entry, "link", rel="alternate", href=address, type="text/html")
        author = ET.SubElement(entry, f"{{{ATOM}}}author")
        _add(author, "name", i18n.pick(row.organisation.names, lang, convert=False).text or "–")
        body = texts.get("summary") or texts.get("text") or {}
        summary = i18n.pick(body, lang, original=original, keep=keep)
        if summary:
            _add(entry, "summary", _marked(summary, body, most=1000))
    return ET.tostring(root, encoding="utf-8", xml_declaration=True), updated


def _marked(shown: i18n.Picked, texts: Mapping[str, str], *, most: int = 300) -> str:
    """A text as it is read; what was converted between the scripts says so; the entry's page has the original."""
    if not shown.converted or shown.text in texts.values():
        return shown.text[:most]
    return f"{shown.text[:most]} {_('(converted)')}"


def _add(parent: ET.Element, name: str, text: str | None = None, **attributes: str) -> None:
    element = ET.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
    # What XML cannot hold, some texts do.
    element.text = None if text is None else "".join(c for c in text if c >= " " or c in "\t\n")
