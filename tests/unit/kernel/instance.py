"""An instance under test, by element ids instead of task ids, optionally saved and loaded after every step."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from engine.errors import EngineError, Message
from engine.kernel.changes import Changes, Closure, Passed, ResolvedTime, TaskOpened, TimerArmed
from engine.kernel.feel import Feel
from engine.kernel.ports import ActionCall, ActionResult, TimeKind, TimeRequest
from engine.kernel.run import Kernel, Ports, ProcedureSource, Run
from engine.values import Data
from tests.unit.kernel.bpmn_builder import Bpmn

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 1, 5, 9, 0, tzinfo=SHANGHAI)
KERNEL = Kernel(Feel())


class Refused(EngineError):
    """What a test's action raises."""


class FakeTime:
    """A day is a day; the request is its own deadline."""

    def resolve(self, request: TimeRequest, data: Data, now: datetime) -> ResolvedTime:
        if request.rule == "unknown":
            raise Refused(Message("没有这条期限规则", "no such rule"))
        if request.kind is TimeKind.HOURS:
            return ResolvedTime(now + timedelta(hours=request.amount or 0), request)
        return ResolvedTime(now + timedelta(days=request.amount or 1), request)


class FakeActions:
    """Records calls; `refuse` raises, `set` gives its parameters as variables, others echo them as the result."""

    def __init__(self) -> None:
        self.calls: list[ActionCall] = []

    def run(self, call: ActionCall) -> ActionResult:
        self.calls.append(call)
        if call.name == "refuse":
            raise Refused(Message("不行", "no"))
        if call.name == "set":
            return ActionResult(variables=call.params)
        return ActionResult(value=dict(call.params))


def source_of(
    diagram: Bpmn | bytes, calls: Mapping[str, ProcedureSource] | None = None, **files: bytes
) -> ProcedureSource:
    """A procedure with one diagram; `files` are further ones, a `__` in their names standing for a dot."""
    content = diagram if isinstance(diagram, bytes) else diagram.xml()
    every = {"p.bpmn": content, **{name.replace("__", "."): data for name, data in files.items()}}
    called = dict(calls or {})
    digest = sha256(b"".join([*every.values(), *(c.sha256.encode() for c in called.values())])).hexdigest()
    return ProcedureSource("p", digest, every, called)


class Instance:
    """Steps a run; `changes` are the last step's, `history` every element passed."""

    def __init__(
        self,
        source: ProcedureSource | Bpmn,
        data: Data | None = None,
        *,
        message: str | None = None,
        reloads: bool = True,
        kernel: Kernel = KERNEL,
    ) -> None:
        self.source = source if isinstance(source, ProcedureSource) else source_of(source)
        self.kernel = kernel
        self.reloads = reloads
        self.actions = FakeActions()
        self.ports = Ports(FakeTime(), self.actions)
        self.now = MONDAY
        self.open: dict[str, TaskOpened] = {}
        self.armed: dict[str, TimerArmed] = {}
        self.awaited: dict[str, str] = {}
        self.passed: list[Passed] = []
        self.run: Run
        self.run, changes = kernel.start(self.source, self.ports, data or {}, self.now, message=message)
        self._note(changes)

    def complete(self, element_id: str, which: int = 0, /, **data: Any) -> Changes:
        """Complete an open task of this element."""
        task_id = [t.task_id for t in self.open.values() if t.element_id == element_id][which]
        return self._note(self.run.complete(task_id, data, self.now))

    def fire(self, element_id: str, which: int = 0) -> Changes:
        """Fire an armed timer of this element, at the instant for which it is armed."""
        timer = [t for t in self.armed.values() if t.element_id == element_id][which]
        self.now = max(self.now, timer.resolved.at)
        return self._note(self.run.fire(timer.timer_id, self.now))

    def deliver(self, element_id: str, /, **payload: Any) -> Changes:
        """Deliver the message that this element awaits."""
        task_id = next(task_id for task_id, element in self.awaited.items() if element == element_id)
        return self._note(self.run.deliver(task_id, payload, self.now))

    def _note(self, changes: Changes) -> Changes:
        for opened in changes.opened:
            self.open[opened.task_id] = opened
        for closed in changes.closed:
            del self.open[closed.task_id]
        for armed in changes.armed:
            self.armed[armed.timer_id] = armed
        for disarmed in changes.disarmed:
            del self.armed[disarmed.timer_id]
        for awaited in changes.awaited:
            self.awaited[awaited.task_id] = awaited.element_id
        for unawaited in changes.unawaited:
            del self.awaited[unawaited.task_id]
        self.passed += changes.passed
        self.changes = changes
        if self.reloads:
            self.run = self.kernel.load(self.source, self.ports, self.run.snapshot())
        assert set(self.run.open_tasks()) == set(self.open)
        assert set(self.run.armed_timers()) == set(self.armed)
        assert set(self.run.awaited_messages()) == set(self.awaited)
        assert self.run.data == changes.data
        return changes

    @property
    def tasks(self) -> list[str]:
        """Elements of the open tasks, in the order in which they opened."""
        return [t.element_id for t in self.open.values()]

    @property
    def timers(self) -> list[str]:
        return [t.element_id for t in self.armed.values()]

    @property
    def data(self) -> Data:
        return self.run.data

    @property
    def history(self) -> list[str]:
        """Elements passed, those cancelled with a minus before them."""
        return [("" if p.closure is Closure.COMPLETED else "-") + p.element_id for p in self.passed]
