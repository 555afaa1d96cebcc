"""撤回: who has completed a task takes it back, as long as nobody has begun with what followed.

What waits for signers is taken back likewise (`engine.tasks.unsubmitting`), and moves no token.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from engine.cases.advance import Held, Operation
from engine.cases.collector import Collector
from engine.cases.going_back import again, done_between, look_at, look_by_task, standing_again
from engine.cases.standing import Event
from engine.deadlines.life import WITHDRAWN
from engine.errors import InvalidState, Message
from engine.kernel.changes import Changes
from engine.kernel.run import Run
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.org import Actor, Person
from engine.records.step import StepBatch
from engine.records.task import Draft, TaskKind, TaskState, UserTask
from engine.tasks.acting import Acting, act_on, checked_text
from engine.tasks.notices import holders_of, notice
from engine.tasks.refusals import not_yours, unknown_task
from engine.tasks.rights import is_accused
from engine.tasks.unsubmitting import is_submitted, unsubmitting


def may_withdraw(engine: Engine, actor: Actor, task_id: str) -> Message | None:
    """Why the actor cannot take back a task that it has completed; None where it can. Raises NotFound."""
    with engine.store.read() as work:
        held = look_by_task(work, task_id)
        if held is None or held.task is None or is_accused(actor, held.case):
            raise unknown_task(task_id)
        if not _is_own(actor, held.task):
            return _NOT_YOURS
        found = _opened_by(engine, work, held, held.task)
    return found if isinstance(found, Message) else None


def withdraw_task(engine: Engine, actor: Actor, task_id: str, reason: str = "") -> None:
    """Opens a completed task again for the actor, with what was submitted as a draft; what followed is cancelled.

    One that waits for signers is the actor's again, and they are asked no longer until it is submitted anew.

    All tasks that its completion opened go back, or none. Raises NotFound, Forbidden (audited) for anybody but who
    completed it, InvalidState where somebody has begun, something cannot be undone, or the case went further;
    StepFailed.
    """
    reason = checked_text(reason, zh="撤回说明", en="note", required=False)
    act_on(engine, actor, task_id, "withdraw_task", lambda acting: withdrawing(acting, reason))


def withdrawing(acting: Acting, reason: str = "") -> Operation:
    """The step that taking back is. Raises as `withdraw_task`."""
    task, work, actor = acting.task, acting.work, acting.actor
    if is_submitted(task):
        return unsubmitting(acting, reason)
    if not _is_own(actor, task):
        raise not_yours(task)
    found = _opened_by(acting.engine, work, acting.held, task)
    if isinstance(found, Message):
        raise InvalidState(found)
    first, *others = found
    undone = standing_again(work, acting.held, task.closed_at or acting.now)
    told = _whose(acting, found)
    tell = notice(
        acting,
        told,
        "withdrawn",
        f"“{first.name}”已由{actor.name}撤回，暂不需办理。",
        f"{actor.name} has taken “{first.name}” back; nothing is to be done for now.",
    )

    def act(run: Run, now: datetime) -> Changes:
        return run.move(first.task_id, task.element_id, now, with_them=[other.task_id for other in others])

    def dress(work: UnitOfWork, opened: UserTask) -> UserTask:
        if opened.element_id != task.element_id:
            return opened
        return replace(again(work, opened, task), assignee=actor.person_id)

    def beside(collector: Collector) -> None:
        for deadline in undone:
            collector.undo_deadline(deadline)
        tell(collector)

    detail = {"task_id": task.task_id, "element": task.element_id, "name": task.name, "reason": reason}
    names = [each.name for each in found]
    return Operation(
        event=Event("TaskWithdrawn", {**detail, "from": names}),
        act=act,
        retry={},
        acted_for=task.closed_for if task.closed_by == actor.person_id else None,
        goes_back=WITHDRAWN,
        dress=dress,
        beside=beside,
        after=lambda work, batch: _keep_typed(work, batch, task, acting),
    )


def _keep_typed(work: UnitOfWork, batch: StepBatch, task: UserTask, acting: Acting) -> None:
    """What was submitted is a draft again."""
    for opened in batch.tasks_opened:
        if opened.element_id == task.element_id and task.result is not None:
            work.drafts.save(Draft(opened.task_id, acting.actor.person_id, task.result, acting.now))


def _is_own(actor: Actor, task: UserTask) -> bool:
    return actor.person_id in {task.closed_by, task.closed_for}


def _opened_by(engine: Engine, work: UnitOfWork, held: Held, task: UserTask) -> list[UserTask] | Message:
    """The open tasks that the completion of `task` opened, or why they do not go back. Six statements."""
    if task.state is not TaskState.COMPLETED or task.kind is not TaskKind.STEP:
        return _NOT_COMPLETED
    instance_id = held.instance.instance_id
    later = [t for t in work.tasks.completed_of(held.case.case_id, instance_id) if t.opened_by == task.task_id]
    opened = [t for t in work.tasks.open_of(held.case.case_id, instance_id) if t.opened_by == task.task_id]
    opened = [each for each in opened if each.kind is TaskKind.STEP]
    if later or not opened:
        return _WENT_ON
    begun = _begun(work, opened)
    if begun is not None:
        return begun
    path = work.instances.path_of(instance_id)
    since = next((n for n, entry in enumerate(path) if entry.task_id == task.task_id), len(path))
    run = look_at(engine, work, held)
    first, others = opened[0].task_id, [each.task_id for each in opened[1:]]
    refusal = run.refusal(first, task.element_id, with_them=others, single=True)
    refusal = refusal or done_between(run, path[since + 1 :], first, task.element_id, others)
    return refusal or opened


def _begun(work: UnitOfWork, opened: list[UserTask]) -> Message | None:
    """Whether somebody has claimed, handed on or typed into one of them, or asked others about it."""
    drafted = work.tasks.drafted([each.task_id for each in opened])
    for each in opened:
        touched = each.begun_at or each.owner or each.came_by or each.held_result is not None
        if touched or each.task_id in drafted or work.desk.signers_of(each.task_id):
            return Message(
                f"“{each.name}”已经有人开始办理，不能再撤回。如需更正，请联系办理人退回。",
                f"Somebody has begun with “{each.name}”; it cannot be taken back. Ask them to return it.",
            )
    return None


def _whose(acting: Acting, tasks: list[UserTask]) -> list[Person]:
    people = {person.person_id: person for task in tasks for person in holders_of(acting, task)}
    return list(people.values())


_NOT_YOURS = Message(
    "只有办理本环节的人员可以撤回。如需更正，请联系后续办理人退回。",
    "Only who completed this step can take it back. Ask whoever has it now to return it.",
)
_NOT_COMPLETED = Message(
    "这项任务没有办理完毕，无需撤回。", "This task was not completed; there is nothing to take back."
)
_WENT_ON = Message(
    "案件已经往后办理，不能再撤回。如需更正，请联系现办理人退回。",
    "The case has gone on; it cannot be taken back any more. Ask whoever has it now to return it.",
)
