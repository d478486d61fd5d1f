"""The command line from outside: figures, exit codes, the time limit and a kill in the middle."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from scheduling import check, parse, parse_plan

ROOT = Path(__file__).parents[2]


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "scheduling", *map(str, arguments)], cwd=ROOT, text=True,
                          capture_output=True, timeout=60, check=False)


@pytest.fixture(scope="module")
def expo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("expo") / "problem.json"
    assert run("demo", "--size", "small", "--full", "--seed", "2", "--out", path).returncode == 0
    return path


def test_solve_and_check(expo: Path, tmp_path: Path) -> None:
    out = tmp_path / "plan.json"
    began = time.monotonic()
    done = run("solve", "--problem", expo, "--out", out, "--seconds", "2")
    assert time.monotonic() - began < 3
    assert done.returncode == 0
    figures = json.loads(done.stdout)
    plan = parse_plan(out.read_text())
    assert (figures["value"], figures["upper_bound"]) == (plan.value, plan.upper_bound)
    checked = run("check", expo, out)
    assert (checked.returncode, checked.stdout) == (0, "")
    broken = json.loads(out.read_text())
    broken["meetings"].append(broken["meetings"][0])
    out.write_text(json.dumps(broken))
    checked = run("check", expo, out)
    assert checked.returncode == 1
    assert {"busy", "pair_twice", "tables", "value"} <= {line.split(":")[0] for line in checked.stdout.splitlines()}


def test_rounds_repeat_to_the_byte(expo: Path, tmp_path: Path) -> None:
    texts = []
    for name in ("one.json", "two.json"):
        assert run("solve", "--problem", expo, "--out", tmp_path / name, "--rounds", "10").returncode == 0
        texts.append((tmp_path / name).read_bytes())
    assert texts[0] == texts[1]


def test_malformed_input_names_field_and_line(expo: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text(expo.read_text().replace('"pairs": [', '"pairs": [\n').replace('"weight": ', '"weight": -', 1))
    done = run("solve", "--problem", bad, "--out", tmp_path / "plan.json", "--seconds", "1")
    assert done.returncode == 2
    assert done.stdout == ""
    assert "line 2: pairs[0].weight: must be a number, zero or more, not -" in done.stderr
    bad.write_bytes(b'{"slots":\n\xff}')
    done = run("check", bad, bad)
    assert (done.returncode, done.stderr.split(" (")[0]) == (2, "error: line 2: not UTF-8")
    assert run("solve", "--problem", tmp_path / "none.json", "--out", bad, "--seconds", "1").returncode == 2


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_kill_leaves_the_best_plan_so_far(expo: Path, tmp_path: Path, number: signal.Signals) -> None:
    out = tmp_path / "plan.json"
    with subprocess.Popen([sys.executable, "-m", "scheduling", "solve", "--problem", str(expo), "--out", str(out),
                           "--seconds", "60"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if b"constructed" in line:
                break
        time.sleep(0.5)
        os.kill(process.pid, number)
        process.communicate(timeout=20)
        assert process.returncode == (-signal.SIGKILL if number == signal.SIGKILL else 0)
    assert check(parse(expo.read_text()), parse_plan(out.read_text())) == []
