"""Token streams: how analysed text is written so that every engine cuts it into exactly the same tokens.

A stream is tokens between spaces, two of them between neighbours: " wheelchair  c:wheelchair ". Elasticsearch's
whitespace analyzer and
FTS5's unicode61 tokenizer agree about it as long as tokens hold only characters that neither folds nor splits at.
Others are escaped.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from functools import lru_cache

# Stands between two texts of one stream, so that no phrase runs from one into the other.
GAP = "\ue000"
_ESCAPED = "\ue001"
_LONG = "\ue002"
# Longer tokens would be cut by the whitespace analyzer (at 255 characters).
LONGEST = 120
# ASCII without capitals, Chinese, kana, Hangul: what both engines take as it is, whatever version of Unicode they know.
_PLAIN = "!-@\\[-~\u3005\u3007\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fcc\uac00-\ud7a3\ue000"
_PLAIN_TOKEN = re.compile(f"[{_PLAIN}]{{1,{LONGEST}}}")


@lru_cache(maxsize=100_000)
def wire(token: str) -> str:
    """A token as engines see it.

    Itself, or an escaped form that is as unique as the token. Never empty or with spaces.
    """
    if _PLAIN_TOKEN.fullmatch(token):
        return token
    escaped = _ESCAPED + "-".join(f"{ord(character):x}" for character in token)
    if len(escaped) <= LONGEST:
        return escaped
    return _LONG + hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()[:40]


def stream(tokens: Iterable[str]) -> str:
    """Tokens as one stream; the empty string for none."""
    joined = "  ".join([wire(token) for token in tokens])
    return f" {joined} " if joined else ""


def join(streams: Iterable[str]) -> str:
    """Streams one after the other with a gap between, so that phrases stay within each."""
    return f" {GAP} ".join(part for part in streams if part)


def needle(tokens: Iterable[str]) -> str:
    """What to count in a stream for a phrase of wire tokens, or for one token."""
    return f" {'  '.join(tokens)} "


def size(words: str) -> int:
    """How many tokens a word stream holds."""
    return words.count("  ") + 1 if words else 0


_SEPARATORS = re.compile(r"[\W_]+")


def exact_token(folded: str) -> str:
    """A folded model number or name as one token: letters and digits alone. Empty if there are none."""
    bare = _SEPARATORS.sub("", folded)
    return wire(bare) if bare else ""
