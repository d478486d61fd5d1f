"""Rate limits count across threads and processes."""

import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask

from marketplace import rate_limits
from marketplace.errors import TooMany
from marketplace.settings import Settings

ROOT = Path(__file__).resolve().parents[3]
TRY = """
import sys
from marketplace import create_app, rate_limits
from marketplace.errors import TooMany
from marketplace.settings import Settings
app = create_app(Settings(environment="test", database_url=sys.argv[1], search_url=sys.argv[2], log_level="ERROR"))
passed = 0
with app.app_context():
    for _ in range(10):
        try:
            rate_limits.limit("sign-in:someone", "5/hour")
            passed += 1
        except TooMany:
            pass
print(passed)
"""


def test_four_processes_share_one_limit(app: Flask, settings: Settings) -> None:
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", TRY, settings.database_url, settings.search_url],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    assert sum(int(run.communicate(timeout=60)[0]) for run in runs) == 5


def test_a_limit_says_when_to_try_again(app: Flask) -> None:
    rate_limits.limit("a", "1/minute")
    rate_limits.limit("b", "1/minute")
    with pytest.raises(TooMany) as refused:
        rate_limits.limit("a", "1/minute")
    assert 0 < refused.value.retry_after <= 60
