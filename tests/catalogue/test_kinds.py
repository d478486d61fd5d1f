"""The eight kinds, adding one by adding a file, and what the loader refuses."""

from __future__ import annotations

import pytest

from catalogue import kinds, lock
from catalogue.errors import CatalogueError
from catalogue.fields import GATES, MAX_LENGTHS
from catalogue.rules import RULES
from catalogue.validation import ErrorCode, clean
from tests.catalogue.helpers import KIND, copied

COMMON = {
    "features", "serves", "located", "price", "price_max", "price_unit", "rental", "certificates", "languages", "model",
    "lead_time_days",
}  # fmt: skip

# Keys that files of real offers use, with the type each must have.
REAL_KEYS = {
    "features": "tags", "serves": "places", "price": "money", "price_max": "money", "price_unit": "choice",
    "model": "code", "dementia_care": "boolean", "capacity": "integer", "ability_levels": "choices",
    "respite": "boolean", "rental": "boolean", "dimensions": "text", "certificates": "tags",
    "lead_time_days": "integer", "load_kg": "decimal", "languages": "choices", "vacancies": "integer",
}  # fmt: skip


def test_the_eight_kinds_in_order_and_what_is_bound_to_a_place():
    assert [(kind.key, kind.place_bound) for kind in kinds.all_kinds()] == [
        ("care_place", True),
        ("home_community_service", True),
        ("equipment", False),
        ("software_platform", False),
        ("food_meals", True),
        ("adaptation", True),
        ("training_staffing", True),
        ("facility_operation", True),
    ]


def test_every_kind_has_the_common_fields():
    lacking = {kind.key: COMMON - {field.key for field in kind.fields("offer")} for kind in kinds.all_kinds()}
    assert lacking == {kind.key: set() for kind in kinds.all_kinds()}


def test_keys_of_real_files_have_their_types():
    fields = kinds.registry().fields
    assert {key: fields[key].type for key in REAL_KEYS} == REAL_KEYS


def test_vacancies_are_shown_with_the_day_they_were_confirmed():
    confirmable = {key for key, field in kinds.registry().fields.items() if field.confirmable}
    assert confirmable == {"vacancies"}


def test_which_field_decides_which_gate():
    by_gate = {gate: {key for key, field in kinds.registry().fields.items() if field.gate == gate} for gate in GATES}
    assert by_gate == {
        "place": {"serves"},
        "date": {"lead_time_days"},
        "budget": {"price"},
        "capacity": {"capacity", "vacancies", "beds", "seats", "meals_per_day"},
        "credential": {"certificates", "registered_in"},
        "ability": {"ability_levels"},
    }


def test_a_field_that_both_sides_state_says_how_they_compare():
    """A demand's wanted value is of no use to matching without a rule; prose alone is only read."""
    silent = {
        (kind.key, field.key)
        for kind in kinds.all_kinds()
        for field in kind.fields()
        if field.sides == {"offer", "demand"} and field.compare is None and field.type not in ("text", "longtext")
    }
    assert silent == set()


def test_a_kind_knows_its_fields_by_side_and_by_key():
    kind = kinds.get_kind("equipment")
    assert kind.field("price").sides == {"offer"}
    assert "price" not in [field.key for field in kind.fields("demand")]
    assert "load_kg" in [field.key for field in kind.fields("demand")]
    with pytest.raises(KeyError):
        kind.field("beds")
    with pytest.raises(KeyError):
        kinds.get_kind("spaceship")
    with pytest.raises(ValueError, match="unknown side 'both'"):
        kind.fields("both")


def test_a_kind_lays_its_own_words_over_a_shared_field():
    care, food = kinds.get_kind("care_place"), kinds.get_kind("food_meals")
    assert care.field("price").labels["en"] == "Fee (from)"
    assert food.field("price").labels["en"] == "Price (from)"
    assert care.field("price").signature() == food.field("price").signature()


def test_adding_a_kind_is_adding_a_file(tmp_path):
    folder = copied(tmp_path)
    (folder / "kinds" / "robot_rental.yaml").write_text(KIND, encoding="utf-8")
    registry = kinds.load(folder)

    assert [kind.key for kind in registry.kinds][-1] == "robot_rental"
    assert len(registry.kinds) == 9
    robot = registry.get("robot_rental")
    assert [field.key for field in robot.fields()] == ["features", "serves", "price", "robot_height_cm"]
    assert [field.key for field in robot.fields("demand")] == ["features", "robot_height_cm"]
    height = robot.field("robot_height_cm")
    assert (height.type, height.unit, height.facet, height.compare) == ("integer", "cm", True, "at_most")
    assert height.compare in RULES
    assert registry.fields["robot_height_cm"] is height

    facts, errors = clean(robot, "offer", {"robot_height_cm": "301", "price": {"amount": "9", "currency": "HKD"}})
    assert facts == {"price": {"minor": 900, "currency": "HKD"}}
    assert errors == {"robot_height_cm": ErrorCode("too_large", {"max": "300"})}
    assert clean(robot, "offer", {}, publishing=True)[1] == {"features": ErrorCode("required")}

    assert [str(change) for change in lock.check(registry=registry)] == [
        "field robot_height_cm added",
        "kind robot_rental added",
    ]


