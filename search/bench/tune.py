"""`python -m search.bench tune`: other weights for the parts of matching, measured on judged pairs by cross-validation.

It prints what they would gain, with the interval, and changes nothing: taking up a ruleset is a decision of people.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from search import Viewer
from search.bench import documents
from search.bench.files import MalformedLine, records
from search.bench.measures import say
from search.indexing import entry
from search.matching import demands, offers
from search.matching.coverage import plan
from search.matching.gates import judge_gates
from search.matching.parts import parts
from search.matching.ruleset import ruleset
from search.statistics import count

Floats = npt.NDArray[np.float64]
FOLDS, ROUNDS, FIRST = 5, 3, 10
# Tried for each weight in turn; a step that does not help by so much is not taken.
STEPS = (0.6, 0.8, 1.2, 1.5)
LEAST_GAIN = 1e-4
DRAWS = 2000


class Judged:
    """A demand with what the parts say of every offer. `shares`: offers by parts, 0 to 1. `gains`: 2^gain - 1 of each
    offer, 0 for one that nobody judged."""

    def __init__(self, shares: Floats, gains: Floats) -> None:
        self.shares, self.gains = shares, gains
        self._discounts = 1 / np.log2(np.arange(FIRST) + 2)
        best = np.sort(gains)[::-1][:FIRST]
        self._ideal = float(best @ self._discounts[: len(best)])

    def ndcg(self, points: Floats) -> float:
        """nDCG of the first ten by these points."""
        order = np.lexsort((np.arange(len(self.gains)), -(self.shares @ points)))[:FIRST]
        return float(self.gains[order] @ self._discounts[: len(order)]) / self._ideal


def read_judgements(path: Path) -> dict[str, dict[str, int]]:
    """Gain by demand and offer: the thing, 0 to 3, and at most 1 where the place is wrong.

    Lines are demand, offer, thing and place, tab-separated; a first line of names is passed over. Raises MalformedLine.
    """
    found: dict[str, dict[str, int]] = {}
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        fields = line.split("\t")
        if number == 1 and fields[0] == "demand":
            continue
        if len(fields) != 4 or fields[2] not in ("0", "1", "2", "3"):
            raise MalformedLine(path, number, "not demand, offer, 0 to 3, place")
        thing = int(fields[2])
        found.setdefault(fields[0], {})[fields[1]] = min(thing, 1) if fields[3] == "wrong" else thing
    return found


def judge_all(offer_path: Path, demand_path: Path, gains: Mapping[str, Mapping[str, int]]) -> list[Judged]:
    """Every demand that an offer meets (gain 2 or more), with the parts of all offers."""
    return judge_documents(
        [documents.offer(one) for one in records(offer_path, ("id", "title"))],
        [documents.demand(one) for one in records(demand_path, ("id", "title"))],
        gains,
        now=documents.NOW,
    )


def judge_documents(
    documents_: Sequence[Mapping[str, Any]],
    asked_: Sequence[Mapping[str, Any]],
    gains: Mapping[str, Mapping[str, int]],
    *,
    now: datetime,
) -> list[Judged]:
    """The same from documents of offers and demands (`search.documents`)."""
    statistics = count(entry("offers", one).bag for one in documents_)
    profiles = [offers.profile(one) for one in documents_]
    rules, viewer = ruleset(), Viewer(role="organiser")
    found = []
    for document in asked_:
        judged = gains.get(str(document["id"]), {})
        if max(judged.values(), default=0) < 2:
            continue
        demand = demands.profile(document)
        asked = plan(demand, statistics)
        shares = []
        for offer in profiles:
            gates = judge_gates(demand, offer, now=now, viewer=viewer, rates=None)
            made = parts(asked, demand.kind, offer, gates, statistics, rules)
            shares.append([part.points / part.out_of for part in made])
        values = np.array([2.0 ** judged.get(offer.id, 0) - 1 for offer in profiles])
        found.append(Judged(np.array(shares), values))
    return found


def mean_ndcg(judged: Sequence[Judged], points: Floats) -> float:
    """The mean nDCG over demands."""
    return float(np.mean([one.ndcg(points) for one in judged]))


def ascend(judged: Sequence[Judged], start: Floats, measure: Callable[[Sequence[Judged], Floats], float]) -> Floats:
    """Points that do better, changed one at a time and always adding up to 100."""
    points, best = start, measure(judged, start)
    for _round in range(ROUNDS):
        for at in range(len(points)):
            for step in STEPS:
                tried = points.copy()
                tried[at] *= step
                tried *= 100 / tried.sum()
                value = measure(judged, tried)
                if value > best + LEAST_GAIN:
                    points, best = tried, value
    return points


def cross_validated(judged: Sequence[Judged], start: Floats, seed: int) -> list[tuple[float, float]]:
    """nDCG of each demand with the present points and with points fitted on the other folds."""
    order = np.random.default_rng(seed).permutation(len(judged))
    pairs: dict[int, tuple[float, float]] = {}
    for fold in range(FOLDS):
        held = set(order[fold::FOLDS].tolist())
        fitted = ascend([one for i, one in enumerate(judged) if i not in held], start, mean_ndcg)
        for i in held:
            pairs[i] = (judged[i].ndcg(start), judged[i].ndcg(fitted))
        say(f"fold {fold + 1} of {FOLDS}")
    return [pairs[i] for i in range(len(judged))]


def interval(differences: Floats, seed: int) -> tuple[float, float]:
    """The 95 % interval of the mean by bootstrap over demands."""
    draws = np.random.default_rng(seed).choice(differences, (DRAWS, len(differences))).mean(axis=1)
    low, high = np.percentile(draws, [2.5, 97.5])
    return float(low), float(high)


def main(arguments: list[str]) -> int:
    """Runs the command; 1 after a malformed line or without enough judgements."""
    parser = argparse.ArgumentParser(prog="python -m search.bench tune", description=__doc__)
    parser.add_argument("--offers", type=Path, required=True)
    parser.add_argument("--demands", type=Path, required=True)
    parser.add_argument("--judgements", type=Path, required=True, help="demand, offer, thing 0 to 3, place")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args(arguments)
    try:
        judged = judge_all(chosen.offers, chosen.demands, read_judgements(chosen.judgements))
    except (MalformedLine, OSError) as error:
        say(str(error))
        return 1
    if len(judged) < FOLDS:
        say(f"only {len(judged)} demands have an offer that meets them; {FOLDS} are needed")
        return 1
    sys.stdout.write(json.dumps(measure(judged, chosen.seed)) + "\n")
    return 0


def measure(judged: Sequence[Judged], seed: int = 1) -> dict[str, Any]:
    """What other points would gain over those in force, cross-validated, and the points that all judgements propose.

    `judged`: at least FOLDS. The proposed points have one decimal and add up to 100.
    """
    names = list(ruleset().points)
    start = np.array([ruleset().points[name] for name in names])
    pairs = np.array(cross_validated(judged, start, seed))
    low, high = interval(pairs[:, 1] - pairs[:, 0], seed)
    proposed = whole(ascend(judged, start, mean_ndcg))
    return {
        "demands": len(judged),
        "ruleset": ruleset().version,
        "ndcg_now": round(float(pairs[:, 0].mean()), 4),
        "ndcg_cross_validated": round(float(pairs[:, 1].mean()), 4),
        "gain": round(float((pairs[:, 1] - pairs[:, 0]).mean()), 4),
        "interval": [round(low, 4), round(high, 4)],
        "proposed": dict(zip(names, proposed, strict=True)),
    }


def whole(points: Floats) -> list[float]:
    """Points rounded to one decimal so that they still add up to 100: the largest takes what rounding leaves."""
    rounded = [round(float(value), 1) for value in points]
    largest = rounded.index(max(rounded))
    rounded[largest] = round(rounded[largest] + 100 - sum(rounded), 1)
    return rounded
