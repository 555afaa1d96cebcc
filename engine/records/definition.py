"""Deployed procedures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class DefinitionFile:
    """One file of a version; `path` is relative to the procedure's folder, with forward slashes."""

    path: str
    content: bytes


@dataclass(frozen=True)
class Definition:
    """One immutable version of a procedure. `sha256` covers its files and those of what it calls.

    `calls` maps a called process id to the definition id that this version is pinned to. It is in force from
    `effective_at` until a newer one is; once retired, never. `waivers` are those of its draft.
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
    effective_at: datetime
    retired_at: datetime | None = None
    retired_by: str | None = None
    reviewed_by: str | None = None
    changelog: str = ""
    waivers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class DefinitionSummary:
    """A version without its files, for lists. `open_instances` is None where nobody asked for a count.

    `is_current`: in force at the moment that was asked about.
    """

    definition_id: str
    key: str
    version: int
    name: str
    sha256: str
    deployed_at: datetime
    deployed_by: str
    effective_at: datetime
    retired_at: datetime | None
    reviewed_by: str | None
    changelog: str
    open_instances: int | None
    is_current: bool
