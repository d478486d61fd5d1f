"""Read files of records and take their offers or demands over: all of them, or none."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from catalogue import places, records
from marketplace import clock
from marketplace.actor import Actor
from marketplace.audit import service as audit
from marketplace.demands.desk import DESK as DEMANDS
from marketplace.listings import takeover
from marketplace.listings.content import Content
from marketplace.offers.desk import DESK as OFFERS
from marketplace.organisations import service as organisations
from marketplace.organisations.models import Organisation
from marketplace.organisations.profile import NAME_LENGTH, Profile
from marketplace.transaction import transaction

OPEN_FOR = timedelta(days=90)  # a demand that was found has no closing day of its own here
MAX_KEY = 100


@dataclass(frozen=True)
class Side:
    """How one side's records are read. `owner`: the key under which a record names whose it is."""

    desk: Any
    read: Callable[[dict[str, Any]], Content]
    owner: str
    region: str
    role: str


SIDES = {
    "offers": Side(OFFERS, records.offer_content, "supplier", "supplier_region", "is_supplier"),
    "demands": Side(DEMANDS, records.demand_content, "buyer", "region", "is_institution"),
}


@dataclass(frozen=True)
class BadRow:
    """A row that cannot be taken: its line (from 1), the field, a code, and a sentence in English."""

    line: int
    field: str
    code: str
    message: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.field}: {self.message}"


@dataclass(frozen=True)
class Row:
    """A record that was read: its key, whose it is, and the content."""

    line: int
    key: str
    owner: str
    region: str
    lang: str
    content: Content


class BadFile(Exception):
    """Rows of the file are bad and nothing was changed. `rows`: which."""

    def __init__(self, rows: list[BadRow]) -> None:
        super().__init__(f"{len(rows)} bad rows")
        self.rows = rows


@dataclass
class Report:
    """What an import did, in numbers of listings; `bad`: the rows that were left out."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    bad: list[BadRow] = field(default_factory=list)

    def as_dict(self) -> dict[str, int]:
        """The figures alone."""
        return {"created": self.created, "changed": self.changed, "unchanged": self.unchanged, "bad": len(self.bad)}


def import_records(
    side: str,
    lines: Iterable[str],
    *,
    actor: Actor,
    skip_bad: bool = False,
    is_demo: bool = False,
    open_for: timedelta = OPEN_FOR,
) -> Report:
    """Take over the offers or demands (`side`) of a file with one JSON record a line, in one transaction.

    Importing a file again changes only what its records changed. `open_for`: how long demands stay open from now.
    `is_demo` marks the organisations that are made.

    Raises:
        BadFile: rows are bad and `skip_bad` is not set; nothing was changed.
        PermissionError: the actor is not the system.
    """
    rows, bad = read_rows(side, lines)
    if bad and not skip_bad:
        raise BadFile(bad)
    report = Report(bad=bad)
    now = clock.now()
    closes_at = now + open_for if side == "demands" else None
    with transaction():
        owners: dict[tuple[str, str], int] = {}
        for row in rows:
            owner = owners.get((row.owner, row.lang))
            if owner is None:
                owner = owners[row.owner, row.lang] = _owner(actor, SIDES[side], row, is_demo)
            done = takeover.take_over(
                SIDES[side].desk,
                actor=actor,
                organisation_id=owner,
                import_key=row.key,
                content=row.content,
                opens_at=now,
                closes_at=closes_at,
            )
            setattr(report, done, getattr(report, done) + 1)
    return report


def read_rows(side: str, lines: Iterable[str]) -> tuple[list[Row], list[BadRow]]:
    """The records of a file and its bad rows. Blank lines are passed over. Touches no database."""
    rows: list[Row] = []
    bad: list[BadRow] = []
    seen: dict[str, int] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = _row(SIDES[side], number, line)
        except records.RecordError as error:
            bad.append(BadRow(number, error.field, error.code, error.message))
            continue
        if row.key in seen:
            bad.append(BadRow(number, "id", "twice", f"is already the id of line {seen[row.key]}"))
            continue
        seen[row.key] = number
        rows.append(row)
    return rows, bad


def _row(side: Side, number: int, line: str) -> Row:
    if not _is_utf8(line):
        raise records.RecordError("record", "not_utf8", "is not UTF-8")
    try:
        record = json.loads(line.removeprefix("\ufeff"))
    except ValueError as error:
        raise records.RecordError("record", "not_json", f"is not JSON: {error}") from None
    if not isinstance(record, dict):
        raise records.RecordError("record", "not_an_object", "must be a JSON object")
    key = _words(record, "id", MAX_KEY)
    owner = _words(record, side.owner, NAME_LENGTH)
    content = side.read(record)
    region = record.get(side.region)
    return Row(number, key, owner, region if isinstance(region, str) else "", content["lang"], content)


def _is_utf8(line: str) -> bool:
    """Whether the line was read without bytes that are none (they come as surrogates)."""
    try:
        line.encode()
    except UnicodeEncodeError:
        return False
    return True


def _words(record: dict[str, Any], key: str, most: int) -> str:
    value = record.get(key)
    if not isinstance(value, str) or not value.strip():
        raise records.RecordError(key, "required", "must be there, as text")
    if len(value) > most:
        raise records.RecordError(key, "too_long", f"has {len(value)} characters; at most {most}")
    if "\x00" in value:
        raise records.RecordError(key, "control_characters", "contains a character that cannot be kept")
    return value.strip()


def _owner(actor: Actor, side: Side, row: Row, is_demo: bool) -> int:
    """The organisation of a record: made from public information when it is new, without members."""
    place = next(iter(places.resolve(row.region)), None)
    profile = Profile(
        names={row.lang: row.owner},
        place_id=place,
        is_supplier=side.role == "is_supplier",
        is_institution=side.role == "is_institution",
    )
    organisation: Organisation = organisations.create_from_public_source(actor=actor, profile=profile)
    if not getattr(organisation, side.role):
        setattr(organisation, side.role, True)
        audit.record(
            actor=actor,
            action="organisation.changed",
            subject_kind="organisation",
            subject_id=organisation.id,
            changes={side.role: (False, True, "public")},
        )
    if is_demo and not organisation.is_demo:
        organisation.is_demo = True
    return organisation.id
