"""What keeps the suite quick without changing what it tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from werkzeug.routing import Rule
from werkzeug.security import generate_password_hash

# Real scrypt with a thirtieth of the work that is right for real passwords, which was half of the time of these tests.
CHEAP = "scrypt:1024:8:1"

_compile_builder = Rule._compile_builder
_builders: dict[tuple[object, ...], Callable[..., tuple[str, str]]] = {}


def _built_once(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
    # It writes source from nothing but these, and asks the rule it is bound to for the rest.
    key = (rule.rule, tuple(rule._trace), repr(rule.defaults), append_unknown)
    if key not in _builders:
        _builders[key] = _compile_builder(rule, append_unknown)
    return _builders[key]


def pytest_configure() -> None:
    """Every test makes an application of its own: what builds the addresses of its routes is compiled for the first."""
    setattr(Rule, "_compile_builder", _built_once)  # noqa: B010 - of no type that an assignment could have


@pytest.fixture
def real_password_cost() -> Iterator[None]:
    """For a test that measures how long a sign-in takes: passwords are hashed as in production."""
    from marketplace.accounts import passwords

    passwords._nobodys_hash.cache_clear()
    yield
    passwords._nobodys_hash.cache_clear()


@pytest.fixture(autouse=True)
def _cheap_passwords(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "real_password_cost" in request.fixturenames or "marketplace" not in request.path.parts:
        return
    from marketplace.accounts import passwords

    monkeypatch.setattr(passwords, "generate_password_hash", lambda text, method: generate_password_hash(text, CHEAP))


@pytest.hookimpl(trylast=True)  # after markers were given and tests left out
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow or browser tests first: a lane that meets one last works on while the other has nothing left."""
    long = {item.path for item in items if item.get_closest_marker("slow") or item.get_closest_marker("browser")}
    items.sort(key=lambda item: not _is_long(item.path, long))


def _is_long(path: Path, long: set[Path]) -> bool:
    return path in long or "contract" in path.parts or "journeys" in path.parts
