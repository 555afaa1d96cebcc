"""Plays a procedure: starts it, answers what is to be answered, and lets the clock run on in between."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count

from engine.cases.start import plain_start, start_case
from engine.clock.deadline import ClockKind, Term, dues_of
from engine.deadlines.calendar import load_calendar
from engine.definitions.sources import current_procedure
from engine.errors import EngineError, InvalidForm, Message
from engine.ports.engine import Engine
from engine.records.org import Actor, Person
from engine.records.task import TaskState, UserTask
from engine.records.views import CaseView
from engine.scenarios.cast import actor_named
from engine.scenarios.stage import Stage
from engine.simulation.answers import START, refused
from engine.simulation.entering import Entered, enter_start, enter_task
from engine.simulation.model import Act, Answer, Answers, Delay, Entry, Standing
from engine.simulation.presence import Presence
from engine.tasks.complete import complete_task

MOST_STEPS = 5_000
"""Instants at which anything happens; a procedure that goes on longer never ends by itself."""
MOST_OPENINGS = 5
"""Of one task that nothing is said of; more is a circle that only an answer leads out of."""
MOST_FILLED = 80
"""Tasks done without an answer of their own; cases that open further cases would go on for ever."""

Watch = Callable[[datetime, int], None]
"""Told after each instant: where the clock stands, and how many instants there were. May raise to end the play."""

_SPANS = {"H": timedelta(hours=1), "M": timedelta(minutes=1), "D": timedelta(days=1)}


@dataclass(frozen=True, order=True)
class _Planned:
    at: datetime
    number: int
    task_id: str
    element_id: str


class Player:
    """One run. `notes` is what it has to say itself: what nobody answers, and why. `acts`: what was entered."""

    def __init__(
        self,
        stage: Stage,
        procedure: str,
        answers: Answers,
        *,
        until: datetime,
        watch: Watch | None = None,
        presence: Presence | None = None,
    ) -> None:
        self.notes: list[Entry] = []
        self.acts: list[Act] = []
        self.filled: tuple[str, ...] = ()
        self.reached_limit = False
        self._stage = stage
        self._procedure = procedure
        self._answers = answers
        self._until = until
        self._watch = watch
        self._presence = presence or Presence(())
        self._plan: list[_Planned] = []
        self._chosen: dict[str, tuple[Answer, int]] = {}
        self._seen: set[str] = set()
        self._openings: dict[tuple[str, str], int] = {}
        self._numbers = count()
        self._usual = 0

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
        answer, engine, now = self._answers.start, self._engine, self._stage.now
        with engine.store.read() as work:
            version = current_procedure(work, self._procedure, now)
            point = plain_start(version)
            holders = _in_order(work.org.holders(point.role, None)) if point.role else []
        try:
            there = self._presence.first(holders, now, self._procedure)
            starter = self._actor(answer, there.person_id or next(iter(holders), None))
            if starter is None:
                raise _nobody(point.role or "")
            entered = enter_start(engine, starter, self._procedure, answer, only_asked=self._answers.tolerant)
            self.filled = entered.filled
            case = start_case(engine, starter, self._procedure, entered.data)
        except EngineError as error:
            raise self._refused(START, answer, error) from error
        self._stage.settle()
        self.acts.append(
            Act(
                at=now,
                opened_at=now,
                element=START,
                name=point.name or version.outline.name,
                nth=0,
                case=case.title,
                case_id=case.case_id,
                procedure=self._procedure,
                username=self._username(starter),
                fields=entered.fields,
                data=entered.data,
                written=entered.written,
                case_procedure=case.procedure,
                filled=entered.filled,
                standing=self._standing(case.case_id),
            )
        )

    def _look(self) -> None:
        """Plans the answers of tasks that have opened, and says which have none."""
        with self._engine.store.read() as work:
            chains = [case_id for case_id in work.registers.audit_chains() if case_id is not None]
            met = [
                (task, case.number or case.title)
                for case_id in chains
                for task in work.tasks.open_of_case(case_id)
                if task.task_id not in self._seen and (case := work.cases.get(case_id)) is not None
            ]
        for task, case_name in sorted(met, key=lambda pair: pair[0].opened_at):
            self._seen.add(task.task_id)
            self._meet(task, case_name)

    def _meet(self, task: UserTask, case: str) -> None:
        here = task.procedure, task.element_id
        nth = self._openings.get(here, 0)
        self._openings[here] = nth + 1
        answer = self._answers.of(task.element_id, nth, task.procedure)
        is_usual = not self._answers.given(task.element_id, task.procedure)
        self._usual += is_usual and answer is not None
        is_circle = is_usual and (nth >= MOST_OPENINGS or self._usual > MOST_FILLED)
        if answer is None or answer.never or is_circle:
            self._leave(task, case, nth, _why_left(task, answer, is_circle=is_circle))
            return
        self._chosen[task.task_id] = answer, nth
        self._plan_at(max(self._when(task, answer), self._stage.now), task)

    def _leave(self, task: UserTask, case: str, nth: int, why: Message) -> None:
        # no deadline stands over it: nothing but an answer takes it further
        zh_then, en_then = (
            ("流程停在这里", "it stops here")
            if task.due_at is None
            else ("留待期限届满", "left until its time runs out")
        )
        said = Message(f"“{task.name}”{why.zh}，{zh_then}", f"{task.element_id} {why.en}: {en_then}")
        self.notes.append(
            Entry(self._stage.now, "blocked", said, task.element_id, case=case, process=task.procedure)
        )
        self._keep(task, nth, "", Entered(), why)

    def _plan_at(self, at: datetime, task: UserTask) -> None:
        heapq.heappush(self._plan, _Planned(at, next(self._numbers), task.task_id, task.element_id))

    def _when(self, task: UserTask, answer: Answer) -> datetime:
        if answer.at is not None:
            return answer.at
        return self._later(task.opened_at, answer.after)

    def _later(self, opened_at: datetime, delay: Delay) -> datetime:
        """Working days keep the hour of the day at which the task opened."""
        if delay.unit != "W" or delay.amount == 0:
            return opened_at + _SPANS.get(delay.unit, timedelta()) * delay.amount
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
        answer, nth = self._chosen[task.task_id]
        with self._engine.store.read() as work:
            holders = _in_order(work.org.holders(task.role, task.unit)) if task.role else []
        wanted = [task.assignee] if task.assignee else holders
        there = self._presence.first(wanted, self._stage.now, task.procedure)
        if there.person_id is None and there.back_at is not None and answer.username is None:
            self._wait(task, there.back_at)
            return
        entered = Entered()
        try:
            actor = self._actor(answer, there.person_id)
            if actor is None:
                said = Message("没有人担任这个岗位", "nobody may do it")
                self._leave(task, "", nth, said)
                return
            is_filled = self._answers.otherwise is not None
            entered = enter_task(self._engine, actor, task, answer, complete=is_filled)
            complete_task(self._engine, actor, task.task_id, entered.data)
        except EngineError as error:
            if not self._answers.tolerant:
                raise self._refused(task.element_id, answer, error) from error
            said = Message(f"“{task.name}”：{error.message.zh}", f"{task.element_id}: {error.message.en}")
            self._note(task, said)
            self._keep(task, nth, "", entered, error.message)
            return
        self._stage.settle()
        self._keep(task, nth, self._username(actor), entered, None)

    def _wait(self, task: UserTask, back_at: datetime) -> None:
        day = back_at.astimezone(self._engine.settings.timezone)
        self._note(
            task,
            Message(
                f"“{task.name}”没有人在岗，等到 {day:%Y-%m-%d} 有人回来",
                f"nobody is there for {task.element_id} before {day:%Y-%m-%d}",
            ),
            kind="note",
        )
        local = task.opened_at.astimezone(self._engine.settings.timezone)
        self._plan_at(max(datetime.combine(day.date(), local.time(), day.tzinfo), back_at), task)

    def _note(self, task: UserTask, said: Message, *, kind: str = "blocked") -> None:
        self.notes.append(Entry(self._stage.now, kind, said, task.element_id, process=task.procedure))

    def _keep(self, task: UserTask, nth: int, username: str, entered: Entered, why: Message | None) -> None:
        with self._engine.store.read() as work:
            case = work.cases.get(task.case_id)
        self.acts.append(
            Act(
                at=self._stage.now,
                opened_at=task.opened_at,
                element=task.element_id,
                name=task.name,
                nth=nth,
                case=(case.number or case.title) if case else "",
                case_id=task.case_id,
                procedure=task.procedure,
                username=username,
                fields=entered.fields,
                data=entered.data,
                written=entered.written,
                case_procedure=case.procedure if case else "",
                filled=entered.filled,
                refused=why,
                standing=self._standing(task.case_id),
            )
        )

    def _standing(self, case_id: str) -> tuple[Standing, ...]:
        with self._engine.store.read() as work:
            tasks = work.tasks.open_of_case(case_id)
        return tuple(Standing(task.element_id, task.role or "", task.unit or "", task.due_at) for task in tasks)

    def _actor(self, answer: Answer, person_id: str | None) -> Actor | None:
        if answer.username:
            return actor_named(self._engine, answer.username)
        if person_id is None:
            return None
        with self._engine.store.read() as work:
            return work.org.actor(person_id, self._engine.clock.now())

    def _username(self, actor: Actor) -> str:
        with self._engine.store.read() as work:
            person = work.org.person(actor.person_id)
        return person.username if person else ""

    def _refused(self, key: str, answer: Answer, error: EngineError) -> EngineError:
        errors = error.errors if isinstance(error, InvalidForm) else ()
        return refused(self._answers, key, answer, errors, error.message)


def _in_order(people: Sequence[Person]) -> list[str]:
    return [person.person_id for person in sorted(people, key=lambda person: person.username)]


def _why_left(task: UserTask, answer: Answer | None, *, is_circle: bool) -> Message:
    if answer is None:
        zh = f"没有给出答复（在答复文件中写上 {task.element_id}）"
        return Message(zh, "has no answer (give one in the answers file)")
    if is_circle:
        zh = "已按默认内容办了多次，再办只会绕圈，请另作答复"
        return Message(zh, "has been done by itself often enough: a circle that only another answer leads out of")
    return Message("按答复文件不办理", "is not done, as answered")


def _nobody(role: str) -> EngineError:
    return EngineError(
        Message(
            f"单位里没有人担任发起岗位“{role}”。请在 start 下用 as 写明由谁发起，或先授予该角色。",
            f"Nobody holds the role {role} that starts this. Name somebody with as, or grant the role.",
        )
    )
