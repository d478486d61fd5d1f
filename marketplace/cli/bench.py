"""What pages weigh and how soon their first byte comes, beside the bare work that they cannot do without."""

from __future__ import annotations

import gc
import gzip
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import click
import sqlalchemy as sa
from flask import Flask, current_app, template_rendered
from flask.cli import AppGroup
from flask.testing import FlaskClient
from jinja2 import Template
from lxml import html

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.demands.models import Demand
from marketplace.extensions import db
from marketplace.indexing import service as indexing
from marketplace.organisations.models import Membership
from marketplace.wiring.delivery import LEVEL

bench = AppGroup("bench", help="Measurements on the data that is there, each beside a baseline of the same run.")
NEED = "电动护理床"


@dataclass
class Bare:
    """What one answer took from elsewhere: its statements, its questions to the index, its template."""

    statements: list[tuple[str, Any]] = field(default_factory=list)
    questions: list[tuple[Callable[..., Any], tuple[Any, ...]]] = field(default_factory=list)
    templates: list[tuple[Template, dict[str, Any]]] = field(default_factory=list)

    def repeat(self) -> None:
        """Ask the database and the index the same again and fill the same template; nothing else."""
        connection = db.engine.raw_connection()
        try:
            cursor = connection.cursor()
            for statement, values in self.statements:
                cursor.execute(statement, values)
                cursor.fetchall()
            cursor.close()
        finally:
            connection.close()
        for question, arguments in self.questions:
            question(*arguments)
        for template, context in self.templates:
            template.render(context)


@contextmanager
def watched(app: Flask) -> Iterator[Bare]:
    """Note what the requests inside take from elsewhere."""
    bare = Bare()
    with app.test_request_context():
        engine = indexing.search()  # the one that pages ask
    find = engine.find

    def note_statement(_connection: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            bare.statements.append((statement, values))

    def note_template(_app: Flask, template: Template, context: dict[str, Any], **_extra: Any) -> None:
        bare.templates.append((template, dict(context)))

    def note_question(request: Any) -> Any:
        bare.questions.append((find, (request,)))
        return find(request)

    sa.event.listen(db.engine, "before_cursor_execute", note_statement)
    engine.find = note_question  # type: ignore[method-assign]
    try:
        with template_rendered.connected_to(note_template, app):
            yield bare
    finally:
        engine.find = find  # type: ignore[method-assign]
        sa.event.remove(db.engine, "before_cursor_execute", note_statement)


def first_byte(client: FlaskClient, path: str) -> float:
    """Seconds from the request to the first piece of its answer."""
    began = time.perf_counter()
    answer = client.get(path, buffered=False, headers={"Accept-Encoding": "gzip"})
    next(answer.iter_encoded())
    taken = time.perf_counter() - began
    answer.close()
    if answer.status_code != 200:
        raise click.ClickException(f"{path} answered {answer.status_code}")
    return taken


def weight(client: FlaskClient, path: str) -> dict[str, int]:
    """Bytes that travel for a first visit without pictures: the page, its style sheets and its scripts."""
    page = client.get(path, headers={"Accept-Encoding": "gzip"})
    raw = gzip.decompress(page.data) if page.headers.get("Content-Encoding") == "gzip" else page.data
    document = html.document_fromstring(raw)
    parts = [*document.xpath('//link[@rel="stylesheet"]/@href'), *document.xpath("//script/@src")]
    others = sum(len(client.get(part, headers={"Accept-Encoding": "gzip"}).data) for part in parts)
    return {"page": len(page.data), "page raw": len(raw), "styles and scripts": others}


def sign_in(app: Flask, client: FlaskClient, email: str, password: str) -> None:
    """Sign the client in as anybody would. Raises ClickException when the site refuses."""
    form = html.document_fromstring(client.get("/sign-in").data)
    hidden = {field.get("name"): field.get("value") for field in form.xpath('//main//input[@type="hidden"]')}
    answer = client.post("/sign-in", data={**hidden, "email": email, "password": password})
    if answer.status_code not in (302, 303):
        raise click.ClickException(f"sign-in as {email} answered {answer.status_code}")


@bench.command("pages")
@click.option("--email", default="institution@demo.invalid", show_default=True, help="Who looks at the matches.")
@click.option("--password", default="demonstration-2026", show_default=True)
@click.option("--times", default=60, show_default=True, help="Requests a page.")
def pages(email: str, password: str, times: int) -> None:
    """First byte of home, a search, a demand and its matches, as a ratio to the bare query and template of the same
    page, and what each weighs without pictures.

    Bare: the same SQL statements through the driver, the same question to the index, the same template with the same
    values, compressed. Both are measured in one process, one after the other; the median of each counts.
    """
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    now = clock.now()
    demand_id = db.session.scalar(
        sa.select(sa.func.max(Demand.id))
        .join(Membership, Membership.organisation_id == Demand.organisation_id)
        .join(User, User.id == Membership.user_id)
        .where(User.email == email, Demand.live_version_id.is_not(None), Demand.opens_at <= now)
    )
    if demand_id is None:
        raise click.ClickException(f"{email} has no published demand: load the demonstration first")
    db.session.remove()
    stranger, member = app.test_client(), app.test_client()
    for client in (stranger, member):
        client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "zh-Hans"
    sign_in(app, member, email, password)
    rows = (
        ("home", stranger, "/"),
        ("search", stranger, f"/offers?q={quote(NEED)}"),
        ("demand", stranger, f"/demands/{demand_id}"),
        ("matches", member, f"/demands/{demand_id}/matches"),
    )
    # As `marketplace.wsgi` does once everything was loaded.
    for _name, client, path in rows:
        first_byte(client, path)
    gc.collect()
    gc.freeze()
    click.echo("page      first byte ms    bare ms   ratio   travels kB   of it page   page raw kB")
    for name, client, path in rows:
        ratio = _ratio(app, client, path, times)
        sizes = weight(client, path)
        total = sizes["page"] + sizes["styles and scripts"]
        click.echo(
            f"{name:8}{ratio[0] * 1000:14.2f}{ratio[1] * 1000:11.2f}{ratio[0] / ratio[1]:8.2f}"
            f"{total / 1000:13.1f}{sizes['page'] / 1000:13.1f}{sizes['page raw'] / 1000:14.1f}"
        )


def _ratio(app: Flask, client: FlaskClient, path: str, times: int) -> tuple[float, float]:
    """Median seconds to the first byte, and of the bare work of the same page."""
    for _warm in range(3):
        first_byte(client, path)
    with watched(app) as bare, client:
        client.get(path)
        whole, alone = [], []
        # Still inside the request: its template asks for the reader, the locale and addresses.
        for _time in range(times):
            began = time.perf_counter()
            bare.repeat()
            alone.append(time.perf_counter() - began)
    for _time in range(times):
        whole.append(first_byte(client, path))
    return statistics.median(whole), statistics.median(alone) + _compression(client, path)


def _compression(client: FlaskClient, path: str) -> float:
    page = client.get(path).data
    began = time.perf_counter()
    gzip.compress(page, LEVEL, mtime=0)
    return time.perf_counter() - began
