"""Cleaning what a form or a file says about a listing into typed facts, with an error code for each field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from catalogue.cleaners import CLEANERS, Refused
from catalogue.fields import Field
from catalogue.kinds import Kind


@dataclass(frozen=True)
class ErrorCode:
    """Why a value was refused. `code` is one of CODES; `params` hold what a sentence about it needs."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


# code: its params
CODES: dict[str, tuple[str, ...]] = {
    "unknown_field": (),
    "wrong_side": (),
    "required": (),
    "wrong_shape": (),
    "language_missing": (),
    "language_unknown": ("language",),
    "control_characters": (),
    "too_long": ("max", "length"),
    "too_many": ("max",),
    "not_a_number": (),
    "not_whole": (),
    "negative": (),
    "too_small": ("min",),
    "too_large": ("max",),
    "unknown_choice": ("value",),
    "unknown_place": ("value",),
    "not_a_date": (),
    "currency_missing": (),
    "currency_unknown": ("value",),
    "currency_differs": ("other",),
    "too_many_decimals": ("max",),
    "not_a_code": (),
    "code_form": ("value",),
    "below_other": ("other",),
    "before_other": ("other",),
}


def clean(
    kind: Kind, side: str, raw: Mapping[str, Any], *, lang: str | None = None, publishing: bool = False
) -> tuple[dict[str, Any], dict[str, ErrorCode]]:
    """Typed facts of a listing of this kind, and an ErrorCode for each field that could not be read.

    `raw` maps field keys to form strings or to values already typed; money may come as {"amount", "currency"}. Blank
    values are left out. `lang`: the language of texts given as plain strings. `publishing`: required fields that are
    absent are errors too. Nothing is raised for bad input; ValueError for an unknown side.
    """
    facts: dict[str, Any] = {}
    errors: dict[str, ErrorCode] = {}
    fields = {one.key: one for one in kind.fields()}
    own = {one.key for one in kind.fields(side)}
    for key, value in raw.items():
        if key not in fields:
            errors[key] = ErrorCode("unknown_field")
        elif is_blank(value):
            continue
        elif key not in own:
            errors[key] = ErrorCode("wrong_side")
        else:
            try:
                cleaned = CLEANERS[fields[key].type](value, fields[key], lang)
            except Refused as refused:
                errors[key] = ErrorCode(refused.code, refused.params)
            else:
                if not is_blank(cleaned):
                    facts[key] = cleaned
    for one in kind.fields(side):
        if one.not_below is not None and one.key in facts and one.not_below in facts:
            error = _undercut(one, facts[one.key], facts[one.not_below])
            if error is not None:
                errors[one.key] = error
                del facts[one.key]
    if publishing:
        for key in missing(kind, side, facts):
            errors.setdefault(key, ErrorCode("required"))
    return facts, errors


def missing(kind: Kind, side: str, facts: Mapping[str, Any]) -> tuple[str, ...]:
    """Keys of the fields that publishing needs and these facts lack, in reading order."""
    return tuple(one.key for one in kind.fields(side) if one.required and is_blank(facts.get(one.key)))


def is_blank(value: Any) -> bool:
    """Whether a raw or typed value says nothing."""
    if value is None:
        return True
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, Mapping):
        # An amount left empty says nothing, whatever currency stands preselected beside it.
        return all(is_blank(part) for name, part in value.items() if not (name == "currency" and len(value) > 1))
    if isinstance(value, (list, tuple, set, frozenset)):
        return all(is_blank(part) for part in value)
    return False


def _undercut(one: Field, value: Any, other: Any) -> ErrorCode | None:
    params = {"other": one.not_below}
    if one.type == "money":
        if value["currency"] != other["currency"]:
            return ErrorCode("currency_differs", params)
        return ErrorCode("below_other", params) if value["minor"] < other["minor"] else None
    if one.type == "date":
        return ErrorCode("before_other", params) if value < other else None
    return ErrorCode("below_other", params) if Decimal(value) < Decimal(other) else None
