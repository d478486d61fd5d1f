"""`python -m search.bench score`: a run of `match` on graded judgements, beside a baseline, with intervals.

The gain of an offer is its thing, 0 to 3, and at most 1 where the place is wrong. nDCG and recall@5 are taken on the
judged offers alone, in their order; recall@20 and the first place on the whole list, where an offer that nobody judged
counts as a miss. Demands that no offer meets (gain 2 or more) are left out, but for the bands.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from search.bench.files import MalformedLine, records
from search.bench.measures import say
from search.bench.tune import read_judgements
from search.matching.results import FAILED, MET, NOT_MET, PASSED, STRONG, UNKNOWN

Gains = Mapping[str, Mapping[str, int]]
Figures = dict[str, Any]
MEETS, FIRST, EARLY, LONG = 2, 10, 5, 20
DRAWS = 2000
_PLACES = {PASSED: "ok", FAILED: "wrong", UNKNOWN: "unknown"}


@dataclass(frozen=True)
class Judgements:
    """`gains`, `places` by demand and offer, `states` of requirements by demand, offer and text, `baseline` a run."""

    gains: dict[str, dict[str, int]]
    places: dict[tuple[str, str], str]
    states: dict[tuple[str, str, str], str]
    baseline: dict[str, list[str]]


def read(folder: Path) -> Judgements:
    """The judgements of a folder: qrels.tsv, what was judged since in added.tsv, requirements.jsonl and the baseline
    bm25.tsv, as far as they are there. Raises MalformedLine, OSError."""
    gains: dict[str, dict[str, int]] = {}
    places: dict[tuple[str, str], str] = {}
    for path in (folder / "qrels.tsv", folder / "added.tsv"):
        if path.exists() or path.name == "qrels.tsv":
            for demand, judged in read_judgements(path).items():
                gains.setdefault(demand, {}).update(judged)
            for line in path.read_text("utf-8").splitlines():
                demand, offer, _thing, place = line.split("\t")
                places[demand, offer] = place
    states = {}
    path = folder / "requirements.jsonl"
    for record in records(path, ("demand", "offer", "requirement", "state")) if path.exists() else ():
        states[record["demand"], record["offer"], record["requirement"]] = record["state"]
    path = folder / "bm25.tsv"
    return Judgements(gains, places, states, read_run(path) if path.exists() else {})


def read_run(path: Path, most: int = 100) -> dict[str, list[str]]:
    """Offers by demand, best first. Raises MalformedLine, OSError."""
    found: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        fields = line.split("\t")
        if len(fields) < 3 or not fields[2].isdigit():
            raise MalformedLine(path, number, "not query, document, rank, score")
        found[fields[0]].append((int(fields[2]), fields[1]))
    return {demand: [offer for _rank, offer in sorted(ranked)][:most] for demand, ranked in found.items()}


def ndcg(ranked: Sequence[int], judged: Sequence[int], most: int = FIRST) -> float:
    """nDCG of the first gains of a list against the best order of all that were judged; gains count as 2^gain - 1."""
    best = _dcg(sorted(judged, reverse=True)[:most])
    return _dcg(ranked[:most]) / best if best else 0.0


def _dcg(gains: Sequence[int]) -> float:
    return sum((2**gain - 1) / math.log2(rank + 1) for rank, gain in enumerate(gains, 1))


def by_demand(run: Mapping[str, Sequence[str]], gains: Gains, langs: Mapping[str, str]) -> dict[str, dict[str, float]]:
    """The figures of each demand that something meets. `langs`: language by id, of offers and demands."""
    found = {}
    for demand, judged in gains.items():
        if max(judged.values()) < MEETS:
            continue
        whole = run.get(demand, ())
        known = [offer for offer in whole if offer in judged]
        meeting = {offer for offer, gain in judged.items() if gain >= MEETS}
        figures = {
            "ndcg10": ndcg([judged[offer] for offer in known], list(judged.values())),
            "recall5": len(meeting.intersection(known[:EARLY])) / min(EARLY, len(meeting)),
            "recall20": len(meeting.intersection(whole[:LONG])) / len(meeting),
            "hit1": float(bool(whole) and whole[0] in meeting),
            "unjudged10": sum(offer not in judged for offer in whole[:FIRST]) / FIRST,
        }
        for name, same in (("same", True), ("other", False)):
            part = {offer: gain for offer, gain in judged.items() if (langs[offer] == langs[demand]) == same}
            if max(part.values(), default=0) >= MEETS:
                ranked = [part[offer] for offer in known if offer in part]
                figures[f"ndcg10_{name}_language"] = ndcg(ranked, list(part.values()))
        found[demand] = figures
    return found


def mean(rows: Mapping[str, Mapping[str, float]], name: str) -> float:
    """The mean of a figure over the demands that have it; 0 for none."""
    values = [row[name] for row in rows.values() if name in row]
    return sum(values) / len(values) if values else 0.0


def interval(values: Sequence[float], seed: int = 1) -> list[float]:
    """The 95 % interval of a mean by bootstrap."""
    if not values:
        return [0.0, 0.0]
    drawn = np.random.default_rng(seed).choice(np.array(values), (DRAWS, len(values))).mean(axis=1)
    return [round(float(edge), 3) for edge in np.percentile(drawn, [2.5, 97.5])]


def score(run: Mapping[str, Sequence[str]], judged: Judgements, langs: Mapping[str, str]) -> Figures:
    """Every figure of a run, the baseline's beside it, with intervals."""
    own, base = (by_demand(one, judged.gains, langs) for one in (run, judged.baseline))
    names = list(dict.fromkeys(name for row in own.values() for name in row))
    figures: Figures = {"demands": len(own)}
    for name in names:
        figures[name] = round(mean(own, name), 3)
        figures[f"{name}_interval"] = interval([row[name] for row in own.values() if name in row])
        figures[f"{name}_bm25"] = round(mean(base, name), 3)
    if mean(base, "ndcg10"):
        figures["times_bm25"] = round(mean(own, "ndcg10") / mean(base, "ndcg10"), 2)
        figures["gain_interval"] = interval([own[one]["ndcg10"] - base[one]["ndcg10"] for one in own])
    return figures


