"""Mobile numbers of mainland China, Hong Kong and Macao, as people type them."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

import phonenumbers

from marketplace.errors import ErrorCode

REGIONS = ("CN", "HK", "MO")
CALLING_CODES = {"CN": "+86", "HK": "+852", "MO": "+853"}
# A line that may be a mobile or a fixed one is let through: the code shows whether it takes messages.
_MOBILE = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)


class BadNumber(ValueError):
    """The text is no mobile number that codes are sent to; `error` is what to say at the field."""

    def __init__(self, error: ErrorCode) -> None:
        super().__init__(error.code)
        self.error = error


@dataclass(frozen=True)
class Phone:
    """A mobile number: `e164` as in "+85291234567", `region` one of `REGIONS`."""

    e164: str
    region: str

    def __str__(self) -> str:
        return self.e164

    @property
    def national(self) -> str:
        """The digits without the calling code."""
        return self.e164.removeprefix(CALLING_CODES[self.region])

    @property
    def masked(self) -> str:
        """Enough of the number for its owner to know it, too little for anybody else to dial."""
        digits = self.national
        kept = 3 if len(digits) > 8 else 2
        return f"{CALLING_CODES[self.region]} {digits[:kept]}{'•' * (len(digits) - kept - 2)}{digits[-2:]}"


def of_e164(text: str) -> Phone:
    """The number that was kept. Raises BadNumber where it is none of ours."""
    return parse(text, "HK")


def parse(text: str, region: str) -> Phone:
    """Read what somebody typed: with or without calling code, with blanks or dashes, in full-width digits too.

    `region` is the country chosen beside the field; a number written with its calling code needs none.

    Raises:
        BadNumber: number_invalid, number_not_mobile, number_region (a country that no codes are sent to) or
            number_other_region (a good number, but of another of the three places than was chosen).
    """
    typed = unicodedata.normalize("NFKC", text).strip()
    if typed.startswith("00"):
        typed = f"+{typed[2:]}"
    try:
        number = phonenumbers.parse(typed, region if region in REGIONS else None)
    except phonenumbers.NumberParseException:
        raise BadNumber(ErrorCode("number_invalid")) from None
    if not phonenumbers.is_valid_number(number):
        if (other := _meant(typed, region)) is not None:
            raise BadNumber(ErrorCode("number_other_region", {"code": CALLING_CODES[other]}))
        raise BadNumber(ErrorCode("number_invalid"))
    found = phonenumbers.region_code_for_number(number)
    if found not in REGIONS:
        raise BadNumber(ErrorCode("number_region"))
    if phonenumbers.number_type(number) not in _MOBILE:
        raise BadNumber(ErrorCode("number_not_mobile"))
    return Phone(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), found)


def _meant(typed: str, region: str) -> str | None:
    """The other place of which this would be a mobile number, where the wrong one was chosen."""
    for other in REGIONS:
        if other == region or typed.startswith("+"):
            continue
        try:
            number = phonenumbers.parse(typed, other)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number) and phonenumbers.number_type(number) in _MOBILE:
            return other
    return None
