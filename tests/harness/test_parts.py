"""The real parts answer, and a missing one is reported as what it is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import Page
from sqlalchemy import create_engine, text

ROOT = Path(__file__).resolve().parents[2]
NEEDY = """
import pytest

@pytest.mark.elastic
def test_marked(): pass

def test_asks(elastic_url): pass

def test_needs_nothing(): pass
"""


def test_elasticsearch_takes_and_finds_a_document(elastic_url: str, elastic_prefix: str) -> None:
    body = json.dumps({"title": "電動護理床"}).encode()
    request = urllib.request.Request(
        f"{elastic_url}/{elastic_prefix}-offers/_doc/1?refresh=true",
        body,
        {"Content-Type": "application/json"},
        method="PUT",
    )
    urllib.request.urlopen(request, timeout=30).close()
    with urllib.request.urlopen(f"{elastic_url}/{elastic_prefix}-offers/_search", timeout=30) as reply:
        found = json.load(reply)
    assert [hit["_source"]["title"] for hit in found["hits"]["hits"]] == ["電動護理床"]


def test_postgres_databases_are_apart_and_sort_like_sqlite(postgres_empty_url: str, sqlite_empty_url: str) -> None:
    words = ["b", "B", "a", "電", "电", "é", "Z"]
    orders = []
    for url in (postgres_empty_url, sqlite_empty_url):
        engine = create_engine(url)
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE words (word VARCHAR(9))"))
            for word in words:
                connection.execute(text("INSERT INTO words VALUES (:word)"), {"word": word})
            orders.append([row.word for row in connection.execute(text("SELECT word FROM words ORDER BY word"))])
        engine.dispose()
    assert orders == [sorted(words), sorted(words)]


def test_a_page_is_drawn_with_han_characters(page: Page) -> None:
    page.set_content("<html lang='zh-Hant-HK'><h1>長者護理床</h1><span id='box'>護</span></html>")
    assert page.inner_text("h1") == "長者護理床"
    # A missing glyph is drawn as the same box for every character; a font that has them gives two different pictures.
    pictures = []
    for character in "護床":
        page.evaluate("character => document.getElementById('box').textContent = character", character)
        pictures.append(page.locator("#box").screenshot())
    assert pictures[0] != pictures[1]


def _run_without_elasticsearch(folder: Path, ci: bool) -> str:
    tests = ROOT / "tests" / "harness"
    path = tests / f"test_needy_{folder.name.replace('-', '_')}.py"
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("SEARCH_TEST", "PYTEST_"))}
    environment.pop("CI", None)
    if ci:
        environment["CI"] = "true"
    environment["SEARCH_TEST_MISSING"] = "no Java runtime"
    path.write_text(NEEDY)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", str(path)],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
    finally:
        path.unlink()
    return done.stdout


def test_a_missing_part_skips_its_tests_and_says_why_at_the_end(tmp_path: Path) -> None:
    lines = _run_without_elasticsearch(tmp_path, ci=False).strip().splitlines()
    assert lines[-1].startswith("1 passed, 2 skipped")
    assert "Elasticsearch: 2 tests not run: no Java runtime" in lines[-6:]


def test_a_missing_part_fails_its_tests_in_ci(tmp_path: Path) -> None:
    lines = _run_without_elasticsearch(tmp_path, ci=True).strip().splitlines()
    assert lines[-1].startswith("1 passed, 2 errors")
    assert any(line == "Elasticsearch: 2 tests not run: no Java runtime" for line in lines)


@pytest.mark.parametrize("times", [1, 2])
def test_the_mailbox_takes_mail(smtp, times: int) -> None:  # type: ignore[no-untyped-def]
    import smtplib
    from email.message import EmailMessage

    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.org", "b@example.org", "匹配"
    message.set_content("長者護理床")
    host, port = smtp.url.removeprefix("smtp://").split(":")
    with smtplib.SMTP(host, int(port)) as client:
        for _ in range(times):
            client.send_message(message)
    arrived = smtp.wait_for(times)
    assert [(str(mail["Subject"]), mail.get_content().strip()) for mail in arrived] == [("匹配", "長者護理床")] * times
