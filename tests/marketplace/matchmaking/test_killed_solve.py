"""kill -9 of a worker in the middle of a solve: the best plan that it had is there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta

from flask import Flask

from marketplace import clock
from marketplace.extensions import db
from marketplace.matchmaking import plans, wishes
from scheduling import check_meetings
from tests.marketplace.matchmaking.steps import SYSTEM, World

WORKER = """
import sys
from pathlib import Path
from marketplace import create_app
from marketplace.outbox import worker
from tests.marketplace.conftest import settings_for
with create_app(settings_for(sys.argv[1], Path(sys.argv[2]))).app_context():
    worker.drain()
"""


def test_a_worker_killed_in_a_solve_leaves_its_best_plan(app: Flask) -> None:
    world = World(buyers=12, suppliers=14, ends="12:00", tables=5, fewest=3, in_a_row=2)
    for number, buyer in enumerate(world.buyers):
        wishes.set_wishes(actor=buyer[1], participation_id=buyer[0], choices={
            row[0]: "must" if (number + place) % 3 else "would" for place, row in enumerate(world.suppliers)})
    settings = app.config["SETTINGS"]
    version = plans.ask_for_plan(actor=SYSTEM, session_id=world.session_id, seconds=60)
    kept = plans.kept_file(version.id)
    solver = subprocess.Popen(
        [sys.executable, "-c", WORKER, settings.database_url, str(kept.parents[1].parent)], start_new_session=True)
    until = time.monotonic() + 60
    while not kept.exists() and time.monotonic() < until and solver.poll() is None:
        time.sleep(0.005)
    os.killpg(solver.pid, signal.SIGKILL)
    solver.wait(10)
    db.session.rollback()
    db.session.expire_all()
    assert plans.get(version.id).state == "running"
    with clock.frozen(clock.now() + timedelta(seconds=60 + plans.SILENT + 1)):
        saved = plans.rescue(version.id)
    assert saved.state == "draft"
    problem, plan = plans.content_of(saved)
    assert (check_meetings(problem, plan.meetings), len(plan.meetings) > 20) == ([], True)
