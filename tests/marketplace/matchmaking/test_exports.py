"""Tables to take along and the report for leaders: right figures, nobody's formula, organisers alone."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest
from docx import Document
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.events.models import Person
from marketplace.extensions import db
from marketplace.matchmaking import after, fonts, publishing
from marketplace.matchmaking.links import link_of
from marketplace.matchmaking.models import Participation
from tests.marketplace import factories as make
from tests.marketplace.events.steps import make_event
from tests.marketplace.matchmaking.steps import World

EVIL = '=HYPERLINK("http://evil.example","x")'


class Fair(World):
    """Two buyers and two suppliers who have met; one wrote a formula for a name."""

    def __init__(self) -> None:
        super().__init__(buyers=2, suppliers=2)
        self.all_wish()
        self.published()
        row = db.session.get(Participation, self.suppliers[0][0])
        row.organisation.names = {"zh-Hant": "頤養護理床廠", "zh-Hans": "颐养护理床厂", "en": EVIL}
        db.session.get(Person, self.people[self.buyers[0][0]][0]).name = "@SUM(1)"
        db.session.commit()
        self.base = f"/organiser/events/{self.event_id}"
        self.meetings = len(publishing.live_of(self.session_id))
        for stage, amount, currency in (("intent", "700", "HKD"), ("signed", "300", "HKD"), ("signed", "20", "CNY")):
            meeting = publishing.live_of(self.session_id)[0]
            actor = next(one[1] for one in self.buyers if one[0] == meeting.a_id)
            after.record_outcome(actor=actor, meeting_id=meeting.id, stage=stage, happened_on="2030-06-01",
                                 amount=amount, currency=currency, evidence=EVIL)


@pytest.fixture
def fair(app: Flask) -> Fair:
    return Fair()


@pytest.fixture
def organiser(app: Flask, fair: Fair) -> FlaskClient:
    return make.sign_in(app.test_client(), make.make_user(organiser=True))


def rows(client: FlaskClient, address: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(client.get(address).text.removeprefix("\ufeff"))))


def test_every_table_says_the_same_in_both_forms_and_holds_no_formula(fair: Fair, organiser: FlaskClient) -> None:
    counts = {"meetings": fair.meetings, "halls": fair.meetings, "participants": 4, "outcomes": 3}
    for what, count in counts.items():
        lines = rows(organiser, f"{fair.base}/results/{what}.csv")
        book = load_workbook(io.BytesIO(organiser.get(f"{fair.base}/results/{what}.xlsx").data))
        cells = [[("" if cell.value is None else cell.value) for cell in row] for row in book.active]
        assert (what, len(lines), len(cells)) == (what, count + 1, count + 1)
        assert lines[0] == cells[0]
        assert [cell for line in lines for cell in line if cell.startswith(("=", "+", "-", "@"))] == []
        assert [cell.value for row in book.active for cell in row if cell.data_type == "f"] == []
    assert any(f"'{EVIL}" in line for line in rows(organiser, f"{fair.base}/results/meetings.csv"))
    assert organiser.get(f"{fair.base}/results/contacts.csv").status_code == 404
    assert organiser.get(f"{fair.base}/results/meetings.pdf").status_code == 404


def test_the_script_is_chosen_and_names_are_not_converted(fair: Fair, organiser: FlaskClient) -> None:
    found = {script: rows(organiser, f"{fair.base}/results/meetings.csv?script={script}")
             for script in ("zh-Hans", "zh-Hant")}
    assert {script: any("颐养护理床厂" in line for line in lines) for script, lines in found.items()} == {
        "zh-Hans": True, "zh-Hant": False}
    assert any("頤養護理床廠" in line for line in found["zh-Hant"])


def test_the_hall_list_goes_by_hall_and_time(fair: Fair, organiser: FlaskClient) -> None:
    lines = rows(organiser, f"{fair.base}/results/halls.csv")[1:]
    assert [line[:2] for line in lines] == sorted(line[:2] for line in lines)
    page = organiser.get(f"/organiser/sessions/{fair.session_id}/print/hall").text
    assert page.count('<section class="sheet">') == 1
    times = re.findall(r'<td class="nowrap">(\d\d:\d\d)</td>', page)
    assert (len(times), times) == (fair.meetings, sorted(times))


def test_organisers_alone_take_them_along(app: Flask, fair: Fair, client: FlaskClient) -> None:
    member = make.sign_in(app.test_client(), db.session.get(User, fair.buyers[0][1].user_id))
    for path in ("results/participants.xlsx", "results/outcomes.csv", "report.docx", "badges"):
        assert member.get(f"{fair.base}/{path}").status_code == 403
        assert client.get(f"{fair.base}/{path}").location.startswith("/sign-in")


def test_ones_own_timetable_as_a_table_holds_ones_own_alone(fair: Fair, client: FlaskClient) -> None:
    own, other = (db.session.get(Participation, one[0]) for one in fair.buyers)
    lines = rows(client, f"/t/{link_of(own)}/timetable.csv")
    mine = [one for one in publishing.live_of(fair.session_id) if one.a_id == own.id]
    assert len(lines) == len(mine) + 1
    assert other.organisation.names["en"] not in str(lines)
    assert client.get(f"/t/{link_of(own)}/timetable.xlsx").mimetype.endswith("spreadsheetml.sheet")
    assert client.get(f"/t/{link_of(own)}/timetable.doc").status_code == 404
    led = client.get(f"/t/{link_of(own)}/timetable.xlsx", headers={"User-Agent": "MicroMessenger"})
    assert led.location.startswith("/pass/")


def document(client: FlaskClient, fair: Fair, script: str = "") -> tuple[list[str], list[list[list[str]]], int]:
    answer = client.get(f"{fair.base}/report.docx" + (f"?script={script}" if script else ""))
    found = Document(io.BytesIO(answer.data))
    return ([one.text for one in found.paragraphs],
            [[[cell.text for cell in row.cells] for row in table.rows] for table in found.tables],
            len(found.inline_shapes))


def test_the_report_is_one_page_of_figures_beside_the_edition_before(
    app: Flask, fair: Fair, organiser: FlaskClient
) -> None:
    make.make_demand(fair.buyers[0][1])
    make_event(slug="elderly-expo-before", starts_on="2029-05-01", ends_on="2029-05-02")
    with clock.frozen(publishing.live_of(fair.session_id)[0].starts_at + timedelta(minutes=1)):
        for meeting in publishing.live_of(fair.session_id)[:1]:
            actor = next(one[1] for one in fair.buyers if one[0] == meeting.a_id)
            after.give_feedback(actor=actor, meeting_id=meeting.id, answer="possible")
    words, (funnel, outcomes), pictures = document(organiser, fair)
    assert words[0] == "Expo elderly-expo"
    assert funnel[0] == ["Step", "How many", "Expo elderly-expo-before"]
    assert {row[0]: row[1:] for row in funnel[1:]} == {
        "Demands": ["1", "0"], "Pairs that fit": ["0", "0"], "Requests": ["0", "0"],
        "Meetings": [str(fair.meetings), "0"], "Held, by feedback": ["1", "0"], "Cooperation possible": ["1", "0"],
        "Meetings with an outcome": ["1", "0"]}
    assert [row[3] for row in outcomes[1:3]] == ["HKD 700", "CNY 20; HKD 300"]
    assert "1,000" not in str(outcomes)
    assert "1,020" not in str(outcomes)
    assert pictures == 1
    assert any("Demands that no offer here fits: 1" in line for line in words)
    assert any(str(fair.meetings - 1) in line for line in words if "neither side" in line)
    # A4 less its margins holds some 26.9 cm: the picture 6, rows of 0.55, lines of 0.5.
    height = 6 + 0.55 * (len(funnel) + len(outcomes)) + 0.5 * len(words) + 2
    assert height < 26.9


@pytest.mark.parametrize(("script", "stage"), [("zh-Hans", "已签约"), ("zh-Hant", "已簽約")])
def test_the_report_is_in_the_readers_script(fair: Fair, organiser: FlaskClient, script: str, stage: str) -> None:
    _words, (_funnel, outcomes), _pictures = document(organiser, fair, script)
    assert outcomes[2][0] == stage


def test_without_a_font_the_report_has_no_picture(
    app: Flask, fair: Fair, organiser: FlaskClient, monkeypatch: pytest.MonkeyPatch, tmp_path
) -> None:
    nowhere = tmp_path / "font_paths.txt"
    nowhere.write_text("")
    monkeypatch.setattr(fonts, "PATHS", nowhere)
    assert document(organiser, fair)[2] == 0


def test_the_results_page_compares_and_leads_to_all_files(app: Flask, fair: Fair, organiser: FlaskClient) -> None:
    other = make_event(slug="another", starts_on="2029-05-01", ends_on="2029-05-02").id
    page = organiser.get(f"{fair.base}/results?beside={other}").text
    for path in ("report.docx", "results/meetings.xlsx", "results/halls.csv", "results/participants.csv",
                 "results/outcomes.xlsx"):
        assert f"{fair.base}/{path}" in page
    assert page.count('class="chart-row"') == 7
    assert ("HKD 700" in page, "HKD 300" in page, "HKD 1,000" in page) == (True, True, False)


def test_badges_of_everybody_lie_eight_on_a_sheet(app: Flask, fair: Fair, organiser: FlaskClient) -> None:
    for _more in range(5):
        fair.add("supply", people_count=1)
    page = organiser.get(f"{fair.base}/badges").text
    assert (page.count('class="badges sheet"'), page.count('class="badge-code"'), page.count("<svg")) >= (2, 9, 9)
    addresses = re.findall(r'href="(/b/[^"]+)"', page)
    assert (len(addresses), len(set(addresses))) == (9, 9)
    assert organiser.get(addresses[0]).status_code == 200
