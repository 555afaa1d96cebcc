"""What people do with an open task, as a step of its case: locked, authorised, audited, and told.

Such a step moves no token. Every running deadline goes on as it is: only returning and taking back change clocks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NoReturn

from engine.audit.record import record_refusal
from engine.cases.advance import Held, Operation, hold_by_task
from engine.cases.collector import Collector
from engine.cases.standing import Event
from engine.cases.step import run_step
from engine.errors import Forbidden, InvalidState, Message, NotFound
from engine.kernel.changes import Changes
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.case import CaseFile
from engine.records.org import Actor
from engine.records.task import TaskClosure, TaskState, UserTask
from engine.tasks.refusals import closed_task, not_yours, taken_task, unknown_task
from engine.tasks.rights import is_accused, is_handler, may_complete, principal_for
from engine.values import Data

LONGEST_TEXT = 500
"""Characters of a reason, a request or an opinion."""


@dataclass(frozen=True)
class Acting:
    """Somebody's act on a task whose instance this transaction has locked."""

    engine: Engine
    work: UnitOfWork
    actor: Actor
    held: Held
    task: UserTask
    now: datetime

    @property
    def case(self) -> CaseFile:
        return self.held.case

    @property
    def acted_for(self) -> str | None:
        """Whom the actor stands in for with this task (person id)."""
        principal = principal_for(self.actor, self.task)
        return principal.person_id if principal else None

    def require_open(self) -> None:
        if self.task.state is not TaskState.OPEN:
            raise closed_task(self.work, self.task, self.engine.settings.timezone)

    def require_hand(self, *, seen: Callable[[], None] = lambda: None) -> None:
        """The task is open, and the actor's to do; `seen` raises where its page is too old for that.

        Raises Forbidden, Conflict, InvalidState.
        """
        if not is_handler(self.actor, self.task):
            raise not_yours(self.task)
        self.require_open()
        seen()
        if not may_complete(self.actor, self.task, self.case):
            raise taken_task(self.work, self.task)

    def require_own(self) -> None:
        """As `require_hand`, and it has neither been delegated by somebody else nor submitted to signers."""
        self.require_hand()
        if self.task.owner is not None:
            refuse(
                f"“{self.task.name}”是委派给您的，只能办理或交回。如需其他处理，请联系委派人。",
                f"“{self.task.name}” was delegated to you: do it or give it back. Ask its owner for anything else.",
            )
        self.require_unheld()

    def require_unheld(self) -> None:
        if self.task.held_result is not None:
            refuse(
                f"“{self.task.name}”已经提交，正等加签人签署意见。可以催办、减签，或等签完。",
                f"“{self.task.name}” has been submitted and waits for its signers. Urge or remove them, or wait.",
            )

    def receiver(self, person_id: str) -> Actor:
        """An active colleague. Raises NotFound."""
        found = self.work.org.actor(person_id)
        if found is None:
            raise NotFound(Message("人员", "person"), person_id)
        return found

    def operation(
        self,
        event: str,
        detail: Data,
        *,
        changed: Sequence[UserTask] = (),
        opened: Sequence[UserTask] = (),
        closed: Sequence[TaskClosure] = (),
        beside: Callable[[Collector], None] | None = None,
    ) -> Operation:
        """A step that only changes what people change about tasks. The event names the task."""
        said = {name: value for name, value in detail.items() if value not in (None, "", [])}
        return Operation(
            event=Event(event, {"task_id": self.task.task_id, "name": self.task.name, **said}),
            act=lambda _run, _at: Changes(),
            retry={},
            acted_for=self.acted_for,
            tasks_changed=tuple(changed),
            tasks_opened=tuple(opened),
            tasks_closed=tuple(closed),
            beside=beside,
        )


def act_on(
    engine: Engine,
    actor: Actor,
    task_id: str,
    attempted: str,
    decide: Callable[[Acting], Operation | None],
) -> None:
    """Does what `decide` says once the task's instance is locked; None: it is so already, and nothing is written.

    Raises NotFound (also where the actor may not know of the case), Forbidden (audited), and what `decide` raises.
    """
    step = _Step(engine, actor, task_id, decide)
    try:
        run_step(engine, step.hold, step.plan, actor=actor.person_id)
    except _AlreadySo:
        return
    except Forbidden:
        record_refusal(engine, actor, attempted, {"task_id": task_id})
        raise


def refuse(zh: str, en: str) -> NoReturn:
    """Raises InvalidState."""
    raise InvalidState(Message(zh, en))


def checked_text(text: str, *, zh: str, en: str, required: bool = True) -> str:
    """A reason or an opinion as a person typed it, trimmed. Raises InvalidState where it is missing or too long."""
    text = text.strip()
    if required and not text:
        refuse(f"请填写{zh}。", f"Fill in the {en}.")
    if len(text) > LONGEST_TEXT or "\0" in text:
        refuse(
            f"{zh}最多 {LONGEST_TEXT} 个字。请缩短。",
            f"The {en} has at most {LONGEST_TEXT} characters. Shorten it.",
        )
    return text


@dataclass(frozen=True)
class _Step:
    engine: Engine
    actor: Actor
    task_id: str
    decide: Callable[[Acting], Operation | None] = field(repr=False)

    def hold(self, work: UnitOfWork) -> Held:
        held = hold_by_task(work, self.task_id)
        if held is None or is_accused(self.actor, held.case):
            raise unknown_task(self.task_id)
        return held

    def plan(self, work: UnitOfWork, held: Held, now: datetime) -> Operation:
        if held.task is None:
            raise unknown_task(self.task_id)
        operation = self.decide(Acting(self.engine, work, self.actor, held, held.task, now))
        if operation is None:
            raise _AlreadySo
        return operation


class _AlreadySo(Exception):
    """What was asked for is so already."""
