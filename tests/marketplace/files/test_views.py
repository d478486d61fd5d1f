"""The way to a file's bytes: only for whom something shows it, and never as something else."""

from __future__ import annotations

import hashlib
import io

import pytest
from flask import Flask

from marketplace.actor import Actor
from marketplace.files import service
from marketplace.files.models import StoredFile
from marketplace.listings import service as listings
from marketplace.offers.desk import DESK
from tests.marketplace.files import making
from tests.marketplace.listings.steps import make_actor, make_listing, make_member, make_organisation, sign_in, visitor

SHA = hashlib.sha256(making.PDF).hexdigest()


def upload(actor: Actor, content: bytes = making.PDF, name: str = "規格 spec.pdf", purpose: str = "document") -> int:
    return service.store(actor=actor, stream=io.BytesIO(content), filename=name, purpose=purpose).id


def offer_with(actor: Actor, file_id: int, *, published: bool = True) -> int:
    return make_listing(
        DESK, actor, published=published, documents=[{"file": file_id, "title": {"en": "Specification"}}]
    ).id


def test_a_document_of_a_published_offer_is_saved_and_never_shown_as_a_page(app: Flask) -> None:
    actor = make_actor()
    file_id = upload(actor)
    offer_with(actor, file_id)
    answer = visitor(app).get(f"/files/{file_id}/original")
    assert (answer.status_code, answer.data) == (200, making.PDF)
    headers = answer.headers
    assert {
        name: headers[name]
        for name in ("Content-Type", "X-Content-Type-Options", "Cache-Control", "Content-Security-Policy", "ETag")
    } == {
        "Content-Type": "application/pdf",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-cache",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "ETag": f'"{SHA}"',
    }
    assert headers["Content-Disposition"].startswith("attachment; filename=")
    assert "filename*=UTF-8''%E8%A6%8F%E6%A0%BC%20spec.pdf" in headers["Content-Disposition"]


def test_unchanged_bytes_are_not_sent_again(app: Flask) -> None:
    actor = make_actor()
    file_id = upload(actor)
    offer_with(actor, file_id)
    answer = visitor(app).get(f"/files/{file_id}/original", headers={"If-None-Match": f'"{SHA}"'})
    assert (answer.status_code, answer.data) == (304, b"")


def test_a_picture_is_shown_in_each_size(app: Flask) -> None:
    actor = make_actor()
    file_id = upload(actor, making.picture(), "bed.jpg", "picture")
    make_listing(DESK, actor, pictures=[{"file": file_id, "alt": {"en": "The bed"}}])
    answers = [visitor(app).get(f"/files/{file_id}/{size}") for size in ("large", "medium", "small", "original")]
    assert [(a.status_code, a.mimetype) for a in answers] == [
        (200, "image/jpeg"),
        (200, "image/jpeg"),
        (200, "image/jpeg"),
        (404, "text/html"),
    ]
    assert answers[0].headers["Content-Disposition"].startswith("inline")


@pytest.fixture
def readers(app: Flask) -> dict[str, tuple[Actor, int]]:
    """An organisation with a viewer of its own, and a stranger."""
    organisation = make_organisation()
    owner = make_member(organisation)
    viewer = make_member(organisation, "lee@harbour.example", "viewer")
    stranger = make_actor("Peak Homes", "ho@peak.example")
    return {"owner": owner, "viewer": viewer, "stranger": stranger}  # type: ignore[dict-item]


def statuses(app: Flask, readers: dict, file_id: int) -> dict[str, int]:
    path = f"/files/{file_id}/original"
    return {name: sign_in(app, actor).get(path).status_code for name, actor in readers.items()} | {
        "visitor": visitor(app).get(path).status_code
    }


def test_a_file_of_a_draft_is_the_organisations_own(app: Flask, readers: dict) -> None:
    file_id = upload(readers["owner"])
    offer_with(readers["owner"], file_id, published=False)
    assert statuses(app, readers, file_id) == {"owner": 200, "viewer": 200, "stranger": 404, "visitor": 404}


def test_a_file_that_only_a_new_draft_shows_is_not_public_with_the_offer(app: Flask, readers: dict) -> None:
    owner = readers["owner"]
    offer = make_listing(DESK, owner)
    file_id = upload(owner)
    listings.save_draft(
        DESK,
        actor=owner,
        listing_id=offer.id,
        base_version_id=offer.live_version_id,
        raw={**listings.version_of(DESK, offer.live_version_id).content, "documents": [{"file": file_id, "title": {}}]},
    )
    assert statuses(app, readers, file_id) == {"owner": 200, "viewer": 200, "stranger": 404, "visitor": 404}


def test_a_file_goes_with_the_offer_that_is_withdrawn(app: Flask, readers: dict) -> None:
    file_id = upload(readers["owner"])
    offer_id = offer_with(readers["owner"], file_id)
    assert statuses(app, readers, file_id) == {"owner": 200, "viewer": 200, "stranger": 200, "visitor": 200}
    listings.withdraw(DESK, actor=readers["owner"], listing_id=offer_id)
    assert statuses(app, readers, file_id) == {"owner": 200, "viewer": 200, "stranger": 404, "visitor": 404}


def test_a_file_whose_bytes_are_gone_is_not_there(app: Flask) -> None:
    actor = make_actor()
    file_id = upload(actor)
    offer_with(actor, file_id)
    from marketplace.extensions import db
    from marketplace.files import storage

    storage.path_of(service.folder(), db.session.get(StoredFile, file_id).variants[0].sha256).unlink()
    assert visitor(app).get(f"/files/{file_id}/original").status_code == 404
    assert visitor(app).get("/files/999999/original").status_code == 404