def changed(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("key: robot_rental", "key: robots", "the key 'robots' must be the file's name"),
        ("- serves\n", "- serving\n", "field serving is not declared in fields.yaml"),
        ("- serves\n", "- serves\n      - serves\n", "field serves is there twice"),
        ("- serves\n", "- {key: serves, type: text}\n", "field serves is already declared in fields.yaml"),
        ("- serves\n", "- {key: serves, unit: cm}\n", "field serves is shared; a kind may not change its unit"),
        ("- serves\n", "- {key: serves, gate: door}\n", "field serves: unknown gate 'door'"),
        ("- serves\n", "- {key: serves, sides: [buyer]}\n", "field serves: sides are offer, demand or both"),
        ("type: integer", "type: number", "unknown type 'number'"),
        ("unit: cm", "unit: ell", "unknown unit 'ell'"),
        ("compare: at_most", "compare: shorter", "unknown compare 'shorter'"),
        ("facet: true", "facet: perhaps", "facet is true or false"),
        ("maximum: 300", "maximum: tall", "maximum must be a number"),
        ("maximum: 300", "colour: red", "unknown attribute 'colour'"),
        ("maximum: 300", "not_below: robot_width", "field robot_height_cm names robot_width"),
        ("zh-Hant: 高度, ", "", "no text in zh-Hant"),
        ("key: robot_height_cm", "key: Height", "a key is lower-case letters, digits and underscores"),
        ("key: robot_height_cm\n        type: integer\n        unit: cm", "key: load_lbs\n        type: choice",
         "a choice needs choices"),
        ("key: robot_height_cm\n        type: integer\n        unit: cm",
         "key: floor\n        type: choice\n        choices: [{code: 1, zh-Hans: 一, zh-Hant: 壹, en: one}]",
         "a choice needs a code that is text, not 1"),
        # a key of another kind's own, with another meaning
        ("key: robot_height_cm\n        type: integer\n        unit: cm", "key: storeys\n        type: decimal",
         "field storeys means something else in facility_operation.yaml"),
        ("key: robot_height_cm\n        type: integer\n        unit: cm", "key: storeys\n        type: integer",
         "field storeys means something else in facility_operation.yaml"),
        ("order: 90", "order: 90\norder: 91", "key 'order' is written twice"),
        ("order: 90", "order: [90", "is not valid YAML"),
    ],
)  # fmt: skip
def test_the_loader_refuses(tmp_path, old, new, message):
    folder = copied(tmp_path)
    (folder / "kinds" / "robot_rental.yaml").write_text(changed(KIND, old, new), encoding="utf-8")
    with pytest.raises(CatalogueError) as error:
        kinds.load(folder)
    assert "robot_rental.yaml" in str(error.value)
    assert message in str(error.value)


def test_a_shared_field_is_declared_once(tmp_path):
    folder = copied(tmp_path)
    text = (folder / "fields.yaml").read_text(encoding="utf-8")
    again = "  - {key: model, type: text, labels: {zh-Hans: 型号, zh-Hant: 型號, en: Model}}\n"
    (folder / "fields.yaml").write_text(text + again, encoding="utf-8")
    with pytest.raises(CatalogueError, match="field model is declared twice"):
        kinds.load(folder)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(CatalogueError, match=r"fields\.yaml: cannot be read"):
        kinds.load(tmp_path)


def test_texts_have_a_length_and_choices_have_one_code_each():
    for field in kinds.registry().fields.values():
        assert (field.max_length is not None) == (field.type in MAX_LENGTHS), field.key
        codes = [choice.code for choice in field.choices]
        assert len(codes) == len(set(codes)), field.key


def test_facility_operation_has_what_the_two_sides_negotiate():
    fields = {field.key for field in kinds.get_kind("facility_operation").fields()}
    assert fields >= {
        "party_role", "floor_area_m2", "storeys", "beds", "seats", "works_state", "fire_acceptance", "kitchen", "price",
        "owner_invests", "operator_invests", "deposit", "term_months", "subsidy_rule", "guaranteed_places",
        "market_places", "facilities_run",
    }  # fmt: skip
