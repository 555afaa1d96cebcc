"""Whatever people do with their tasks, in whatever order: no task is lost, none is doubled, and the end is reached.

Sequence, parallel branches, a subprocess under a limit of the law, a called procedure; every act in a transaction
of its own, the system restarted in between.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from engine.audit.verify import verify_chain
from engine.cases.advance import Held
from engine.cases.going_back import look_at
from engine.cases.returning import return_targets, return_task
from engine.cases.start import start_case
from engine.cases.withdrawing import withdraw_task
from engine.errors import EngineError
from engine.records.case import CaseFile, InstanceState
from engine.records.org import Grant, Person
from engine.records.task import SignMode, TaskKind, TaskState, UserTask
from engine.records.time import TimerKind, TimerState
from engine.tasks.claim import claim_task, unclaim_task
from engine.tasks.complete import complete_task
from engine.tasks.delegate import delegate_task, give_back_task, recall_task
from engine.tasks.signers import add_signers, remove_signer, sign
from engine.tasks.suspend import resume_task, suspend_task
from engine.tasks.transfer import transfer_task
from tests.unit.kernel.bpmn_builder import Bpmn
from tests.worlds import World, enter_world

CLERKS = ("dengji", "jia", "yi")
MODES = (SignMode.BEFORE, SignMode.PARALLEL, SignMode.AFTER)
STEPS = 26
_POST = {"role": "registrar", "unit": "case_unit"}


def called() -> Bpmn:
    diagram = Bpmn("called", name="子流程").lane("l", role="registrar").start("cs", lane="l")
    return diagram.manual("c1", lane="l").manual("c2", lane="l").end("ce", lane="l")


def wandering() -> Bpmn:
    """a ⏱ → (b1 → b2 ‖ call) → (s1 → s2) ⏱ of the law → c, and once more from a where nobody has agreed."""
    diagram = Bpmn("wandering", name="各种办法").lane("l", role="registrar").start("start", lane="l")
    diagram.manual("a", lane="l").timer_boundary(
        "due_a", on="a", expression='deadline("T5")', interrupting=False, lane="l"
    )
    diagram.end("late_a", after="due_a", lane="l").parallel("split", after="a", lane="l")
    diagram.manual("b1", lane="l").manual("b2", lane="l").call("call", "called", after="split", lane="l")
    diagram.parallel("join", after=("b2", "call"), lane="l")
    inner = lambda s: s.start("s0").manual("s1", properties=_POST).manual("s2", properties=_POST).end("s3")  # noqa: E731
    diagram.subprocess("sub", inner, lane="l")
    diagram.timer_boundary("due_s", on="sub", expression='deadline("T2")', interrupting=False, lane="l")
    return diagram.end("late_s", lane="l").manual("c", after="sub", lane="l").end("end", lane="l")


@pytest.fixture(scope="session")
def wandering_home(tmp_path_factory: pytest.TempPathFactory, office_home: Path) -> Path:
    """The sample office with the procedure and three clerks who may do all of it."""
    home = tmp_path_factory.mktemp("wandering") / "home"
    shutil.copytree(office_home, home)
    world = enter_world(home)
    with world.engine.store.write() as work:
        for name in CLERKS[1:]:
            person = Person(f"p-{name}", name, name, "xfj", "-")
            work.org.add_person(person, [Grant("registrar", "xfj")])
    world.deploy(called())
    world.deploy(wandering())
    world.close()
    return home


def open_tasks(world: World, case: CaseFile) -> list[UserTask]:
    return [task for task in world.view(case).tasks if task.state is TaskState.OPEN]


Act = Callable[[World, CaseFile, UserTask, int], None]


def _complete(world: World, _case: CaseFile, task: UserTask, dice: int) -> None:
    complete_task(world.engine, who(world, task, dice), task.task_id, {})


def _claim(world: World, _case: CaseFile, task: UserTask, dice: int) -> None:
    claim_task(world.engine, clerk(world, dice), task.task_id)


def _unclaim(world: World, _case: CaseFile, task: UserTask, dice: int) -> None:
    unclaim_task(world.engine, who(world, task, dice), task.task_id)


def _return(world: World, _case: CaseFile, task: UserTask, dice: int) -> None:
    actor = who(world, task, dice)
    targets = return_targets(world.engine, actor, task.task_id)
    if targets:
        target = targets[dice % len(targets)]
        straight = bool(dice % 2) and target.comes_back
        return_task(world.engine, actor, task.task_id, to=target.element_id, reason="重来", straight_back=straight)


def _withdraw(world: World, case: CaseFile, task: UserTask, dice: int) -> None:
    if task.held_result is not None:
        withdraw_task(world.engine, world.actor(task.held_result["by"][2:]), task.task_id)
        return
    done = [t for t in world.view(case).tasks if t.state is TaskState.COMPLETED and t.kind is TaskKind.STEP]
    if done:
        task = done[-1 - dice % min(2, len(done))]
        withdraw_task(world.engine, world.actor((task.closed_by or "p-dengji")[2:]), task.task_id)


def _transfer(world: World, _case: CaseFile, task: UserTask, dice: int) -> None:
    transfer_task(world.engine, who(world, task, dice), task.task_id, f"p-{CLERKS[dice % 3]}", "忙")


def _delegate(world: World, _case: CaseFile, task: UserTask, dice: int) -> None:
    delegate_task(world.engine, who(world, task, dice), task.task_id, f"p-{CLERKS[dice % 3]}", "请代办")


def _recall(world: World, _case: CaseFile, task: UserTask, dice: int) -> None:
    if dice % 2 and task.owner:
        recall_task(world.engine, world.actor(task.owner[2:]), task.task_id)
    else:
        give_back_task(world.engine, who(world, task, dice), task.task_id, "办不了")


def _sign(world: World, case: CaseFile, task: UserTask, dice: int) -> None:
    signers = [t for t in open_tasks(world, case) if t.kind is TaskKind.SIGN]
    if not signers:
        people = [f"p-{CLERKS[dice % 3]}"]
        add_signers(
            world.engine, who(world, task, dice), task.task_id, people, mode=MODES[dice % 3], request="请看"
        )
    elif dice % 4 == 0:
        parent = next(t for t in open_tasks(world, case) if t.task_id == signers[0].parent_id)
        remove_signer(world.engine, who(world, parent, dice), signers[0].task_id, "不用了")
    else:
        sign(
            world.engine, who(world, signers[0], dice), signers[0].task_id, ("agree", "disagree")[dice % 2], "意见"
        )


def _suspend(world: World, _case: CaseFile, task: UserTask, dice: int) -> None:
    act = resume_task if task.suspended else lambda e, a, t: suspend_task(e, a, t, "等材料")
    act(world.engine, who(world, task, dice), task.task_id)


ACTS: tuple[Act, ...] = (
    *(_complete, _complete, _complete, _complete, _claim, _unclaim, _return, _return, _withdraw),
    *(_transfer, _delegate, _recall, _sign, _sign, _suspend),
)


def clerk(world: World, dice: int) -> Any:
    return world.actor(CLERKS[dice % 3])


def who(world: World, task: UserTask, dice: int) -> Any:
    """Whoever has the task; now and then somebody else tries."""
    return world.actor(task.assignee[2:]) if task.assignee and dice % 7 else clerk(world, dice)


@given(st.lists(st.integers(0, 9999), min_size=STEPS, max_size=STEPS))
@settings(
    max_examples=3,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_no_task_is_lost_or_doubled(
    wandering_home: Path, tmp_path_factory: pytest.TempPathFactory, dice: list[int]
) -> None:
    home = tmp_path_factory.mktemp("walk") / "home"
    shutil.copytree(wandering_home, home)
    world = enter_world(home)
    case = start_case(world.engine, world.actor("dengji"), "wandering", {})
    for number, each in enumerate(dice):
        tasks = [task for task in open_tasks(world, case) if task.kind is TaskKind.STEP]
        if not tasks:
            break
        with suppress(EngineError):  # refused: then nothing has happened, which is looked at next
            ACTS[each % len(ACTS)](world, case, tasks[each // 16 % len(tasks)], each // 3)
        check(world, case)
        world.clock.advance(timedelta(hours=each % 30))
        if number % 9 == 8:
            now = world.clock.now()
            world.close()
            world = enter_world(home, now)
    finish(world, case)
    check(world, case)
    assert not verify_chain(world.engine, case.case_id)
    world.close()


def check(world: World, case: CaseFile) -> None:
    view = world.view(case)
    (instance,) = view.instances
    with world.engine.store.read() as work:
        run = look_at(world.engine, work, Held(instance, case))
    steps = [t for t in view.tasks if t.state is TaskState.OPEN and t.kind is TaskKind.STEP]
    assert {t.task_id for t in steps} == set(run.open_tasks())
    assert len({t.element_id for t in steps}) == len(steps), "a token runs twice"
    live = {task.id for task in run._live()}
    open_deadlines = [d for d in view.deadlines if d.is_open]
    assert {d.attached_to for d in open_deadlines} <= live
    assert len({d.attached_to for d in open_deadlines}) == len(open_deadlines)
    waiting = {t.timer_id for t in view.timers if t.state is TimerState.WAITING and t.kind is TimerKind.BPMN}
    assert waiting == set(run.armed_timers())
    signers = [t for t in view.tasks if t.state is TaskState.OPEN and t.kind is TaskKind.SIGN]
    assert {t.parent_id for t in signers} <= {t.task_id for t in steps}
    limits = {d.started_at for d in view.deadlines if d.rule == "T2"}
    assert len(limits) <= 1, "a limit of the law began anew"


def finish(world: World, case: CaseFile) -> None:
    """Everything that is open is done, by whoever has it."""
    for _ in range(60):
        tasks = sorted(open_tasks(world, case), key=lambda t: t.kind is TaskKind.STEP)
        if not tasks:
            break
        for task in tasks:
            if _finished(world, task):
                break
        else:
            raise AssertionError([(t.element_id, t.kind, t.assignee, t.owner, t.held_result) for t in tasks])
    assert world.view(case).instances[0].state is InstanceState.COMPLETED


def _finished(world: World, task: UserTask) -> bool:
    actor = world.actor(task.assignee[2:] if task.assignee else "dengji")
    try:
        if task.suspended and task.kind is TaskKind.STEP:
            resume_task(world.engine, actor, task.task_id)
        if task.kind is TaskKind.SIGN:
            sign(world.engine, actor, task.task_id, "agree", "好")
        else:
            complete_task(world.engine, actor, task.task_id, {})
    except EngineError:
        return False
    return True
