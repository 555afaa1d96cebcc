"""A case's drawings: which elements are done, where the tokens stand, which are late. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask import url_for

from engine.records.task import TaskState, UserTask
from engine.records.views import CaseView
from web.i18n import label, text
from web.lights import Pill, pill_of
from web.moments import OfficeTime


@dataclass(frozen=True)
class Token:
    """An open task on the drawing, with the words of its note."""

    element_id: str
    name: str
    who: str
    note: str
    pill: Pill
    is_late: bool


@dataclass(frozen=True)
class Step:
    """An element that was passed."""

    element_id: str
    name: str
    at: datetime
    who: str
    is_cancelled: bool


@dataclass(frozen=True)
class Drawing:
    """One process of the case: the called ones have their own."""

    process_id: str
    name: str
    definition_id: str
    tokens: tuple[Token, ...]
    steps: tuple[Step, ...]
    called: tuple[tuple[Drawing, Token], ...] = ()
    """Tokens in the drawings of other processes of the case: they show on the call activity here."""

    def island(self, language: str) -> dict[str, Any]:
        """What the page carries for the script."""
        return {
            "url": url_for("definitions.diagram", definition_id=self.definition_id),
            "done": sorted({s.element_id for s in self.steps if not s.is_cancelled}),
            "tokens": [{"element": t.element_id, "late": t.is_late, "note": t.note} for t in self.tokens],
            "calls": [
                {"process": d.process_id, "late": t.is_late, "note": f"{t.name} · {t.note}"} for d, t in self.called
            ],
            "failed": text("diagram.failed", language),
        }


def drawings_of(view: CaseView, time: OfficeTime, language: str) -> list[Drawing]:
    """The main process first, then what it called."""
    open_tasks = [t for t in view.tasks if t.state is TaskState.OPEN]
    with_token = {t.procedure for t in open_tasks}
    order = sorted(view.diagrams, key=lambda p: (p != view.case.procedure, p not in with_token, p))
    drawings = [_drawing(view, process, open_tasks, time, language) for process in order]
    return [
        replace(drawing, called=tuple((d, t) for d in drawings if d is not drawing for t in d.tokens))
        for drawing in drawings
    ]


def _drawing(
    view: CaseView, process_id: str, open_tasks: list[UserTask], time: OfficeTime, language: str
) -> Drawing:
    elements = {p.element_id for p in view.path if p.process_id == process_id}
    tokens = tuple(
        _token(view, task, time, language)
        for task in open_tasks
        if task.procedure == process_id or task.element_id in elements
    )
    steps = tuple(
        Step(p.element_id, p.name, p.at, view.people.get(p.by or "", ""), p.closure == "cancelled")
        for p in view.path
        if p.process_id == process_id and p.name
    )
    return Drawing(
        process_id=process_id,
        name=label("procedure", process_id, language),
        definition_id=view.diagrams[process_id],
        tokens=tokens,
        steps=steps,
    )


def _token(view: CaseView, task: UserTask, time: OfficeTime, language: str) -> Token:
    pill = pill_of(task, time)
    who = view.people.get(task.assignee or "", "") or view.units.get(task.unit or "", "")
    note = who
    if task.due_at is not None:
        note = f"{who} · {time.due(task.due_at)} · {time.distance(task.due_at)}"
    return Token(
        task.element_id, task.name, who, note or text("diagram.waiting", language), pill, pill.light == "red"
    )
