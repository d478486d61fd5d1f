"""The pages of this room."""

from __future__ import annotations

from marketplace.outreach import models  # noqa: F401 - their tables belong to the database
from marketplace.outreach.blueprint import blueprint

__all__ = ["blueprint"]
