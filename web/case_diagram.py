"""A case's drawings: what is done and by whom, where the tokens stand, which are late, what comes next. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask import url_for

from engine.definitions.ahead import StepAhead
from engine.records.task import TaskKind, TaskState, UserTask
from engine.records.views import CaseView
from web.i18n import label, text
from web.lights import Pill, pill_of
from web.moments import OfficeTime

WENT_BACK = {"TaskReturned": "returned", "TaskWithdrawn": "withdrawn"}
"""Events after which a step was not done though it was passed, and the words for it."""


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
    """An element that was passed. `nth` counts the passes of it; `came_to` says how one ended that was not done."""

    element_id: str
    name: str
    at: datetime
    who: str
    is_cancelled: bool
    acted_for: str = ""
    nth: int = 1
    came_to: str = ""


@dataclass(frozen=True)
class Drawing:
    """One process of the case: the called ones have their own."""

    process_id: str
    name: str
    definition_id: str
    tokens: tuple[Token, ...]
    steps: tuple[Step, ...]
    ahead: tuple[StepAhead, ...] = ()
    called: tuple[tuple[Drawing, Token], ...] = ()
    """Tokens in the drawings of other processes of the case: they show on the call activity here."""

    def island(self, language: str, time: OfficeTime) -> dict[str, Any]:
        """What the page carries for the script."""
        return {
            "url": url_for("definitions.diagram", definition_id=self.definition_id),
            "done": sorted({s.element_id for s in self.steps if not s.is_cancelled}),
            "tokens": [{"element": t.element_id, "late": t.is_late, "note": t.note} for t in self.tokens],
            "calls": [
                {"process": d.process_id, "late": t.is_late, "note": f"{t.name} · {t.note}"} for d, t in self.called
            ],
            "ahead": [a.element_id for a in self.ahead if a.kind != "end"],
            "told": self._told(language, time),
            "failed": text("diagram.failed", language),
        }

    def _told(self, language: str, time: OfficeTime) -> dict[str, list[str]]:
        """What the drawing says of an element under the pointer or the focus: a line a pass, then who has it."""
        lines: dict[str, list[str]] = {}
        for step in self.steps:
            who = step.who + (
                text("timeline_page.acted_for", language, name=step.acted_for) if step.acted_for else ""
            )
            came_to = step.came_to or (text("diagram.cancelled", language) if step.is_cancelled else "")
            words = [time.happened(step.at), who, came_to]
            lines.setdefault(step.element_id, []).append(" · ".join(filter(None, words)))
        for token in self.tokens:
            lines.setdefault(token.element_id, []).append(f"{text('diagram.token', language)} · {token.note}")
        for ahead in self.ahead:
            role = label("role", ahead.role, language) if ahead.role else ""
            limits = [f"{name.in_language(language)} {limit.in_language(language)}" for name, limit in ahead.terms]
            words = [text("diagram_next.next", language), role, *limits]
            lines.setdefault(ahead.element_id, []).append(" · ".join(filter(None, words)))
        return lines


def places_of(view: CaseView) -> dict[str, tuple[str, ...]]:
    """Where the case stands, by the definition that holds the drawing: what `steps_ahead` asks for."""
    places: dict[str, tuple[str, ...]] = {}
    for task in view.tasks:
        home = view.diagrams.get(task.procedure)
        if task.state is TaskState.OPEN and task.kind is TaskKind.STEP and home is not None:
            places[home] = (*places.get(home, ()), task.element_id)
    return places


def drawings_of(
    view: CaseView, time: OfficeTime, language: str, ahead: Mapping[str, tuple[StepAhead, ...]] | None = None
) -> list[Drawing]:
    """The main process first, then what it called. `ahead` are the next steps by definition id."""
    open_tasks = [t for t in view.tasks if t.state is TaskState.OPEN]
    with_token = {t.procedure for t in open_tasks}
    order = sorted(view.diagrams, key=lambda p: (p != view.case.procedure, p not in with_token, p))
    drawings = [_drawing(view, process, open_tasks, time, language) for process in order]
    drawings = [replace(d, ahead=(ahead or {}).get(d.definition_id, ())) for d in drawings]
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
    steps = tuple(_steps(view, process_id, language))
    return Drawing(
        process_id=process_id,
        name=label("procedure", process_id, language),
        definition_id=view.diagrams[process_id],
        tokens=tokens,
        steps=steps,
    )


def _steps(view: CaseView, process_id: str, language: str) -> Iterator[Step]:
    went_back = {e.detail.get("task_id"): e.event for e in view.audit if e.event in WENT_BACK}
    passes: Counter[str] = Counter()
    for entry in view.path:
        if entry.process_id != process_id or not entry.name:
            continue
        passes[entry.element_id] += 1
        event = went_back.get(entry.task_id)
        yield Step(
            element_id=entry.element_id,
            name=entry.name,
            at=entry.at,
            who=view.people.get(entry.by or "", ""),
            is_cancelled=entry.closure == "cancelled",
            acted_for=view.people.get(entry.acted_for or "", ""),
            nth=passes[entry.element_id],
            came_to=text(f"diagram_next.{WENT_BACK[event]}", language) if event else "",
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
