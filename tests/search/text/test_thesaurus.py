"""The thesaurus: complete, without double meanings, and refused when it is wrong."""

from __future__ import annotations

import pytest

from search.text import ThesaurusError, folded, thesaurus
from search.text.scanning import scan
from search.text.thesaurus import load


def test_it_covers_the_sector():
    concepts = thesaurus().concepts
    assert len(concepts) >= 400
    assert {c.group for c in concepts.values()} >= {
        "attributes", "conditions", "devices", "facilities", "food", "it", "places", "schemes", "services", "staff",
    }  # fmt: skip
    assert sum("en" in c.words for c in concepts.values()) >= 400
    assert sum("hk" in c.words or "mo" in c.words for c in concepts.values()) >= 400
    assert sum("tw" in c.words for c in concepts.values()) >= 400
    assert sum("cn" in c.words for c in concepts.values()) >= 400


def test_no_word_stands_in_two_concepts_unless_marked():
    owner = {}
    double = []
    for concept in thesaurus().concepts.values():
        for word in concept.all_words():
            key = tuple(scan(folded(word)).terms)
            other = owner.setdefault(key, concept.id)
            if other != concept.id and folded(word) not in concept.ambiguous:
                double.append((word, other, concept.id))
    assert double == []


def test_links_go_both_ways_and_never_round():
    words = thesaurus()
    for concept in words.concepts.values():
        for parent in concept.broader:
            assert concept.id in words.narrower(parent)
            assert concept.id not in words.ancestors(parent)
    assert words.ancestors("power_wheelchair") == ("power_wheelchair", "wheelchair", "mobility_aid", "assistive_device")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a: {en: [x], broader: [gone]}", "gone"),
        ("a: {en: [x], french: [y]}", "french"),
        ("a: {en: [1]}", "must be text"),
    ],
)
def test_a_wrong_file_is_refused(tmp_path, text, why):
    (tmp_path / "one.yaml").write_text(text, "utf-8")
    with pytest.raises(ThesaurusError, match=why):
        load(tmp_path)


def test_the_same_id_in_two_files_is_refused(tmp_path):
    for name in ("one", "two"):
        (tmp_path / f"{name}.yaml").write_text("a: {en: [x]}", "utf-8")
    with pytest.raises(ThesaurusError, match="twice"):
        load(tmp_path)
