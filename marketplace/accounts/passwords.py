"""What a password must be, and how it is kept: scrypt, with the same time spent on an account that does not exist."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from pathlib import Path

from werkzeug.security import check_password_hash, generate_password_hash

from marketplace.errors import ErrorCode
from marketplace.types import fold_key

MINIMUM = 10
MAXIMUM = 200  # scrypt takes any length; a limit keeps one request from hashing megabytes

# Common passwords long enough to pass the length rule, compared without case, spaces, punctuation and
# with the usual digits read as the letters they stand for.
COMMON = frozenset((Path(__file__).parent / "common_passwords.txt").read_text("utf-8").split())
_LEET = str.maketrans("013457@$!", "oleastasi")


def problem(password: str, *, email: str = "") -> ErrorCode | None:
    """What is wrong with `password` as a new one for the account of `email`; None when it may be used."""
    if len(password) < MINIMUM:
        return ErrorCode("password_short", {"minimum": MINIMUM})
    if len(password) > MAXIMUM:
        return ErrorCode("password_long", {"maximum": MAXIMUM})
    folded = fold_key(password).replace(" ", "")
    address = fold_key(email)
    if address and folded in (address, address.partition("@")[0], address.replace("@", "")):
        return ErrorCode("password_is_address")
    if len(set(folded)) < 4 or _is_run(folded) or _is_common(folded):
        return ErrorCode("password_common")
    return None


def _is_common(folded: str) -> bool:
    plain = "".join(c for c in folded if c.isalnum())
    return plain in COMMON or folded.translate(_LEET) in _common_as_letters()


@cache
def _common_as_letters() -> frozenset[str]:
    return frozenset(word.translate(_LEET) for word in COMMON)


def _is_run(folded: str) -> bool:
    """Whether each character follows the one before, as in 0123456789 or jihgfedcba."""
    steps = {(ord(b) - ord(a)) % 10 if a.isdigit() and b.isdigit() else ord(b) - ord(a)
             for a, b in pairwise(folded)}
    return steps in ({1}, {-1}, {9}, {0})


def hash_password(password: str) -> str:
    """The salted scrypt hash to keep."""
    return generate_password_hash(password, method="scrypt")


def verify(password: str, kept: str | None) -> bool:
    """Whether `password` is the one of `kept`. None takes the same time and is never right."""
    right = check_password_hash(kept or _nobodys_hash(), password[:MAXIMUM + 1])
    return right and kept is not None


@cache
def _nobodys_hash() -> str:
    return hash_password("the password of nobody at all")
