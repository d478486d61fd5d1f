"""The desk of a member and the desk of the organiser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from marketplace.accounts.web import current_actor, require_organiser, require_user
from marketplace.audit import service as audit
from marketplace.desk import mails, queries, texts
from marketplace.desk.tasks import tasks_of
from marketplace.errors import NotFound
from marketplace.forms import BaseForm
from marketplace.indexing import service as indexing
from marketplace.matches import queries as match_queries
from marketplace.organisations import queries as organisation_queries
from marketplace.outbox import service as outbox
from marketplace.outbox.models import LANES

blueprint = Blueprint("desk", __name__)


@blueprint.get("/desk")
@require_user
def member() -> str:
    """What needs me today."""
    actor = current_actor()
    organisation = (
        organisation_queries.get_organisation(actor.organisation_id) if actor.organisation_id is not None else None
    )
    return render_template(
        "desk/member.html",
        organisation=organisation,
        tasks=tasks_of(actor=actor, user=current_user, organisation=organisation),
        demands=queries.open_demands(organisation.id) if organisation and organisation.is_institution else [],
        offers=queries.open_offers(organisation.id) if organisation and organisation.is_supplier else [],
        form=BaseForm(formdata=None),
    )


@blueprint.get("/organiser")
@require_organiser
def organiser() -> str:
    """What waits, what runs, what failed, in figures."""
    return render_template(
        "desk/organiser.html",
        counts=queries.organiser_counts(),
        jobs=outbox.counts(),
        lags={lane: outbox.lag(lane) for lane in LANES},
        search=_search_status(),
        events=audit.latest(limit=15),
    )


@blueprint.get("/organiser/pairs")
@require_organiser
def pairs() -> str:
    """Where anybody answered: both sides, side by side."""
    return render_template("desk/pairs.html", pairs=match_queries.answered_pairs())


@blueprint.get("/organiser/jobs")
@require_organiser
def jobs() -> str:
    """Jobs that were given up, and what waits."""
    return render_template(
        "desk/jobs.html",
        failed=outbox.failed_jobs(),
        counts=outbox.counts(),
        lags={lane: outbox.lag(lane) for lane in LANES},
        form=BaseForm(formdata=None),
    )


@blueprint.post("/organiser/jobs/<int:job_id>/retry")
@require_organiser
def retry_job(job_id: int) -> Any:
    """Put a job that was given up back into its lane."""
    if BaseForm().validate():
        flash(_("The job is tried again.") if outbox.retry(job_id) else _("This job is no longer there."), "success")
    else:
        flash(_("This page was open for too long. Please press the button again."), "warning")
    return redirect(url_for("desk.jobs"))


@blueprint.get("/organiser/mails")
@require_organiser
def mail_list() -> str:
    """The mails of a demonstration."""
    return render_template("desk/mails.html", mails=mails.newest_mails(_mail_folder()))


@blueprint.get("/organiser/mails/<name>")
@require_organiser
def mail(name: str) -> str:
    """One mail of a demonstration."""
    return render_template("desk/mail.html", mail=mails.read_mail(_mail_folder(), name))


@blueprint.get("/organiser/texts")
@require_organiser
def text_list() -> str:
    """How text messages went, and in a demonstration what they said."""
    folder = current_app.config["SETTINGS"].sms_folder
    return render_template("desk/texts.html", texts=texts.newest_texts(folder), folder=folder, problems=texts.PROBLEMS)


@blueprint.get("/organiser/index")
@require_organiser
def index() -> str:
    """What the search indices hold."""
    return render_template("desk/index.html", search=_search_status(), jobs=outbox.counts())


@blueprint.get("/organiser/audit")
@require_organiser
def audit_log() -> str:
    """What was done on the site, newest first."""
    return render_template("desk/audit.html", events=audit.latest(limit=200))


def _mail_folder() -> Path:
    folder = current_app.config["SETTINGS"].mail_folder
    if folder is None:
        raise NotFound
    return folder


def _search_status() -> dict[str, Any] | None:
    try:
        return indexing.ask(lambda engine: engine.status())
    except indexing.Away:
        return None
