"""Who may open which address: a table that fails for a route it does not list, and is tried as each kind of reader."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.accounts.models import User
from marketplace.actor import Actor
from marketplace.extensions import db
from tests.marketplace import factories as make

# public: anybody. user: who is signed in. own: only the organisation it belongs to (404 for others).
# members: only an organisation's own people (403 for others, since the organisation itself is public).
# organiser: organisers alone (403 for others). link: whoever holds its signed link.
TABLE = {
    "public": {
        "health",
        "ready",
        "static",
        "pages.home",
        "pages.about",
        "pages.switch_locale",
        "pages.switch_text_size",
        "pages.how_matching_works",
        "pages.terms",
        "insights.show",
        "insights.download",
        "browse.offers",
        "browse.demands",
        "browse.organisations",
        "offers.show",
        "demands.show",
        "organisations.show",
        "accounts.sign_in",
        "accounts.sign_up",
        "accounts.sign_out",
        "accounts.reset_request",
        "accounts.sign_in_by_number",
        "accounts.sign_up_by_number",
        "accounts.enter_code",
        "accounts.send_code_again",
        "matches.paste_need",
        "files.show",
        "messages.view",
        "events.index",
        "events.show",
        "matchmaking.show",
        "floor.worker",
        "floor.offline",
        "matchmaking.booklet",
        "matchmaking.listings",
    },
    "link": {
        "matches.need",
        "accounts.confirm",
        "accounts.reset",
        "accounts.confirm_email_change",
        "organisations.invitation",
        "messages.passed",
        "messages.personal",
        "messages.personal_code",
        "notifications.unsubscribe",
        "notifications.unsubscribe_now",
        "matchmaking.by_link",
        "floor.today",
        "floor.say_late",
        "floor.answer_offer",
        "floor.claim_phone",
        "floor.scan_code",
        "floor.answer_card",
        "floor.screen",
        "floor.badge",
        "matchmaking.confirm",
        "matchmaking.feed",
        "matchmaking.picture_page",
        "matchmaking.timetable_picture",
        "matchmaking.timetable_file",
        "matchmaking.outcomes_asked",
        "matchmaking.answer_outcome",
        "outreach.claim",
        "outreach.claim_code",
        "outreach.claim_new",
        "watches.show_feed",
    },
    "user": {
        "accounts.account",
        "accounts.change_password",
        "accounts.change_email",
        "accounts.change_number",
        "accounts.prove_number",
        "messages.new",
        "messages.index",
        "accounts.my_sessions",
        "accounts.show_kept",
        "accounts.give_up_kept",
        "accounts.end_session",
        "accounts.sign_out_everywhere",
        "accounts.resend_confirmation",
        "organisations.new",
        "organisations.switch",
        "notifications.inbox",
        "notifications.mark_read",
        "notifications.mark_all_read",
        "offers.new",
        "demands.new",
        "reading.start_demand",
        "reading.start_offer",
        "matches.of_supplier",
        "matches.need_to_draft",
        "questions.of_organisation",
        "watches.index",
        "watches.new",
        "watches.new_robot",
        "desk.member",
        "events.register",
        "events.withdraw",
        "events.my_people",
        "events.edit_person",
        "events.remove_person",
        "matchmaking.join",
        "floor.my_day",
        "floor.contacts",
        "floor.contacts_file",
        "matchmaking.terms",
        "matchmaking.leave",
        "matchmaking.counterparts",
        "matchmaking.my_requests",
        "matchmaking.answer_request",
        "matchmaking.timetable",
        "matchmaking.after_session",
        "matchmaking.give_feedback",
        "matchmaking.record_outcome",
        "matchmaking.confirm_outcome",
        "matchmaking.hand_in_slides",
        "outreach.ask",
        "outreach.claim_case",
        "outreach.delegation",
        "outreach.add_home",
        "outreach.home",
        "outreach.home_person",
        "outreach.home_link",
        "outreach.home_sent",
    },
    "own": {
        "messages.show",
        "messages.sent",
        "messages.revoke",
        "reading.show",
        "reading.discard",
        "offers.edit",
        "offers.preview",
        "offers.publish",
        "offers.withdraw",
        "offers.copy",
        "offers.confirm",
        "offers.discard",
        "offers.history",
        "demands.edit",
        "demands.preview",
        "demands.publish",
        "demands.withdraw",
        "demands.copy",
        "demands.confirm",
        "demands.discard",
        "demands.history",
        "matches.of_demand",
        "matches.join",
        "matches.leave",
        "matches.decide_join",
        "matches.my_offer",
        "matches.pair",
        "matches.answer",
        "questions.of_offer",
        "questions.answer",
        "questions.ask",
        "questions.send",
        "watches.demand",
        "watches.edit",
        "watches.pause",
        "watches.delete",
        "watches.make_feed",
        "watches.revoke_feed",
        "watches.edit_robot",
        "watches.test_robot",
        "watches.delete_robot",
    },
    "members": {
        "organisations.edit",
        "organisations.members",
        "organisations.invite",
        "organisations.revoke_invitation",
        "organisations.change_role",
        "organisations.remove_member",
        "organisations.leave",
        "organisations.credentials",
        "organisations.remove_credential",
        "moderation.approval",
    },
    "organiser": {
        "learning.show",
        "learning.change",
        "desk.organiser",
        "desk.pairs",
        "desk.jobs",
        "desk.retry_job",
        "desk.mail_list",
        "desk.text_list",
        "desk.mail",
        "desk.index",
        "desk.audit_log",
        "duplicates.index",
        "duplicates.case",
        "moderation.queue",
        "moderation.case",
        "moderation.record_sighting",
        "rates.table",
        "events.organise",
        "events.new",
        "events.edit",
        "events.manage",
        "events.publish",
        "events.add_zone",
        "events.set_tables",
        "events.add_booths",
        "events.add_interpreter",
        "events.registrations",
        "events.decide",
        "events.place",
        "events.all_people",
        "events.check_in",
        "matchmaking.new",
        "matchmaking.edit",
        "matchmaking.manage",
        "matchmaking.open_session",
        "matchmaking.add_part",
        "matchmaking.remove_part",
        "matchmaking.lay_out",
        "matchmaking.set_weights",
        "matchmaking.participants",
        "matchmaking.ask_to_confirm",
        "matchmaking.no_show",
        "matchmaking.ask_for_plan",
        "matchmaking.plan",
        "matchmaking.stop_plan",
        "matchmaking.take_best",
        "matchmaking.copy_plan",
        "matchmaking.board",
        "matchmaking.pair",
        "matchmaking.check_pair",
        "floor.live",
        "floor.check_in",
        "floor.mark_missing",
        "floor.release",
        "floor.undo_absent",
        "floor.note_late",
        "floor.walk_in",
        "floor.openings",
        "floor.book",
        "floor.arrived",
        "matchmaking.publish",
        "matchmaking.paper",
        "matchmaking.results",
        "matchmaking.export",
        "matchmaking.report_file",
        "floor.badges",
        "matchmaking.ask_slides",
        "outreach.upload",
        "outreach.template",
        "outreach.show_list",
        "outreach.set_columns",
        "outreach.answer",
        "outreach.apply",
        "outreach.discard",
        "outreach.marked",
        "outreach.board",
        "outreach.set_days",
        "outreach.set_targets",
        "outreach.calls",
        "outreach.export_calls",
        "outreach.follow",
        "outreach.note",
        "outreach.contact",
        "outreach.make_link",
        "outreach.sent",
        "outreach.sheet",
        "outreach.delegations",
        "outreach.delegation_link",
        "outreach.approve_homes",
    },
}
KIND_OF = {endpoint: kind for kind, endpoints in TABLE.items() for endpoint in endpoints}
# The one address that takes a post without the site's form token: mail programs press it (RFC 8058).
WITHOUT_TOKEN = {"notifications.unsubscribe_now"}


class World:
    """One supplier's draft offer and one institution's draft demand, and strangers who look at them."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.supplier, self.seller = make.make_organisation(kind="supplier")
        self.institution, self.buyer = make.make_organisation(kind="institution")
        _other, self.stranger = make.make_organisation(kind="both")
        self.offer = make.make_offer(self.seller, publish=False).id
        self.demand = make.make_demand(self.buyer, publish=False).id

    def browser(self, actor: Actor | None) -> FlaskClient:
        client = self.app.test_client()
        client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
        return client if actor is None else make.sign_in(client, db.session.get(User, actor.user_id))

    def arguments(self, endpoint: str) -> dict[str, Any]:
        return {
            "offer_id": self.offer,
            "demand_id": self.demand,
            "organisation_id": self.supplier.id,
            "user_id": self.seller.user_id,
            "invitation_id": 1,
            "credential_id": 1,
            "notification_id": 1,
            "watch_id": 999,
            "robot_id": 999,
            "session_id": 999,
            "link_id": 999,
            "target": "no/such/page",
            "job_id": 1,
            "slug": "no-such-event",
            "event_id": 999,
            "zone_id": 999,
            "registration_id": 999,
            "person_id": 999,
            "part_id": 999,
            "version_id": 999,
            "participation_id": 999,
            "request_id": 999,
            "meeting_id": 999,
            "card_id": 999,
            "join_id": 999,
            "reading_id": 999,
            "outcome_id": 999,
            "list_id": 999,
            "case_id": 999,
            "delegation_id": 999,
            "invitee_id": 999,
            "form": "csv",
            "what": "offers",
            "a": "p1",
            "b": "p2",
            "file_id": 1,
            "variant": "original",
            "kind": "organisation",
            "subject_id": self.supplier.id,
            "name": "0" * 32,
            "token": "x",
            "link": "x",
            "code": "en",
            "size": "larger",
            "filename": "css/site.css",
        }


