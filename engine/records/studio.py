"""Procedures being redrawn: drafts and what is decided about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class DraftState(StrEnum):
    """`editing` → `review` → `published`; `review` may go back to `editing`; `discarded` ends either."""

    EDITING = "editing"
    REVIEW = "review"
    PUBLISHED = "published"
    DISCARDED = "discarded"


@dataclass(frozen=True)
class ProcedureDraft:
    """A version that is being drawn. `base_id` is the version it began from, None for a new procedure.

    `revision` counts from 1 and grows with every save: whoever saves names the revision that it saw. `waivers` map
    `code:element` of a warning to the reason why it stands (text, by, at as ISO 8601). `effective_at`: from when
    the version is to be in force, None: at once. `definition_id` is the version that it became.
    """

    draft_id: str
    key: str
    name: str
    base_id: str | None
    revision: int
    state: DraftState
    created_by: str
    created_at: datetime
    changed_by: str
    changed_at: datetime
    changelog: str = ""
    waivers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    submitted_by: str | None = None
    submitted_at: datetime | None = None
    effective_at: datetime | None = None
    reviewed_by: str | None = None
    reviewed_at: datetime | None = None
    review_note: str = ""
    definition_id: str | None = None
