"""The page behind a link that asks what came of one's meetings: looking changes nothing, one press answers."""

from __future__ import annotations

from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l

from marketplace import clock, rate_limits
from marketplace.accounts.web import done
from marketplace.actor import Actor
from marketplace.errors import Invalid
from marketplace.files import service as files
from marketplace.files.sniffing import suffix_of
from marketplace.forms import BaseForm, add_error_texts, word
from marketplace.matchmaking import followup, queries
from marketplace.matchmaking.blueprint import blueprint

PICTURES = (".jpg", ".jpeg", ".png", ".webp")
EVIDENCE = (*PICTURES, ".pdf", ".docx", ".xlsx")

add_error_texts({"evidence_type": _l("A picture, PDF, DOCX or XLSX, please.")})


@blueprint.app_template_global()
def outcomes_path(params: dict[str, Any]) -> str:
    """Where a notice that asks for outcomes leads: the link is made when it is read, and stored nowhere."""
    if not params.get("round_id") or not params.get("nonce"):
        return url_for("notifications.inbox")
    text = followup.tokens.sign("outcomes", int(params["round_id"]), str(params["nonce"]))
    return f"/o/{text}"


@blueprint.app_template_global()
def evidence_accepted() -> str:
    """What a field for evidence offers to choose."""
    return ",".join(EVIDENCE)


def keep_evidence(actor: Actor) -> int | None:
    """Keep the file that was sent along, if any. Raises Invalid at "file"."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return None
    suffix = suffix_of(sent.filename)
    if suffix not in EVIDENCE:
        raise Invalid({"file": followup.ErrorCode("evidence_type")})
    rate_limits.limit(f"evidence:{request.remote_addr}", "30/hour")
    return files.store(actor=actor, stream=sent.stream, filename=sent.filename,
                       purpose="picture" if suffix in PICTURES else "document").id


@blueprint.get("/o/<token>")
def outcomes_asked(token: str) -> Any:
    """One's meetings of the day, each with its answers as buttons."""
    return _page(token, BaseForm(formdata=None))


@blueprint.post("/o/<token>/<int:meeting_id>")
def answer_outcome(token: str, meeting_id: int) -> Any:
    """One answer, by one tap."""
    form = BaseForm()
    if not form.validate():
        return _page(token, form, 422)
    try:
        ask = followup.require_open(token, meeting_id)
        chosen = request.form.get("answer", "")
        by = followup.speaker(ask.round)
        wanted = ask.answered_at is None and chosen not in ("nothing", "confirmed")
        kept = followup.answer(
            text=token, meeting_id=meeting_id, answer=chosen, file_id=keep_evidence(by) if wanted else None,
            **{name: request.form.get(name, "")[:5000] for name in ("happened_on", "amount", "currency", "evidence")})
    except Invalid as invalid:
        if "link" in invalid.errors:
            return _page(token, form, 410)
        form.form_errors.extend(str(word(error)) for error in invalid.errors.values())
        return _page(token, form, 422, refused=meeting_id)
    if kept:
        done(_l("Thank you. Your answer is kept."))
    else:
        flash(_l("You answered this before; the first answer stands."), "info")
    return redirect(url_for("matchmaking.outcomes_asked", token=token) + f"#m{meeting_id}", 303)


def _page(token: str, form: BaseForm, status: int = 200, refused: int = 0) -> Any:
    row = followup.round_of(token)
    own = row.participation
    session = queries.session(own.session_id)
    if not followup.is_open(row, clock.now()):
        return _secret(render_template("matchmaking/outcomes_gone.html", session=session, event=session.event), 410)
    asks = followup.asks_of(row.id)
    return _secret(render_template(
        "matchmaking/outcomes_asked.html", token=token, round=row, own=own, session=session, event=session.event,
        asks=asks, form=form, refused=refused, outcomes=followup.outcomes_of([one.meeting_id for one in asks]),
        to_confirm=followup.to_confirm, sent=request.form if refused else {}), status)


def _secret(page: str, status: int) -> Any:
    """The address is a secret: kept by nobody, and not told to where the page's links lead."""
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