@pytest.fixture
def world(app: Flask) -> World:
    return World(app)


def test_every_route_is_in_the_table_and_nothing_else(app: Flask) -> None:
    routes = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert (sorted(routes - KIND_OF.keys()), sorted(KIND_OF.keys() - routes)) == ([], [])


def answers(world: World, actor: Actor | None, kind: str) -> dict[str, int]:
    client = world.browser(actor)
    found = {}
    for rule in world.app.url_map.iter_rules():
        if KIND_OF[rule.endpoint] != kind:
            continue
        with world.app.test_request_context():
            given = {name: value for name, value in world.arguments(rule.endpoint).items() if name in rule.arguments}
            address = world.app.url_for(rule.endpoint, **given)
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            answer = client.open(address, method=method)
            found[f"{method} {rule.endpoint}"] = (
                401 if answer.status_code == 302 and answer.location.startswith("/sign-in") else answer.status_code
            )
    return found


@pytest.mark.parametrize("kind", ["user", "own", "members", "organiser"])
def test_a_visitor_is_asked_to_sign_in(world: World, kind: str) -> None:
    assert {name: status for name, status in answers(world, None, kind).items() if status != 401} == {}


def test_a_member_may_not_open_what_is_the_organisers(world: World) -> None:
    assert {name: status for name, status in answers(world, world.stranger, "organiser").items() if status != 403} == {}


