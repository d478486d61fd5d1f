"""How often one may try: counted by the account asked for, and by where the request comes from."""

from __future__ import annotations

from marketplace.rate_limits import limit
from marketplace.types import fold_key

# First by the account or address asked for, then by where the request comes from.
SIGN_IN = ("10 per 15 minutes", "40 per 15 minutes")
SIGN_UP = ("5 per hour", "20 per hour")
RESET = ("5 per hour", "20 per hour")
CONFIRM = ("5 per hour", "20 per hour")
CHANGE = ("10 per hour", "40 per hour")
# A fair hall stands behind one address; each number gets few.
CODE = ("6 per hour", "90 per hour")
CODE_TRY = ("30 per hour", "300 per hour")


def count(verb: str, rates: tuple[str, str], *, account: str, address: str) -> None:
    """Count one try of `verb`. Raises TooMany when either rate is exceeded."""
    limit(f"{verb}:from:{address[:64]}", rates[1])
    limit(f"{verb}:account:{fold_key(account)[:200]}", rates[0])
