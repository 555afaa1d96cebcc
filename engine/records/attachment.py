"""Uploaded files, stored by content hash."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Attachment:
    """`media_type` comes from the content, never from the name. `size` is bytes.

    Files of one `series_id` are versions of one document; None: the file stands alone. `field` is the key of the
    form field of the task that it was uploaded for.
    """

    attachment_id: str
    case_id: str
    name: str
    media_type: str
    size: int
    sha256: str
    added_at: datetime
    added_by: str
    series_id: str | None = None
    version: int = 1
    task_id: str | None = None
    field: str | None = None
