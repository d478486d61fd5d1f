"""Refusals and failures as pages, in the reader's language."""

from __future__ import annotations

from flask import Flask, current_app, redirect, render_template, request, url_for
from flask.globals import request_ctx
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from marketplace.errors import NotAllowed, NotFound, TooMany
from marketplace.extensions import db
from search import UnknownFilter, UnknownSort


def install(app: Flask) -> None:
    """Answer every refusal with its page and status."""

    @app.errorhandler(NotAllowed)
    def not_allowed(error: NotAllowed):
        if error.reason == "sign_in":
            return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")))
        return render_template("errors/403.html", reason=error.reason), 403

    @app.errorhandler(NotFound)
    def not_found(_error: NotFound):
        return render_template("errors/404.html"), 404

    @app.errorhandler(TooMany)
    def too_many(error: TooMany):
        return (
            render_template("errors/429.html", retry_after=error.retry_after),
            429,
            {"Retry-After": str(error.retry_after)},
        )

    @app.errorhandler(UnknownFilter)
    def unknown_filter(error: UnknownFilter):
        return render_template("errors/400.html", reason="unknown_filter", name=error.name), 400

    @app.errorhandler(UnknownSort)
    def unknown_sort(error: UnknownSort):
        return render_template("errors/400.html", reason="unknown_sort", name=error.name), 400

    @app.errorhandler(RequestEntityTooLarge)
    def too_large(_error: RequestEntityTooLarge):
        limit = request.max_content_length or current_app.config["SETTINGS"].max_request
        return render_template("errors/413.html", limit=limit), 413

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException):
        if error.code in (301, 302, 303, 307, 308) or error.code is None:
            return error
        if request_ctx.url_adapter is None:  # a host that is none: no page can be made, since none has an address
            return error
        name = {400: "400", 403: "403", 404: "404", 405: "404"}.get(error.code, "500" if error.code >= 500 else "400")
        return render_template(f"errors/{name}.html", reason=None, name=None), error.code

    @app.errorhandler(Exception)
    def failed(error: Exception):
        if app.config["TESTING"] or app.debug:
            raise error
        app.logger.exception("unhandled error")
        db.session.rollback()
        return render_template("errors/500.html"), 500
