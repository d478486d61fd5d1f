"""Numbers of official registers, checked where the register publishes how.

The Mainland's unified social credit code (GB 32100-2015) and Taiwan's unified business number carry a check sign;
python-stdnum knows both. Hong Kong's business registration number has eight digits and no published check; the full
number of a certificate adds the branch, the month and the year. For Macao and other places no form is published that
could be relied on: their numbers are kept as they are written, and nobody says that they were checked.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

from stdnum.cn import uscc
from stdnum.exceptions import InvalidChecksum, ValidationError
from stdnum.tw import ubn

from marketplace.errors import ErrorCode

CHECKED = ("CN", "HK", "TW")
_LEAST, _MOST = 2, 60
_HK = re.compile(r"(\d{8})(?:\d{3}\d{2}\d{2}[0-9A-Z])?")
_BETWEEN = re.compile(r"[\s\-‐-―./()]+")


def normalised(jurisdiction: str, number: str) -> str:
    """A number as it is kept: full-width signs made narrow; in checked registers without spaces and in capitals, and
    of a Hong Kong certificate only the business registration number."""
    narrow = " ".join(unicodedata.normalize("NFKC", number).split())
    # Some signs stand for whole sentences: what would not fit stays as it was typed.
    number = narrow if len(narrow) <= _MOST else number
    if jurisdiction not in CHECKED:
        return number
    number = _BETWEEN.sub("", number).upper()
    found = _HK.fullmatch(number) if jurisdiction == "HK" else None
    return found.group(1) if found else number


def is_credit_code(number: str) -> bool:
    """Whether `number` is a unified social credit code of the Mainland with a right check sign."""
    return bool(uscc.is_valid(number))


def problem(jurisdiction: str, number: str) -> ErrorCode | None:
    """What is wrong with a normalised number; None where nothing is, or nothing can be checked.

    A wrong check sign does not tell which sign is wrong, so the number is shown in groups to compare.
    """
    groups = {"number": grouped(jurisdiction, number), "length": len(number)}
    try:
        if jurisdiction == "CN":
            if len(number) != 18:
                return ErrorCode("credit_code_length", groups)
            uscc.validate(number)
        elif jurisdiction == "TW":
            if len(number) != 8 or not number.isascii() or not number.isdigit():
                return ErrorCode("not_eight_digits", groups)
            ubn.validate(number)
    except InvalidChecksum:
        return ErrorCode("check_sign_fails", groups)
    except ValidationError:
        return ErrorCode("credit_code_signs", groups)
    if jurisdiction == "HK" and not re.fullmatch(r"[0-9]{8}", number):
        return ErrorCode("not_eight_digits", groups)
    if len(number) < _LEAST:
        return ErrorCode("number_too_short")
    return None


def is_well_formed(jurisdiction: str, number: str) -> bool:
    """Whether the number could be checked and nothing is wrong with it."""
    return bool(number) and jurisdiction in CHECKED and problem(jurisdiction, number) is None


def grouped(jurisdiction: str, number: str) -> str:
    """A number in groups that can be read out: a credit code as type, place, body and check sign."""
    if jurisdiction == "CN" and len(number) == 18:
        cuts = (0, 2, 8, 13, 17, 18)
    elif jurisdiction in CHECKED and number.isdigit():
        cuts = (*range(0, len(number), 4), len(number))
    else:
        return number
    return " ".join(number[here:there] for here, there in pairwise(cuts))
