"""Whatever is typed or written gets an answer, and the same one from both engines."""

from __future__ import annotations

import itertools
import random
import unicodedata
from collections.abc import Iterator

import pytest

from search import FindResult, Search
from search.engines.base import Bag, Clause, Entry, Selection
from search.streams import stream, wire
from tests.contract import corpus
from tests.contract.conftest import opened

ODD = [
    "",
    " ",
    "😀",
    "👩‍🦽 wheelchair",
    "🫶🏿",
    "轮椅\x00\x01\x07\x1b[31m",
    '"unbalanced',
    "'",
    '"""',
    "(((",
    "轮椅 AND",
    "NEAR(轮椅 床, 2)",
    "words:轮椅",
    "-轮椅",
    "^轮椅*",
    "轮椅 OR 床 NOT",
    "\\",
    "\ud800",
    "%_%",
    "'; DROP TABLE offers_1_docs; --",
    "<script>alert(1)</script>",
    "ＦＵＬＬ　ＷＩＤＴＨ　轮椅",
    "a" * 5000,
    "轮椅 " * 2000,
    "輪" * 3000,
    "\u202e轮椅\u202c",
    "i\u0307stanbul İSTANBUL ıI",
    "ß ẞ ſ ﬁ ǆ",
    "Ａ\u0300\u0301\u0302",
    "ไทย العربية हिन्दी 한국어 ひらがな",
    "𠮷野家 𝔘𝔫𝔦𝔠𝔬𝔡𝔢",
    "１２３ ①②③ Ⅷ ½",
]


@pytest.mark.parametrize("text", ODD)
def test_every_query_gets_an_answer(filled: Search, text: str) -> None:
    answer = filled.find(corpus.request(text, facets=("kind",)))
    assert isinstance(answer, FindResult)
    assert answer.total >= len(answer.hits)


def test_operators_of_a_query_language_mean_nothing(found) -> None:
    assert sorted(found("^轮椅*")) == sorted(found("轮椅"))
    assert sorted(found('"轮椅')) == sorted(found("轮椅"))


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Search, Search]]:
    sqlite = opened("sqlite", tmp_path_factory.mktemp("odd"))
    elastic = opened("elastic", tmp_path_factory.mktemp("odd"))
    pair = next(sqlite), next(elastic)
    yield pair
    for search in (sqlite, elastic):
        next(search, None)


def odd_tokens() -> list[str]:
    """Tokens of every kind of character, also of those that an engine might fold, split at, or not know."""
    chance = random.Random(3)
    chosen = [chr(code) for code in range(1, 0x2FF)]
    chosen += [chr(chance.randrange(0x300, 0xD800)) for _ in range(500)]
    chosen += [chr(chance.randrange(0xE000, 0x110000)) for _ in range(500)]
    tokens = [f"{a}{b}" for a, b in itertools.pairwise(chosen)] + chosen
    tokens += ["x" * 300, "轮" * 200, "C:Wheelchair", "c:wheelchair", 'quo"te', "NOT", "a\u0301", "😀"]
    return [token for token in dict.fromkeys(tokens) if not any(unicodedata.category(c) == "Cs" for c in token)]


@pytest.mark.elastic
def test_both_engines_keep_every_odd_token_apart(both: tuple[Search, Search]) -> None:
    tokens = odd_tokens()
    entries = []
    for number, token in enumerate(tokens):
        words = stream([token, "common"])
        bag = Bag(words, words, words, words, stream([token]))
        entries.append(Entry(f"{number:05d}", 1, document={"texts": {}}, bag=bag, length=2, numbers={"length": 2}))
    asked = random.Random(4).sample(range(len(tokens)), 300)
    for search in both:
        search.engine.write("offers", entries)
        search.engine.settle("offers")
        for number in asked:
            token = wire(tokens[number])
            for clause in (Clause(words=(token,)), Clause(phrase=(token, "common")), Clause(exact=(token,))):
                found = search.engine.select(Selection("offers", clauses=(clause,)))
                assert found.ids == (f"{number:05d}",), (search.engine.name, tokens[number], clause)
        everything = search.engine.select(Selection("offers", clauses=(Clause(words=("common",)),), limit=0))
        assert everything.total == len(tokens)


@pytest.mark.elastic
def test_both_engines_answer_odd_queries_alike(both: tuple[Search, Search]) -> None:
    written = [text for text in ODD if text.strip() and "\ud800" not in text]
    documents = [
        corpus.offer(f"odd-{number:02d}", {"en": text[:300]}, summary={"zh-Hans": text})
        for number, text in enumerate(written)
    ]
    for search in both:
        search.put("demands", [{**document, "collection": "demands"} for document in documents])
    sqlite, elastic = both
    for text in ODD:
        request = corpus.request(text, collection="demands", facets=("kind",), size=50)
        assert sqlite.find(request) == elastic.find(request), text
