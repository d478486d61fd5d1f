"""The shape of the tree: sizes, test folders, lock files, and nothing committed that should stay private."""

from __future__ import annotations

import re
from pathlib import Path

from tests.architecture.sources import PACKAGES, ROOT, python_files, tracked_files

LONGEST = 600
PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)==([^ ;\\]+)", re.MULTILINE)
SECRETS = {
    "a private key": re.compile(rb"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----"),
    "an access key of a cloud": re.compile(rb"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    "a token of a code host": re.compile(rb"\bgh[pousr]_[A-Za-z0-9]{36,}\b|\bglpat-[A-Za-z0-9_-]{20,}\b"),
    "a password in an address": re.compile(
        rb"\b(?:postgresql(?:\+psycopg)?|smtps?|https?)://[^\s:/@'\"{}$<>]+:(?!password@)[^\s:/@'\"{}$<>]{12,}@"
    ),
}
PRIVATE_NAMES = re.compile(
    r"(^|/)(\.env(\..*)?|id_(rsa|ed25519|ecdsa)|.*\.(pem|p12|pfx|key)|instance/.*|.*\.(db|sqlite3?))$"
)


def pins(name: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for package, version in PIN.findall((ROOT / "requirements" / f"{name}.txt").read_text()):
        found.setdefault(package, set()).add(version)
    return found


def test_no_source_file_is_too_long_to_read() -> None:
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text().splitlines())
        for path in python_files(*PACKAGES, "tools", "tests")
    }
    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}


def test_every_test_folder_is_a_package() -> None:
    # Two files of one name in folders that are no packages hide each other from pytest.
    folders = {path.parent for path in tracked_files() if path.is_relative_to(ROOT / "tests") and path.suffix == ".py"}
    assert sorted(str(folder.relative_to(ROOT)) for folder in folders if not (folder / "__init__.py").exists()) == []


def test_every_package_folder_says_that_it_is_one() -> None:
    folders = {path.parent for path in python_files(*PACKAGES) if "migrations" not in path.parts}
    assert sorted(str(folder.relative_to(ROOT)) for folder in folders if not (folder / "__init__.py").exists()) == []


def test_lock_files_pin_by_hash_and_carry_no_address() -> None:
    for path in sorted((ROOT / "requirements").glob("*.txt")):
        text = path.read_text()
        assert not re.search(r"://|^\s*-(?!-hash=)|--(?!hash=)\w|@ ", text, re.MULTILINE), path.name
        for block in re.split(r"\n(?=\S)", text.strip()):
            assert "--hash=sha256:" in block, f"{path.name}: {block.splitlines()[0]}"


def test_the_tests_run_on_the_versions_that_users_run() -> None:
    run = pins("run")
    assert len(run) > 30
    for name in ("test", "semantic"):
        held = pins(name)
        assert {package: held.get(package) for package in run} == run, name


def test_nothing_private_is_committed() -> None:
    names = [
        str(path.relative_to(ROOT)) for path in tracked_files() if PRIVATE_NAMES.search(str(path.relative_to(ROOT)))
    ]
    assert names == []
    found = []
    for path in tracked_files():
        if path.stat().st_size > 2_000_000 or path == Path(__file__):
            continue
        content = path.read_bytes()
        found += [f"{path.relative_to(ROOT)}: {what}" for what, pattern in SECRETS.items() if pattern.search(content)]
    assert found == []
