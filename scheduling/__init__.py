"""The timetable of a matchmaking session: a problem in, a plan with a proven bound out; usable on its own."""

from __future__ import annotations

from scheduling.board import Board, Effect, Opening, openings
from scheduling.check import Violation, check, check_meetings
from scheduling.diff import Difference, Moved, diff
from scheduling.gaps import idle_gaps
from scheduling.plan import Plan, Unscheduled, parse_plan, read_plan, write_plan
from scheduling.problem import (
    Interpreter,
    Meeting,
    Pair,
    Participant,
    Problem,
    Zone,
    parse,
    read_problem,
)
from scheduling.reading import ProblemError
from scheduling.repair import Repair, compare, repair, repair_problem, surviving_meetings
from scheduling.solver import Progress, solve

__all__ = [
    "Board",
    "Difference",
    "Effect",
    "Interpreter",
    "Meeting",
    "Moved",
    "Opening",
    "Pair",
    "Participant",
    "Plan",
    "Problem",
    "ProblemError",
    "Progress",
    "Repair",
    "Unscheduled",
    "Violation",
    "Zone",
    "check",
    "check_meetings",
    "compare",
    "diff",
    "idle_gaps",
    "openings",
    "parse",
    "parse_plan",
    "read_plan",
    "read_problem",
    "repair",
    "repair_problem",
    "solve",
    "surviving_meetings",
    "write_plan",
]
