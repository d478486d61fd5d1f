"""Take an upload, check it, keep it."""

from __future__ import annotations

from pathlib import Path
from typing import IO, Any

import sqlalchemy as sa
from flask import current_app

from marketplace import clock
from marketplace.actor import Actor
from marketplace.errors import ErrorCode, Invalid
from marketplace.extensions import db
from marketplace.files import pictures, sniffing, storage
from marketplace.files.models import PURPOSES, FileVariant, StoredFile
from marketplace.files.policy import may_use
from marketplace.transaction import transaction


def folder() -> Path:
    """Where the bytes are kept."""
    return Path(current_app.config["SETTINGS"].files_dir)


def store(*, actor: Actor, stream: IO[bytes], filename: str, purpose: str) -> StoredFile:
    """Check an upload and keep it: a picture in three sizes, a document as it came.

    The bytes are on disk before the row is written, so that a row never names bytes that are not there.

    Raises:
        Invalid: with the field "file": file_too_large, empty_file, document_type, picture_type, disguised,
            picture_large, picture_small or picture_broken.
        ValueError: for an unknown purpose.
    """
    if purpose not in PURPOSES:
        raise ValueError(purpose)
    name = _plain_name(filename)
    limit = current_app.config["SETTINGS"].max_upload
    try:
        temporary = storage.receive(folder(), stream, limit)
    except storage.TooLarge:
        raise Invalid({"file": ErrorCode("file_too_large", {"name": name, "most": limit // (1024 * 1024)})}) from None
    try:
        variants = _picture(temporary, name) if purpose == "picture" else _document(temporary, name)
    except sniffing.Refused as refused:
        raise Invalid({"file": ErrorCode(refused.code, refused.params)}) from None
    finally:
        temporary.unlink(missing_ok=True)
    with transaction():
        file = StoredFile(
            purpose=purpose,
            name=name,
            organisation_id=actor.organisation_id,
            user_id=actor.user_id,
            created_at=clock.now(),
            variants=[FileVariant(**variant) for variant in variants],
        )
        db.session.add(file)
        db.session.flush()  # the caller needs the id for what it hangs the file on
    return file


def usable(*, actor: Actor, ids: list[int]) -> dict[int, StoredFile]:
    """Those of the files that the actor may hang on something, by id."""
    if not ids:
        return {}
    found = db.session.scalars(sa.select(StoredFile).where(StoredFile.id.in_(ids)))
    return {file.id: file for file in found if may_use(actor, file)}


def files_by_id(ids: list[int]) -> dict[int, StoredFile]:
    """Files by id, whoever may read them; for pages that already decided to show what carries them."""
    if not ids:
        return {}
    return {file.id: file for file in db.session.scalars(sa.select(StoredFile).where(StoredFile.id.in_(ids)))}


def _picture(path: Path, name: str) -> list[dict[str, Any]]:
    made = []
    for rendition in pictures.renditions(path, name):
        sha256, size = storage.keep_bytes(folder(), rendition.content)
        made.append(
            {
                "name": rendition.name,
                "sha256": sha256,
                "media_type": rendition.media_type,
                "size": size,
                "width": rendition.width,
                "height": rendition.height,
            }
        )
    return made


def _document(path: Path, name: str) -> list[dict[str, Any]]:
    media_type = sniffing.document_type(path, name)
    sha256, size = storage.keep(folder(), path)
    return [{"name": "original", "sha256": sha256, "media_type": media_type, "size": size}]


def _plain_name(filename: str) -> str:
    """A name without folders or control characters, cut to what the column holds with its ending kept."""
    name = filename.replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(character for character in name if character.isprintable()).strip() or "file"
    suffix = sniffing.suffix_of(name)
    return name if len(name) <= 200 else name[: 200 - len(suffix)] + suffix
