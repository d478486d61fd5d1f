"""What every template may use."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from flask import Flask, request
from flask_babel import format_date, format_datetime, get_timezone
from flask_wtf.csrf import generate_csrf

from marketplace import clock, i18n, qr
from marketplace.forms import word
from marketplace.listings.content import last_day


def url_with(**changes: Any) -> str:
    """This page's address with some query arguments changed; None takes one out, a list repeats it."""
    arguments = {key: request.args.getlist(key) for key in request.args}
    for key, value in changes.items():
        if value is None:
            arguments.pop(key, None)
        else:
            arguments[key] = [str(v) for v in value] if isinstance(value, list | tuple) else [str(value)]
    query = urlencode([(key, value) for key, values in arguments.items() for value in values])
    return f"{request.path}?{query}" if query else request.path


def show_date(value: date | datetime | str | None, *, weekday: bool = True) -> str:
    """A day in the reader's form, with its weekday."""
    if not value:
        return ""
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
    if isinstance(value, datetime):
        value = value.astimezone(get_timezone()).date()
    chinese = "y年M月d日 EEEE" if weekday else "y年M月d日"
    english = "EEE d MMM y" if weekday else "d MMM y"
    return format_date(value, english if i18n.current_locale() == "en" else chinese)


def show_last_day(closes_at: datetime | str | None) -> str:
    """The last day on which what closes at a moment is open, in the reader's form; a closing at midnight is of the day
    before."""
    if not closes_at:
        return ""
    return show_date(last_day(datetime.fromisoformat(closes_at) if isinstance(closes_at, str) else closes_at))


def show_time(value: datetime | None) -> str:
    """A moment in the reader's form and zone."""
    return "" if value is None else format_datetime(value, "y-MM-dd HH:mm")


def install(app: Flask) -> None:
    """Put the helpers into every template's reach."""
    app.jinja_env.add_extension("jinja2.ext.do")
    app.jinja_env.globals.update(
        url_with=url_with,
        date=show_date,
        until_day=show_last_day,
        moment=show_time,
        pick=i18n.pick,
        qr=qr.svg,
        lang_tag=i18n.lang_tag,
        csrf_token=generate_csrf,
        word=word,
        LOCALES=i18n.LOCALES,
        LOCALE_NAMES=i18n.LOCALE_NAMES,
        LANG_NAMES=i18n.LANG_NAMES,
        DATA_LANGS=i18n.DATA_LANGS,
        now=clock.now,
    )

    @app.context_processor
    def of_this_request() -> dict[str, Any]:
        locale = i18n.current_locale()
        settings = app.config["SETTINGS"]
        return {
            "locale": locale,
            "data_lang": i18n.data_lang(locale),
            "settings_public": {
                "public_url": settings.public_url,
                "demo": settings.demo_accounts,
                "max_upload": settings.max_upload,
                "mail_folder": settings.mail_folder is not None,
            },
        }
