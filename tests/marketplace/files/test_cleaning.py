"""Rows and bytes that nothing shows any more go, and nothing else does."""

from __future__ import annotations

import io
import os
import time
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from marketplace import clock
from marketplace.actor import Actor
from marketplace.extensions import db
from marketplace.files import service, storage
from marketplace.files.cleaning import remove_orphans
from marketplace.files.models import StoredFile
from marketplace.offers.desk import DESK
from tests.marketplace.files import making
from tests.marketplace.listings.steps import make_actor, make_listing


def upload(actor: Actor, content: bytes, name: str) -> int:
    return service.store(actor=actor, stream=io.BytesIO(content), filename=name, purpose="document").id


def age(path: Path, days: float) -> None:
    then = time.time() - days * 86400
    os.utime(path, (then, then))


def age_everything() -> None:
    for path in [*storage.kept(service.folder()), *storage.incoming(service.folder())]:
        age(path, 10)


def rows() -> list[int]:
    return list(db.session.scalars(sa.select(StoredFile.id).order_by(StoredFile.id)))


def kept() -> list[bytes]:
    return sorted(path.read_bytes() for path in storage.kept(service.folder()))


def test_what_no_table_points_at_goes_with_its_bytes(app: Flask) -> None:
    actor = make_actor()
    with clock.frozen(clock.now() - timedelta(days=10)):
        used, unused = upload(actor, making.PDF, "used.pdf"), upload(actor, making.TXT, "unused.txt")
    make_listing(DESK, actor, documents=[{"file": used, "title": {}}])
    (service.folder() / "incoming" / "left-by-a-crash").write_bytes(b"half")
    age_everything()
    assert remove_orphans() == {"rows": 1, "files": 2}
    assert (rows(), kept()) == ([used], [making.PDF])
    assert remove_orphans() == {"rows": 0, "files": 0}
    assert unused not in rows()


def test_a_file_of_an_old_version_stays_with_the_history(app: Flask) -> None:
    from marketplace.listings import service as listings

    actor = make_actor()
    with clock.frozen(clock.now() - timedelta(days=10)):
        file_id = upload(actor, making.PDF, "a.pdf")
    offer = make_listing(DESK, actor, documents=[{"file": file_id, "title": {}}])
    content = {**listings.version_of(DESK, offer.live_version_id).content, "documents": []}
    listings.save_draft(DESK, actor=actor, listing_id=offer.id, base_version_id=offer.live_version_id, raw=content)
    age_everything()
    assert remove_orphans() == {"rows": 0, "files": 0}


def test_a_fresh_upload_waits_for_the_save_that_uses_it(app: Flask) -> None:
    actor = make_actor()
    file_id = upload(actor, making.PDF, "a.pdf")
    assert remove_orphans() == {"rows": 0, "files": 0}
    assert (rows(), kept()) == ([file_id], [making.PDF])


def test_bytes_that_another_row_names_stay(app: Flask) -> None:
    actor = make_actor()
    with clock.frozen(clock.now() - timedelta(days=10)):
        first, second = upload(actor, making.PDF, "a.pdf"), upload(actor, making.PDF, "b.pdf")
    make_listing(DESK, actor, documents=[{"file": first, "title": {}}])
    age_everything()
    assert remove_orphans() == {"rows": 1, "files": 0}
    assert (rows(), kept()) == ([first], [making.PDF])
    assert second not in rows()
