"""The lock: what released keys mean. Stored listings rely on it, so a key never changes its meaning unnoticed.

Keys and choices may be added freely (the lock is then written anew). Whatever else changes is a break: it needs a data
migration, whose revision is written into the lock with what it carried over. A retired key stays there for good, so
that nobody gives it another meaning.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from catalogue import kinds
from catalogue.errors import CatalogueError

FILE = Path(__file__).parent / "catalogue.lock"


@dataclass(frozen=True)
class Change:
    """A difference between the lock and the catalogue. `what`: added, removed, type, unit, choice_added or
    choice_removed; `key`: "field price", "kind equipment" or "kind equipment, field price"."""

    key: str
    what: str
    before: str | None = None
    after: str | None = None

    @property
    def breaking(self) -> bool:
        """Whether listings stored before may no longer be read."""
        return self.what not in ("added", "choice_added")

    def __str__(self) -> str:
        values = f": {self.before} -> {self.after}" if self.before is not None or self.after is not None else ""
        return f"{self.key} {self.what.replace('_', ' ')}{values}"


class BreakingChange(Exception):
    """The catalogue breaks the lock and no migration was named. `changes`: what breaks."""

    def __init__(self, changes: tuple[Change, ...]) -> None:
        super().__init__("; ".join(map(str, changes)))
        self.changes = changes


def snapshot(registry: kinds.Registry | None = None) -> dict[str, Any]:
    """What keys mean now: {"fields": {key: {type, unit, choices}}, "kinds": {key: [field keys]}}."""
    registry = registry or kinds.registry()
    return {
        "fields": {key: registry.fields[key].signature() for key in sorted(registry.fields)},
        "kinds": {kind.key: sorted(field.key for field in kind.fields()) for kind in registry.kinds},
    }


def read(path: Path = FILE) -> dict[str, Any]:
    """The lock file: a snapshot with "retired" fields and "migrations". Raises CatalogueError if it cannot be read."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError) as error:
        raise CatalogueError(path.name, f"cannot be read: {error}") from error


def compare(locked: dict[str, Any], current: dict[str, Any]) -> tuple[Change, ...]:
    """All differences, ordered by key."""
    changes: list[Change] = []
    retired = locked.get("retired", {})
    for key in sorted(locked["fields"].keys() | current["fields"].keys()):
        name = f"field {key}"
        old, new = locked["fields"].get(key), current["fields"].get(key)
        if old is None and key in retired:
            changes += _field_changes(name, retired[key], new) or [Change(name, "added")]
        elif old is None:
            changes.append(Change(name, "added"))
        elif new is None:
            changes.append(Change(name, "removed"))
        else:
            changes += _field_changes(name, old, new)
    for key in sorted(locked["kinds"].keys() | current["kinds"].keys()):
        name = f"kind {key}"
        if key not in locked["kinds"] or key not in current["kinds"]:
            changes.append(Change(name, "removed" if key in locked["kinds"] else "added"))
            continue
        before, after = set(locked["kinds"][key]), set(current["kinds"][key])
        changes += [Change(f"{name}, field {field}", "added") for field in sorted(after - before)]
        changes += [Change(f"{name}, field {field}", "removed") for field in sorted(before - after)]
    return tuple(changes)


def _field_changes(name: str, old: dict[str, Any], new: dict[str, Any]) -> list[Change]:
    changes = [Change(name, part, old[part], new[part]) for part in ("type", "unit") if old[part] != new[part]]
    before, after = set(old["choices"]), set(new["choices"])
    changes += [Change(name, "choice_added", None, code) for code in sorted(after - before)]
    changes += [Change(name, "choice_removed", code, None) for code in sorted(before - after)]
    return changes


def check(path: Path = FILE, registry: kinds.Registry | None = None) -> tuple[Change, ...]:
    """Differences between the lock file and the catalogue; () if the lock is true and up to date."""
    return compare(read(path), snapshot(registry))


def write(
    path: Path = FILE, registry: kinds.Registry | None = None, migration: str | None = None
) -> tuple[Change, ...]:
    """Write the lock anew and return what changed.

    `migration`: revision of the data migration that carries breaking changes over. Raises BreakingChange without one.
    """
    current = snapshot(registry)
    locked = read(path) if path.exists() else {"fields": {}, "kinds": {}}
    changes = compare(locked, current)
    breaking = tuple(change for change in changes if change.breaking)
    if breaking and not migration:
        raise BreakingChange(breaking)
    known = locked.get("retired", {}) | locked["fields"]
    retired = {key: value for key, value in known.items() if key not in current["fields"]}
    migrations = list(locked.get("migrations", []))
    if breaking:
        migrations.append({"revision": migration, "changes": [str(change) for change in breaking]})
    path.write_text(_format({**current, "retired": retired, "migrations": migrations}), encoding="utf-8")
    return changes


def _format(content: dict[str, Any]) -> str:
    """JSON with one key a line, so that a difference reads as one."""
    parts = []
    for section in ("fields", "kinds", "retired"):
        lines = [f"    {json.dumps(key)}: {json.dumps(value)}" for key, value in sorted(content[section].items())]
        parts.append(f'  "{section}": {{' + ("\n" + ",\n".join(lines) + "\n  }" if lines else "}"))
    lines = [f"    {json.dumps(entry)}" for entry in content["migrations"]]
    parts.append('  "migrations": [' + ("\n" + ",\n".join(lines) + "\n  ]" if lines else "]"))
    return "{\n" + ",\n".join(parts) + "\n}\n"
