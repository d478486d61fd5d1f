"""Jobs: folded, claimed once, retried, given up, and never lost."""

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from marketplace import clock
from marketplace.extensions import db
from marketplace.outbox import service, worker
from marketplace.outbox.models import Job
from marketplace.transaction import transaction


def add(name: str = "job", **options: object) -> None:
    with transaction():
        service.enqueue(name, **options)


def test_wishes_for_one_thing_fold_into_one_job_until_it_is_claimed(app: Flask) -> None:
    for _ in range(3):
        add(subject="offer:1", dedupe_key="index:offer:1")
    [claimed] = service.claim("fast", limit=10)
    add(subject="offer:1", dedupe_key="index:offer:1")
    again = service.claim("fast", limit=10)
    assert [job.subject for job in (claimed, *again)] == ["offer:1", "offer:1"]
    assert claimed.id != again[0].id


def test_a_job_is_claimed_by_one_of_many_workers(app: Flask) -> None:
    for number in range(30):
        add(subject=str(number))
    taken: list[str] = []
    lock = threading.Lock()

    def take() -> None:
        with app.app_context():
            while jobs := service.claim("fast", limit=3):
                with lock:
                    taken.extend(job.subject for job in jobs)
            db.session.remove()

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken, key=int) == [str(n) for n in range(30)]


def test_a_job_whose_worker_died_is_done_by_another_and_finished_once(app: Flask) -> None:
    add()
    [lost] = service.claim("fast")
    assert service.claim("fast") == []
    with clock.frozen(clock.now() + timedelta(minutes=3)):
        [found] = service.claim("fast")
        assert (found.id, found.attempts) == (lost.id, 2)
        service.finish(lost)  # the first worker was only slow: the row is the second one's now
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Job)) == 1
        service.finish(found)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Job)) == 0


def test_a_failing_job_waits_longer_each_time_and_is_given_up_and_put_back(app: Flask) -> None:
    def fail(_job: Job) -> None:
        raise OSError("server away")

    service.register(app, "job", fail)
    add()
    at, waits = clock.now(), []
    for _ in range(service.MAX_ATTEMPTS):
        with clock.frozen(at):
            [job] = service.claim("fast")
            assert service.run(job) is False
            row = db.session.get(Job, job.id)
            if row.failed_at is None:
                waits.append((row.run_at - at).total_seconds())
                at = row.run_at
    assert waits == [5, 10, 20, 40, 80, 160, 320]
    [given_up] = service.failed_jobs()
    assert given_up.last_error == "OSError: server away"
    with clock.frozen(at + timedelta(days=1)):
        assert service.claim("fast") == []
        assert service.retry(given_up.id) is True
        assert service.retry(given_up.id) is False
        assert [job.id for job in service.claim("fast")] == [given_up.id]


def test_an_unknown_job_is_shown_as_failed_and_not_dropped(app: Flask) -> None:
    add("nobody_knows")
    assert worker.drain() == 0
    assert "no handler for nobody_knows" in db.session.scalar(sa.select(Job.last_error))


def test_jobs_of_the_future_and_of_the_other_lane_wait(app: Flask) -> None:
    add(run_at=clock.now() + timedelta(hours=1))
    add(lane="heavy")
    assert service.claim("fast") == []
    assert len(service.claim("heavy")) == 1


def test_lag_is_the_wait_of_the_oldest_due_job(app: Flask) -> None:
    assert service.lag("fast") == 0.0
    at = clock.now()
    with clock.frozen(at):
        add()
    with clock.frozen(at + timedelta(seconds=90)):
        assert service.lag("fast") == pytest.approx(90)
        assert service.lag("heavy") == 0.0


def test_a_periodic_job_is_written_once_a_period_even_after_it_was_done(app: Flask) -> None:
    ran: list[str] = []
    service.register(app, "sweep", lambda job: ran.append(job.subject))
    at = clock.now()
    for later in (0, 0, 3600):
        with clock.frozen(at + timedelta(seconds=later)):
            worker.schedule("sweep", timedelta(hours=1))
            worker.drain()
    assert len(ran) == 2
