"""The tables, one module for each noun. Importing this package fills `metadata`."""

from __future__ import annotations

from engine.store.tables import case, definition, exchange, journal, org, register, studio, task, time, work
from engine.store.tables.base import metadata

__all__ = [
    "case",
    "definition",
    "exchange",
    "journal",
    "metadata",
    "org",
    "register",
    "studio",
    "task",
    "time",
    "work",
]