def test_a_stranger_may_not_manage_another_organisation(world: World) -> None:
    found = answers(world, world.stranger, "members")
    assert {name: status for name, status in found.items() if status not in (403, 404)} == {}


def test_a_stranger_does_not_learn_that_anothers_draft_exists(world: World) -> None:
    assert {name: status for name, status in answers(world, world.stranger, "own").items() if status != 404} == {}


@pytest.mark.parametrize("address", ["/offers/{offer}", "/demands/{demand}"])
def test_a_draft_is_shown_to_its_owner_alone(world: World, address: str) -> None:
    address = address.format(offer=world.offer, demand=world.demand)
    assert world.browser(None).get(address).status_code == 404
    assert world.browser(world.stranger).get(address).status_code == 404


def test_every_form_asks_for_its_token(world: World) -> None:
    """A post without the token changes nothing: no address answers it with success."""
    browsers = {"demands": world.browser(world.buyer), "": world.browser(world.seller)}
    last = sorted(world.app.url_map.iter_rules(), key=lambda rule: "sign_out" in rule.endpoint)
    for rule in last:
        if "POST" not in (rule.methods or set()) or rule.endpoint in WITHOUT_TOKEN:
            continue
        if rule.endpoint in ("pages.switch_locale", "pages.switch_text_size"):
            continue  # they keep a taste, not a fact
        browser = browsers.get(rule.endpoint.partition(".")[0], browsers[""])
        with world.app.test_request_context():
            given = {name: value for name, value in world.arguments(rule.endpoint).items() if name in rule.arguments}
            address = world.app.url_for(rule.endpoint, **given)
        before = _counts()
        browser.post(address, data={})
        assert (rule.endpoint, _counts()) == (rule.endpoint, before)


def _counts() -> dict[str, int]:
    """How many rows each table holds; sessions are made by signing in."""
    db.session.rollback()
    return {
        name: db.session.execute(db.select(db.func.count()).select_from(table)).scalar_one()
        for name, table in db.metadata.tables.items()
        if name not in ("sessions", "rate_counters", "audit_events", "audit_values")
    }
