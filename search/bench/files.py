"""Files of the benchmark formats: JSON lines in, tab-separated runs out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any


class MalformedLine(ValueError):
    """A line that the format does not allow; the message names file and line."""

    def __init__(self, path: Path, number: int, why: str) -> None:
        super().__init__(f"{path}, line {number}: {why}")
        self.number = number


def records(path: Path, required: Iterable[str]) -> Iterator[dict[str, Any]]:
    """The records of a JSON-lines file; empty lines are passed over.

    Each must be an object in which the `required` keys hold text (an id may be a whole number), and no id may come
    twice. Raises MalformedLine, OSError.
    """
    names = tuple(required)
    seen: set[str] = set()
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                record = json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8"))
            except ValueError as error:
                raise MalformedLine(path, number, f"not JSON in UTF-8 ({error})") from error
            if not isinstance(record, dict):
                raise MalformedLine(path, number, "not a JSON object")
            for name in names:
                value = record.get(name)
                if name == "id" and isinstance(value, int) and not isinstance(value, bool):
                    value = record["id"] = str(value)
                if not isinstance(value, str) or (name == "id" and not value.strip()):
                    raise MalformedLine(path, number, f"{name} is missing or not text")
            if record.get("id") in seen:
                raise MalformedLine(path, number, f"the id {record['id']} comes twice")
            if "id" in record:
                seen.add(record["id"])
            yield record


class Run:
    """A run file: query, document, rank from 1, score; best first, no header."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8", newline="\n")

    def add(self, query_id: str, ranked: Iterable[tuple[str, float]]) -> None:
        """Writes one query's documents, best first."""
        for rank, (id, score) in enumerate(ranked, 1):
            self._file.write(f"{query_id}\t{id}\t{rank}\t{score:.6f}\n")

    def __enter__(self) -> Run:
        return self

    def __exit__(self, *_error: object) -> None:
        self._file.close()
