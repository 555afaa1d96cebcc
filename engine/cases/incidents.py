"""Incidents: what failed inside a diagram, seen and retried once the cause is mended."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from engine.audit.record import record_event, record_refusal
from engine.cases.advance import Held, Operation, hold_by_task, hold_instance, prepare
from engine.cases.catch_up import catch_up
from engine.cases.completion import completion_of
from engine.cases.firing import fire_timer, firing_step
from engine.cases.messages import deliver_message, drain_messages
from engine.cases.standing import Firing
from engine.cases.step import run_step
from engine.errors import Forbidden, InvalidState, Message, NotFound
from engine.kernel.mend import passing_over
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.case import CaseFile
from engine.records.org import Actor
from engine.records.step import Incident, StepBatch
from engine.records.task import TaskState
from engine.tasks.rights import is_accused
from engine.values import Data

_WORKER = "retry"


def list_incidents(
    engine: Engine, actor: Actor, *, state: str | None = "open", limit: int = 200
) -> tuple[Incident, ...]:
    """Newest first, without cases that accuse a unit of the actor's.

    Raises Forbidden for anybody but process admins and auditors.
    """
    if not (actor.is_admin or actor.holds("auditor")):
        raise _admins_only()
    with engine.store.read() as work:
        return work.registers.incidents(state=state, limit=limit, reader=actor)


def retry_incident(engine: Engine, actor: Actor, incident_id: str, reason: str = "") -> None:
    """Does again what failed, with what the person had typed then, in that person's name.

    The incident is closed when that succeeds, or when it has been done in another way meanwhile. Raises Forbidden
    (audited), NotFound, InvalidState where it is not open, StepFailed where it fails again: it stays open.
    """
    if not actor.is_admin:
        record_refusal(engine, actor, "retry_incident", {"incident_id": incident_id})
        raise _admins_only()
    with engine.store.read() as work:
        incident, _ = known_incident(work, actor, incident_id)
    require_unsettled(incident)
    redo(engine, incident)
    said = {"reason": reason.strip()[:500]} if reason.strip() else {}
    settle(engine, actor, incident, state="retried", event="IncidentRetried", **said)


def redo(engine: Engine, incident: Incident, over: frozenset[str] = frozenset()) -> None:
    """Does what failed again; the effects of the elements `over` are left out. Raises StepFailed, Halted."""
    _RETRIES[incident.operation["kind"]](engine, incident, over)


def settle(engine: Engine, actor: Actor, incident: Incident, *, state: str, event: str, **detail: str) -> None:
    """Closes the incident, and says so in the case's trail."""
    with engine.store.write() as work:
        work.registers.set_incident_state(incident.incident_id, state)
        record_event(
            work,
            event,
            {"incident_id": incident.incident_id, **detail},
            actor=actor.person_id,
            at=engine.clock.now(),
            case_id=incident.case_id,
        )


def known_incident(work: UnitOfWork, actor: Actor, incident_id: str) -> tuple[Incident, CaseFile]:
    """Raises NotFound, also where the actor may not know of the case."""
    incident = work.registers.incident(incident_id)
    case = work.cases.get(incident.case_id) if incident is not None else None
    if incident is None or case is None or is_accused(actor, case):
        raise NotFound(Message("故障", "incident"), incident_id)
    return incident, case


def require_unsettled(incident: Incident) -> None:
    """Raises InvalidState."""
    if incident.state != "open":
        raise InvalidState(
            Message(
                "这条故障已经处理过，无需重试。", "This incident has been dealt with; nothing is left to retry."
            )
        )


@dataclass(frozen=True)
class Again:
    """The step that trying again is: to be run, or to be looked at. `over` are elements left out."""

    engine: Engine
    incident: Incident
    over: frozenset[str]

    def hold(self, work: UnitOfWork) -> Held:
        task_id = self.incident.operation["task_id"]
        held = hold_by_task(work, task_id)
        if held is None:
            raise NotFound(Message("任务", "task"), task_id)
        return held

    def plan(self, _work: UnitOfWork, held: Held, _now: datetime) -> Operation:
        operation = self.incident.operation
        if held.task is None or held.task.state is not TaskState.OPEN:
            raise _AlreadyDone
        done = completion_of(
            held.task,
            operation["data"],
            person_id=operation["person_id"],
            person_unit=operation["person_unit"],
            zone=self.engine.settings.timezone,
            columns=_columns(operation),
        )
        return replace(done, act=lambda run, at: done.act(passing_over(run, self.over), at))

    @property
    def person_id(self) -> str:
        found: str = self.incident.operation["person_id"]
        return found


def seen_again(
    engine: Engine, work: UnitOfWork, incident: Incident, over: frozenset[str]
) -> tuple[Held, StepBatch]:
    """What trying again would write, in a transaction that the caller undoes. Of tasks and timers only.

    Raises InvalidState where there is nothing left to do, StepFailed.
    """
    now = engine.clock.now()
    if incident.operation["kind"] == "complete":
        again = Again(engine, incident, over)
        held = again.hold(work)
        try:
            operation = replace(again.plan(work, held, now), after=None)
        except _AlreadyDone:
            raise InvalidState(_NOTHING_LEFT) from None
        return held, prepare(engine, work, held, operation, actor=again.person_id, now=now)
    timer = work.timers.claim(incident.operation["timer_id"], wait=True)
    found = hold_instance(work, incident.instance_id) if timer is not None else None
    if timer is None or found is None:
        raise InvalidState(_NOTHING_LEFT)
    return found, firing_step(engine, work, found, Firing(timer, _WORKER), now, over=over)


def _retry_completion(engine: Engine, incident: Incident, over: frozenset[str]) -> None:
    again = Again(engine, incident, over)
    with suppress(_AlreadyDone):
        run_step(engine, again.hold, again.plan, actor=again.person_id, log_failure=False)


def _columns(operation: Data) -> Data:
    columns = dict(operation["columns"])
    if "accused_units" in columns:
        columns["accused_units"] = tuple(columns["accused_units"])
    return columns


def _retry_firing(engine: Engine, incident: Incident, over: frozenset[str]) -> None:
    fire_timer(engine, incident.operation["timer_id"], _WORKER, log_failure=False, over=over)


def _retry_message(engine: Engine, incident: Incident, over: frozenset[str]) -> None:
    message_id = incident.operation["message_id"]
    with engine.store.write() as work:
        work.messages.settle(message_id, "pending", engine.clock.now())
    deliver_message(engine, message_id, over=over)
    drain_messages(engine)


def _retry_calendar(engine: Engine, incident: Incident, _over: frozenset[str]) -> None:
    catch_up(engine, incident.operation["instance_id"], every=True)


_RETRIES = {
    "complete": _retry_completion,
    "fire": _retry_firing,
    "message": _retry_message,
    "calendar": _retry_calendar,
}


class _AlreadyDone(Exception):
    """The task was completed in another way after the incident."""


def _admins_only() -> Forbidden:
    return Forbidden(
        Message(
            "只有流程管理员可以处理故障。请联系流程管理员。",
            "Only a process admin may deal with incidents. Ask one.",
        )
    )


_NOTHING_LEFT = Message(
    "要重试的任务或定时器已经结束；重试只会关闭这条故障。",
    "The task or timer is over already: trying again only closes the incident.",
)
