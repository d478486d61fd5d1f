"""`flask index`: what it says and how it ends when it cannot do what was asked."""

from __future__ import annotations

import json
from typing import Any

from flask import Flask

from marketplace.indexing import service as indexing
from tests.marketplace import factories as make


def run(app: Flask, *arguments: str) -> Any:
    return app.test_cli_runner().invoke(args=["index", *arguments])


def roles(app: Flask) -> list[str]:
    shown = json.loads(run(app, "status").output)
    return sorted(one["role"] for one in shown["search"]["collections"]["offers"]["indexes"])


def test_what_a_killed_rebuild_left_is_named_and_can_be_dropped(app: Flask) -> None:
    _supplier, seller = make.make_organisation()
    make.make_offer(seller)
    make.run_jobs()
    indexing.search().rebuild("offers")  # and nobody goes on with it
    assert roles(app) == ["live", "next"]
    for verb in ("rebuild", "rollback"):
        refused = run(app, verb, "offer")
        assert refused.exit_code == 1
    assert "Error: Another index of offers is being built." in run(app, "rebuild", "offer").output
    assert run(app, "abandon", "offer").exit_code == 0
    assert roles(app) == ["live"]
    assert run(app, "rebuild", "offer").exit_code == 0
    assert run(app, "verify").exit_code == 0
    assert roles(app) == ["live", "previous"]


def test_without_an_earlier_index_there_is_nothing_to_roll_back_to(app: Flask) -> None:
    refused = run(app, "rollback", "offer")
    assert (refused.exit_code, refused.output) == (1, "Error: No earlier index of offers is kept.\n")


def test_an_index_that_lacks_something_is_found_out(app: Flask) -> None:
    _supplier, seller = make.make_organisation()
    offer = make.make_offer(seller)
    shown = run(app, "verify", "offer")
    assert shown.exit_code == 1
    assert json.loads(shown.output)["missing"] == 1
    make.run_jobs()
    shown = run(app, "verify", "offer")
    assert shown.exit_code == 0
    assert json.loads(shown.output) | {"samples": []} == {
        "kind": "offer", "expected": 1, "held": 1, "missing": 0, "surplus": 0, "stale": 0, "samples": [], "ok": True,
    }, offer.id  # fmt: skip