def explained(lines: Iterator[dict[str, Any]], judged: Judgements) -> Figures:
    """Bands, places and requirement states of an explained run beside the judged ones."""
    strong: list[bool] = []
    misled, hopeless = set(), {demand for demand, of in judged.gains.items() if max(of.values()) < MEETS}
    states: list[tuple[str, str]] = []
    agreed: list[float] = []
    for line in lines:
        pair = line["demand"], line["offer"]
        if line["band"] == STRONG:
            if pair[0] in hopeless:
                misled.add(pair[0])
            if pair[1] in judged.gains.get(pair[0], {}):
                strong.append(judged.gains[pair[0]][pair[1]] >= MEETS)
        place = next((gate["state"] for gate in line["gates"] if gate["name"] == "place"), None)
        if place and judged.places.get(pair) in _PLACES.values():
            agreed.append(float(_PLACES[place] == judged.places[pair]))
        for item in line["requirements"]:
            state = judged.states.get((*pair, item["text"]))
            if state:
                states.append((item["state"], state))
    met = [float(judged == MET) for said, judged in states if said == MET]
    return {
        "strong": len(strong),
        "strong_deserved": round(sum(strong) / len(strong), 3) if strong else None,
        "nothing_meets": len(hopeless),
        "nothing_meets_shown_strong": round(len(misled) / max(1, len(hopeless)), 3),
        "places": len(agreed),
        "place_agreement": round(sum(agreed) / max(1, len(agreed)), 3),
        "place_agreement_interval": interval(agreed),
        "requirements": len(states),
        "met_precision": round(sum(met) / len(met), 3) if met else None,
        "met_precision_interval": interval(met),
        "met_recall": round(sum(met) / max(1, sum(state == MET for _said, state in states)), 3),
        "unknown": sum(state == UNKNOWN for _said, state in states),
        "unknown_said_not_met": sum(pair == (NOT_MET, UNKNOWN) for pair in states),
    }


def languages(*paths: Path) -> dict[str, str]:
    """Language by id. Raises MalformedLine, OSError."""
    return {record["id"]: record["lang"] for path in paths for record in records(path, ("id", "lang"))}


def read_explanations(path: Path) -> Iterator[dict[str, Any]]:
    """The lines of an explained run."""
    with path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def main(arguments: list[str]) -> int:
    """Runs the command; 1 after a malformed line."""
    parser = argparse.ArgumentParser(prog="python -m search.bench score", description=__doc__)
    parser.add_argument("--judgements", type=Path, required=True, help="the folder of qrels.tsv")
    parser.add_argument("--offers", type=Path, required=True)
    parser.add_argument("--demands", type=Path, required=True)
    parser.add_argument("--run", type=Path, required=True, help="a run of `match`")
    parser.add_argument("--explain", type=Path, help="its explanations")
    chosen = parser.parse_args(arguments)
    try:
        judged = read(chosen.judgements)
        figures = score(read_run(chosen.run), judged, languages(chosen.offers, chosen.demands))
        if chosen.explain:
            figures |= explained(read_explanations(chosen.explain), judged)
    except (MalformedLine, OSError) as error:
        say(str(error))
        return 1
    sys.stdout.write(json.dumps(figures) + "\n")
    return 0
