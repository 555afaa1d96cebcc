"""Versions of the decision tables that the office keeps itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class TableSummary:
    """A version of an office's table, without its content. `sha256` is that of the DMN file, in hex.

    `version` counts from 1 in each table, `revision` the versions of all tables. `created_by` is a person id.
    """

    table_id: str
    version: int
    revision: int
    sha256: str
    created_at: datetime
    created_by: str
    note: str


@dataclass(frozen=True)
class TableVersion(TableSummary):
    """With its content: a DMN file."""

    content: bytes = b""
