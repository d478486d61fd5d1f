"""The worker: takes jobs lane by lane until it is told to stop."""

from __future__ import annotations

import multiprocessing
import resource
import signal
import threading
import time
from collections.abc import Callable
from datetime import timedelta

from flask import Flask

from marketplace import clock
from marketplace.extensions import db
from marketplace.outbox import service
from marketplace.outbox.models import Job
from marketplace.transaction import transaction

IDLE = 0.5
HEAVY_SECONDS = 20 * 60
HEAVY_BYTES = 4 * 1024**3


def drain(lanes: tuple[str, ...] = ("fast", "heavy"), *, most: int = 10_000) -> int:
    """Do what is due now, in this process, and return how many jobs were done."""
    done = 0
    for _ in range(most):
        jobs = [job for lane in lanes for job in service.claim(lane)]
        if not jobs:
            break
        done += sum(service.run(job) for job in jobs)
    return done


def work(app: Flask, *, stop: threading.Event | None = None, periodic: Callable[[], None] | None = None) -> None:
    """Run jobs until SIGTERM, SIGINT or `stop`: the fast lane here, each heavy job in a child of its own."""
    stop = stop or threading.Event()
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
    child: multiprocessing.process.BaseProcess | None = None
    beat = 0.0
    with app.app_context():
        while not stop.is_set():
            if periodic and time.monotonic() - beat > 30:
                periodic()
                beat = time.monotonic()
            jobs = service.claim("fast", limit=5)
            for job in jobs:
                service.run(job)
            if child is None or not child.is_alive():
                child = _start_heavy(app)
            db.session.remove()
            if not jobs:
                stop.wait(IDLE)
    if child is not None and child.is_alive():
        child.terminate()
        child.join(10)


def _start_heavy(app: Flask) -> multiprocessing.process.BaseProcess | None:
    claimed = service.claim("heavy")
    if not claimed:
        return None
    # A new interpreter: a forked child would share database connections and the encoders' threads.
    arguments = (app.config["SETTINGS"], claimed[0].id)
    child = multiprocessing.get_context("spawn").Process(target=_run_heavy, args=arguments)
    child.start()
    return child


def _run_heavy(settings: object, job_id: int) -> None:
    from marketplace import create_app

    resource.setrlimit(resource.RLIMIT_AS, (HEAVY_BYTES, HEAVY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (HEAVY_SECONDS, HEAVY_SECONDS))
    app = create_app(settings)  # type: ignore[arg-type]
    with app.app_context():
        job = db.session.get(Job, job_id)
        if job is not None:
            db.session.expunge(job)
            service.run(job)


def schedule(name: str, every: timedelta, *, lane: str = "fast") -> None:
    """See that the periodic job `name` is written once for each period of `every`, however many workers ask."""
    now = clock.now()
    due = int(now.timestamp() // every.total_seconds())
    with transaction():
        service.enqueue_once(f"{name}:{due}", name=name, lane=lane)
