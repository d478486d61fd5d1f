"""Every setting in one place, read from the environment and checked before anything starts."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
INSTANCE = ROOT / "instance"

ENVIRONMENTS = ("development", "demo", "test", "production")
SMS_SCHEMES = ("folder", "https", "http", "aliyun", "aliyun+http", "tencent", "tencent+http")
# A key that is public knowledge: fine on one's own machine, refused in production.
KNOWN_KEY = "for-this-machine-only-not-a-secret"


class UnsafeSettings(RuntimeError):
    """The settings do not allow a start; `problems` says each reason in one sentence."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("The settings do not allow a start:\n" + "\n".join(f"- {p}" for p in problems))
        self.problems = problems


@dataclass(frozen=True)
class Settings:
    """What the environment says. Sizes are in bytes, times in seconds.

    Attributes:
        environment: one of `ENVIRONMENTS`.
        database_url: an SQLAlchemy URL, SQLite or PostgreSQL (psycopg).
        search_url: `sqlite:////absolute/path` for the embedded engine, or the address of an Elasticsearch.
        search_prefix: first part of the names of the indices, so that one cluster can serve several sites.
        files_dir: where uploaded files are kept.
        public_url: what every link in a mail starts with; never taken from a request.
        mail_url: `smtp://user:password@host:port` (`smtps://`, or `?starttls=1`) or `folder:///path`.
        sms_url: `folder:///path`, `https://` (JSON is posted there), `aliyun://` or `tencent://` (see the sms room), or
            empty or `off`: then nobody signs in by number. Beside a folder of mails, a folder of texts by default.
        robot_stand_in: an http address that every message for a group's robot goes to instead, to try it on one's own
            machine.
        font_file: a font with Chinese characters, for pictures; without it the usual places are looked through.
        proxies: how many proxies in front may be believed about the caller's address.
        demo_accounts: whether the marked demonstration accounts exist and may sign in.
    """

    environment: str = "development"
    secret_key: str = KNOWN_KEY
    database_url: str = f"sqlite:///{INSTANCE / 'market.db'}"
    search_url: str = f"sqlite:///{INSTANCE / 'search.db'}"
    search_prefix: str = "silver"
    search_timeout: float = 1.0
    files_dir: Path = field(default_factory=lambda: INSTANCE / "files")
    public_url: str = "http://127.0.0.1:8000"
    mail_url: str = f"folder://{INSTANCE / 'mails'}"
    mail_from: str = "marketplace@localhost"
    sms_url: str = ""
    robot_stand_in: str = ""
    font_file: str = ""
    proxies: int = 0
    demo_accounts: bool = False
    log_level: str = "INFO"
    max_upload: int = 12 * 1024 * 1024
    max_request: int = 64 * 1024 * 1024
    rate_limits: bool = True

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read the settings; what is absent keeps its default.

        Raises:
            UnsafeSettings: a value cannot be read, or is missing or unsafe for the environment.
        """
        env = os.environ if environ is None else environ
        problems: list[str] = []
        values: dict[str, object] = {}
        for name in cls.__dataclass_fields__:
            raw = env.get(name.upper())
            if raw is None or raw == "":
                continue
            try:
                values[name] = _read(cls, name, raw)
            except ValueError as error:
                problems.append(f"{name.upper()}: {error}")
        if values.get("environment") == "demo":
            values.setdefault("demo_accounts", True)
        mail_url = str(values.get("mail_url", cls.mail_url))
        if mail_url.startswith("folder://") and values.get("environment") != "production":
            values.setdefault("sms_url", f"folder://{Path(mail_url.removeprefix('folder://')).parent / 'texts'}")
        if problems:
            raise UnsafeSettings(problems)
        settings = cls(**values)  # type: ignore[arg-type]
        problems = settings.problems(given=set(values))
        if problems:
            raise UnsafeSettings(problems)
        return settings

    @property
    def production(self) -> bool:
        return self.environment == "production"

    @property
    def postgres(self) -> bool:
        return self.database_url.startswith("postgresql")

    @property
    def embedded_search(self) -> bool:
        return self.search_url.startswith("sqlite:")

    @property
    def mail_folder(self) -> Path | None:
        """The folder mails are written to, or None when they leave by SMTP."""
        return Path(self.mail_url.removeprefix("folder://")) if self.mail_url.startswith("folder://") else None

    @property
    def sms_folder(self) -> Path | None:
        """The folder text messages are written to, or None when they leave through a gateway."""
        return Path(self.sms_url.removeprefix("folder://")) if self.sms_url.startswith("folder://") else None

    def problems(self, given: set[str] | None = None) -> list[str]:
        """Why this must not start, a sentence each; empty when it may."""
        found = []
        if self.environment not in ENVIRONMENTS:
            found.append(f"ENVIRONMENT must be one of {', '.join(ENVIRONMENTS)}, not {self.environment!r}.")
        if not self.public_url.startswith(("http://", "https://")):
            found.append("PUBLIC_URL must be an http or https address.")
        if not self.search_url.startswith(("sqlite:", "http://", "https://")):
            found.append("SEARCH_URL must be sqlite:////path or the address of an Elasticsearch.")
        if not self.mail_url.startswith(("smtp://", "smtps://", "folder://")):
            found.append("MAIL_URL must be smtp://, smtps:// or folder://.")
        if self.sms_url not in ("", "off") and self.sms_url.split("://", 1)[0] not in SMS_SCHEMES:
            found.append(f"SMS_URL must begin with one of {', '.join(f'{one}://' for one in SMS_SCHEMES)}, or be off.")
        if not self.production:
            return found
        given = set() if given is None else given
        found += [
            f"{name.upper()} must be given in production."
            for name in ("secret_key", "database_url", "search_url", "files_dir", "public_url", "mail_url", "mail_from")
            if name not in given
        ]
        if self.secret_key == KNOWN_KEY or len(self.secret_key) < 32:
            found.append("SECRET_KEY must be a secret of at least 32 characters in production.")
        if not self.public_url.startswith("https://"):
            found.append("PUBLIC_URL must be https in production.")
        if self.demo_accounts:
            found.append("DEMO_ACCOUNTS must be off in production: their passwords are public.")
        if self.postgres and self.embedded_search:
            found.append("SEARCH_URL must be an Elasticsearch beside PostgreSQL: an embedded index serves one machine.")
        if self.mail_folder:
            found.append("MAIL_URL must be an SMTP server in production: a folder delivers to nobody.")
        if self.sms_folder:
            found.append("SMS_URL must be a gateway or off in production: a folder delivers to nobody.")
        if self.sms_url.split("://", 1)[0] in ("http", "aliyun+http", "tencent+http"):
            found.append("SMS_URL must be https in production: it carries numbers, codes and a password.")
        if self.robot_stand_in:
            found.append("ROBOT_STAND_IN must be empty in production: groups would hear nothing.")
        if not self.rate_limits:
            found.append("RATE_LIMITS must be on in production.")
        return found


def _read(cls: type[Settings], name: str, raw: str) -> object:
    kind = cls.__dataclass_fields__[name].type
    if kind == "bool":
        if raw.lower() not in ("0", "1", "true", "false", "yes", "no"):
            raise ValueError("must be 1 or 0")
        return raw.lower() in ("1", "true", "yes")
    if kind == "int":
        return int(raw)
    if kind == "float":
        return float(raw)
    if kind == "Path":
        return Path(raw)
    return raw.rstrip("/") if name == "public_url" else raw
