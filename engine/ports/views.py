"""Saved views of lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from engine.records.work import SavedView


class SavedViewsRepository(Protocol):
    def add(self, view: SavedView) -> None: ...
    def get(self, view_id: str) -> SavedView | None: ...
    def save(self, view: SavedView) -> None:
        """Writes name, query and unit of a stored view."""
        ...

    def drop(self, view_id: str) -> None: ...
    def count_of(self, owner: str, page: str) -> int: ...
    def open_to(self, person_id: str, units: Sequence[str], page: str, limit: int) -> tuple[SavedView, ...]:
        """The person's own, the oldest first, then those shared with one of `units`, by name. One statement."""
        ...
