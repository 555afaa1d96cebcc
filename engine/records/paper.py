"""Templates of papers as the office keeps them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class PaperTemplate:
    """One version of the office's own template of a kind; the newest is in force. `sha256` names its content."""

    template_id: str
    kind: str
    version: int
    name: str
    sha256: str
    uploaded_at: datetime
    uploaded_by: str
    note: str = ""
