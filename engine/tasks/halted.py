"""Who is about to work sees beforehand that the work is halted, not only when the submission is refused."""

from __future__ import annotations

from dataclasses import replace

from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.operating import Halt, HaltScope
from engine.records.org import Actor
from engine.records.task import TaskState, UserTask
from engine.records.views import InboxPage


def halt_over(work: UnitOfWork, task: UserTask) -> Halt | None:
    """What stops the instance of an open task, the widest first. One statement where nothing does."""
    halt_id = work.operating.halt_of_instance(task.instance_id) if task.state is TaskState.OPEN else None
    return None if halt_id is None else work.operating.halt(halt_id)


def with_halts(work: UnitOfWork, page: InboxPage) -> InboxPage:
    """The page with what is halted. One statement where nothing is."""
    halts = work.operating.halts()
    if not halts:
        return page
    instances = {row.task.instance_id for row in page.rows if row.task is not None and row.task.closed_at is None}
    wide = tuple(halt for halt in halts if halt.scope is not HaltScope.INSTANCE)
    return replace(page, halts=wide, halted=work.operating.halted_among(sorted(instances)))


def halt_of_start(engine: Engine, actor: Actor, procedure: str) -> Halt | None:
    """Under what no case of the procedure starts now. That is no secret to anybody in the office."""
    del actor
    with engine.store.read() as work:
        halt_id = work.operating.halt_of_procedure(procedure)
        return None if halt_id is None else work.operating.halt(halt_id)
