"""Reading JSON with care: typed members, and errors that name the field and the line."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from scheduling.positions import line_of

Value = TypeVar("Value")


class ProblemError(ValueError):
    """A malformed problem or plan: `field` is the path of the value, `line` its 1-based line (None without a text)."""

    def __init__(self, field: str, message: str, line: int | None = None) -> None:
        self.field = field
        self.message = message
        self.line = line
        place = f"line {line}: " if line is not None else ""
        super().__init__(f"{place}{field}: {message}" if field else f"{place}{message}")


def parse_json(text: str, build: Callable[[Any], Value]) -> Value:
    """Decode `text` and hand it to `build`; a ProblemError raised there gets the line of its field."""
    data = load_json(text)
    try:
        return build(data)
    except ProblemError as error:
        if not error.field:
            raise
        raise ProblemError(error.field, error.message, line_of(text, split_path(error.field))) from None


def load_json(text: str) -> Any:
    """Decode JSON; ProblemError with the line where it stops being JSON."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise ProblemError("", f"not JSON: {error.msg} (column {error.colno})", error.lineno) from None
    except (RecursionError, ValueError) as error:
        raise ProblemError("", f"not readable as JSON: {error}", 1) from None


def split_path(path: str) -> list[str | int]:
    """Turn `pairs[3].weight` into its steps."""
    steps: list[str | int] = []
    for part in path.replace("[", ".[").split("."):
        if part.startswith("["):
            steps.append(int(part[1:-1]))
        elif part:
            steps.append(part)
    return steps


_REQUIRED: Any = object()


class Reader:
    """Reads typed members of one JSON object and names the path of what is wrong (ProblemError)."""

    def __init__(self, data: Any, path: str) -> None:
        self.path = path
        if not isinstance(data, dict):
            raise ProblemError(path, f"must be an object, not {_kind(data)}")
        self.data = data

    def error(self, key: str, message: str) -> ProblemError:
        """An error at the member `key` of this object."""
        return ProblemError(f"{self.path}.{key}" if self.path else key, message)

    def _get(self, key: str, default: Any, accept: Callable[[Any], bool], wanted: str) -> Any:
        value = self.data.get(key)
        if value is None:
            if default is _REQUIRED:
                raise self.error(key, f"is missing, must be {wanted}" if key not in self.data
                                 else f"must be {wanted}, not null")
            return default
        if not accept(value):
            raise self.error(key, f"must be {wanted}, not {_kind(value)}")
        return value

    def text(self, key: str, default: Any = _REQUIRED) -> Any:
        """A string that is not empty."""
        return self._get(key, default, lambda value: isinstance(value, str) and value != "", "a string, not empty")

    def flag(self, key: str, default: Any = _REQUIRED) -> Any:
        """True or false."""
        return self._get(key, default, lambda value: isinstance(value, bool), "true or false")

    def whole(self, key: str, least: int, most: int | None = None, default: Any = _REQUIRED) -> Any:
        """A whole number in least..most."""
        wanted = f"a whole number from {least}" + (f" to {most}" if most is not None else "")
        return self._get(key, default, lambda value: _is_whole(value, least, most), wanted)

    def number(self, key: str, default: Any = _REQUIRED) -> Any:
        """A finite number, zero or more."""
        return self._get(
            key, default,
            lambda value: isinstance(value, (int, float)) and not isinstance(value, bool)
            and value >= 0 and value < 1e300 and math.isfinite(value),
            "a number, zero or more",
        )

    def objects(self, key: str, default: Any = _REQUIRED) -> Iterator[Reader]:
        """The members of a list of objects."""
        listed = self._get(key, default, lambda value: isinstance(value, list), "a list")
        name = f"{self.path}.{key}" if self.path else key
        for index, one in enumerate(listed):
            yield Reader(one, f"{name}[{index}]")

    def wholes(self, key: str, most: int) -> list[int]:
        """A list of whole numbers in 0..most; empty when it is missing."""
        listed: list[int] = self._get(key, [], lambda value: isinstance(value, list), "a list")
        for index, value in enumerate(listed):
            if not _is_whole(value, 0, most):
                raise self.error(f"{key}[{index}]", f"must be a whole number from 0 to {most}, not {_kind(value)}")
        return listed

    def texts(self, key: str) -> list[str]:
        """A list of strings; empty when it is missing."""
        listed: list[str] = self._get(key, [], lambda value: isinstance(value, list), "a list")
        for index, value in enumerate(listed):
            if not isinstance(value, str):
                raise self.error(f"{key}[{index}]", f"must be a string, not {_kind(value)}")
        return listed


def _is_whole(value: Any, least: int, most: int | None) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least and (most is None or value <= most)


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, (dict, list)):
        return "an object" if isinstance(value, dict) else "a list"
    return json.dumps(value)[:60]
