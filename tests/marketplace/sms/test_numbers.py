"""Which texts are mobile numbers of the three places, and what is said of those that are not."""

from __future__ import annotations

import pytest

from marketplace.sms.numbers import BadNumber, parse


@pytest.mark.parametrize(
    ("typed", "country", "number", "masked"),
    [
        ("13800138000", "CN", "+8613800138000", "+86 138••••••00"),
        ("138 0013 8000", "CN", "+8613800138000", "+86 138••••••00"),
        ("１３８００１３８０００", "CN", "+8613800138000", "+86 138••••••00"),
        ("9123 4567", "HK", "+85291234567", "+852 91••••67"),
        ("９１２３－４５６７", "HK", "+85291234567", "+852 91••••67"),
        ("+852 9123 4567", "CN", "+85291234567", "+852 91••••67"),
        ("0086 138-0013-8000", "HK", "+8613800138000", "+86 138••••••00"),
        ("6612 3456", "MO", "+85366123456", "+853 66••••56"),
    ],
)
def test_a_number_is_read_as_people_type_it(typed: str, country: str, number: str, masked: str) -> None:
    phone = parse(typed, country)
    assert (phone.e164, phone.masked) == (number, masked)


@pytest.mark.parametrize(
    ("typed", "country", "code", "params"),
    [
        ("", "CN", "number_invalid", {}),
        ("hello", "CN", "number_invalid", {}),
        ("1380013800", "CN", "number_invalid", {}),
        ("2808 0000", "HK", "number_not_mobile", {}),
        ("+81 90 1234 5678", "HK", "number_region", {}),
        ("+44 7400 123456", "HK", "number_region", {}),
        ("13800138000", "HK", "number_other_region", {"code": "+86"}),
        ("9123 4567", "CN", "number_other_region", {"code": "+852"}),
        ("138001380001234567890", "CN", "number_invalid", {}),
    ],
)
def test_what_is_no_such_number_is_refused_with_its_reason(
    typed: str, country: str, code: str, params: dict[str, str]
) -> None:
    with pytest.raises(BadNumber) as refused:
        parse(typed, country)
    assert (refused.value.error.code, dict(refused.value.error.params)) == (code, params)
