"""Linear and integer programs, handed to HiGHS as arrays. Objectives are maximised."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_LARGEST_COST = 1e6   # beyond it, HiGHS's absolute tolerances no longer mean much: the objective is scaled


@dataclass(frozen=True)
class Solution:
    """An answer of HiGHS: `x` is None when it has none; `bound` is the proven upper limit (inf when there is none)."""

    x: Floats | None
    objective: float
    bound: float
    optimal: bool
    row_dual: Floats | None = None


class Program:
    """max cost.x with rows lower <= Ax <= upper and bounds on x; rows are added in groups of (row, column, value)."""

    def __init__(self, cost: Floats, upper: Floats, lower: Floats | None = None) -> None:
        self.cost = np.asarray(cost, dtype=np.float64)
        self.upper = np.asarray(upper, dtype=np.float64)
        self.lower = np.zeros(len(self.cost)) if lower is None else np.asarray(lower, dtype=np.float64)
        self.rows = 0
        self._row: list[Integers] = []
        self._column: list[Integers] = []
        self._value: list[Floats] = []
        self._low: list[Floats] = []
        self._high: list[Floats] = []
        self._matrix: tuple[Integers, Integers, Floats] | None = None

    def add(self, row: Integers, column: Integers, high: Floats, low: Floats | None = None,
            value: Floats | None = None) -> int:
        """Add len(high) rows; `row` counts from 0 within the group. Returns the index of the group's first row."""
        first = self.rows
        self._row.append(np.asarray(row, dtype=np.int64) + first)
        self._column.append(np.asarray(column, dtype=np.int64))
        self._value.append(np.ones(len(row)) if value is None else np.asarray(value, dtype=np.float64))
        self._high.append(np.asarray(high, dtype=np.float64))
        self._low.append(np.full(len(high), -np.inf) if low is None else np.asarray(low, dtype=np.float64))
        self.rows += len(high)
        self._matrix = None
        return first

    def matrix(self) -> tuple[Integers, Integers, Floats]:
        """Row, column and value of every entry, in row order."""
        if self._matrix is None:
            empty = np.zeros(0)
            row = np.concatenate(self._row) if self._row else empty.astype(np.int64)
            column = np.concatenate(self._column) if self._column else empty.astype(np.int64)
            value = np.concatenate(self._value) if self._value else empty
            order = np.argsort(row, kind="stable")
            self._matrix = row[order], column[order], value[order]
        return self._matrix

    def limits(self) -> tuple[Floats, Floats]:
        """Lower and upper limit of each row."""
        if not self._low:
            return np.zeros(0), np.zeros(0)
        return np.concatenate(self._low), np.concatenate(self._high)

    def solve(self, *, whole: NDArray[np.bool_] | None = None, seconds: float | None = None, nodes: int | None = None,
              gap: float = 0.0, start: Floats | None = None, seed: int = 0,
              should_stop: Callable[[], bool] | None = None) -> Solution:
        """Solve; `whole` marks the integer columns (None: a linear program), `gap` is the absolute one that is enough.

        `seconds` and `nodes` end the search early with the best answer so far; `should_stop` is asked now and then
        whether to give up.
        """
        if len(self.cost) == 0:
            return Solution(np.zeros(0), 0.0, 0.0, True, np.zeros(self.rows))
        scale = max(1.0, float(np.abs(self.cost).max()) / _LARGEST_COST)
        solver = highspy.Highs()
        for name, setting in (("output_flag", False), ("threads", 1), ("random_seed", seed % 2**31),
                              ("mip_rel_gap", 0.0), ("mip_abs_gap", max(gap / scale, 1e-6)),
                              ("mip_heuristic_run_feasibility_jump", False), ("mip_detect_symmetry", False)):
            solver.setOptionValue(name, setting)
        if seconds is not None:
            solver.setOptionValue("time_limit", max(seconds, 0.01))
        if nodes is not None:
            solver.setOptionValue("mip_max_nodes", nodes)
        self._pass(solver, scale, whole)
        if start is not None:
            given = highspy.HighsSolution()
            given.col_value = start.tolist()
            solver.setSolution(given)
        if should_stop is not None:
            for event in (solver.cbMipInterrupt, solver.cbSimplexInterrupt):
                event += lambda each: each.interrupt() if should_stop() else None
        solver.run()
        return self._answer(solver, scale, whole is not None)

    def _pass(self, solver: highspy.Highs, scale: float, whole: NDArray[np.bool_] | None) -> None:
        row, column, value = self.matrix()
        low, high = self.limits()
        starts = np.searchsorted(row, np.arange(self.rows + 1)).astype(np.int32)
        kinds = np.zeros(len(self.cost), dtype=np.int32)
        if whole is not None:
            kinds[whole] = 1
        solver.passModel(
            len(self.cost), self.rows, len(value), 2, 1, 0.0, -self.cost / scale, self.lower, self.upper,
            low, high, starts, column.astype(np.int32), value, kinds,
        )

    def _answer(self, solver: highspy.Highs, scale: float, integer: bool) -> Solution:
        status = solver.getModelStatus()
        info = solver.getInfo()
        optimal = status == highspy.HighsModelStatus.kOptimal
        found = info.primal_solution_status == 2 and (optimal or integer)
        answer = solver.getSolution()
        x = np.array(answer.col_value) if found else None
        if integer:
            bound = -info.mip_dual_bound * scale
            return Solution(x, -info.objective_function_value * scale, bound if np.isfinite(bound) else np.inf, optimal)
        if not optimal:
            return Solution(None, 0.0, np.inf, False)
        duals = -np.array(answer.row_dual) * scale
        return Solution(x, -info.objective_function_value * scale, self.dual_bound(duals), True, duals)

    def reduced_costs(self, duals: Floats) -> Floats:
        """What each column earns beyond the price of the rows it uses."""
        row, column, value = self.matrix()
        priced = np.bincount(column, weights=value * duals[row], minlength=len(self.cost))
        return self.cost - priced

    def dual_bound(self, duals: Floats) -> float:
        """A limit of the objective proven by weak duality, whatever the accuracy of the prices.

        Prices of the wrong sign are set to zero, so the answer is a bound even for prices that are not optimal.
        """
        low, high = self.limits()
        duals = np.where(np.isinf(high), np.minimum(duals, 0), duals)
        duals = np.where(np.isinf(low), np.maximum(duals, 0), duals)
        side = np.where(duals > 0, high, low)
        rows = np.where(duals != 0, duals * np.where(np.isfinite(side), side, 0), 0).sum()
        earned = self.reduced_costs(duals)
        return float(rows + np.where(earned > 0, earned * self.upper, earned * self.lower).sum())


def floor_bound(bound: float, whole_numbers: bool) -> float:
    """Round a bound down to a whole number where every value is one, safely against the last digits of floats."""
    slack = 1e-9 * max(1.0, abs(bound)) + 1e-6
    if whole_numbers and abs(bound) < 2**52:
        return int(np.floor(bound + slack))
    return bound + slack
