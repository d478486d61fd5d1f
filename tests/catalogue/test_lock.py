"""The lock: released keys keep their meaning, or a data migration is named."""

from __future__ import annotations

import json

import pytest

from catalogue import kinds, lock
from catalogue.__main__ import main
from catalogue.errors import CatalogueError
from tests.catalogue.helpers import KIND, copied


def test_the_lock_is_true_and_up_to_date():
    """When this fails: write a data migration for what breaks, then `python -m catalogue lock`."""
    assert [str(change) for change in lock.check()] == []


def edited(tmp_path, file: str, old: str, new: str) -> kinds.Registry:
    folder = copied(tmp_path)
    (folder / "kinds" / "robot_rental.yaml").write_text(KIND, encoding="utf-8")
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return kinds.load(folder)


@pytest.fixture
def locked(tmp_path):
    """A lock file of the catalogue with one more kind."""
    path = tmp_path / "catalogue.lock"
    (tmp_path / "before").mkdir()
    lock.write(path, edited(tmp_path / "before", "fields.yaml", "key: model", "key: model"))
    return path


@pytest.mark.parametrize(
    ("file", "old", "new", "changes"),
    [
        ("fields.yaml", "  - key: trial_days\n    type: integer", "  - key: trial_days\n    type: decimal",
         ["field trial_days type: integer -> decimal"]),
        ("fields.yaml", "  - key: trial_days\n    type: integer\n    unit: day",
        "  - key: trial_days\n    type: integer\n    unit: week",
         ["field trial_days unit: day -> week"]),
        ("kinds/robot_rental.yaml", "key: robot_height_cm", "key: robot_height",
         ["field robot_height added", "field robot_height_cm removed", "kind robot_rental, field robot_height added",
          "kind robot_rental, field robot_height_cm removed"]),
        ("kinds/robot_rental.yaml", "      - serves\n", "", ["kind robot_rental, field serves removed"]),
        ("kinds/facility_operation.yaml", "{code: bare,", "{code: shell,",
         ["field works_state choice added: None -> shell", "field works_state choice removed: bare -> None"]),
    ],
)  # fmt: skip
def test_what_breaks_needs_a_migration(tmp_path, locked, file, old, new, changes):
    (tmp_path / "after").mkdir()
    registry = edited(tmp_path / "after", file, old, new)
    assert [str(change) for change in lock.check(locked, registry)] == changes
    before = locked.read_text(encoding="utf-8")
    with pytest.raises(lock.BreakingChange) as error:
        lock.write(locked, registry)
    breaking = [change for change in changes if "added" not in change]
    assert [str(change) for change in error.value.changes] == breaking
    assert locked.read_text(encoding="utf-8") == before

    assert [str(change) for change in lock.write(locked, registry, migration="20261201_robots")] == changes
    assert lock.check(locked, registry) == ()
    assert json.loads(locked.read_text(encoding="utf-8"))["migrations"] == [
        {"revision": "20261201_robots", "changes": breaking}
    ]


@pytest.mark.parametrize(
    ("file", "old", "new", "changes"),
    [
        ("fields.yaml", "en: Model}", "en: Type}", []),
        ("kinds/robot_rental.yaml", "facet: true", "facet: false", []),
        ("kinds/robot_rental.yaml", "      - serves\n", "      - serves\n      - model\n",
         ["kind robot_rental, field model added"]),
        ("kinds/facility_operation.yaml", "{code: bare,",
        "{code: ruin, zh-Hans: 危房, zh-Hant: 危樓, en: Ruin}\n          - {code: bare,",
         ["field works_state choice added: None -> ruin"]),
    ],
)  # fmt: skip
def test_additions_and_words_need_none(tmp_path, locked, file, old, new, changes):
    (tmp_path / "after").mkdir()
    registry = edited(tmp_path / "after", file, old, new)
    assert [str(change) for change in lock.write(locked, registry)] == changes
    assert lock.check(locked, registry) == ()


def test_a_retired_key_is_never_used_for_something_else(tmp_path, locked):
    for name in ("without", "with"):
        (tmp_path / name).mkdir()
    without = edited(tmp_path / "without", "kinds/robot_rental.yaml", "key: robot_height_cm", "key: robot_size")
    lock.write(locked, without, migration="20261201_size")
    assert json.loads(locked.read_text(encoding="utf-8"))["retired"] == {
        "robot_height_cm": {"type": "integer", "unit": "cm", "choices": []}
    }
    again = edited(tmp_path / "with", "kinds/robot_rental.yaml", "type: integer", "type: decimal")
    assert "field robot_height_cm type: integer -> decimal" in [str(change) for change in lock.check(locked, again)]


def test_the_commands(tmp_path, capsys):
    path = tmp_path / "catalogue.lock"
    check, write = ["check", "--file", str(path)], ["lock", "--file", str(path)]
    assert main(check) == 1
    assert "catalogue.lock: cannot be read" in capsys.readouterr().err
    assert main(write) == 0
    assert "kind equipment added\n" in capsys.readouterr().out
    assert main(check) == 0
    assert capsys.readouterr().out == ""
    path.write_text(path.read_text(encoding="utf-8").replace('"unit": "kg"', '"unit": "cm"'), encoding="utf-8")
    assert main(check) == 1
    assert "field load_kg unit: cm -> kg\n" in capsys.readouterr().out
    assert main(write) == 1
    assert "field load_kg unit: cm -> kg\n" in capsys.readouterr().err
    assert main([*write, "--migration", "20261201_metric"]) == 0
    assert main(check) == 0


def test_a_broken_lock_is_named(tmp_path):
    path = tmp_path / "catalogue.lock"
    path.write_text("{", encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"catalogue\.lock: cannot be read"):
        lock.read(path)
