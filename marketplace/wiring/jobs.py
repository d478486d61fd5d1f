"""Which function does which job, and what is done from time to time."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from marketplace import rate_limits
from marketplace.indexing import service as indexing
from marketplace.mail import service as mail
from marketplace.outbox import service as outbox
from marketplace.outbox import worker
from marketplace.outbox.models import Job


def install(app: Flask) -> None:
    """Tie the names of jobs to their handlers."""
    outbox.register(app, mail.JOB, mail.handle)
    outbox.register(app, indexing.JOB, indexing.handle)
    outbox.register(app, "forget_rate_counters", _forget_rate_counters)


def _forget_rate_counters(_job: Job) -> None:
    rate_limits.forget_expired()


def periodic() -> None:
    """Write the periodic jobs that are due; every worker may ask, each is written once."""
    worker.schedule("forget_rate_counters", timedelta(hours=1))
