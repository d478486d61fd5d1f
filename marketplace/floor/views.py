"""Every page of this room, hung on one blueprint."""

from __future__ import annotations

from marketplace.floor import models  # noqa: F401 - its tables
from marketplace.floor.blueprint import blueprint

__all__ = ["blueprint"]
