"""A site with one of everything on it, and for each page of the site an address at which a reader meets it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask

from marketplace.accounts import tokens
from marketplace.accounts.models import KeptPost, User
from marketplace.actor import Actor
from marketplace.demands.models import PastedNeed
from marketplace.duplicates.models import DuplicateCase
from marketplace.extensions import db
from marketplace.floor import arrivals, hall
from marketplace.insights import service as insights
from marketplace.matches.views import NEED_COOKIE
from marketplace.matchmaking import requests, sessions, slides
from marketplace.matchmaking.links import link_of
from marketplace.matchmaking.models import Participation
from marketplace.messages import service as messages
from marketplace.notifications import delivery
from marketplace.organisations import invitations
from marketplace.organisations.profile import Profile
from marketplace.organisations.service import create_from_public_source
from marketplace.outreach import cases, links
from marketplace.outreach.applying import apply_list
from marketplace.outreach.models import Delegation, Invitee
from marketplace.reading import service as reading
from marketplace.transaction import transaction
from marketplace.watches import robots
from marketplace.watches import service as watches
from tests.marketplace import factories as make
from tests.marketplace.matchmaking.steps import SYSTEM, World
from tests.marketplace.outreach.steps import read_in, workbook

# What a reader is given that is no page.
NO_PAGE = {
    "health": "an answer for machines",
    "ready": "an answer for machines",
    "static": "style sheets, scripts and pictures",
    "files.show": "a picture or a document",
    "floor.badges": "badges to print, as a document",
    "matchmaking.report_file": "a document",
    "matchmaking.timetable_file": "a document",
    "floor.worker": "a script",
    "insights.download": "a spreadsheet",
    "floor.contacts_file": "a spreadsheet, or cards for a phone",
    "matchmaking.export": "a spreadsheet",
    "matchmaking.feed": "a calendar",
    "matchmaking.timetable_picture": "a picture; the page that shows it is visited",
    "matchmaking.outcomes_asked": "asked by a message after a day that is over; the tests of following up visit it",
    "matchmaking.check_pair": "an answer for the board's script",
    "outreach.export_calls": "a spreadsheet",
    "outreach.marked": "a spreadsheet",
    "outreach.template": "a spreadsheet",
    "watches.show_feed": "an Atom feed",
    "pages.switch_locale": "leads back to the page it was asked from",
    "pages.switch_text_size": "leads back to the page it was asked from",
    "accounts.enter_code": "the second step of a form; its first step is visited, the second by the journeys of phones",
    "accounts.prove_number": "the second step of a form; its first step is visited",
    "messages.personal_code": "the second step of a form; its first step is visited",
    "messages.passed": "a page for WeChat's browser alone, which the tests of messages visit; a file for others",
    "floor.my_day": "leads to the page of the day, which is visited",
    "outreach.claim_case": "a dispute, which the tests of claims open; the organiser's side of it is visited",
}
# Who visits which page. "=" and what follows: further arguments, one address for each.
VISITS = {
    "nobody": """
        pages.home pages.about pages.terms pages.how_matching_works insights.show
        browse.offers browse.offers=q:nursing+bed browse.offers=q:zzzzqqqq browse.demands browse.organisations
        offers.show demands.show organisations.show matches.need
        accounts.sign_in accounts.sign_up accounts.reset_request accounts.sign_in_by_number accounts.sign_up_by_number
        accounts.confirm accounts.reset accounts.confirm_email_change organisations.invitation
        messages.personal notifications.unsubscribe outreach.claim
        events.index events.show matchmaking.show matchmaking.booklet matchmaking.listings
        matchmaking.by_link matchmaking.picture_page floor.today floor.badge floor.screen floor.offline""",
    "buyer": """
        desk.member notifications.inbox accounts.account accounts.change_password accounts.change_email
        accounts.change_number accounts.my_sessions accounts.show_kept accounts.sign_out
        organisations.edit organisations.members organisations.credentials organisations.new moderation.approval
        demands.new demands.new=kind:equipment demands.edit demands.preview demands.history demands.withdraw
        matches.of_demand matches.pair questions.ask reading.start_demand reading.show
        watches.index watches.new=search:/offers?q%3Dbed watches.edit watches.demand watches.new_robot
        watches.edit_robot messages.new=about:demand messages.index messages.show
        events.register events.my_people events.edit_person
        matchmaking.join matchmaking.counterparts matchmaking.my_requests matchmaking.terms matchmaking.timetable
        matchmaking.after_session floor.contacts""",
    "seller": """
        desk.member matches.of_supplier offers.new offers.new=kind:care_place offers.edit offers.preview offers.history
        offers.withdraw questions.of_organisation questions.of_offer reading.start_offer
        matches.my_offer matchmaking.my_requests matchmaking.hand_in_slides""",
    "joiner": "matches.join outreach.ask",
    "coordinator": "outreach.delegation outreach.home",
    "organiser": """
        desk.organiser desk.pairs desk.jobs desk.mail_list desk.mail desk.text_list desk.index desk.audit_log
        duplicates.index duplicates.case moderation.queue moderation.case moderation.case=kind:claim rates.table
        learning.show
        messages.view
        events.organise events.new events.edit events.manage events.registrations events.all_people events.check_in
        matchmaking.new matchmaking.edit matchmaking.manage matchmaking.participants matchmaking.lay_out
        matchmaking.plan matchmaking.board matchmaking.pair matchmaking.publish matchmaking.paper matchmaking.results
        floor.live floor.walk_in floor.openings
        outreach.upload outreach.show_list outreach.board outreach.calls outreach.follow outreach.sheet
        outreach.delegations""",
}


@dataclass(frozen=True)
class Visit:
    """A reader at an address; `email` None is nobody's."""

    endpoint: str
    email: str | None
    address: str
    cookies: tuple[tuple[str, str], ...] = ()


