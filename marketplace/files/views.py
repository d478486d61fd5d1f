"""The one way to a file's bytes."""

from __future__ import annotations

from flask import Blueprint, Response, request, send_file

from marketplace.errors import NotFound
from marketplace.extensions import db
from marketplace.files import policy, storage
from marketplace.files.models import StoredFile
from marketplace.files.service import folder

blueprint = Blueprint("files", __name__)


@blueprint.get("/files/<int:file_id>/<variant>")
def show(file_id: int, variant: str) -> Response:
    """A picture in one size to be shown, or a document to be saved. 404 to whoever may not read it."""
    file = policy.require_read(policy.current_actor(), db.session.get(StoredFile, file_id))
    found = file.variant(variant)
    if found is None:
        raise NotFound
    path = storage.path_of(folder(), found.sha256)
    if not path.is_file():
        raise NotFound
    response = send_file(
        path,
        mimetype=found.media_type,
        as_attachment=file.purpose == "document",
        download_name=file.name,
        conditional=True,
        etag=found.sha256,
        max_age=0,
    )
    # The bytes never change, but who may read them does: asked again each time, answered with 304 when unchanged.
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    if request.if_none_match.contains(found.sha256):
        response.headers.pop("Content-Disposition", None)
    return response
