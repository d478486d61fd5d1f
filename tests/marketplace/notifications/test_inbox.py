"""The inbox: whose it is, once for each key, read and unread."""

from __future__ import annotations

import itertools
import threading
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from marketplace.actor import Actor
from marketplace.errors import NotFound
from marketplace.extensions import db
from marketplace.notifications import queries, service
from marketplace.notifications.models import Delivery, Notification
from marketplace.outbox.models import Job
from marketplace.transaction import transaction
from tests.marketplace.accounts.steps import browser, hidden, mails, make_user, send, signed_in
from tests.marketplace.organisations.steps import acting, join, make_organisation

MATCH: dict[str, Any] = {
    "demand_id": 4, "demand_title": {"zh-Hant": "護理床三十張", "en": "Thirty nursing beds"}, "offer_id": 7,
    "offer_title": {"en": "Bed & mattress <b>"}, "band": "strong", "side": "supplier",
}

OWN_KINDS = (
    "organisation_approved", "organisation_rejected", "organisation_suspended", "organisation_restored", "invitation",
    "new_match", "answer_received", "contacts_opened", "demand_withdrawn",
    "credential_expiring", "confirm_due", "identity_changed",
)


def tell(organisation_id: int | None = 1, key: str = "k", kind: str = "new_match", **more: Any) -> bool:
    with transaction():
        return service.notify(organisation_id=organisation_id, kind=kind, params={**MATCH, **more}, dedupe_key=key)


@pytest.fixture
def two(app: Flask) -> dict[str, int]:
    """Organisations 1 and 2 with their owners, and a viewer of 1; user ids by name."""
    ids = {name: make_user(f"{name}@b.example.org").id for name in ("one", "two", "viewer")}
    make_organisation(ids["one"], names={"en": "One"})
    make_organisation(ids["two"], names={"en": "Two"})
    join(1, ids["viewer"], "viewer")
    return ids


def test_a_line_is_written_once_for_a_key(app: Flask, two: dict[str, int]) -> None:
    assert [tell(), tell(), tell(organisation_id=2), tell(key="other")] == [True, False, False, True]
    rows = db.session.scalars(sa.select(Notification).order_by(Notification.id)).all()
    assert [(row.organisation_id, row.dedupe_key) for row in rows] == [(1, "k"), (1, "other")]
    assert len(mails(app)) == 4  # two lines to two members


