"""What this room adds to the pages of an event: its sessions, and the listings of those who take part."""

from __future__ import annotations

import re
from collections import Counter
from itertools import groupby

from flask import render_template, request

from catalogue import kinds
from marketplace import i18n
from marketplace.accounts.web import current_actor
from marketplace.actor import Actor
from marketplace.demands.queries import published_demands
from marketplace.errors import NotFound
from marketplace.events import policy as event_policy
from marketplace.events import queries as event_queries
from marketplace.events.models import Event, Registration
from marketplace.listings.queries import ListingRow
from marketplace.matchmaking import (
    queries,
    slides_views,  # noqa: F401 - hangs its pages on the same blueprint
)
from marketplace.matchmaking.blueprint import blueprint
from marketplace.offers.queries import published_offers
from marketplace.types import fold_key

SHOWN = 8
MOST = 3000
SIZE = 30
# A booklet is printed in sheets of so many entries: more pictures at once are slow on a phone.
SHEET = 200
WHATS = {"offers": "supply", "demands": "demand"}
_CONTACT = re.compile(
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    r"|(?:tel|phone|mobile|whatsapp|wechat|电话|電話|手机|手機|微信|微訊|手提)\s*[:：]?\s*"
    r"(?:no\.?\s*)?[+\w][\w\s()-]{5,20}",
    re.IGNORECASE)


def public_panel(event: Event, actor: Actor) -> str:
    """Open sessions, and some of what is needed and offered by those who take part."""
    offers, demands = queries.listing_ids(event.id)
    return render_template(
        "matchmaking/_public_panel.html", event=event, sessions=queries.sessions_of(event.id, only_open=True),
        offers=published_offers(offers[:SHOWN], actor=actor), demands=published_demands(demands[:SHOWN], actor=actor),
        offer_count=len(offers), demand_count=len(demands))


def organiser_panel(event: Event, _actor: Actor) -> str:
    """All sessions, and the way to another."""
    return render_template("matchmaking/_organiser_panel.html", event=event,
                           sessions=queries.sessions_of(event.id, only_open=False))


def _rows(slug: str, what: str) -> tuple[Event, list[ListingRow], dict[int, Registration]]:
    """The event, the open listings of one side as the reader may know them, and each organisation's registration."""
    if what not in WHATS:
        raise NotFound
    actor = current_actor()
    event = event_policy.require_see(actor, event_queries.by_slug(slug))
    offers, demands = queries.listing_ids(event.id)
    rows = (published_offers(offers[:MOST], actor=actor) if what == "offers"
            else published_demands(demands[:MOST], actor=actor))
    taking_part = event_queries.registrations_of(event.id, only_approved=True, side=WHATS[what])
    return event, rows, {one.organisation_id: one for one in taking_part}


@blueprint.get("/events/<slug>/listings/<what>")
def listings(slug: str, what: str) -> str:
    """What is needed, or offered, at an event: by words, kind, zone."""
    event, rows, held = _rows(slug, what)
    kind, zone, text = (request.args.get(name, "").strip()[:100] for name in ("kind", "zone", "q"))
    found = [row for row in rows if (not text or _says(row, text)) and (
        not zone or _zone(held.get(row.organisation.id)) == zone)]
    counts = Counter(row.content["kind"] for row in found)
    if kind:
        found = [row for row in found if row.content["kind"] == kind]
    pages = max(1, -(-len(found) // SIZE))
    page = min(max(1, request.args.get("page", 1, type=int)), pages)
    lang = i18n.data_lang()
    return render_template(
        "matchmaking/listings.html", event=event, what=what, rows=found[(page - 1) * SIZE: page * SIZE],
        total=len(found), page=page, pages=pages, kind=kind, zone=zone, text=text,
        kinds=[(one.key, one.labels[lang], counts[one.key]) for one in kinds.all_kinds() if counts[one.key]],
        zones=sorted({_zone(one) for one in held.values() if _zone(one)}),
        booths={key: one.booth for key, one in held.items() if one.booth is not None})


def _zone(one: Registration | None) -> str:
    return one.booth.zone.code if one is not None and one.booth is not None else ""


def _says(row: ListingRow, text: str) -> bool:
    """Whether title, summary or organisation hold the words, in either Chinese script."""
    texts = row.content["texts"]
    said = [*row.organisation.names.values(), *(
        words for name in ("title", "summary", "text") for words in (texts.get(name) or {}).values())]
    whole = _folded(" ".join(one for one in said if one))
    return all(word in whole for word in _folded(text).split())


def _folded(text: str) -> str:
    return i18n.convert_script(fold_key(text), "zh-Hans")


@blueprint.get("/events/<slug>/booklet/<what>")
def booklet(slug: str, what: str) -> str:
    """What is needed, or offered, by those who take part, with codes, to print; nobody's contact is in it."""
    event, rows, held = _rows(slug, what)
    order = {one.key: place for place, one in enumerate(kinds.all_kinds())}
    rows = sorted(rows, key=lambda row: (order.get(row.content["kind"], 99), row.id))
    sheets = max(1, -(-len(rows) // SHEET))
    sheet = min(max(1, request.args.get("sheet", 1, type=int)), sheets)
    labels = {one.key: one.labels[i18n.data_lang()] for one in kinds.all_kinds()}
    part = rows[(sheet - 1) * SHEET: sheet * SHEET]
    return render_template(
        "matchmaking/booklet.html", event=event, what=what, total=len(rows), sheet=sheet, sheets=sheets,
        groups=[(labels.get(kind, kind), list(some))
                for kind, some in groupby(part, key=lambda one: one.content["kind"])],
        booths={key: one.booth for key, one in held.items() if one.booth is not None})


@blueprint.app_template_filter()
def without_contacts(texts: dict[str, str] | None) -> dict[str, str]:
    """The same text in each language, e-mail addresses and telephone numbers left out."""
    return {lang: _CONTACT.sub("…", text) for lang, text in (texts or {}).items() if text}