def visits() -> Iterator[tuple[str, str, dict[str, str]]]:
    """(reader, endpoint, further arguments) of each page to visit."""
    for reader, pages in VISITS.items():
        for page in pages.split():
            endpoint, _equals, more = page.partition("=")
            yield reader, endpoint, dict([more.split(":", 1)] if more else [])


class Stage:
    """One of everything, made through the services before the site is opened."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        organiser = make.make_user(organiser=True)
        staff = Actor(user_id=organiser.id, kind="organiser")
        world = World(buyers=1, suppliers=2)
        (bought, buyer), (sold, seller) = world.buyers[0], world.suppliers[0]
        joiner = make.make_organisation(kind="institution")[1]
        public = create_from_public_source(
            actor=SYSTEM, profile=Profile(names={"en": "Found on the web"}, is_supplier=True, place_id="HK"))
        for _ in range(2):
            make.make_organisation(kind="supplier", name="Twin Care Supplies")
        offer = make.make_offer(seller)
        demand = make.make_demand(buyer)
        make.run_jobs()
        twins = db.session.scalars(sa.select(DuplicateCase.id)).first()
        self.emails: dict[str, str | None] = {"nobody": None, "organiser": organiser.email}
        pitch = sessions.add_part(
            actor=SYSTEM, session_id=world.session_id, kind="pitch", starts="11:00", ends="12:00", minutes=10)
        slides.ask_until(actor=SYSTEM, part_id=pitch.id, day=date(2030, 4, 20))
        requests.ask(actor=buyer, from_id=bought, to_id=sold, message="On the first morning?")
        world.all_wish()
        version = world.published()
        draft = world.plan()
        coordinator, delegation, invitee, kept_list = self._lists(staff, world.event_id)
        case = cases.ask(actor=joiner, organisation_id=public.id, role="Owner", evidence="See our imprint")
        watch = watches.save_search(
            actor=buyer, name="Beds", address="/offers?q=bed", lang="en", cadence="daily", by_mail=False)
        robot = robots.add_robot(
            actor=buyer, service="wecom", name="Buyers", secret="",
            address="https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa")
        kept = reading.start(actor=buyer, side="demand", lang="zh-Hans", text="采购护理床30张，承重不低于180公斤。")
        message = messages.make(
            actor=buyer, about="demand", params={"demand_id": demand.id}, to="reader@example.com", recipient="Reader",
            locale="en", submission_id="once")
        with transaction():
            db.session.add(KeptPost(user_id=buyer.user_id, path="/demands/new", fields=[["title_en", "Beds " * 20]]))
        make.run_jobs()
        insights.count_market()
        for reader, actor in (("buyer", buyer), ("seller", seller), ("joiner", joiner), ("coordinator", coordinator)):
            self.emails[reader] = self._user(actor.user_id).email
        self.values: dict[str, Any] = {
            "offer_id": offer.id, "demand_id": demand.id, "organisation_id": buyer.organisation_id,
            "event_id": world.event_id, "slug": world.event.slug, "session_id": world.session_id,
            "part_id": pitch.id, "participation_id": bought, "person_id": world.people[bought][0],
            "registration_id": db.session.get_one(Participation, bought).registration_id,
            "version_id": version.id, "a": f"p{bought}", "b": f"p{sold}",
            "watch_id": watch.id, "robot_id": robot.id, "reading_id": kept.id, "link_id": message.id,
            "list_id": kept_list, "delegation_id": delegation, "invitee_id": invitee,
            "kind": "organisation", "subject_id": buyer.organisation_id, "what": "demands", "name": self._mail(),
            "target": f"organiser/events/{world.event_id}/results/meetings.csv",
        }
        self.special: dict[str, dict[str, Any]] = {
            "matchmaking.publish": {"version_id": draft.id}, "matchmaking.paper": {"what": "tables"},
            "matchmaking.hand_in_slides": {"participation_id": sold},
            "duplicates.case": {"case_id": twins},
            "outreach.ask": {"organisation_id": public.id},
            "moderation.case=kind:claim": {"subject_id": case.id},
            "messages.new=about:demand": {"demand_id": demand.id},
            "outreach.follow": {"registration_id": db.session.get_one(Invitee, invitee).registration_id},
            "messages.personal": {"link": messages.text_of(message)},
            "outreach.claim": {"link": links.text_of(links.for_invitee(actor=staff, invitee_id=invitee))},
            "notifications.unsubscribe": {"link": delivery.unsubscribe_text(organiser.id)},
            "organisations.invitation": {"link": self._invitation(buyer)},
            "matches.need": {"token": self._need()},
            "matchmaking.by_link": {"token": link_of(db.session.get_one(Participation, bought))},
            "matchmaking.picture_page": {"token": link_of(db.session.get_one(Participation, bought))},
            "floor.today": {"token": link_of(db.session.get_one(Participation, bought))},
            "floor.badge": {"token": arrivals.badge_of(db.session.get_one(Participation, bought).people[0])},
            "floor.screen": {"token": hall.screen_token(world.session)},
            **{
                endpoint: {"link": self._link(organiser.id, purpose)}
                for endpoint, purpose in (
                    ("accounts.confirm", "confirm"), ("accounts.reset", "reset"),
                    ("accounts.confirm_email_change", "change_email"))
            },
        }

    def visits(self) -> list[Visit]:
        """Each page with its reader and its address."""
        found = []
        routes = {rule.endpoint: rule for rule in self.app.url_map.iter_rules() if "GET" in (rule.methods or ())}
        for reader, endpoint, more in visits():
            name = endpoint + "".join(f"={key}:{value}" for key, value in more.items())
            values = {**self.values, **self.special.get(endpoint, {}), **self.special.get(name, {})}
            needed = {key: values[key] for key in routes[endpoint].arguments}
            extra = {key: value for key, value in self.special.get(name, {}).items() if key not in needed}
            with self.app.test_request_context():
                address = self.app.url_for(endpoint, **{**needed, **extra, **{
                    key: value.replace("+", " ").replace("%3D", "=") for key, value in more.items()}})
            cookies = ((NEED_COOKIE, str(values["token"])),) if endpoint == "matches.need" else ()
            found.append(Visit(name, self.emails[reader], address, cookies))
        return found

    def _user(self, user_id: int | None) -> User:
        return db.session.get_one(User, user_id)

    def _link(self, user_id: int, purpose: str) -> str:
        with transaction():
            payload = {"email": "other@example.com"} if purpose == "change_email" else None
            return tokens.text_of(tokens.issue(self._user(user_id), purpose, payload))

    def _invitation(self, buyer: Actor) -> str:
        assert buyer.organisation_id is not None
        return invitations.text_of(invitations.invite(
            actor=buyer, organisation_id=buyer.organisation_id, email="new@example.com", role="editor",
            submission_id="invited"))

    def _need(self) -> str:
        client = self.app.test_client()
        answer = make.post(client, "/", "/need", text="沙田一間院舍需要30張電動護理床\n- 載重至少180公斤")
        assert db.session.scalar(sa.select(sa.func.count()).select_from(PastedNeed)) == 1, answer.location
        return str(answer.location).partition("/need/")[2].partition("#")[0].partition("?")[0]

    def _mail(self) -> str:
        folder = self.app.config["SETTINGS"].mail_url.removeprefix("folder://")
        return next(Path(folder).glob("*")).stem

    def _lists(self, staff: Actor, event_id: int) -> tuple[Actor, int, int, int]:
        """A coordinator, their delegation, a home of it, and a list that is read and not applied."""
        heads = ["代表團", "領隊", "領隊電郵", "院舍", "聯絡人", "電郵"]
        home: list[object] = ["沙田代表團", "何女士", "ho@example.org", "第一院舍", "甲", "one@example.org"]
        content = workbook([home], heads=heads)
        apply_list(actor=staff, list_id=read_in(staff, event_id, content, "delegations").id)
        delegation = db.session.scalars(sa.select(Delegation)).one()
        coordinator = make.make_user()
        with transaction():
            delegation.coordinator_id = coordinator.id
        invitee = db.session.scalars(sa.select(Invitee.id).order_by(Invitee.id)).first()
        assert invitee is not None
        rows: list[list[object]] = [
            ["示範護理用品有限公司", "Sample Care", "A01", "A", "陳大文", "51234567", "x", "沙田區", "粵語"]]
        return (Actor(user_id=coordinator.id, kind="member"), delegation.id, invitee,
                read_in(staff, event_id, workbook(rows)).id)
