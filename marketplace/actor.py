"""Who acts: ids only, so that the lowest rooms need to know no account."""

from __future__ import annotations

from dataclasses import dataclass, field

from marketplace.errors import NotAllowed


@dataclass(frozen=True)
class Actor:
    """Who does something, for which organisation, in which roles.

    Attributes:
        user_id: None for a visitor and for the system itself.
        organisation_id: the organisation acted for, or None.
        roles: the user's roles in that organisation (owner, editor, viewer), "approved" where it is approved, and what
            it is: "supplier", "institution" or both.
        kind: "anonymous", "member", "organiser" or "system".
    """

    user_id: int | None = None
    organisation_id: int | None = None
    roles: frozenset[str] = field(default_factory=frozenset)
    kind: str = "anonymous"

    @classmethod
    def anonymous(cls) -> Actor:
        return cls()

    @classmethod
    def system(cls) -> Actor:
        return cls(kind="system")

    @property
    def is_organiser(self) -> bool:
        return self.kind == "organiser"

    @property
    def is_system(self) -> bool:
        return self.kind == "system"

    @property
    def is_verified(self) -> bool:
        """Whether the actor acts for an approved organisation."""
        return self.organisation_id is not None and "approved" in self.roles

    @property
    def sides(self) -> frozenset[str]:
        """What the organisation acted for is: "supplier", "institution", both."""
        return self.roles & {"supplier", "institution"}

    @property
    def may_edit(self) -> bool:
        """Whether the actor may change what belongs to the organisation acted for."""
        return self.organisation_id is not None and bool(self.roles & {"owner", "editor"})

    def require_user(self) -> int:
        """The user's id. Raises NotAllowed for a visitor."""
        if self.user_id is None:
            raise NotAllowed("sign_in")
        return self.user_id
