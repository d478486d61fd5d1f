"""The site as its users meet it: gunicorn, worker, database and index, each a process or file of its own."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable

import pytest

from tests.support.mailbox import Mailbox
from tests.support.site import Site


def _get(url: str) -> tuple[int, str]:
    with urllib.request.urlopen(url, timeout=10) as reply:
        return reply.status, reply.read().decode()


def test_a_site_answers_with_its_worker_running(live_server: Site) -> None:
    assert _get(f"{live_server.url}/health")[0] == 200
    status, page = _get(f"{live_server.url}/")
    assert status == 200
    assert "<html" in page


@pytest.mark.slow
def test_a_site_on_the_servers_of_production_is_ready(
    postgres_url: str, elastic_url: str, elastic_prefix: str, smtp: Mailbox, start_site: Callable[..., Site]
) -> None:
    site = start_site(
        postgres_url, search_url=elastic_url, settings={"SEARCH_PREFIX": elastic_prefix, "MAIL_URL": smtp.url}
    )
    status, body = _get(f"{site.url}/ready")
    assert (status, json.loads(body)["status"]) == (200, "ready")
