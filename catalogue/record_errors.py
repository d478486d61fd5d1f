"""The error of a record that cannot be read."""

from __future__ import annotations


class RecordError(ValueError):
    """A record says something that cannot be stored.

    `field`: the key that is wrong, "facts.price" for one inside the facts; `code`: one of the codes of validation, or
    "not_a_boolean" or "not_an_address"; `message`: the same in English.
    """

    def __init__(self, field: str, code: str, message: str) -> None:
        super().__init__(f"{field} {message}" if field else message)
        self.field = field
        self.code = code
        self.message = message
