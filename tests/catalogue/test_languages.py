"""Every label stands in three languages, each in its own script."""

from __future__ import annotations

from collections.abc import Iterator

import opencc
import pytest

from catalogue import classifications, currencies, kinds, places, units
from catalogue.errors import CatalogueError
from catalogue.languages import LANGUAGES, read_labels

# Characters that are right in Traditional text although the converter, taking them alone, knows another form of them:
# Hong Kong's own forms, and characters of names.
ALSO_TRADITIONAL = set("床台厘群里秘干峰温岩咸岳淀于游范卧斗脱藴涌采税灶唇悦占后朴")
# Characters of names that have no simpler form in use.
ALSO_SIMPLIFIED = set("乾鮀礐鮜篢輋")


def all_labels() -> Iterator[tuple[str, dict[str, str]]]:
    for kind in kinds.all_kinds():
        yield kind.key, kind.labels
        yield f"{kind.key} description", kind.descriptions
        for section in kind.sections:
            yield f"{kind.key} {section.key}", section.labels
            for field in section.fields:
                yield field.key, field.labels
                yield f"hint of {field.key}", field.hints
                for choice in field.choices:
                    yield f"{field.key} {choice.code}", choice.labels
    for unit in units.all_units():
        yield unit.key, unit.labels
        if unit.price_labels is not None:
            yield f"per {unit.key}", unit.price_labels
    for key in classifications.all_keys():
        yield key, classifications.get(key).labels
        for entry in classifications.get(key).entries:
            yield f"{key} {entry.code}", entry.labels
    for currency in currencies.all_currencies():
        yield currency.code, currency.names
    for place in places.tree().values():
        yield place.id, place.names


def test_every_label_stands_in_the_three_languages():
    lacking = [
        (name, language)
        for name, labels in all_labels()
        for language in LANGUAGES
        if labels is None or not labels.get(language, "").strip()
    ]
    assert lacking == []


def test_traditional_text_has_no_simplified_character():
    to_traditional = opencc.OpenCC("s2t").convert
    wrong = [
        (name, labels["zh-Hant"], left)
        for name, labels in all_labels()
        if (left := {one for one in labels["zh-Hant"] if to_traditional(one) != one} - ALSO_TRADITIONAL)
    ]
    assert wrong == []


def test_simplified_text_has_no_traditional_character():
    to_simplified = opencc.OpenCC("t2s").convert
    wrong = [
        (name, labels["zh-Hans"], left)
        for name, labels in all_labels()
        if (left := {one for one in labels["zh-Hans"] if to_simplified(one) != one} - ALSO_SIMPLIFIED)
    ]
    assert wrong == []


def test_hong_kong_words_not_only_converted_ones():
    """The two Chinese languages differ in words as well as in characters."""
    care, platform = kinds.get_kind("care_place"), kinds.get_kind("software_platform")
    assert care.labels == {"zh-Hans": "养老机构床位", "zh-Hant": "院舍宿位", "en": "Care places"}
    assert platform.labels == {"zh-Hans": "软件与平台", "zh-Hant": "軟件及平台", "en": "Software and platforms"}
    assert kinds.registry().fields["warranty_months"].labels["zh-Hant"] == "保養月數"


@pytest.mark.parametrize(
    ("node", "message"),
    [
        (None, "labels in three languages are missing"),
        ({"zh-Hans": "甲", "en": "a"}, "no text in zh-Hant"),
        ({"zh-Hans": "甲", "zh-Hant": " ", "en": "a"}, "no text in zh-Hant"),
        ({"zh-Hans": "甲", "zh-Hant": "甲", "en": "a", "fr": "a"}, "unknown language 'fr'"),
    ],
)
def test_labels_that_are_refused(node, message):
    with pytest.raises(CatalogueError, match=message):
        read_labels(node, "here")
