"""What a service may answer instead of its result. Views and error pages turn these into words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


class DomainError(Exception):
    """A refusal that the marketplace's rules foresee."""


class NotAllowed(DomainError):
    """The actor may know of this but may not do it. `reason` is a code the pages word."""

    def __init__(self, reason: str = "not_allowed") -> None:
        super().__init__(reason)
        self.reason = reason


class NotFound(DomainError):
    """There is no such thing, or the actor may not know that there is."""


@dataclass
class Conflict(DomainError):
    """Somebody saved in between. `theirs` is what stands now, `current` its version."""

    current: int
    theirs: Any = None

    def __str__(self) -> str:
        return f"changed meanwhile, now at {self.current}"


@dataclass(frozen=True)
class ErrorCode:
    """What is wrong with one value: a code and what its sentence needs."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


class Invalid(DomainError):
    """Values that cannot be taken: field name to `ErrorCode`."""

    def __init__(self, errors: Mapping[str, Any]) -> None:
        super().__init__(", ".join(f"{name}: {error.code}" for name, error in errors.items()))
        self.errors = dict(errors)


@dataclass
class AlreadyDone(DomainError):
    """This very submission was taken before; `result` is the id of what it made."""

    result: int

    def __str__(self) -> str:
        return f"already done: {self.result}"


@dataclass
class TooMany(DomainError):
    """Over a rate limit; `retry_after` in seconds."""

    retry_after: int

    def __str__(self) -> str:
        return f"too many, again in {self.retry_after} s"
