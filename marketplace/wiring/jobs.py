"""Which function does which job, and what is done from time to time."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from marketplace import clock, rate_limits
from marketplace.accounts import codes, kept, sessions
from marketplace.demands import pasted
from marketplace.desk import reminders as desk_reminders
from marketplace.duplicates import noticing
from marketplace.files import cleaning
from marketplace.floor import reminders
from marketplace.indexing import service as indexing
from marketplace.indexing import upkeep
from marketplace.insights import service as insights
from marketplace.learning import service as learning
from marketplace.listings import views_counted
from marketplace.mail import service as mail
from marketplace.matches import service as matches
from marketplace.matchmaking import followup, plans, telling
from marketplace.moderation import reminders as credential_reminders
from marketplace.notifications import delivery
from marketplace.notifications import service as notifications
from marketplace.offers import reminders as offer_reminders
from marketplace.outbox import service as outbox
from marketplace.outbox import worker
from marketplace.outreach import lists
from marketplace.reading import service as reading
from marketplace.sms import service as sms
from marketplace.watches import matching as watch_matching
from marketplace.watches import robots as watch_robots
from marketplace.watches import service as watches
from marketplace.watches import telling as watch_telling


def install(app: Flask) -> None:
    """Tie the names of jobs to their handlers."""
    outbox.register(app, mail.JOB, mail.handle)
    outbox.register(app, sms.JOB, sms.handle)
    outbox.register(app, indexing.JOB, indexing.handle)
    outbox.register(app, upkeep.JOB, lambda _job: upkeep.keep_current())
    outbox.register(app, matches.JOB_DEMAND, matches.handle_demand)
    outbox.register(app, matches.JOB_OFFER, matches.handle_offer)
    outbox.register(app, notifications.JOB, delivery.handle)
    outbox.register(app, plans.JOB, plans.handle)
    outbox.register(app, learning.JOB, learning.measure)
    outbox.register(app, telling.JOB, telling.handle)
    outbox.register(app, watch_matching.JOB, watch_matching.handle)
    outbox.register(app, watch_matching.PROFILE_JOB, watch_matching.handle_profile)
    outbox.register(app, watch_telling.JOB, watch_telling.handle)
    outbox.register(app, watch_robots.JOB, watch_robots.handle)
    outbox.register(app, reading.JOB, reading.handle)
    outbox.register(app, noticing.JOB, noticing.handle)
    outbox.register(app, reminders.JOB, lambda _job: reminders.every_minute())
    for name, sweep in SWEEPS.items():
        outbox.register(app, name, lambda _job, sweep=sweep: sweep())


def _purge_deleted() -> None:
    """Tombstones may go once no writer can still hold an older document: after 30 days."""
    indexing.search().purge_deleted(clock.now() - timedelta(days=30))


def _forget_texts() -> None:
    """Whom a message went to is kept for ninety days."""
    sms.forget_old(clock.now() - timedelta(days=90))


# What is swept up from time to time; each is safe to run twice.
HOURLY = {"forget_rate_counters", "count_market", "notice_duplicates_left"}
SWEEPS = {
    "count_market": insights.count_market,
    "forget_old_lists": lists.forget_old,
    "notice_duplicates_left": noticing.sweep,
    "forget_rate_counters": rate_limits.forget_expired,
    "forget_ended_sessions": sessions.forget_expired,
    "forget_kept_posts": kept.forget_old,
    "forget_codes": codes.forget_expired,
    "forget_text_messages": _forget_texts,
    "remove_orphan_files": cleaning.remove_orphans,
    "forget_old_needs": pasted.forget_old_needs,
    "renew_stale_watches": watches.renew_stale,
    "renew_profile_watches": watch_matching.renew_profiles,
    "forget_robot_lines": watch_robots.forget_old,
    "purge_deleted_documents": _purge_deleted,
    "ask_for_outcomes": followup.ask_due,
    "remind_of_credentials": credential_reminders.remind,
    "remind_of_lapsing_offers": offer_reminders.remind,
    "remind_to_confirm": desk_reminders.remind,
    "forget_old_views": views_counted.forget_old,
    "forget_old_readings": reading.forget_old,
}


def periodic() -> None:
    """Write the periodic jobs that are due; every worker may ask, each is written once."""
    worker.schedule(reminders.JOB, timedelta(minutes=1))
    worker.schedule(upkeep.JOB, timedelta(minutes=10), lane="heavy")
    for name in SWEEPS:
        worker.schedule(name, timedelta(hours=1 if name in HOURLY else 24))
