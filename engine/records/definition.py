"""Deployed procedures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class DefinitionFile:
    """One file of a version; `path` is relative to the procedure's folder, with forward slashes."""

    path: str
    content: bytes


@dataclass(frozen=True)
class Definition:
    """One immutable version of a procedure. `sha256` covers its files and those of what it calls.

    `calls` maps a called process id to the definition id that this version is pinned to.
    """

    definition_id: str
    key: str
    version: int
    name: str
    sha256: str
    files: tuple[DefinitionFile, ...]
    calls: dict[str, str]
    deployed_at: datetime
    deployed_by: str


@dataclass(frozen=True)
class DefinitionSummary:
    """A version without its files, for lists. `open_instances` is None where nobody asked for a count."""

    definition_id: str
    key: str
    version: int
    name: str
    sha256: str
    deployed_at: datetime
    deployed_by: str
    open_instances: int | None
    is_current: bool
