"""The pages of messages: making one, its list, and the personal link."""

from __future__ import annotations

from marketplace.messages import models  # noqa: F401 - its tables
from marketplace.messages.blueprint import blueprint

__all__ = ["blueprint"]
