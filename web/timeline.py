"""A case's timeline: the audit trail and the elements passed, told in one sequence, newest last. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine.records.views import CaseView
from web.i18n import catalogue, text

SYSTEM = "system"
QUIET = frozenset({"StepTaken"})
"""Events that say nothing to a reader."""


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
    lines = [_line(view, entry.at, entry.actor, entry.event, dict(entry.detail), language) for entry in view.audit]
    return [line for line in lines if line is not None]


def _line(
    view: CaseView, at: datetime, actor: str, event: str, detail: dict[str, object], language: str
) -> Line | None:
    if event in QUIET:
        return None
    known = catalogue(language).get(f"event.{event}", event)
    who = text("timeline.system", language) if actor == SYSTEM else view.people.get(actor, actor)
    return Line(at, who, known, _detail(detail), _kind(event, detail))


def _detail(detail: dict[str, object]) -> str:
    for key in ("name", "title", "number", "text", "purpose", "element_name"):
        if detail.get(key):
            return str(detail[key])
    return ""


def _kind(event: str, detail: dict[str, object]) -> str:
    if event in {"IncidentRecorded", "DeadlineMissed"} or detail.get("late"):
        return "late"
    return "step" if event in {"CaseStarted", "TaskCompleted", "CaseEnded", "PaperIssued"} else "note"
