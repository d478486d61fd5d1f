"""What is sent to Elasticsearch, without a server."""

from __future__ import annotations

from search.engines import elastic_bodies as bodies
from search.engines.base import AnyOf, Bag, Clause, Codes, Entry, Filter, Numbers, Order, Selection
from search.schema import schema

CLAUSE = Clause(words=("轮椅",), phrase=("轮", "椅"), concepts=("c:wheelchair",), weight=5)


def test_a_clause_is_found_as_itself_or_by_its_concept() -> None:
    assert bodies.clause_query(CLAUSE) == {
        "bool": {
            "should": [{"terms": {"words": ["轮椅", "c:wheelchair"]}}, {"match_phrase": {"chars": "轮 椅"}}],
            "minimum_should_match": 1,
        }
    }
    assert bodies.clause_query(CLAUSE, title=True, own=False) == {"terms": {"title_words": ["c:wheelchair"]}}


def test_conditions() -> None:
    condition = AnyOf((Codes("kind", ("a", "b")), Numbers("closes", at_least=5), Numbers("lowest_public")))
    assert bodies.condition_query(condition) == {
        "bool": {
            "should": [
                {"terms": {"codes.kind": ["a", "b"]}},
                {"range": {"numbers.closes": {"gte": 5}}},
                {"exists": {"field": "numbers.lowest_public"}},
            ],
            "minimum_should_match": 1,
        }
    }
    assert bodies.condition_query(AnyOf(())) == {"match_none": {}}


def test_filters_of_facets_come_after_the_counting_each_lifted_for_its_own_facet() -> None:
    filter = Filter(
        {"kind": Codes("kind", ("a",)), "lang": Codes("lang", ("en",)), "open": Numbers("closes", at_least=1)}
    )
    body = bodies.select(Selection("offers", (CLAUSE,), filter=filter, facets=("kind", "rental"), limit=20))
    kind, lang = {"terms": {"codes.kind": ["a"]}}, {"terms": {"codes.lang": ["en"]}}
    assert body["post_filter"] == {"bool": {"filter": [kind]}}
    assert lang in body["query"]["bool"]["filter"]
    assert kind not in body["query"]["bool"]["filter"]
    assert body["aggs"]["kind"]["filter"] == {"bool": {"filter": []}}
    assert body["aggs"]["rental"]["filter"] == {"bool": {"filter": [kind]}}
    assert body["track_total_hits"] is True


def test_orders_end_with_the_id() -> None:
    assert bodies.sort(None) == [{"_score": "desc"}, {"numbers.length": "asc"}, {"id": "asc"}]
    assert bodies.sort(Order((("currency_public", False), ("lowest_public", True)))) == [
        {"codes.currency_public": {"order": "asc", "missing": "_last"}},
        {"numbers.lowest_public": {"order": "desc", "missing": "_last"}},
        {"id": "asc"},
    ]


def test_weights_are_whole_numbers() -> None:
    body = bodies.select(Selection("offers", (CLAUSE,), whole=("轮椅",)))
    boosts = [part["constant_score"]["boost"] for part in body["query"]["bool"]["should"]]
    assert boosts == [15, 5, 10, 1 << 20]


def test_the_mapping_declares_every_field_of_the_schema_and_no_other() -> None:
    declared = schema("offers")
    body = bodies.index(declared, analysis_version="a", created_at="now")
    properties = body["mappings"]["properties"]
    assert body["mappings"]["dynamic"] == "strict"
    assert set(properties["codes"]["properties"]) == {field.name for field in declared.codes}
    assert set(properties["numbers"]["properties"]) == {field.name for field in declared.numbers}
    assert {field["analyzer"] for field in properties.values() if field.get("type") == "text"} == {"whitespace"}
    assert body["mappings"]["_meta"] == {
        "analysis_version": "a",
        "schema_version": declared.version,
        "created_at": "now",
    }


def test_a_bag_survives_packing() -> None:
    bag = Bag(" a  b ", "", " 轮椅  c:wheelchair ", " 轮  椅  \ue000  床 ", " qx310b ")
    assert bodies.unpacked(bodies.packed(bag)) == bag


def test_an_outline_says_who_offers_what_and_where_and_all_words() -> None:
    document = {
        "id": "f-1", "revision": 7, "kind": "equipment", "organisation": {"id": "o-1", "names": {"en": "One"}},
        "texts": {"title": {"zh-Hans": "轮椅"}}, "facts": {"serves": ["HK"], "model": "A"},
    }  # fmt: skip
    entry = Entry("f-1", 7, document=document, bag=Bag(" 轮椅 ", "", " 轮椅  床 ", "", ""))
    assert bodies.unpacked_outline(bodies.packed_outline(entry)) == (
        {
            "id": "f-1",
            "revision": 7,
            "kind": "equipment",
            "organisation": {"id": "o-1"},
            "places": [],
            "facts": {"serves": ["HK"]},
        },
        " 轮椅 ",
        " 轮椅  床 ",
    )


def test_candidates_come_with_documents_or_with_outlines() -> None:
    whole = bodies.any_of_terms([("a", 3)], Filter(), 5)
    outlines = bodies.any_of_terms([("a", 3)], Filter(), 5, outlines=True)
    assert (whole["_source"], whole["docvalue_fields"]) == (True, ["bag"])
    assert (outlines["_source"], outlines["docvalue_fields"]) == (False, ["outline"])
    assert whole["query"] == outlines["query"]
