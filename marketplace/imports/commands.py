"""`flask import offers FILE` and `flask import demands FILE`."""

from __future__ import annotations

import json
import sys
from typing import TextIO

import click
from flask.cli import AppGroup

from marketplace.actor import Actor
from marketplace.imports import service

group = AppGroup("import", help="Take over offers or demands from a file with one JSON record a line.")

FILE = click.argument("file", type=click.File(encoding="utf-8", errors="surrogateescape"))
SKIP = click.option("--skip-bad", is_flag=True, help="Leave bad rows out instead of changing nothing.")


@group.command("offers")
@FILE
@SKIP
def import_offers(file: TextIO, skip_bad: bool) -> None:
    """Take over the offers of FILE ("-": standard input)."""
    _import("offers", file, skip_bad)


@group.command("demands")
@FILE
@SKIP
def import_demands(file: TextIO, skip_bad: bool) -> None:
    """Take over the demands of FILE ("-": standard input), open for 90 days."""
    _import("demands", file, skip_bad)


def _import(side: str, file: TextIO, skip_bad: bool) -> None:
    """Bad rows go to standard error, the figures to standard output; exit 1 when nothing was changed for bad rows."""
    try:
        report = service.import_records(side, file, actor=Actor.system(), skip_bad=skip_bad)
    except service.BadFile as refusal:
        for row in refusal.rows:
            click.echo(str(row), err=True)
        click.echo(f"Nothing was changed: {len(refusal.rows)} bad rows. --skip-bad leaves them out.", err=True)
        sys.exit(1)
    for row in report.bad:
        click.echo(f"left out, {row}", err=True)
    click.echo(json.dumps(report.as_dict()))
