"""Where in a JSON text a value stands, so that an error can name its line."""

from __future__ import annotations

import json
from collections.abc import Sequence

_SPACE = " \t\r\n"


def line_of(text: str, path: Sequence[str | int]) -> int:
    """Return the 1-based line of the value at `path` (keys and indexes from the root) in valid JSON `text`.

    When a step of the path does not exist, the line of the deepest value that does is returned.
    """
    position = _skip(text, 0)
    for step in path:
        found = _child(text, position, step)
        if found is None:
            break
        position = found
    return text.count("\n", 0, position) + 1


def _skip(text: str, position: int) -> int:
    while position < len(text) and text[position] in _SPACE:
        position += 1
    return position


def _child(text: str, position: int, step: str | int) -> int | None:
    """Offset of the member `step` of the object or array that starts at `position`, or None."""
    opening = text[position]
    if opening not in "{[" or isinstance(step, str) != (opening == "{"):
        return None
    decoder = json.JSONDecoder()
    found, index = None, 0
    position = _skip(text, position + 1)
    while text[position] not in "}]":
        if text[position] == ",":
            position = _skip(text, position + 1)
            continue
        key: str | int = index
        if opening == "{":
            key, position = decoder.raw_decode(text, position)
            position = _skip(text, _skip(text, position) + 1)
        if key == step:
            found = position      # JSON keeps the last of equal keys
            if opening == "[":
                return found
        _, position = decoder.raw_decode(text, position)
        position = _skip(text, position)
        index += 1
    return found
