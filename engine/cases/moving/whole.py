"""The reload check: what the new version reads back from the saved state is what the tables say."""

from __future__ import annotations

from engine.cases.going_back import IDLE
from engine.definitions.sources import Procedure
from engine.errors import InvalidState, Message
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.case import Instance, InstanceState
from engine.records.task import TaskKind


def check_whole(engine: Engine, work: UnitOfWork, procedure: Procedure, instance: Instance) -> None:
    """Raises InvalidState where open tasks, armed timers or awaited messages differ: then nothing may be kept."""
    run = engine.kernel.load(procedure.source, IDLE, instance.snapshot)
    open_tasks = work.tasks.open_of(instance.case_id, instance.instance_id)
    stored = {task.task_id for task in open_tasks if task.kind is TaskKind.STEP}
    timers = {timer.timer_id for timer in work.moving.pending_timers(instance.case_id, instance.instance_id)}
    waits = run.awaited_messages()
    messages = {m.task_id: m.message for m in work.moving.awaited(tuple(waits))} if waits else {}
    ended = instance.state is not InstanceState.RUNNING
    if run.is_ended != ended or stored != set(run.open_tasks()) or timers != set(run.armed_timers()):
        raise InvalidState(_DIFFERS)
    if messages != dict(waits):
        raise InvalidState(_DIFFERS)


_DIFFERS = Message(
    "迁移后的流程状态与任务、定时器的记录不一致，已全部撤回，案件仍在原版本。请将此情况报告给系统维护人员。",
    "After the move the instance and the records of its tasks and timers did not agree; all of it was undone, and "
    "the case stays on its version. Report this to whoever maintains the system.",
)
