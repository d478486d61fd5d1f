"""Numbers of official registers, checked where the register publishes how."""

from __future__ import annotations

import re

# GB 32100-2015, unified social credit code: 31 signs without I, O, S, V and Z; the last one checks the others.
_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_CODE = re.compile(r"[1-9A-Z][0-9A-Z][0-9]{6}[0-9A-Z]{10}")


def is_credit_code(number: str) -> bool:
    """Whether `number` is a unified social credit code of the Mainland with a right check sign."""
    number = number.upper()
    if not _CREDIT_CODE.fullmatch(number) or not set(number) <= set(_SIGNS):
        return False
    total = sum(_SIGNS.index(sign) * pow(3, place, 31) for place, sign in enumerate(number[:17]))
    return _SIGNS.index(number[17]) == (31 - total % 31) % 31
