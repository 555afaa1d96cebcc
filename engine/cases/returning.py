"""退回: a task goes back to a step that was done before, with a reason; then on from there, or straight back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from engine.cases.advance import Held, Operation
from engine.cases.collector import Collector
from engine.cases.going_back import again, done_between, look_at, look_by_task, standing_again
from engine.cases.standing import Event
from engine.deadlines.life import RETURNED
from engine.errors import InvalidState, Message
from engine.kernel.changes import Changes
from engine.kernel.run import Run
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.org import Actor
from engine.records.task import TaskKind, TaskState, UserTask
from engine.tasks.acting import Acting, act_on, checked_text, refuse
from engine.tasks.notices import notice, people_to_tell
from engine.tasks.refusals import unknown_task
from engine.tasks.rights import is_accused, may_complete

PREVIOUS, EARLIER, STARTER = "previous", "earlier", "starter"


@dataclass(frozen=True)
class ReturnTarget:
    """A step that the task may go back to. `kind` is previous, earlier or starter; `person` is who did it (id).

    `comes_back`: from there it can come straight back to this step.
    """

    element_id: str
    name: str
    kind: str
    person: str | None
    comes_back: bool = True


@dataclass(frozen=True)
class Returns:
    """Where a task may go back to, the nearest step first; `refusal` says why there is nothing."""

    targets: tuple[ReturnTarget, ...]
    refusal: Message | None


def return_targets(engine: Engine, actor: Actor, task_id: str) -> tuple[ReturnTarget, ...]:
    """Where the actor may return its task to, the nearest step first. Raises NotFound."""
    return returns_of(engine, actor, task_id).targets


def returns_of(engine: Engine, actor: Actor, task_id: str) -> Returns:
    """As `return_targets`, with the reason where there is none. Raises NotFound."""
    with engine.store.read() as work:
        held = look_by_task(work, task_id)
        if held is None or held.task is None or is_accused(actor, held.case):
            raise unknown_task(task_id)
        if held.task.kind is not TaskKind.STEP or not may_complete(actor, held.task, held.case):
            return Returns((), _NOT_HERE)
        run = look_at(engine, work, held)
        places = list(_places(work, held, run, held.task))
    return _named(places, run, held.task)


def return_task(
    engine: Engine, actor: Actor, task_id: str, *, to: str, reason: str, straight_back: bool = False
) -> None:
    """Returns an open task to the element `to`, which opens again for whoever did it.

    `straight_back`: once that is completed, the matter comes straight back to this step and to the actor. Raises
    NotFound, Forbidden (audited), Conflict, InvalidState (no such step before this one, other branches, something
    that cannot be undone, no reason), StepFailed.
    """
    reason = checked_text(reason, zh="退回理由", en="reason")

    def decide(acting: Acting) -> Operation:
        return _operation(acting, to, reason, straight_back=straight_back)

    act_on(engine, actor, task_id, "return_task", decide)


def returning(acting: Acting, to: str) -> Operation:
    """The step that returning would be, to be looked at. Raises as `return_task`."""
    return _operation(acting, to, "", straight_back=False)


def _operation(acting: Acting, to: str, reason: str, *, straight_back: bool) -> Operation:
    acting.require_own()
    task, held, work = acting.task, acting.held, acting.work
    if task.kind is not TaskKind.STEP:
        raise InvalidState(_NOT_HERE)
    run = look_at(acting.engine, work, held)
    place = next((p for p in _places(work, held, run, task) if p.before.element_id == to), None)
    refusal = _NEVER_THERE if place is None else place.refusal
    if place is None or refusal is not None:
        raise InvalidState(refusal or _NEVER_THERE)
    if straight_back and not _may_come_back(place, run, task):
        refuse(
            "该环节办完后不能直接送回本环节，请改为按流程继续办理。",
            "From that step it cannot come straight back. Let it go on by the flow.",
        )
    before = place.before
    undone = standing_again(work, held, before.closed_at or acting.now)

    def act(run: Run, now: datetime) -> Changes:
        return run.move(task.task_id, to, now)

    def dress(work: UnitOfWork, opened: UserTask) -> UserTask:
        if opened.element_id != to:
            return opened
        returned = replace(again(work, opened, before), asked_by=acting.actor.person_id, note=reason)
        return replace(returned, returns_to=task.element_id) if straight_back else returned

    told = people_to_tell(acting, [before.closed_for or before.closed_by])
    tell = notice(
        acting,
        told,
        "returned",
        f"“{task.name}”已由{acting.actor.name}退回到“{before.name}”。",
        f"{acting.actor.name} has returned “{task.name}” to “{before.name}”.",
    )

    def beside(collector: Collector) -> None:
        for deadline in undone:
            collector.undo_deadline(deadline)
        tell(collector)

    detail = {"element": task.element_id, "name": task.name, "to": to, "to_name": before.name, "reason": reason}
    return Operation(
        event=Event("TaskReturned", {"task_id": task.task_id, **detail, "straight_back": straight_back}),
        act=act,
        retry={},
        task_id=task.task_id,
        acted_for=acting.acted_for,
        goes_back=RETURNED,
        dress=dress,
        beside=beside,
    )


@dataclass(frozen=True)
class _Place:
    """A step that was done before; `refusal` says why the task cannot go back there."""

    before: UserTask
    refusal: Message | None


def _places(work: UnitOfWork, held: Held, run: Run, task: UserTask) -> Iterator[_Place]:
    """Steps of the instance that lie before the task, the last done first, each element once. Two statements."""
    done = {t.task_id: t for t in work.tasks.completed_of(held.case.case_id, held.instance.instance_id)}
    path = work.instances.path_of(held.instance.instance_id)
    seen: set[str] = set()
    for place in range(len(path) - 1, -1, -1):
        before = done.get(path[place].task_id)
        if before is None or before.element_id in seen:
            continue
        seen.add(before.element_id)
        refusal = run.refusal(task.task_id, before.element_id, back=True)
        if refusal is None:
            refusal = done_between(run, path[place + 1 :], task.task_id, before.element_id)
        yield _Place(before, refusal)


def _named(places: list[_Place], run: Run, task: UserTask) -> Returns:
    """The first is the previous step, the last the starter's; between are earlier ones."""
    open_ones = [place for place in places if place.refusal is None]
    if not open_ones:
        return Returns((), next((p.refusal for p in places if p.refusal is not None), _NOTHING_BEFORE))
    first_done = places[-1].before.element_id
    targets = []
    for number, place in enumerate(open_ones):
        before = place.before
        kind = PREVIOUS if number == 0 else STARTER if before.element_id == first_done else EARLIER
        person = before.closed_for or before.closed_by
        comes_back = _may_come_back(place, run, task)
        targets.append(ReturnTarget(before.element_id, before.name, kind, person, comes_back))
    return Returns(tuple(targets), None)


def _may_come_back(place: _Place, run: Run, task: UserTask) -> bool:
    """One instance of several is not come back to alone."""
    return place.before.state is TaskState.COMPLETED and run.is_alone(task.task_id)


_NOT_HERE = Message("这项任务不由您退回。请刷新页面。", "This task is not yours to return. Reload the page.")
_NEVER_THERE = Message(
    "案件没有经过该环节，不能退回到那里。请另选环节。", "The case has not been at that step. Choose another one."
)
_NOTHING_BEFORE = Message(
    "这是本案的第一个环节，没有可以退回的环节。",
    "This is the first step of the case; there is nothing to return to.",
)
