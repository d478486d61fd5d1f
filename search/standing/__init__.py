"""Standing searches: kept, and found by the documents that they would find.

A standing search is stored under the keys of the rarest thing it requires (`keys`). A new document is made an
`Arrival`: whatever is stored under one of its keys may find it, and `Arrival.reason` says whether it does, by the rules
of `Search.find`: every word as itself, its phrase or its concept, every filter, and what the reader may see. Where keys
are stored is the caller's affair: any table that is looked up by key will do, whichever engine searches.
"""

from search.standing.arrivals import Arrival, Reason
from search.standing.searches import Standing, keys, stand

__all__ = ["Arrival", "Reason", "Standing", "keys", "stand"]
