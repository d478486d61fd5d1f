"""The commands of this application, grouped by what they are about."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext

from marketplace.cli import bench_board  # noqa: F401 - hangs its command on the group
from marketplace.cli.bench import bench
from marketplace.cli.demo import demo
from marketplace.cli.users import group as users
from marketplace.imports.commands import group as imports
from marketplace.indexing import service as indexing
from marketplace.outbox import service as outbox
from marketplace.outbox import worker as outbox_worker
from marketplace.wiring import jobs
from search import RebuildUnderway, VerifyFailed

index = AppGroup("index", help="The search index: rebuild, status, verify, rollback, abandon.")
job = AppGroup("jobs", help="Jobs: what waits, what was given up, put back.")
KIND = click.Choice([*indexing.KINDS, "all"])


def _kinds(kind: str) -> list[str]:
    return list(indexing.KINDS) if kind == "all" else [kind]


def _show(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def _progress(done: int, total: int) -> None:
    click.echo(f"\r{done}/{total}", nl=False, err=True)


@contextmanager
def _refusals(kind: str) -> Iterator[None]:
    """Why nothing was changed, as a sentence instead of a traceback."""
    try:
        yield
    except RebuildUnderway as error:
        raise click.ClickException(
            f"Another index of {kind}s is being built. If the command that did it was killed, drop what it left: "
            f"flask index abandon {kind}"
        ) from error
    except LookupError as error:
        raise click.ClickException(f"No earlier index of {kind}s is kept.") from error
    except VerifyFailed as error:
        raise click.ClickException(f"{error}. The serving index was left as it is.") from error


@index.command("rebuild")
@click.argument("kind", type=KIND, default="all")
def rebuild(kind: str) -> None:
    """Build a new index beside the serving one, verify it, and swap."""
    for one in _kinds(kind):
        began = time.perf_counter()
        with _refusals(one):
            report = indexing.rebuild(one, progress=_progress)
        click.echo("", err=True)
        _show({"kind": one, "seconds": round(time.perf_counter() - began, 2), **report})


@index.command("status")
def status() -> None:
    """What each index holds, its analysis version, and what waits to be indexed."""
    _show({"search": indexing.search().status(), "jobs": outbox.counts()})


@index.command("verify")
@click.argument("kind", type=KIND, default="all")
def verify(kind: str) -> None:
    """Compare the serving index with the database; exit 1 where they differ."""
    fine = True
    for one in _kinds(kind):
        report = indexing.search().verify(indexing.KINDS[one], indexing.expected(one))
        _show({"kind": one, **report.as_dict()})
        fine = fine and report.ok
    if not fine:
        sys.exit(1)


@index.command("rollback")
@click.argument("kind", type=KIND)
def rollback(kind: str) -> None:
    """Serve the index before the last swap again, with what changed since."""
    for one in _kinds(kind):
        with _refusals(one):
            indexing.rollback_index(one)
    _show(indexing.search().status())


@index.command("abandon")
@click.argument("kind", type=KIND)
def abandon(kind: str) -> None:
    """Drop the half-built index that a rebuild left behind when it was killed."""
    for one in _kinds(kind):
        indexing.search().abandon(indexing.KINDS[one])
    _show(indexing.search().status())


@job.command("list")
def list_jobs() -> None:
    """Counts by lane, and the jobs that were given up."""
    _show(
        {
            "counts": outbox.counts(),
            "failed": [
                {"id": j.id, "name": j.name, "subject": j.subject, "error": j.last_error} for j in outbox.failed_jobs()
            ],
        }
    )


@job.command("retry")
@click.argument("job_id", type=int)
def retry(job_id: int) -> None:
    """Put a job that was given up back into its lane."""
    if not outbox.retry(job_id):
        raise click.ClickException(f"No job {job_id} was given up.")


@job.command("drain")
def drain() -> None:
    """Do what is due now and stop."""
    click.echo(f"{outbox_worker.drain()} jobs done")


@click.command("worker")
@with_appcontext
def worker() -> None:
    """Run jobs until told to stop."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    outbox_worker.work(app, periodic=jobs.periodic)


def install(app: Flask) -> None:
    """Add the commands to `flask`."""
    app.cli.add_command(index)
    app.cli.add_command(job)
    app.cli.add_command(worker)
    app.cli.add_command(bench)
    app.cli.add_command(demo)
    app.cli.add_command(imports)
    app.cli.add_command(users)
