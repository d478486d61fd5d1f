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
        ({"SMS_URL": "folder:///tmp/texts"}, "SMS_URL must be a gateway or off"),
        ({"SMS_URL": "http://gateway.example/send"}, "SMS_URL must be https"),
        ({"SMS_URL": "aliyun+http://key:secret@127.0.0.1"}, "SMS_URL must be https"),
        ({"SMS_URL": "tencent+http://id:key@127.0.0.1"}, "SMS_URL must be https"),
        ({"SMS_URL": "carrier-pigeon://x"}, "SMS_URL must begin with one of"),
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


@pytest.mark.parametrize(
    "url", ["off", "https://:token@gateway.example/send", "aliyun://key:secret@dysmsapi.aliyuncs.com?sign=a&code=SMS_1",
            "tencent://id:key@sms.tencentcloudapi.com?app=1400&code=1110"])
def test_a_gateway_of_text_messages_may_be_set_or_left_out(url: str) -> None:
    assert Settings.from_environment({**SAFE, "SMS_URL": url}).sms_url == url


def test_beside_a_folder_of_mails_stands_one_of_text_messages_but_never_in_production() -> None:
    assert Settings.from_environment({"MAIL_URL": "folder:///tmp/x/mails"}).sms_url == "folder:///tmp/x/texts"
    assert Settings.from_environment(SAFE).sms_url == ""
