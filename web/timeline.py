"""A case's timeline: the audit trail and the elements passed, told in one sequence, newest last. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine.records.step import AuditEntry
from engine.records.views import CaseView
from engine.values import Data
from web.i18n import label, text

SYSTEM = "system"
QUIET = frozenset({"CaseChanged", "MessageSent", "MessageReceived", "MessageUnawaited", "NobodyToNotify"})
"""Events that say nothing to a reader; the chain keeps them."""
IMPERSONAL = frozenset({"TaskOpened", "TaskCancelled"})
"""What follows from a step: nobody did it by hand."""
STEPS = frozenset(
    {"CaseStarted", "CaseRegistered", "TaskCompleted", "PaperIssued", "PaperServed", "ProcedureEnded"}
)
LATE = frozenset({"IncidentRecorded", "AccessRefused"})


@dataclass(frozen=True)
class Line:
    """One line. `kind` is step, late or note."""

    at: datetime
    who: str
    words: str
    detail: str
    kind: str


def timeline_of(view: CaseView, language: str) -> list[Line]:
    """Oldest first."""
    return [_line(view, entry, language) for entry in view.audit if entry.event not in QUIET]


def _line(view: CaseView, entry: AuditEntry, language: str) -> Line:
    if entry.event in IMPERSONAL:
        return Line(entry.at, "", label("event", entry.event, language), _detail(entry.detail), _kind(entry))
    who = text("timeline.system", language) if entry.actor == SYSTEM else view.people.get(entry.actor, entry.actor)
    return Line(entry.at, who, label("event", entry.event, language), _detail(entry.detail), _kind(entry))


def _detail(detail: Data) -> str:
    for key in ("number", "name", "purpose", "topic", "element_name", "kind"):
        if detail.get(key):
            return str(detail[key])
    return ""


def _kind(entry: AuditEntry) -> str:
    if entry.event in LATE or entry.detail.get("late"):
        return "late"
    return "step" if entry.event in STEPS else "note"
