"""Bodies for Elasticsearch as plain data: the mapping of an index, and questions. No client here, so that they can be
read and tested alone.

Only what every distribution has is used: built-in analyzers, no scripts, no licensed feature.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Sequence
from typing import Any

from search.engines.base import AnyOf, Bag, Clause, Codes, Condition, Entry, Filter, Numbers, Order, Selection
from search.engines.candidates import outline
from search.engines.sieve import Summand, summands
from search.schema import Schema

Body = dict[str, Any]
# Facets longer than this are cut, the commonest values first.
FACET_VALUES = 500
LENGTH, ID = "numbers.length", "id"

_WORDS = {"type": "text", "analyzer": "whitespace", "norms": False, "index_options": "docs"}
_PHRASES = {"type": "text", "analyzer": "whitespace", "norms": False, "index_options": "positions"}
FRESH_UNTIL = "numbers.fresh_until"
_STREAMS = {"title_words": _WORDS, "title_chars": _PHRASES, "words": _WORDS, "chars": _PHRASES, "exact": _WORDS}


def properties(schema: Schema) -> Body:
    """The fields of an index.

    Streams are searched and, together in `bag`, read for scoring; the document is kept as it came. `outline` is what
    candidates are ranked by, so that whole documents are read only of the best.
    """
    return {
        "id": {"type": "keyword"},
        "revision": {"type": "long"},
        "deleted": {"type": "boolean"},
        "deleted_at": {"type": "long"},
        **_STREAMS,
        "bag": {"type": "binary", "doc_values": True},
        "outline": {"type": "binary", "doc_values": True},
        "codes": {"properties": {field.name: {"type": "keyword"} for field in schema.codes}},
        "numbers": {"properties": {field.name: {"type": "long"} for field in schema.numbers}},
        "document": {"type": "object", "enabled": False},
    }


def index(schema: Schema, *, analysis_version: str, created_at: str) -> Body:
    """Settings and mapping of a new index. One shard, so that what it counts is exact up to a million documents."""
    return {
        "settings": {"number_of_shards": 1, "auto_expand_replicas": "0-1"},
        "mappings": {
            "dynamic": "strict",
            "_meta": {
                "analysis_version": analysis_version,
                "schema_version": schema.version,
                "created_at": created_at,
            },
            # Streams are made again from the document by a rebuild; kept twice they would be most of the index.
            "_source": {"excludes": [*_STREAMS, "bag", "outline"]},
            "properties": properties(schema),
        },
    }


STATISTICS_INDEX: Body = {
    "settings": {"number_of_shards": 1, "auto_expand_replicas": "0-1"},
    "mappings": {
        "dynamic": "strict",
        "properties": {"version": {"type": "keyword"}, "data": {"type": "binary"}},
    },
}


def source(entry: Entry, deleted_at: int) -> Body:
    """What is indexed of an entry."""
    if entry.deleted:
        return {"id": entry.id, "revision": entry.revision, "deleted": True, "deleted_at": deleted_at}
    return {
        "id": entry.id,
        "revision": entry.revision,
        **entry.bag._asdict(),
        "bag": packed(entry.bag),
        "outline": packed_outline(entry),
        "codes": entry.codes,
        "numbers": entry.numbers,
        "document": entry.document,
    }


def packed(bag: Bag) -> str:
    """A bag as one value of a binary field."""
    return base64.b64encode("\n".join(bag).encode()).decode()


def unpacked(value: str) -> Bag:
    """The bag that `packed` made."""
    return Bag(*base64.b64decode(value).decode().split("\n"))


def packed_outline(entry: Entry) -> str:
    """The outline of a document and its word streams as one value of a binary field."""
    known = json.dumps(outline(entry.document), ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode("\n".join((known, entry.bag.title_words, entry.bag.words)).encode()).decode()


def unpacked_outline(value: str) -> tuple[dict[str, Any], str, str]:
    """The outline, the words of the title and all words that `packed_outline` put together."""
    known, title_words, words = base64.b64decode(value).decode().split("\n")
    return json.loads(known), title_words, words


def clause_query(clause: Clause, *, title: bool = False, own: bool = True, concepts: bool = True) -> Body:
    """A clause, in the title alone or anywhere; as itself, by concept, or either."""
    prefix = "title_" if title else ""
    terms = [*(clause.words if own else ()), *(clause.concepts if concepts else ())]
    ways: list[Body] = [{"terms": {f"{prefix}words": terms}}] if terms else []
    if own and clause.phrase:
        ways.append({"match_phrase": {f"{prefix}chars": " ".join(clause.phrase)}})
    if own and clause.exact and not title:
        ways.append({"terms": {"exact": list(clause.exact)}})
    return any_of(ways)


def any_of(queries: Sequence[Body]) -> Body:
    """At least one of the queries; none at all finds nothing."""
    if len(queries) == 1:
        return queries[0]
    return {"bool": {"should": list(queries), "minimum_should_match": 1}} if queries else {"match_none": {}}


def all_of(queries: Iterable[Body]) -> Body:
    """All of the queries, none of which scores."""
    return {"bool": {"filter": list(queries)}}


def condition_query(condition: Condition) -> Body:
    """A condition."""
    if isinstance(condition, Codes):
        return {"terms": {f"codes.{condition.field}": list(condition.values)}}
    if isinstance(condition, Numbers):
        bounds = {"gte": condition.at_least, "lte": condition.at_most}
        bounds = {name: bound for name, bound in bounds.items() if bound is not None}
        field = f"numbers.{condition.field}"
        return {"range": {field: bounds}} if bounds else {"exists": {"field": field}}
    parts = [condition_query(part) for part in condition.conditions]
    return any_of(parts) if isinstance(condition, AnyOf) else all_of(parts)


def _words(selection: Selection) -> list[Body]:
    """What the words of a selection require; nothing if it has none."""
    ways = []
    if selection.clauses:
        ways.append(all_of(clause_query(clause) for clause in selection.clauses))
    if selection.whole:
        ways.append({"terms": {"exact": list(selection.whole)}})
    return [any_of(ways)] if ways else []


def _summand_query(part: Summand) -> Body:
    if part.clause is None:
        found: Body = {"terms": {"exact": list(part.exact)}}
    else:
        found = clause_query(part.clause, title=part.title, own=part.own, concepts=not part.own)
    return {"constant_score": {"filter": found, "boost": part.weight}}


def _query(selection: Selection, filter: Filter) -> Body:
    required = [condition_query(condition) for condition in filter.conditions.values()]
    query: Body = {"filter": [*required, *_words(selection)], "must_not": [{"term": {"deleted": True}}]}
    if selection.order is None:
        query["should"] = [_summand_query(part) for part in summands(selection)]
    return {"bool": query}


def filter_of(facet: str) -> str:
    """The name of the filter that a facet's values set: the same, but for places, which are counted by signature."""
    return "place" if facet == "places" else facet


