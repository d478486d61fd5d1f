"""The indexes of a collection in Elasticsearch and their roles, which aliases say, so that all processes agree.

`PREFIX-offers` answers and is written, `PREFIX-offers-next` is written too while it is there, `PREFIX-offers-previous`
is kept for rollback. The client is handed in: only `elastic.py` makes one and knows its errors.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from search.engines import elastic_bodies as bodies
from search.engines.base import IndexInfo
from search.requests import RebuildUnderway
from search.schema import COLLECTIONS, schema

ROLES = ("live", "next", "previous")
_ALREADY_THERE = "resource_already_exists_exception"


class Indexes:
    """`client()`: an Elasticsearch client that is patient; `prefix`: of every name."""

    def __init__(self, client: Callable[[], Any], prefix: str) -> None:
        self._client, self.prefix = client, prefix

    @property
    def statistics(self) -> str:
        """The index of the tables of frequencies."""
        return f"{self.prefix}-statistics"

    def alias(self, collection: str, role: str = "live") -> str:
        """The name under which a role is addressed."""
        return f"{self.prefix}-{collection}" + ("" if role == "live" else f"-{role}")

    def roles(self, collection: str) -> dict[str, str]:
        """Index names by role."""
        names = {self.alias(collection, role): role for role in ROLES}
        # Asked for by three names, the answer is 404 if one is not there, and names the others all the same.
        found = self._client().options(ignore_status=404).indices.get_alias(name=",".join(names))
        return {
            names[alias]: index
            for index, value in found.items()
            if isinstance(value, dict)
            for alias in value.get("aliases", ())
            if alias in names
        }

    def targets(self, collection: str, role: str | None) -> list[str]:
        """The roles that are written: the one asked for, or live and next, as far as they are there.

        Raises LookupError if there is none.
        """
        there = self.roles(collection)
        targets = [name for name in ((role,) if role else ("live", "next")) if name in there]
        if not targets:
            raise LookupError(f"no index of {collection} in the role {role}")
        return targets

    def complete(self, analysis_version: str) -> None:
        """Creates what is missing: live indexes, fields of a newer schema, the index of frequencies."""
        for collection in COLLECTIONS:
            roles = self.roles(collection)
            if "live" not in roles:
                self._create(collection, 1, "live", analysis_version)
            for name in roles.values():
                if self.meta(name)["schema_version"] != schema(collection).version:
                    self._client().indices.put_mapping(index=name, properties=bodies.properties(schema(collection)))
        self._create_unless_there(self.statistics, bodies.STATISTICS_INDEX)

    def meta(self, name: str) -> dict[str, str]:
        """What an index knows about itself."""
        return self._client().indices.get_mapping(index=name)[name]["mappings"]["_meta"]

    def infos(self, collection: str) -> tuple[IndexInfo, ...]:
        """The indexes of a collection, live first."""
        infos = []
        roles = self.roles(collection)
        for role in ROLES:
            if role in roles:
                name = roles[role]
                meta = self.meta(name)
                held = self._client().count(index=name)["count"]
                deleted = self._client().count(index=name, query={"term": {"deleted": True}})["count"]
                versions = meta["analysis_version"], meta["schema_version"], meta["created_at"]
                infos.append(IndexInfo(name, role, *versions, held - deleted, deleted))
        return tuple(infos)

    def begin(self, collection: str, analysis_version: str) -> str:
        """Creates the next index. Raises RebuildUnderway if there is one."""
        roles = self.roles(collection)
        if "next" in roles:
            raise RebuildUnderway(collection)
        number = max(int(name.rpartition("-")[2]) for name in roles.values()) + 1
        name, created = self._create(collection, number, "next", analysis_version)
        if not created:
            raise RebuildUnderway(collection)  # another process was faster
        return name

    def swap(self, collection: str) -> None:
        """Next becomes live, live becomes previous, in one call. Raises LookupError without a next index."""
        roles = self.roles(collection)
        if "next" not in roles:
            raise LookupError(f"no index of {collection} is being built")
        actions: list[dict[str, Any]] = []
        if "previous" in roles:
            actions.append({"remove_index": {"index": roles["previous"]}})
        actions += [
            {"remove": {"index": roles["live"], "alias": self.alias(collection)}},
            {"add": {"index": roles["live"], "alias": self.alias(collection, "previous")}},
            {"add": {"index": roles["next"], "alias": self.alias(collection)}},
            {"remove": {"index": roles["next"], "alias": self.alias(collection, "next")}},
        ]
        self._client().indices.update_aliases(actions=actions)

    def restore(self, collection: str) -> None:
        """Previous becomes next. Raises LookupError without a previous index, RebuildUnderway if one is being built."""
        roles = self.roles(collection)
        if "previous" not in roles:
            raise LookupError(f"no earlier index of {collection} is kept")
        if "next" in roles:
            raise RebuildUnderway(collection)
        actions = [
            {"remove": {"index": roles["previous"], "alias": self.alias(collection, "previous")}},
            {"add": {"index": roles["previous"], "alias": self.alias(collection, "next")}},
        ]
        self._client().indices.update_aliases(actions=actions)

    def abandon(self, collection: str) -> None:
        """Drops the next index, if there is one."""
        roles = self.roles(collection)
        if "next" in roles:
            self._client().indices.delete(index=roles["next"])

    def drop(self) -> None:
        """Drops every index of the prefix, one by one: clusters may forbid wildcards here."""
        names = [self.statistics, f"{self.alias('offers')}-bare"]
        for collection in COLLECTIONS:
            names += self.roles(collection).values()
        for name in names:
            self._client().indices.delete(index=name, ignore_unavailable=True)

    def _create(self, collection: str, number: int, role: str, analysis_version: str) -> tuple[str, bool]:
        name = f"{self.prefix}-{collection}-{number:06d}"
        created_at = datetime.now(UTC).isoformat(timespec="seconds")
        body = bodies.index(schema(collection), analysis_version=analysis_version, created_at=created_at)
        return name, self._create_unless_there(name, body | {"aliases": {self.alias(collection, role): {}}})

    def _create_unless_there(self, name: str, body: dict[str, Any]) -> bool:
        answer = self._client().options(ignore_status=400).indices.create(index=name, **body)
        if "error" not in answer:
            return True
        if answer["error"]["type"] == _ALREADY_THERE:
            return False
        raise ValueError(f"{name} cannot be made: {answer['error']}")
