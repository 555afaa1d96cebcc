"""What one repository has read in passing and another of the same transaction need not ask for again."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Known:
    """Belongs to one transaction. None: not known yet."""

    calendar_version: int | None = None
    tables_revision: int | None = None
