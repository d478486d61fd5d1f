"""Pictures and documents of a form: taken in at once, so that an error elsewhere does not lose them."""

from __future__ import annotations

from collections.abc import Callable

from werkzeug.datastructures import FileStorage

from marketplace.actor import Actor
from marketplace.errors import ErrorCode, Invalid
from marketplace.extensions import db
from marketplace.files import service as files
from marketplace.files.models import StoredFile
from marketplace.listings import queries
from marketplace.listings.desk import Desk
from marketplace.listings.forms import ListingForm, file_id
from marketplace.listings.states import PUBLIC

# In one sending, of each purpose: unpacking a picture may take seconds, however small its file.
MOST_UPLOADS = 10
PURPOSES = {"pictures": "picture", "documents": "document"}


def receive(actor: Actor, form: ListingForm) -> dict[str, ErrorCode]:
    """Store what was uploaded with the form and note each file's id in its row; errors by content path."""
    errors: dict[str, ErrorCode] = {}
    for name, purpose in PURPOSES.items():
        received = 0
        for place, entry in enumerate(form[name].entries):
            upload = entry.form["upload"].data
            if not isinstance(upload, FileStorage) or not upload.filename:
                continue
            received += 1
            if received > MOST_UPLOADS:
                errors[f"{name}.{place}.upload"] = ErrorCode("too_many", {"max": MOST_UPLOADS})
                break
            try:
                file = files.store(actor=actor, stream=upload.stream, filename=upload.filename, purpose=purpose)
            except Invalid as invalid:
                errors[f"{name}.{place}.upload"] = invalid.errors["file"]
            else:
                entry.form["file"].data = str(file.id)
    return errors


def files_of_form(actor: Actor, form: ListingForm) -> dict[int, StoredFile]:
    """The files that the rows of a form name and the actor may use, to show them beside their rows."""
    found = [file_id(entry.form) for name in PURPOSES for entry in form[name].entries]
    return files.usable(actor=actor, ids=[one for one in found if one is not None])


def reader(desk: Desk) -> Callable[[Actor, StoredFile], bool]:
    """Who may read a file because a listing of this desk shows it: its own organisation with any version, everybody
    with the live version of a public one, organisers with the live version in any state."""

    def may_read(actor: Actor, file: StoredFile) -> bool:
        for organisation_id, live, state in db.session.execute(queries.shows_file(desk, file.id)):
            if organisation_id == actor.organisation_id or (live and (actor.is_organiser or state in PUBLIC)):
                return True
        return False

    return may_read
