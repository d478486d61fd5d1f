"""Classifications of the field: codes with titles in three languages, each saying whether its wording was checked."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from catalogue.errors import CatalogueError
from catalogue.languages import Labels, read_labels
from catalogue.yaml_files import DATA, read_yaml

_FOLDER = DATA / "classifications"


@dataclass(frozen=True, eq=False)
class Entry:
    """One class. `verified` is False where title or code could not be compared with an official text; it is then shown
    as unverified. `parent`: code of the class above, or None."""

    code: str
    labels: Labels
    verified: bool
    parent: str | None


@dataclass(frozen=True, eq=False)
class Classification:
    """A list of classes. `source` says where it was taken from."""

    key: str
    labels: Labels
    source: str
    entries: tuple[Entry, ...]

    def entry(self, code: str) -> Entry:
        """The class with this code. Raises KeyError."""
        for entry in self.entries:
            if entry.code == code:
                return entry
        raise KeyError(code)


def all_keys() -> tuple[str, ...]:
    """Keys of all classifications."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.yaml")))


@cache
def get(key: str) -> Classification:
    """The classification with this key. Raises KeyError; CatalogueError if its file is wrong."""
    path = _FOLDER / f"{key}.yaml"
    if key not in all_keys():
        raise KeyError(key)
    node = read_yaml(path)
    verified = node.get("verified")
    if not isinstance(verified, bool):
        raise CatalogueError(path.name, "verified must be true or false")
    entries: list[Entry] = []
    for item in node.get("entries", []):
        code = item.get("code")
        where = f"{path.name}, class {code}"
        if not isinstance(code, str):
            raise CatalogueError(where, "a code is text: put it in quotes")
        labels = {name: text for name, text in item.items() if name not in ("code", "verified", "parent")}
        if any(entry.code == code for entry in entries):
            raise CatalogueError(where, "is there twice")
        entry = Entry(code, read_labels(labels, where), item.get("verified", verified), item.get("parent"))
        entries.append(entry)
    codes = {entry.code for entry in entries}
    for entry in entries:
        if entry.parent is not None and entry.parent not in codes:
            raise CatalogueError(path.name, f"class {entry.code} names a parent that is not there")
    return Classification(key, read_labels(node.get("labels"), path.name), str(node.get("source", "")), tuple(entries))
