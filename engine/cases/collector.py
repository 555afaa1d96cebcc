"""What a step gathers while the kernel runs: the case as it becomes, and rows beside the kernel's own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from engine.cases.standing import ClockOrder, Collected, Event
from engine.records.case import CaseFile
from engine.records.org import Person
from engine.records.step import LEVELS, CaseUpdate, OutboxEntry, Paper, ScoreEvent
from engine.records.time import Deadline
from engine.values import Data, Value


class Collector:
    """One step's gathering. `case` is the case file with this step's changes applied."""

    def __init__(self, case: CaseFile, instance_id: str, now: datetime, actor: str) -> None:
        self.case = case
        self.instance_id = instance_id
        self.now = now
        self.actor = actor
        self._update = CaseUpdate(case.case_id)
        self._papers: list[Paper] = []
        self._outbox: dict[str, OutboxEntry] = {}
        self._scores: list[ScoreEvent] = []
        self._events: list[Event] = []
        self._clocks: list[ClockOrder] = []
        self._undone: list[Deadline] = []

    def update_case(self, **columns: Value) -> None:
        """Sets columns of the case file; None leaves one as it is. Facts are merged into the present ones."""
        given = {name: value for name, value in columns.items() if value is not None}
        if "facts" in given:
            given["facts"] = {**self.case.facts, **given["facts"]}
        if given:
            self._update = replace(self._update, **given)
            self.case = replace(self.case, **given)

    def event(self, name: str, detail: Data) -> None:
        self._events.append(Event(name, detail))

    def order_clock(self, order: ClockOrder) -> None:
        """The projection carries it out, on the deadlines as they are at the end of the step."""
        self._clocks.append(order)

    def undo_deadline(self, deadline: Deadline) -> None:
        """One that has ended: its duty stands again."""
        self._undone.append(deadline)

    def add_paper(self, paper: Paper) -> None:
        self._papers.append(paper)

    def find_paper(self, *, paper_id: str | None, kind: str | None) -> Paper | None:
        """A paper issued in this very step, the newest first."""
        for paper in reversed(self._papers):
            if paper.paper_id == paper_id or (paper_id is None and paper.kind == kind):
                return paper
        return None

    def replace_paper(self, paper: Paper) -> None:
        self._papers = [paper if p.paper_id == paper.paper_id else p for p in self._papers]

    def add_score(self, score: ScoreEvent) -> None:
        self._scores.append(score)

    def notify(
        self,
        receivers: Iterable[Person],
        *,
        source_id: str,
        topic: str,
        zh: str,
        en: str,
        level: str = "info",
        task_id: str | None = None,
    ) -> tuple[str, ...]:
        """Queues one neutral text for each person, once for each `source_id`; returns the receivers' ids.

        Raises ValueError for a level that is none of LEVELS: nobody would send it.
        """
        if level not in LEVELS:
            raise ValueError(f"{level!r} is no level of a notification")
        sent = []
        for person in receivers:
            if person.unit in self.case.accused_units:
                continue
            key = f"{source_id}:{person.person_id}"
            self._outbox[key] = OutboxEntry(
                entry_id=str(uuid4()),
                idempotency_key=key,
                recipient=person.person_id,
                case_id=self.case.case_id,
                task_id=task_id,
                topic=topic,
                text_zh=zh,
                text_en=en,
                created_at=self.now,
                level=level,
            )
            sent.append(person.person_id)
        return tuple(sent)

    def collected(self) -> Collected:
        empty = CaseUpdate(self.case.case_id)
        return Collected(
            papers=tuple(self._papers),
            outbox=tuple(self._outbox.values()),
            scores=tuple(self._scores),
            update=None if self._update == empty else self._update,
            events=tuple(self._events),
            clocks=tuple(self._clocks),
            undone=tuple(self._undone),
        )
