"""What goes wrong when the catalogue's own files are read."""

from __future__ import annotations


class CatalogueError(Exception):
    """A catalogue file says something it must not. `where` names file and key, `message` what is wrong there."""

    def __init__(self, where: str, message: str) -> None:
        super().__init__(f"{where}: {message}")
        self.where = where
        self.message = message
