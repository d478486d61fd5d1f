"""Settings are read from the environment and refuse an unsafe start."""

import pytest

from marketplace.settings import KNOWN_KEY, Settings, UnsafeSettings

SAFE = {
    "ENVIRONMENT": "production",
    "SECRET_KEY": "x" * 40,
    "DATABASE_URL": "postgresql+psycopg://db/market",
    "SEARCH_URL": "http://search:9200",
    "FILES_DIR": "/srv/files",
    "PUBLIC_URL": "https://market.example/",
    "MAIL_URL": "smtp://mail:25",
    "MAIL_FROM": "hello@market.example",
}


def test_a_safe_production_environment_starts() -> None:
    settings = Settings.from_environment(SAFE)
    assert (settings.production, settings.postgres, settings.embedded_search) == (True, True, False)
    assert settings.public_url == "https://market.example"


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"SECRET_KEY": KNOWN_KEY}, "SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"SECRET_KEY": ""}, "SECRET_KEY must be given"),
        ({"DATABASE_URL": ""}, "DATABASE_URL must be given"),
        ({"SEARCH_URL": "sqlite:////srv/search.db"}, "SEARCH_URL must be an Elasticsearch beside PostgreSQL"),
        ({"SEARCH_URL": "redis://x"}, "SEARCH_URL must be sqlite"),
        ({"PUBLIC_URL": "http://market.example"}, "PUBLIC_URL must be https"),
        ({"DEMO_ACCOUNTS": "1"}, "DEMO_ACCOUNTS must be off"),
        ({"MAIL_URL": "folder:///tmp/mails"}, "MAIL_URL must be an SMTP server"),
        ({"RATE_LIMITS": "0"}, "RATE_LIMITS must be on"),
        ({"PROXIES": "many"}, "PROXIES"),
        ({"RATE_LIMITS": "perhaps"}, "RATE_LIMITS: must be 1 or 0"),
        ({"ENVIRONMENT": "prod"}, "ENVIRONMENT must be one of"),
    ],
)
def test_a_missing_or_unsafe_setting_refuses_the_start(change: dict[str, str], word: str) -> None:
    with pytest.raises(UnsafeSettings) as refused:
        Settings.from_environment({**SAFE, **change})
    assert any(word in problem for problem in refused.value.problems)


def test_the_demonstration_has_its_accounts_without_being_told() -> None:
    assert Settings.from_environment({"ENVIRONMENT": "demo"}).demo_accounts is True
    assert Settings.from_environment({}).demo_accounts is False
