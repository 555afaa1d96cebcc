"""What was done with drafts and versions, in sentences: from the entries of the audit chain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from engine.definitions.versions import ProcedureEvent
from web.i18n import catalogue, text


@dataclass(frozen=True)
class ToldEvent:
    """`note` is what somebody wrote, `mark` the first characters of a hash; "" where there is none."""

    at: datetime
    by: str
    words: str
    icon: str
    note: str
    mark: str


_ICONS: Mapping[str, str] = {
    "ProcedureDraftCreated": "plus-lg",
    "ProcedureDraftImported": "upload",
    "ProcedureDraftSaved": "journal-text",
    "ProcedureDraftSubmitted": "send",
    "ProcedureDraftWithdrawn": "arrow-return-left",
    "ProcedureDraftReturned": "arrow-90deg-left",
    "ProcedureDraftDiscarded": "x-lg",
    "ProcedureDeployed": "check-circle-fill",
    "ProcedureRetired": "archive",
}


def told_event(event: ProcedureEvent, names: Mapping[str, str], language: str) -> ToldEvent:
    """An event that has no sentence of its own is told by its name."""
    detail = event.entry.detail
    key = f"studio_event.{event.entry.event}"
    drawn_by = str(detail.get("drawn_by", ""))
    filled = {
        "version": detail.get("version", ""),
        "revision": detail.get("revision", ""),
        "drawn_by": names.get(drawn_by, drawn_by),
    }
    if event.entry.event == "ProcedureDeployed" and drawn_by:
        key += "_reviewed"
    words = text(key, language, **filled) if key in catalogue(language) else event.entry.event
    return ToldEvent(
        at=event.entry.at,
        by=event.by,
        words=words,
        icon=_ICONS.get(event.entry.event, "info-circle"),
        note=str(detail.get("note") or detail.get("reason") or ""),
        mark=str(detail.get("sha256", ""))[:12],
    )
