"""What the shared machinery of listings needs to know of demands."""

from __future__ import annotations

from marketplace.demands.models import Demand, DemandVersion, DemandVersionFile
from marketplace.listings.desk import BODY, TEXTS, Desk

DESK = Desk(
    name="demand",
    plural="demands",
    listing=Demand,
    version=DemandVersion,
    version_file=DemandVersionFile,
    body=BODY["demand"],
    texts=TEXTS["demand"],
    role="is_institution",
)
