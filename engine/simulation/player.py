"""Plays a procedure: starts it, answers what is to be answered, and lets the clock run on in between."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from engine.cases.start import plain_start, start_case
from engine.clock.deadline import ClockKind, Term, dues_of
from engine.deadlines.calendar import load_calendar
from engine.definitions.sources import current_procedure
from engine.errors import EngineError, InvalidForm, Message
from engine.ports.engine import Engine
from engine.records.org import Actor
from engine.records.task import TaskState, UserTask
from engine.records.views import CaseView
from engine.scenarios.cast import actor_named
from engine.scenarios.fill_in import fill_in
from engine.scenarios.stage import Stage
from engine.simulation.answers import START, refused
from engine.simulation.fill import filled
from engine.simulation.model import Answer, Answers, Delay, Entry
from engine.tasks.complete import complete_task

MOST_STEPS = 5_000
"""Instants at which anything happens; a procedure that goes on longer never ends by itself."""

Watch = Callable[[datetime, int], None]
"""Told after each instant: where the clock stands, and how many instants there were."""

_SPANS = {"H": timedelta(hours=1), "M": timedelta(minutes=1), "D": timedelta(days=1)}


@dataclass(frozen=True, order=True)
class _Planned:
    at: datetime
    number: int
    task_id: str
    element_id: str


class Player:
    """One run. `notes` is what the run itself has to say: what nobody answers, and why."""

    def __init__(
        self, stage: Stage, procedure: str, answers: Answers, until: datetime, watch: Watch | None = None
    ) -> None:
        self.notes: list[Entry] = []
        self.filled: tuple[str, ...] = ()
        self.reached_limit = False
        self._stage = stage
        self._procedure = procedure
        self._answers = answers
        self._until = until
        self._watch = watch
        self._plan: list[_Planned] = []
        self._chosen: dict[str, Answer] = {}
        self._seen: set[str] = set()
        self._openings: dict[str, int] = {}
        self._numbers = count()

    def play(self) -> None:
        """To the end: nothing waits any more, or `until`. Raises InvalidAnswers, and NotFound for the procedure."""
        self._start()
        for step in range(1, MOST_STEPS + 1):
            self._stage.settle()
            self._look()
            following = self._following()
            if following is None:
                return
            if following > self._until:
                break
            self._stage.move_to(following)
            self._answer_due()
            if self._watch is not None:
                self._watch(self._stage.now, step)
        self.reached_limit = True
        if self._stage.now < self._until:
            self._stage.move_to(self._until)

    def views(self) -> tuple[CaseView, ...]:
        """Every case of the scratch database as it now stands, the first begun first."""
        with self._engine.store.read() as work:
            chains = [case_id for case_id in work.registers.audit_chains() if case_id is not None]
            views = [view for case_id in chains if (view := work.cases.view(case_id)) is not None]
        return tuple(sorted(views, key=lambda view: view.case.created_at))

    @property
    def _engine(self) -> Engine:
        return self._stage.engine

    def _start(self) -> None:
        answer, engine = self._answers.start, self._engine
        now = self._stage.now.astimezone(engine.settings.timezone)
        with engine.store.read() as work:
            version = current_procedure(work, self._procedure, now)
            point = plain_start(version)
            holders = work.org.holders(point.role, None) if point.role else ()
            acting = work.org.holders("resp_dept", None)
        try:
            starter = self._actor(answer, [person.username for person in holders])
            if starter is None:
                raise _nobody(point.role or "")
            unit = next((p.unit for p in acting if p.unit != starter.unit), starter.unit)
            data = self._data(answer, None)
            if point.form:
                schema = version.form(point.form)
                data, self.filled = filled(schema, data, engine.kernel.feel, now=now, unit=unit)
            start_case(engine, starter, self._procedure, data)
        except EngineError as error:
            raise self._refused(START, answer, error) from error

    def _look(self) -> None:
        """Plans the answers of tasks that have opened, and says which have none."""
        for view in self.views():
            for task in view.tasks:
                if task.state is TaskState.OPEN and task.task_id not in self._seen:
                    self._seen.add(task.task_id)
                    self._meet(task, view.case.number or view.case.title)

    def _meet(self, task: UserTask, case: str) -> None:
        nth = self._openings.get(task.element_id, 0)
        self._openings[task.element_id] = nth + 1
        answer = self._answers.of(task.element_id, nth)
        if answer is None or answer.never:
            zh, en = (
                (
                    f"没有给出答复（在答复文件中写上 {task.element_id}）",
                    "has no answer (give one in the answers file)",
                )
                if answer is None
                else ("按答复文件不办理", "is not done, as answered")
            )
            # no deadline stands over it: nothing but an answer takes it further
            zh_then, en_then = (
                ("流程停在这里", "it stops here")
                if task.due_at is None
                else ("留待期限届满", "left until its time runs out")
            )
            said = Message(f"“{task.name}”{zh}，{zh_then}", f"{task.element_id} {en}: {en_then}")
            self.notes.append(Entry(task.opened_at, "blocked", said, task.element_id, case=case))
            return
        at = max(self._when(task, answer), self._stage.now)
        self._chosen[task.task_id] = answer
        heapq.heappush(self._plan, _Planned(at, next(self._numbers), task.task_id, task.element_id))

    def _when(self, task: UserTask, answer: Answer) -> datetime:
        if answer.at is not None:
            return answer.at
        return self._later(task.opened_at, answer.after)

    def _later(self, opened_at: datetime, delay: Delay) -> datetime:
        """Working days keep the hour of the day at which the task opened."""
        if delay.unit != "W":
            return opened_at + _SPANS[delay.unit] * delay.amount
        zone = self._engine.settings.timezone
        with self._engine.store.read() as work:
            calendar = load_calendar(self._engine, work)
        term = Term(ClockKind.WORKING_DAYS, delay.amount, rollover=False)
        day = dues_of(term, opened_at, calendar, zone).due_on
        local = opened_at.astimezone(zone)
        return datetime.combine(day, local.time(), zone).astimezone(opened_at.tzinfo)

    def _following(self) -> datetime | None:
        planned = self._plan[0].at if self._plan else None
        due = self._stage.next_due
        return min((at for at in (planned, due) if at is not None), default=None)

    def _answer_due(self) -> None:
        while self._plan and self._plan[0].at <= self._stage.now:
            planned = heapq.heappop(self._plan)
            with self._engine.store.read() as work:
                task = work.tasks.get(planned.task_id)
            if task is not None and task.state is TaskState.OPEN:
                self._answer(task)
                self._stage.settle()
                self._look()

    def _answer(self, task: UserTask) -> None:
        answer = self._chosen[task.task_id]
        with self._engine.store.read() as work:
            holders = work.org.holders(task.role, task.unit) if task.role else ()
            assignee = work.org.person(task.assignee) if task.assignee else None
        usernames = [assignee.username] if assignee else [person.username for person in holders]
        try:
            actor = self._actor(answer, usernames)
            if actor is None:
                said = Message(f"没有人担任“{task.name}”的岗位", f"nobody may do {task.element_id}")
                self.notes.append(Entry(self._stage.now, "blocked", said, task.element_id))
                return
            complete_task(self._engine, actor, task.task_id, self._data(answer, task))
        except EngineError as error:
            raise self._refused(task.element_id, answer, error) from error

    def _actor(self, answer: Answer, usernames: list[str]) -> Actor | None:
        username = answer.username or min(usernames, default=None)
        return None if username is None else actor_named(self._engine, username)

    def _data(self, answer: Answer, task: UserTask | None) -> dict[str, Any]:
        return dict(fill_in(dict(answer.data), lambda name, argument: self._placeholder(task, name, argument)))

    def _placeholder(self, task: UserTask | None, name: str, argument: str | None) -> str | None:
        local = self._stage.now.astimezone(self._engine.settings.timezone)
        values: Mapping[str, Callable[[], str]] = {
            "now": lambda: local.strftime("%Y-%m-%dT%H:%M"),
            "today": lambda: local.date().isoformat(),
            "person": lambda: actor_named(self._engine, argument or "").person_id,
            "number": lambda: self._number(task),
        }
        return values[name]() if name in values else None

    def _number(self, task: UserTask | None) -> str:
        with self._engine.store.read() as work:
            case = work.cases.get(task.case_id) if task else None
        return (case.number if case else None) or ""

    def _refused(self, key: str, answer: Answer, error: EngineError) -> EngineError:
        errors = error.errors if isinstance(error, InvalidForm) else ()
        return refused(self._answers, key, answer, errors, error.message)


def _nobody(role: str) -> EngineError:
    return EngineError(
        Message(
            f"单位里没有人担任发起岗位“{role}”。请在 start 下用 as 写明由谁发起，或先授予该角色。",
            f"Nobody holds the role {role} that starts this. Name somebody with as, or grant the role.",
        )
    )
