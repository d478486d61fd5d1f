"""Command line: `python -m scheduling solve | check | demo | bench`.

Progress goes to standard error; standard output carries one closing JSON line of figures (solve, demo), the broken
rules (check) or a table (bench). Exit code 1: rules are broken; 2: the input is malformed or cannot be read.
"""

from __future__ import annotations

import time

_STARTED = time.monotonic()      # before the imports that take time

import argparse  # noqa: E402
import json  # noqa: E402
import os  # noqa: E402
import signal  # noqa: E402
import sys  # noqa: E402
from collections.abc import Callable  # noqa: E402
from pathlib import Path  # noqa: E402
from types import FrameType  # noqa: E402
from typing import Any  # noqa: E402

from scheduling.problem import Problem, parse  # noqa: E402
from scheduling.reading import ProblemError  # noqa: E402

BROKEN, MALFORMED = 1, 2
_FINISHING = 0.12                 # seconds from the solver's return to the end of the process


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = _options().parse_args(arguments)
    try:
        return int(options.run(options))
    except ProblemError as error:
        return _fail(str(error))
    except OSError as error:
        return _fail(f"{error.filename or ''}: {error.strerror or error}")


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m scheduling", description="Timetables of matchmaking sessions.")
    commands = parser.add_subparsers(required=True, metavar="command")
    solve = commands.add_parser("solve", help="make a plan, or repair a published one")
    solve.add_argument("--problem", type=Path, required=True)
    solve.add_argument("--out", type=Path, required=True)
    limit = solve.add_mutually_exclusive_group()
    limit.add_argument("--seconds", type=_positive, help="wall time from start to exit (default 60)")
    limit.add_argument("--rounds", type=_count, help="rounds of search: the plan depends on problem and seed only")
    solve.add_argument("--seed", type=int, default=0)
    solve.set_defaults(run=_solve)
    check = commands.add_parser("check", help="print every broken rule")
    check.add_argument("problem", type=Path)
    check.add_argument("plan", type=Path)
    check.set_defaults(run=_check)
    demo = commands.add_parser("demo", help="write a synthetic problem")
    demo.add_argument("--size", choices=("small", "mid", "large"), default="small")
    demo.add_argument("--full", action="store_true", help="zones, walking, breaks and interpreters too")
    demo.add_argument("--seed", type=int, default=1)
    demo.add_argument("--law", choices=("lognormal", "pareto"), default="lognormal",
                      help="of the suppliers' popularity")
    demo.add_argument("--out", type=Path, required=True)
    demo.set_defaults(run=_demo)
    bench = commands.add_parser("bench", help="solve a set of synthetic problems and print one table")
    bench.add_argument("--only", nargs="*", help="names of cases (default: all)")
    bench.add_argument("--seeds", type=int, nargs="*", default=[1, 2, 3, 4, 5])
    bench.add_argument("--law", choices=("lognormal", "pareto", "both"), default="both")
    bench.set_defaults(run=_bench)
    return parser


def _positive(text: str) -> float:
    value = float(text)
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError("must be a positive number of seconds")
    return value


def _count(text: str) -> int:
    value = int(text)
    if value < 0:
        raise argparse.ArgumentTypeError("must be zero or more")
    return value


def _solve(options: argparse.Namespace) -> int:
    answer = _own_standard_output()
    problem = _read(options.problem, parse)
    stopped: list[int] = []

    def stop(number: int, _: FrameType | None) -> None:
        stopped.append(number)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    from scheduling.repair import compare
    from scheduling.solver import DEFAULT_SECONDS, Progress, solve

    def tell(progress: Progress) -> None:
        sys.stderr.write(f"{progress.elapsed:7.2f} s  {progress.stage:<12} value {progress.value:.10g}  "
                         f"bound {progress.upper_bound:.10g}  rounds {progress.rounds}\n")

    seconds = None
    if options.rounds is None:
        seconds = max(0.01, (options.seconds or DEFAULT_SECONDS) - _age() - _FINISHING)
    plan = solve(problem, seconds=seconds, rounds=options.rounds, seed=options.seed, on_progress=tell,
                 should_stop=lambda: bool(stopped), keep_at=options.out)
    if problem.published:
        outcome = compare(problem, plan)
        plan.figures.update(surviving=len(outcome.surviving), changed=len(outcome.changed))
    figures = {
        "value": plan.value, "upper_bound": plan.upper_bound, "meetings": len(plan.meetings),
        "unscheduled": len(plan.unscheduled), **plan.figures, "wall_s": round(_age(), 3),
    }
    answer(json.dumps(figures))
    return 0


def _check(options: argparse.Namespace) -> int:
    from scheduling.check import check
    from scheduling.plan import parse_plan

    problem = _read(options.problem, parse)
    broken = check(problem, _read(options.plan, parse_plan))
    for one in broken:
        sys.stdout.write(f"{one}\n")
    return BROKEN if broken else 0


def _demo(options: argparse.Namespace) -> int:
    from scheduling.demo import demo

    problem: Problem = demo(options.size, full=options.full, seed=options.seed, law=options.law)
    options.out.write_text(json.dumps(problem.as_dict(), ensure_ascii=False), encoding="utf-8")
    sys.stdout.write(json.dumps({"participants": len(problem.participants), "pairs": len(problem.pairs),
                                 "slots": problem.slots}) + "\n")
    return 0


def _bench(options: argparse.Namespace) -> int:
    from scheduling.bench import run

    answer = _own_standard_output()
    return run(only=options.only, seeds=options.seeds,
               laws=("lognormal", "pareto") if options.law == "both" else (options.law,), write=answer)


def _read(path: Path, reader: Callable[[str], Any]) -> Any:
    try:
        return reader(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        line = path.read_bytes()[:error.start].count(b"\n") + 1
        raise ProblemError("", f"not UTF-8 ({path})", line) from None
    except ProblemError as error:
        raise ProblemError(error.field, f"{error.message} ({path})", error.line) from None


def _own_standard_output() -> Callable[[str], None]:
    """HiGHS writes a banner to file descriptor 1: send that to standard error and keep the real one for the answer."""
    sys.stdout.flush()
    real = os.dup(1)
    os.dup2(2, 1)

    def write(text: str) -> None:
        os.write(real, (text + "\n").encode())

    return write


def _age() -> float:
    """Seconds since the process began (since this module was loaded, where the system does not tell)."""
    try:
        began = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19]) / os.sysconf("SC_CLK_TCK")
        return time.clock_gettime(time.CLOCK_BOOTTIME) - began
    except (OSError, AttributeError, ValueError, IndexError):
        return time.monotonic() - _STARTED + 0.1


def _fail(message: str) -> int:
    sys.stderr.write(f"error: {message}\n")
    return MALFORMED


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)               # a helper thread may still be in HiGHS: nothing it could find is needed any more
