"""Who may read a file. The rooms whose pages carry files say when; the wiring registers them."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, current_app

from marketplace.actor import Actor
from marketplace.errors import NotFound
from marketplace.files.models import StoredFile

MayRead = Callable[[Actor, StoredFile], bool]


def register(app: Flask, subject_kind: str, may_read: MayRead) -> None:
    """Have `may_read` asked whether a file shown with a `subject_kind` (such as "offer") may be read."""
    app.extensions.setdefault("file_readers", {})[subject_kind] = may_read


def current_actor() -> Actor:
    """Who asks for a file; accounts stand above this room, so the wiring ties in who knows."""
    return current_app.extensions["current_actor"]()


def may_read(actor: Actor, file: StoredFile) -> bool:
    """Whether the actor's own organisation uploaded the file, or something they may see shows it."""
    if may_use(actor, file):
        return True
    return any(reads(actor, file) for reads in current_app.extensions.get("file_readers", {}).values())


def may_use(actor: Actor, file: StoredFile) -> bool:
    """Whether the actor may hang the file on something: only their own organisation's, or their own upload."""
    if file.organisation_id is not None:
        return file.organisation_id == actor.organisation_id
    return file.user_id is not None and file.user_id == actor.user_id


def require_read(actor: Actor, file: StoredFile | None) -> StoredFile:
    """The file, if the actor may read it. Raises NotFound: whether it exists is nobody else's business."""
    if file is None or not may_read(actor, file):
        raise NotFound
    return file
