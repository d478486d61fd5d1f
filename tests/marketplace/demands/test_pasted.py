"""A need pasted without an account becomes a draft of the organisation that its author enters."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from marketplace import clock
from marketplace.actor import Actor
from marketplace.demands import queries, service
from marketplace.demands.desk import DESK
from marketplace.demands.models import Demand, PastedNeed
from marketplace.errors import NotAllowed, NotFound
from marketplace.extensions import db
from marketplace.listings.service import version_of
from tests.marketplace.listings.steps import make_actor, make_member

TEXT = "Thirty nursing beds for our home in Macau.\nMust have side rails."


def paste() -> str:
    return service.keep_pasted_need(actor=Actor(), text=TEXT, lang="en")


def test_the_text_is_kept_under_a_token_that_the_table_does_not_hold(app: Flask) -> None:
    token = paste()
    need = queries.pasted_need(token)
    assert need is not None
    assert (need.text, need.lang, need.claimed_at, need.demand_id) == (TEXT, "en", None, None)
    assert token not in str(db.session.execute(sa.text("SELECT * FROM pasted_needs")).all())
    assert service.content_of_need(need)["texts"]["text"] == {"en": TEXT}
    assert [queries.pasted_need(other) for other in ("", token[:-1], token + "x")] == [None] * 3


def test_claiming_makes_one_draft_of_the_organisation(app: Flask) -> None:
    token, actor = paste(), make_actor()
    demand = service.claim_pasted_need(actor=actor, token=token)
    again = service.claim_pasted_need(actor=actor, token=token)
    assert (again.id, demand.organisation_id, demand.live_version_id) == (demand.id, actor.organisation_id, None)
    content = version_of(DESK, demand.draft_version_id).content
    assert (content["texts"]["title"], content["requirements"], content["places"]) == (
        {"en": "Thirty nursing beds for our home in Macau"},
        [{"need": "must", "text": {"en": "Must have side rails"}}],
        ["MO"],
    )
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Demand)) == 1


def test_what_no_draft_may_hold_is_left_out(app: Flask) -> None:
    pasted = "Thirty nursing beds\x0bfor our home in Macau.\x0c\nMust have\x1b side rails\x7f.\x85"
    token = service.keep_pasted_need(actor=Actor(), text=pasted, lang="en")
    demand = service.claim_pasted_need(actor=make_actor(), token=token)
    texts = version_of(DESK, demand.draft_version_id).content["texts"]
    assert texts["text"] == {"en": "Thirty nursing beds\nfor our home in Macau.\n\nMust have  side rails ."}


def test_nobody_else_claims_it_and_no_visitor(app: Flask) -> None:
    token, actor = paste(), make_actor()
    with pytest.raises(NotAllowed):
        service.claim_pasted_need(actor=Actor(), token=token)
    with pytest.raises(NotAllowed):
        service.claim_pasted_need(
            actor=make_member(actor.organisation_id, "lee@harbour.example", "viewer"), token=token
        )  # type: ignore[arg-type]
    service.claim_pasted_need(actor=actor, token=token)
    with pytest.raises(NotFound):
        service.claim_pasted_need(actor=make_actor("Peak Homes", "ho@peak.example"), token=token)
    with pytest.raises(NotFound):
        service.claim_pasted_need(actor=actor, token="made up")


def test_what_nobody_claims_is_forgotten_after_thirty_days(app: Flask) -> None:
    with clock.frozen(clock.now() - timedelta(days=31)):
        old, claimed = paste(), paste()
        service.claim_pasted_need(actor=make_actor(), token=claimed)
    fresh = paste()
    assert queries.pasted_need(old) is None
    assert service.forget_old_needs() == 1
    assert service.forget_old_needs() == 0
    kept = db.session.scalars(sa.select(PastedNeed).order_by(PastedNeed.id)).all()
    assert [need.claimed_at is not None for need in kept] == [True, False]
    assert queries.pasted_need(fresh) is not None