def test_two_threads_with_one_key_tell_once(app: Flask, two: dict[str, int]) -> None:
    outcomes: list[bool] = []
    start = threading.Barrier(2)

    def go() -> None:
        with app.app_context():
            start.wait(30)
            outcomes.append(tell())

    threads = [threading.Thread(target=go) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(outcomes) == [False, True]
    assert len(mails(app)) == 2


def test_nothing_is_told_when_the_action_is_undone(app: Flask, two: dict[str, int]) -> None:
    def told_and_undone() -> None:
        with transaction():
            service.notify(organisation_id=1, kind="new_match", params=MATCH, dedupe_key="k")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        told_and_undone()
    counted = [db.session.scalar(sa.select(sa.func.count()).select_from(model))
               for model in (Notification, Delivery, Job)]
    assert counted == [0, 0, 0]
    assert mails(app) == []


def test_an_unknown_kind_is_refused(app: Flask, two: dict[str, int]) -> None:
    with pytest.raises(ValueError), transaction():
        service.notify(organisation_id=1, kind="gossip", params={}, dedupe_key="k")


def test_the_inbox_shows_what_is_ours_and_nothing_of_others(app: Flask, two: dict[str, int]) -> None:
    tell()
    tell(organisation_id=2, key="theirs", demand_title={"en": "A secret demand"})
    page = signed_in(app, "viewer@b.example.org").get("/inbox").text
    assert "A demand that you may meet: Thirty nursing beds" in page
    assert "Bed &amp; mattress &lt;b&gt;: strong match." in page
    assert "A secret demand" not in page
    assert 'href="/matches"' in page.split("<main")[1]
    assert browser(app).get("/inbox").location == "/sign-in?next=/inbox"


def test_a_personal_line_is_that_persons_alone(app: Flask, two: dict[str, int]) -> None:
    with transaction():
        service.notify(user_id=two["one"], kind="invitation", dedupe_key="i",
                       params={"invitation_id": 1, "names": {"en": "Three"}})
    assert queries.inbox(acting(two["one"], 1))[1] == 1
    assert queries.inbox(acting(two["viewer"], 1))[1] == 0
    assert mails(app) == []  # whoever invites has sent one


def test_an_invitation_stands_in_the_inbox_with_its_link(app: Flask, two: dict[str, int]) -> None:
    send(signed_in(app, "one@b.example.org"), "/organisations/1/members/invite",
         {"email": "two@b.example.org", "role": "viewer"}, page="/organisations/1/members")
    page = signed_in(app, "two@b.example.org").get("/inbox").text
    assert "One invites you to act for it" in page
    assert "/invitations/1." in page
    assert len(mails(app)) == 1


def unread(actor: Actor) -> int:
    db.session.rollback()
    return queries.unread_count(actor)


def test_reading_one_and_reading_all(app: Flask, two: dict[str, int]) -> None:
    for number in range(3):
        tell(key=str(number))
    tell(organisation_id=2, key="theirs")
    client = signed_in(app, "one@b.example.org")
    actor = acting(two["one"], 1)
    assert unread(actor) == 3
    assert send(client, "/inbox/2/read", page="/inbox").location == "/inbox"
    assert unread(actor) == 2
    page = client.get("/inbox").text
    tell(key="came meanwhile")
    client.post("/inbox/read", data={**hidden(page), "up_to": "3"})
    db.session.rollback()
    assert [row.dedupe_key for row in queries.inbox(actor)[0] if row.read_at is None] == ["came meanwhile"]
    assert unread(acting(two["two"], 2)) == 1
    assert send(client, "/inbox/4/read", page="/inbox").status_code == 404  # another organisation's
    assert send(client, "/inbox/read", {"up_to": "9" * 40}, page="/inbox").status_code == 302
    assert client.post("/inbox/read", data={"up_to": "9"}).status_code == 422
    with pytest.raises(NotFound):
        service.mark_read(actor=acting(two["two"], 2), notification_id=1)


def test_an_inbox_costs_the_same_number_of_statements_for_one_and_for_thirty_lines(
    app: Flask, two: dict[str, int]
) -> None:
    client = signed_in(app, "one@b.example.org")
    statements: list[str] = []
    sa.event.listen(db.engine, "after_cursor_execute", lambda *args: statements.append(args[2]))
    counts = []
    for already, wanted in ((0, 1), (1, 30)):
        for number in range(already, wanted):
            tell(key=str(number))
        statements.clear()
        client.get("/inbox")
        counts.append(len(statements))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("language", ["zh-Hans", "zh-HK", "en"])
def test_every_kind_has_words_and_leads_somewhere(app: Flask, language: str) -> None:
    facts = {**MATCH, "organisation_id": 1, "names": {"en": "One"}, "reason": "Because.", "invitation_id": 1}
    titles = []
    for kind, side, answer in itertools.product(OWN_KINDS, ("supplier", "institution"), ("interested", "declined")):
        params = {**facts, "side": side, "answer": answer}
        with app.test_request_context("/", headers={"Accept-Language": language}):
            texts = app.jinja_env.get_template("notifications/_texts.html").make_module()
            title, body, path = (getattr(texts, name)(kind, params).strip() for name in ("title", "body", "path"))
        assert title, kind
        assert "\n" not in title
        assert body, kind
        assert path.startswith("/") or kind == "invitation"
        titles.append(title)
    assert len(set(titles)) == len(OWN_KINDS) + 2  # a match by its side, an answer by what it says
