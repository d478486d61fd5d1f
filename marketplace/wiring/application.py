"""Build the application: settings, extensions, rooms, jobs, headers."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from flask import Flask, current_app, request
from jinja2 import FileSystemBytecodeCache, StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from marketplace import i18n, logs
from marketplace.extensions import babel, csrf, db, login_manager, migrate
from marketplace.mail.mailers import FolderMailer, SMTPMailer
from marketplace.settings import ROOT, Settings, UnsafeSettings
from marketplace.sms.service import gateway_for
from marketplace.wiring import addresses, delivery, errors, globals, health, jobs, rooms, subscriptions

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def build(settings: Settings | None = None) -> Flask:
    """The whole application for `settings`. Raises UnsafeSettings when they do not allow a start."""
    settings = settings or Settings.from_environment()
    if problems := settings.problems(given=set(Settings.__dataclass_fields__)):
        raise UnsafeSettings(problems)
    app = Flask(
        "marketplace",
        root_path=str(ROOT / "marketplace"),
        instance_path=str(ROOT / "instance"),
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "static"),
    )
    app.config.from_mapping(_flask_settings(settings))
    _make_folders(settings)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    # Compiled templates outlive the process: a worker that starts anew does not compile them again.
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache()
    if settings.environment == "test":
        # A name that nobody gives a template is a mistake; a reader is better served by a page without it.
        app.jinja_env.undefined = StrictUndefined
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=settings.proxies
        )
    logs.install(app, settings.log_level)
    db.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT / "marketplace" / "migrations"), render_as_batch=True)
    csrf.init_app(app)
    babel.init_app(
        app,
        locale_selector=i18n.select_locale,
        default_timezone="Asia/Hong_Kong",
        default_translation_directories=str(ROOT / "marketplace/translations"),
    )
    login_manager.init_app(app)
    app.extensions["mailer"] = (
        FolderMailer(settings.mail_folder) if settings.mail_folder else SMTPMailer(settings.mail_url)
    )
    app.extensions["sms_gateway"] = gateway_for(settings.sms_url)
    errors.install(app)
    addresses.install(app)
    globals.install(app)
    health.install(app)
    rooms.install(app)
    jobs.install(app)
    subscriptions.install(app)
    app.after_request(_add_headers)
    delivery.install(app)
    return app


def _flask_settings(settings: Settings) -> dict[str, object]:
    secure = settings.public_url.startswith("https://")
    return {
        "SETTINGS": settings,
        "SECRET_KEY": settings.secret_key,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": _engine_options(settings),
        "MAX_CONTENT_LENGTH": settings.max_request,
        "MAX_FORM_MEMORY_SIZE": 4 * 1024 * 1024,
        "MAX_FORM_PARTS": 5000,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": secure,
        "WTF_CSRF_TIME_LIMIT": 12 * 3600,
        "WTF_CSRF_CHECK_DEFAULT": False,  # every form checks its own, so that an expired token shows the filled form
        "WTF_I18N_ENABLED": True,
        "BABEL_DEFAULT_LOCALE": "en",
        "TESTING": settings.environment == "test",
        "SEND_FILE_MAX_AGE_DEFAULT": 3600,
    }


def _engine_options(settings: Settings) -> dict[str, object]:
    if settings.postgres:
        return {"pool_pre_ping": True, "pool_size": 10, "max_overflow": 10}
    return {"poolclass": sa.pool.QueuePool, "pool_size": 10, "max_overflow": 20}


def _make_folders(settings: Settings) -> None:
    folders = [settings.files_dir]
    for url in (settings.database_url, settings.search_url):
        if url.startswith("sqlite:///"):
            folders.append(Path(url.removeprefix("sqlite:///")).parent)
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)


def _add_headers(response):
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    if request.endpoint == "static" and response.status_code == 200:
        response.cache_control.public = True
    elif "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "private, no-cache"
    if current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    response.vary.add("Cookie")
    response.vary.add("Accept-Language")
    return response
