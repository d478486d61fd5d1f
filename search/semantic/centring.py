"""Centring: the mean of a language taken out of its vectors, so that a text is nearest to what means the same, not to
whatever is written in the same language.

The means come with the package, made by `build_means` from public listings; they belong to one version of a model.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np

from search.semantic.encoders import Vectors

FILE = Path(__file__).parent / "data" / "means.npz"


@lru_cache(maxsize=1)
def _means() -> dict[str, Vectors]:
    if not FILE.exists():
        return {}
    with np.load(FILE) as stored:
        return {name: stored[name].astype(np.float32) for name in stored.files}


def mean_name(model: str, lang: str, asking: bool) -> str:
    """The name of a mean: model with version, language family, side."""
    return f"{model} {'en' if lang == 'en' else 'zh'} {'demand' if asking else 'offer'}"


def centred(vectors: Vectors, model: str, lang: str, *, asking: bool) -> Vectors:
    """Unit vectors of one language with its mean taken out, as unit vectors. Without a mean they stay as they are."""
    mean = _means().get(mean_name(model, lang, asking))
    if mean is None:
        return vectors
    moved = vectors - mean
    lengths = np.linalg.norm(moved, axis=-1, keepdims=True)
    return np.asarray(moved / np.maximum(lengths, np.float32(1e-9)), dtype=np.float32)
