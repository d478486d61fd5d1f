"""`python -m search.semantic.build_means OFFERS.jsonl DEMANDS.jsonl`: makes the means that vectors are centred with."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from catalogue import records
from search.semantic.centring import FILE, mean_name
from search.semantic.encoders import Vectors, encoder, installed, prepared
from search.semantic.gist import gist

BATCH = 32


def means(offers: Path, demands: Path) -> dict[str, Vectors]:
    """The mean of each model, language family and side over the records of two files."""
    found: dict[str, Vectors] = {}
    for path, content, asking in ((offers, records.offer_content, False), (demands, records.demand_content, True)):
        read = [content(json.loads(line)) for line in path.read_text("utf-8").splitlines() if line.strip()]
        for family in (["en"], ["zh-Hans", "zh-Hant"]):
            texts = [text for one in read if one["lang"] in family and (text := prepared(gist(_shaped(one))))]
            for name in installed():
                model = encoder(name)
                rows = [model.encode(texts[i : i + BATCH], asking=asking) for i in range(0, len(texts), BATCH)]
                found[mean_name(model.version, family[0], asking)] = np.concatenate(rows).mean(axis=0)
    return found


def _shaped(content: Mapping[str, Any]) -> dict[str, Any]:
    return {"lang": content["lang"], "texts": content["texts"], "requirements": content.get("requirements") or ()}


def main(arguments: list[str]) -> int:
    """Writes the means of two record files into the package's data file."""
    if len(arguments) != 2:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    FILE.parent.mkdir(exist_ok=True)
    np.savez_compressed(FILE, allow_pickle=False, **means(Path(arguments[0]), Path(arguments[1])))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
