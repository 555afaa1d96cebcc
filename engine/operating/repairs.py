"""Mending an instance that cannot go on: skip, move, correct, cancel; with a reason, a preview, and traces.

A repair is a step like any other, done by a process admin; a halted instance is mended without being resumed. What
is previewed is what the step itself would write, made in a transaction that is then undone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from engine.cases.advance import Held, Operation, hold_instance, prepare
from engine.cases.all_over import all_over
from engine.cases.consequences import Consequence, compared
from engine.cases.form_flow import COLUMNS, case_columns
from engine.cases.going_back import look_at
from engine.cases.standing import Event
from engine.cases.step import run_step
from engine.definitions.sources import load_procedure
from engine.errors import Message
from engine.kernel.changes import Changes, Ended
from engine.kernel.mend import correct, pass_over, tokens_of
from engine.kernel.run import Run
from engine.operating.rights import require_operator, unknown_instance
from engine.operating.values import Reading, kind_of
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.case import InstanceState
from engine.records.org import Actor
from engine.records.step import StepBatch
from engine.tasks.acting import checked_text, refuse
from engine.tasks.rights import is_accused
from engine.values import Data, Value

CANCELLED = Message("已终止", "Cancelled")
_TOLD = frozenset({"boolean", "number", "date", "date and time", "time", "null"})
"""Kinds of values that the audit trail names: texts, lists and contexts may hold what people wrote."""


class RepairKind(StrEnum):
    SKIP = "skip"
    MOVE = "move"
    CORRECT = "correct"
    CANCEL = "cancel"


@dataclass(frozen=True)
class Repair:
    """`token` is the task whose token is meant (skip, move), `to` the element where it goes (move).

    `name` and `text` are the variable and its value as typed (correct).
    """

    kind: RepairKind
    token: str = ""
    to: str = ""
    name: str = ""
    text: str = ""


@dataclass(frozen=True)
class Preview:
    """What a repair would do. `opens` are the names of tasks that open, `closes` of those that end.

    `papers` and `notices` count what would be issued and sent.
    """

    deadlines: tuple[Consequence, ...]
    opens: tuple[str, ...]
    closes: tuple[str, ...]
    papers: int
    notices: int
    ends: bool


def preview_repair(engine: Engine, actor: Actor, instance_id: str, repair: Repair) -> Preview:
    """Raises Forbidden (audited), NotFound, and what the repair itself would raise. Writes nothing."""
    require_operator(engine, actor, "repair", {"instance_id": instance_id, "kind": repair.kind.value})
    mender = _Mender(engine, actor, instance_id, repair, "")
    now = engine.clock.now()
    try:
        with engine.store.write() as work:
            held = mender.hold(work)
            names = {t.task_id: t.name for t in work.tasks.open_of(held.case.case_id, instance_id)}
            operation = replace(mender.plan(work, held, now), after=None)
            batch = prepare(engine, work, held, operation, actor=actor.person_id, now=now)
            raise Seen(held, batch, names)
    except Seen as seen:
        return seen.preview()


def repair_instance(engine: Engine, actor: Actor, instance_id: str, repair: Repair, reason: str) -> None:
    """Timers that are due fire first, unless the instance is halted.

    Raises Forbidden (audited), NotFound, InvalidState saying what stands against it (or: no reason), InvalidForm
    and FeelError for a value that the variable does not take, StepFailed.
    """
    require_operator(engine, actor, "repair", {"instance_id": instance_id, "kind": repair.kind.value})
    mender = _Mender(engine, actor, instance_id, repair, checked_text(reason, zh="理由", en="reason"))
    run_step(engine, mender.hold, mender.plan, actor=actor.person_id, despite_halt=True)


class Seen(Exception):
    """What a step would write has been seen; nothing is kept. `names` are those of the open tasks."""

    def __init__(self, held: Held, batch: StepBatch, names: dict[str, str]) -> None:
        super().__init__()
        self.held, self.batch, self.names = held, batch, names

    def preview(self) -> Preview:
        batch = self.batch
        return Preview(
            deadlines=compared(self.held.deadlines, batch.deadlines),
            opens=tuple(task.name for task in batch.tasks_opened),
            closes=tuple(self.names[c.task_id] for c in batch.tasks_closed if c.task_id in self.names),
            papers=len(batch.papers),
            notices=len(batch.outbox),
            ends=batch.instance.state is not InstanceState.RUNNING,
        )


@dataclass(frozen=True)
class _Mender:
    engine: Engine
    actor: Actor
    instance_id: str
    repair: Repair
    reason: str

    def hold(self, work: UnitOfWork) -> Held:
        held = hold_instance(work, self.instance_id)
        if held is None or is_accused(self.actor, held.case):
            raise unknown_instance(self.instance_id)
        if held.instance.state is not InstanceState.RUNNING:
            refuse("该流程实例已经结束。请刷新页面。", "That instance is over. Reload the page.")
        # a timer of it may be due by now
        return replace(held, next_timer_at=self.engine.clock.now())

    def plan(self, work: UnitOfWork, held: Held, _now: datetime) -> Operation:
        match self.repair.kind:
            case RepairKind.SKIP:
                return self._skip(work, held)
            case RepairKind.MOVE:
                return self._move(work, held)
            case RepairKind.CORRECT:
                return self._correct(work, held)
            case RepairKind.CANCEL:
                return self._cancel(held)

    def _skip(self, work: UnitOfWork, held: Held) -> Operation:
        token = self.repair.token
        return self._operation(
            "ElementSkipped", self._where(work, held), lambda run, now: pass_over(run, token, now)
        )

    def _move(self, work: UnitOfWork, held: Held) -> Operation:
        token, to = self.repair.token, self.repair.to
        if not to:
            refuse("请选择转到哪个环节。", "Choose the step to move the token to.")
        detail = {**self._where(work, held), "to": to}
        return self._operation("TokenMoved", detail, lambda run, now: run.move(token, to, now))

    def _cancel(self, held: Held) -> Operation:
        attached = [deadline.attached_to for deadline in held.deadlines]
        end = Ended("cancelled", CANCELLED.zh, cancelled=True)
        return self._operation("InstanceCancelled", {}, lambda run, _now: all_over(run, attached, end))

    def _correct(self, work: UnitOfWork, held: Held) -> Operation:
        name = self.repair.name.strip()
        procedure = load_procedure(work, held.instance.definition_id)
        known = look_at(self.engine, work, held).data
        if not name or name.startswith("$"):
            refuse("请选择变量。", "Choose a variable.")
        current = known.get(name)
        reading = Reading(self.engine, work, procedure, held.case)
        value = reading.value_of(name, self.repair.text, current)
        seen: dict[str, Data] = {}

        def act(run: Run, now: datetime) -> Changes:
            changes = correct(run, {name: value}, now)
            seen.update({token.task_id: token.data for token in tokens_of(run)})
            return changes

        detail = {"name": name, **told_values(current, value)}
        operation = self._operation("VariableCorrected", detail, act)
        return replace(
            operation,
            columns=case_columns({name: value}) if name in COLUMNS else {},
            after=lambda work, _batch: work.operating.set_task_data(seen),
        )

    def _where(self, work: UnitOfWork, held: Held) -> Data:
        tokens = tokens_of(look_at(self.engine, work, held))
        token = next((token for token in tokens if token.task_id == self.repair.token), None)
        if token is None:
            refuse(
                "案件已不在该环节。请刷新页面。", "The instance no longer waits at that element. Reload the page."
            )
        return {"task_id": token.task_id, "element": token.element_id, "name": token.name}

    def _operation(self, event: str, detail: Data, act: Callable[[Run, datetime], Changes]) -> Operation:
        return Operation(event=Event(event, {**detail, "reason": self.reason}), act=act, retry={})


def told_values(before: Value, after: Value) -> Data:
    """What the audit trail says of a correction: no text, which may be about people."""
    shown = {"before": before, "after": after}
    return {name: value for name, value in shown.items() if kind_of(value) in _TOLD}
