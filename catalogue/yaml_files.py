"""Reading the catalogue's YAML files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from catalogue.errors import CatalogueError

DATA = Path(__file__).parent / "data"

# The C parser reads the catalogue in a tenth of the time; the Python one understands the same files.
_BaseLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_BaseLoader):
    """A safe loader that refuses a key written twice, which YAML itself would silently let win."""


def _mapping(loader: Any, node: Any) -> dict[Any, Any]:
    result: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in result:
            raise yaml.constructor.ConstructorError(None, None, f"key {key!r} is written twice", key_node.start_mark)
        result[key] = loader.construct_object(value_node, deep=True)
    return result


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def read_yaml(path: Path) -> dict[str, Any]:
    """The mapping in a YAML file. Raises CatalogueError if the file is absent, broken or not a mapping."""
    try:
        with path.open(encoding="utf-8") as stream:
            content = yaml.load(stream, Loader=_Loader)  # noqa: S506 - _Loader is a safe loader
    except OSError as error:
        raise CatalogueError(path.name, f"cannot be read: {error.strerror}") from error
    except yaml.YAMLError as error:
        raise CatalogueError(path.name, f"is not valid YAML: {error}") from error
    if not isinstance(content, dict):
        raise CatalogueError(path.name, "must be a mapping")
    return content