def select(selection: Selection) -> Body:
    """A search that counts everything found and cuts the slice.

    Filters of facets come after the counting, lifted one by one.
    """
    conditions = selection.filter.conditions
    lifted = {filter_of(facet) for facet in selection.facets} & conditions.keys()
    before = Filter({name: condition for name, condition in conditions.items() if name not in lifted})
    body: Body = {
        "query": _query(selection, before),
        "from": selection.offset,
        "size": selection.limit,
        "sort": sort(selection.order),
        "track_total_hits": True,
        "_source": False,
        "stored_fields": "_none_",
    }
    if selection.bags:
        body["docvalue_fields"] = ["bag", FRESH_UNTIL]
    if lifted:
        body["post_filter"] = all_of(condition_query(conditions[name]) for name in sorted(lifted))
    if selection.facets:
        body["aggs"] = {
            facet: {
                "filter": all_of(
                    condition_query(conditions[name]) for name in sorted(lifted) if name != filter_of(facet)
                ),
                "aggs": {
                    "values": {
                        "terms": {
                            "field": f"codes.{facet}",
                            "size": FACET_VALUES,
                            "order": [{"_count": "desc"}, {"_key": "asc"}],
                        }
                    }
                },
            }
            for facet in selection.facets
        }
    return body


def sort(order: Order | None) -> list[Body]:
    """The order of a selection; its last key is the id, which is read from there."""
    if order is None:
        return [{"_score": "desc"}, {LENGTH: "asc"}, {ID: "asc"}]
    fields = [
        {field: {"order": "desc" if descending else "asc", "missing": "_last"}}
        for field, descending in ((_path(name), descending) for name, descending in order.fields)
    ]
    return [*fields, {ID: "asc"}]


def _path(name: str) -> str:
    return f"codes.{name}" if name.startswith("currency_") else f"numbers.{name}"


def existence(selection: Selection) -> Body:
    """A search that says whether anything is found."""
    query = _query(selection, selection.filter)
    query["bool"].pop("should", None)
    return {"query": query, "size": 0, "track_total_hits": 1, "terminate_after": 1}


def any_of_terms(terms: Sequence[tuple[str, int]], filter: Filter, limit: int, *, outlines: bool = False) -> Body:
    """A search for documents that hold any of the terms, heaviest first, once more for a term in the title; it brings
    whole documents or their outlines."""
    weighed = [
        {"constant_score": {"filter": {"term": {field: term}}, "boost": weight}}
        for term, weight in terms
        for field in ("words", "title_words")
    ]
    body: Body = {
        "query": {
            "bool": {
                "should": weighed,
                "minimum_should_match": 1,
                "filter": [condition_query(condition) for condition in filter.conditions.values()],
                "must_not": [{"term": {"deleted": True}}],
            }
        },
        "size": limit,
        "sort": sort(None),
        "track_total_hits": False,
    }
    if outlines:
        return body | {"_source": False, "stored_fields": "_none_", "docvalue_fields": ["outline"]}
    # As it is kept: cutting pieces out of it would take the cluster longer than sending all of it.
    return body | {"_source": True, "docvalue_fields": ["bag"]}


def page_by_id(after: str | None, size: int, *, live_only: bool, bag: bool = False, source: Any = False) -> Body:
    """One page of everything an index holds, ordered by id."""
    body: Body = {
        "query": {"bool": {"must_not": [{"term": {"deleted": True}}]}} if live_only else {"match_all": {}},
        "size": size,
        "sort": [{ID: "asc"}],
        "track_total_hits": False,
        "_source": source,
    }
    if bag:
        body["docvalue_fields"] = ["bag"]
    if after is not None:
        body["search_after"] = [after]
    return body
