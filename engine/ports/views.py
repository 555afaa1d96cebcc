"""Saved views of lists."""

from __future__ import annotations

from typing import Protocol


class SavedViewsRepository(Protocol): ...
