"""What a list would do, row by row, before it does anything: made, changed, known already, wrong, or to be asked."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from openpyxl.utils import get_column_letter

from marketplace.errors import ErrorCode
from marketplace.outreach.known import Firm, Known, KnownPerson, same_people
from marketplace.outreach.models import ImportedList
from marketplace.outreach.values import SIDE_OF, Values, read_values, row_key
from marketplace.types import fold_key

OUTCOMES = ("asked", "wrong", "made", "changed", "known", "left_out")
MOST_ALIKE = 4


@dataclass(frozen=True)
class Option:
    """An answer that may be given. `firm`, `person`: what it names, for the page to show."""

    value: str
    firm: Firm | None = None
    person: KnownPerson | None = None


@dataclass
class Question:
    """Something that only a person can know. `kind`: "merged", "firm" or "person"; `answer`: "" while open."""

    key: str
    kind: str
    options: list[Option]
    answer: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass
class Entry:
    """What one row would do. `firm`: whose it is; `person`: somebody known who is named; `changes`: field to
    (before, after)."""

    line: int
    key: str
    values: Values
    outcome: str = "made"
    firm: Firm | None = None
    person: KnownPerson | None = None
    names_person: bool = False
    changes: dict[str, tuple[str, str]] = field(default_factory=dict)
    questions: list[Question] = field(default_factory=list)


@dataclass
class Reading:
    """The whole list. `merged`: questions about merged cells, by their address."""

    entries: list[Entry]
    merged: list[Question]
    known: Known
    unread: list[str]

    @property
    def counts(self) -> dict[str, int]:
        """How many rows of each outcome."""
        found = Counter(entry.outcome for entry in self.entries)
        return {name: found.get(name, 0) for name in OUTCOMES}

    @property
    def open_questions(self) -> int:
        """How many questions have no answer yet."""
        asked = [*self.merged, *(one for entry in self.entries for one in entry.questions)]
        return sum(not one.answer for one in asked)


def read_list(row: ImportedList) -> Reading:
    """Read a list against what is known now, with the answers given so far."""
    return _Reader(row).read()


class _Reader:
    def __init__(self, row: ImportedList) -> None:
        self.row = row
        self.side = SIDE_OF[row.kind]
        self.known = Known(row.event_id, self.side)
        self.mapping: dict[str, int] = dict(row.mapping or {})
        self.answers: dict[str, str] = dict(row.answers or {})
        self.seen: set[str] = set()
        self.unread = set(row.unread or [])
        self.merged = self._merged()

    def read(self) -> Reading:
        entries = [self._entry(one["line"], one["cells"]) for one in self.row.rows]
        return Reading(entries, self.merged, self.known, list(self.row.unread or []))

    def _merged(self) -> list[Question]:
        fields = {place: name for name, place in self.mapping.items()}
        found = []
        for span in self.row.merged or []:
            over = [fields[place] for place in span["columns"] if place in fields]
            if over and (len(span["lines"]) > 1 or len(over) > 1):
                key = f"merged:{span['range']}"
                found.append(Question(key, "merged", [Option("fill"), Option("leave"), Option("skip")],
                                      self._answer(key, ("fill", "leave", "skip")), {**span, "fields": over}))
        return found

    def _answer(self, key: str, possible: Any) -> str:
        answer = self.answers.get(key, "")
        return answer if answer in set(possible) else ""

    def _entry(self, line: int, cells: list[str]) -> Entry:
        said = {name: cells[place] if place < len(cells) else "" for name, place in self.mapping.items()}
        waits = skip = False
        for question in self.merged:
            if line not in question.facts["lines"]:
                continue
            for name in question.facts["fields"]:
                at_top = line == question.facts["first_line"] and self.mapping[name] == question.facts["columns"][0]
                if at_top or said.get(name):
                    continue
                waits |= not question.answer
                skip |= question.answer == "skip"
                if question.answer == "fill":
                    said[name] = question.facts["text"]
        key = row_key(self.row.kind, said)
        entry = Entry(line, key, read_values(said, self.row.kind))
        self._unread(entry)
        if skip:
            entry.outcome = "left_out"
        elif key in self.known.taken or key in self.seen:
            entry.outcome = "known"
        elif waits:
            entry.outcome = "asked"
        elif entry.values.errors:
            entry.outcome = "wrong"
        elif entry.values.names:
            self._firm(entry)
        if entry.outcome in ("made", "changed"):
            self.seen.add(key)
        return entry

    def _unread(self, entry: Entry) -> None:
        for name, place in self.mapping.items():
            address = f"{get_column_letter(place + 1)}{entry.line}"
            if address in self.unread:
                entry.values.errors[name] = ErrorCode("formula_without_value", {"value": address})

    def _firm(self, entry: Entry) -> None:
        values = entry.values
        alike = self.known.alike(values.names)
        same = [one for one in alike if one.here and one.is_called(values.names) and not _other_booth(one, values)]
        firm: Firm | None = None
        if len(same) == 1 and len(alike) == 1:
            firm = same[0]
        elif alike:
            options = [*(Option(one.token, firm=one) for one in alike[:MOST_ALIKE]), Option("other"), Option("skip")]
            key = f"firm:{entry.line}:{entry.key[:8]}"
            question = Question(key, "firm", options, self._answer(key, [one.value for one in options]))
            entry.questions.append(question)
            if question.answer in ("", "skip"):
                entry.outcome = "left_out" if question.answer else "asked"
                return
            firm = self.known.firms.get(question.answer)
        is_new = firm is None
        if firm is None:
            firm = Firm(f"l{entry.line}", dict(values.names), here=True, sides=frozenset({self.side}))
        else:
            entry.outcome = "changed"
        if firm.claimed and self.side not in firm.sides:
            values.errors["name"] = ErrorCode("other_side")
            entry.outcome = "wrong"
            return
        self._booth(entry, firm)
        if entry.outcome == "wrong":
            return  # later rows must not be asked about a firm that is not made
        entry.firm = self.known.add(firm) if is_new else firm
        if not self._person(entry, firm):
            return
        self._keep(entry, firm)

    def _booth(self, entry: Entry, firm: Firm) -> None:
        values = entry.values
        code = fold_key(values.booth)
        if not code:
            return
        holder = self.known.holders.get(code)
        if holder is not None and holder != firm.token:
            values.errors["booth"] = ErrorCode("booth_taken", {"value": values.booth})
        elif code not in self.known.booths and fold_key(values.zone) not in self.known.zones:
            values.errors["booth"] = ErrorCode("unknown_booth", {"value": values.booth})
        if values.errors:
            entry.outcome = "wrong"

    def _person(self, entry: Entry, firm: Firm) -> bool:
        """Whether it is clear who is meant."""
        values = entry.values
        if not values.person:
            return True
        entry.names_person = True
        called = same_people(firm, values.person)
        if not called:
            return True
        fits = [one for one in called if _agree(one.mobile, values.mobile) and _agree(one.email, values.email)]
        if len(called) == 1 and fits:
            entry.person = fits[0]
            return True
        key = f"person:{entry.line}:{entry.key[:8]}"
        options = [*(Option(f"p{place}", person=one) for place, one in enumerate(called[:MOST_ALIKE])), Option("other"),
                   Option("skip")]
        question = Question(key, "person", options, self._answer(key, [one.value for one in options]))
        entry.questions.append(question)
        if question.answer in ("", "skip"):
            entry.outcome = "left_out" if question.answer else "asked"
            return False
        if question.answer != "other":
            entry.person = called[int(question.answer[1:])]
        return True

    def _keep(self, entry: Entry, firm: Firm) -> None:
        """Let later rows of the list know what this one makes, and note what it changes."""
        values = entry.values
        firm.lines.append(entry.line)
        firm.here = True
        for lang, text in values.names.items():
            if not firm.names.get(lang):
                entry.changes[f"names.{lang}"] = ("", text)
        for name, before, after in (("booth", firm.booth, values.booth), ("email", firm.email, values.email),
                                    ("mobile", firm.mobile, values.mobile)):
            first = name == "booth" or not before  # the first contact stays the one who is called
            if after and first and fold_key(after) != fold_key(before):
                entry.changes[name] = (before, after)
                setattr(firm, name, after)
        if values.booth:
            self.known.holders[fold_key(values.booth)] = firm.token
        if entry.names_person and entry.person is None:
            entry.changes["person"] = ("", values.person)
            firm.people.append(KnownPerson(values.person, values.mobile, values.email, line=entry.line))
        elif entry.person is not None and values.mobile and not entry.person.mobile:
            entry.changes["person"] = (entry.person.name, f"{values.person} {values.mobile}")
            entry.person.mobile = values.mobile


def _agree(one: str, other: str) -> bool:
    return not one or not other or fold_key(one) == fold_key(other)


def _other_booth(firm: Firm, values: Values) -> bool:
    return bool(firm.booth and values.booth and fold_key(firm.booth) != fold_key(values.booth))
