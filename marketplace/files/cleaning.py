"""Clean up what nothing shows any more. A periodic job; safe to run twice and beside uploads."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from marketplace import clock
from marketplace.extensions import db
from marketplace.files import storage
from marketplace.files.models import FileVariant, StoredFile
from marketplace.files.service import folder
from marketplace.transaction import transaction

PATIENCE = timedelta(days=2)  # a form may stay open that long between an upload and the save that uses it


def remove_orphans(*, patience: timedelta = PATIENCE) -> dict[str, int]:
    """Delete rows that no table points at, then bytes that no row names, both older than `patience`.

    Returns how many "rows" and "files" went.
    """
    with transaction():
        orphans = sa.select(StoredFile.id).where(StoredFile.created_at < clock.now() - patience, *_unused())
        ids = list(db.session.scalars(orphans.with_for_update()))
        if ids:
            db.session.execute(sa.delete(FileVariant).where(FileVariant.file_id.in_(ids)))
            db.session.execute(sa.delete(StoredFile).where(StoredFile.id.in_(ids)))
    return {"rows": len(ids), "files": _remove_bytes(patience)}


def _unused() -> list[sa.ColumnElement[bool]]:
    """One condition for each column of the database that refers to a file, whichever room it belongs to."""
    own = {FileVariant.__table__}
    return [
        ~sa.exists().where(key.parent == StoredFile.id)
        for table in db.metadata.sorted_tables
        if table not in own
        for key in table.foreign_keys
        if key.column is StoredFile.__table__.c.id
    ]


def _remove_bytes(patience: timedelta) -> int:
    oldest = time.time() - patience.total_seconds()
    removed = 0
    for path in storage.incoming(folder()):
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)
            removed += 1
    for path in storage.kept(folder()):
        if path.stat().st_mtime < oldest and not _named(path.name):
            removed += _remove(path, oldest)
    return removed


def _remove(path: Path, oldest: float) -> bool:
    """Take the file aside, look again, and put it back if an upload of the same bytes came in between."""
    aside = folder() / "incoming" / f"removed-{path.name}"
    aside.parent.mkdir(parents=True, exist_ok=True)
    try:
        path.rename(aside)
    except FileNotFoundError:
        return False
    if aside.stat().st_mtime >= oldest or _named(path.name):
        aside.rename(path)
        return False
    aside.unlink(missing_ok=True)
    return True


def _named(sha256: str) -> bool:
    db.session.rollback()  # a read that began earlier would not see the newest rows
    return db.session.scalar(sa.select(FileVariant.file_id).where(FileVariant.sha256 == sha256).limit(1)) is not None


def remove_unnamed(sha256: str) -> bool:
    """Delete bytes at once that no row names any more; False where one does or there are none."""
    path = storage.path_of(folder(), sha256)
    return path.is_file() and not _named(sha256) and _remove(path, time.time() + 1)
