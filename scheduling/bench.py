"""Measures the solver from outside: each case is a fresh process of `python -m scheduling solve`, by the clock."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from scheduling.check import check
from scheduling.demo import SIZES, demo
from scheduling.plan import Plan, parse_plan
from scheduling.problem import DEMAND, SUPPLY, Pair, Participant, Problem
from scheduling.repair import compare, repair_problem

ABSENT_SUPPLIERS, ABSENT_BUYERS = 0.05, 0.03
NEWCOMERS = 50
COLUMNS = ("case", "law", "seed", "value", "LP", "tight", "% LP", "% tight", "greedy %", "short", "gaps", "changed",
           "broken", "s")


@dataclass(frozen=True, slots=True)
class Case:
    """One row of the table: a size and its rules, the time, and what is done to a plan of it (None: it is made)."""

    name: str
    size: str
    full: bool
    seconds: float
    change: Callable[[Problem, Plan, int], Problem] | None = None


def absences(problem: Problem, plan: Plan, seed: int, *, stability: float = 40, move: bool = True) -> Problem:
    """A quarter into the day, one supplier in twenty and three buyers in a hundred have not come."""
    source = random.Random(seed)   # noqa: S311 (reproducible, no secret)
    absent: list[str] = []
    for side, share in ((SUPPLY, ABSENT_SUPPLIERS), (DEMAND, ABSENT_BUYERS)):
        names = [one.id for one in problem.participants if one.side == side]
        absent += source.sample(names, round(share * len(names)))
    return repair_problem(problem, plan, now_slot=problem.slots // 4, absent=absent, stability=stability, move=move)


def newcomers(problem: Problem, plan: Plan, seed: int) -> Problem:
    """Fifty more participants, a fifth of them buyers, ask for meetings after publication."""
    source = random.Random(seed)   # noqa: S311 (reproducible, no secret)
    people, pairs = list(problem.participants), list(problem.pairs)
    known = {side: [one for one in people if one.side == side] for side in (DEMAND, SUPPLY)}
    for index in range(NEWCOMERS):
        side, other = (DEMAND, SUPPLY) if index % 5 == 0 else (SUPPLY, DEMAND)
        like = source.choice(known[side])
        new = replace(like, id=f"n{index + 1}", min_meetings=1)
        people.append(new)
        for one in source.sample(known[other], 20):
            a, b = (new, one) if side == DEMAND else (one, new)
            pairs.append(Pair(a.id, b.id, source.randint(1, 100), interpreter=_interpreter(a, b, problem)))
    grown = replace(problem, participants=tuple(people), pairs=tuple(pairs))
    return repair_problem(grown, plan, move=False)


def _interpreter(a: Participant, b: Participant, problem: Problem) -> str | None:
    apart = problem.interpreters and not set(a.languages) & set(b.languages)
    return problem.interpreters[0].language if apart else None


def _still(problem: Problem, plan: Plan, seed: int) -> Problem:
    return absences(problem, plan, seed, move=False)


CASES = (
    Case("small", "small", True, 10),
    Case("mid", "mid", True, 30),
    Case("core", "large", False, 5),
    Case("large-5", "large", True, 5),
    Case("large", "large", True, 60),
    Case("repair-still", "large", True, 5, _still),
    Case("repair", "large", True, 10, absences),
    Case("newcomers", "large", True, 5, newcomers),
)


def run(*, only: Sequence[str] | None, seeds: Iterable[int], laws: Iterable[str], write: Callable[[str], None]) -> int:
    """Run the cases and write one table; returns 1 when a plan breaks a rule, 2 for an unknown case."""
    unknown = set(only or ()) - {one.name for one in CASES}
    if unknown:
        sys.stderr.write(f"error: no such case: {', '.join(sorted(unknown))}; there are "
                         f"{', '.join(one.name for one in CASES)}\n")
        return 2
    write(" | ".join(COLUMNS))
    write(" | ".join("---" for _ in COLUMNS))
    broken = 0
    with tempfile.TemporaryDirectory() as folder:
        for law in laws:
            for seed in seeds:
                for one in CASES:
                    if not only or one.name in only:
                        row = _measure(one, law, seed, Path(folder))
                        broken += row["broken"]
                        write(" | ".join(str(row[column]) for column in COLUMNS))
    sizes = "; ".join(f"{name} {one.buyers}x{one.suppliers}x{one.slots}" for name, one in SIZES.items())
    write(f"\n{sizes}. LP: aggregate bound; tight: with walks and breaks, as far as proven in the time; short: "
          "meetings lacking to minimums; gaps: idle gaps before and after compaction.")
    return 1 if broken else 0


def _measure(case: Case, law: str, seed: int, folder: Path) -> dict[str, Any]:
    problem = demo(case.size, full=case.full, seed=seed, law=law)
    if case.change is not None:
        published = folder / f"published-{law}-{seed}.json"
        if not published.exists():
            _command(problem, published, 60, folder)
        problem = case.change(problem, parse_plan(published.read_text(encoding="utf-8")), seed)
    out = folder / (f"published-{law}-{seed}.json" if case.name == "large" else "plan.json")
    figures, seconds = _command(problem, out, case.seconds, folder)
    plan = parse_plan(out.read_text(encoding="utf-8"))
    row: dict[str, Any] = {
        "case": case.name, "law": law, "seed": seed, "value": plan.value, "LP": figures["lp_bound"],
        "tight": figures.get("tight_bound", "-"),
        "% LP": _percent(plan.value, figures["lp_bound"]),
        "% tight": _percent(plan.value, figures.get("tight_bound", figures["lp_bound"])),
        "greedy %": _percent(figures["greedy"], figures["lp_bound"]), "short": figures["short"],
        "gaps": f"{figures['gaps_before']} to {figures['gaps']}", "changed": "-",
        "broken": len(check(problem, plan)), "s": round(seconds, 1),
    }
    if case.change is not None:
        outcome = compare(problem, plan)
        row["changed"] = f"{len(outcome.changed)} of {len(outcome.surviving)} " \
                         f"({_percent(len(outcome.changed), len(outcome.surviving))} %)"
    return row


def _command(problem: Problem, out: Path, seconds: float, folder: Path) -> tuple[dict[str, Any], float]:
    """Solve in a process of its own: its figures and its wall time."""
    file = folder / "problem.json"
    file.write_text(json.dumps(problem.as_dict()), encoding="utf-8")
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-m", "scheduling", "solve", "--problem", file, "--out", out,    # noqa: S603
                           "--seconds", str(seconds)], capture_output=True, text=True, check=True)
    return json.loads(done.stdout), time.monotonic() - began


def _percent(part: float, whole: float) -> str:
    return f"{100 * part / whole:.3f}" if whole else "-"
