"""Uploaded files, stored by content hash."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Attachment:
    """`media_type` comes from the content, never from the name. `size` is bytes."""

    attachment_id: str
    case_id: str
    name: str
    media_type: str
    size: int
    sha256: str
    added_at: datetime
    added_by: str
