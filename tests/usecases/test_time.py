"""Timers and deadlines in the step: a late heartbeat never changes an outcome."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.cases.firing import fire_timer
from engine.cases.start import start_case
from engine.errors import InvalidState
from engine.records.case import CaseFile
from engine.records.task import TaskState
from engine.records.time import DeadlineState, TimerState
from engine.tasks.complete import complete_task
from tests.unit.kernel.bpmn_builder import Bpmn
from tests.worlds import World


def window(*, interrupting: bool) -> Bpmn:
    """objection ⏱ PT2H → closed / late: a window of two hours."""
    return (
        Bpmn("window")
        .lane("l", role="registrar")
        .lane("d", role="duty_leader")
        .start("s", lane="l")
        .manual("objection", name="提出异议", lane="l")
        .manual("decide", name="审定", lane="d")
        .end("heard", lane="d")
        .timer_boundary(
            "shut", on="objection", expression="PT2H", interrupting=interrupting, name="异议期满", lane="l"
        )
        .manual("keep", name="维持", lane="d")
        .end("kept", lane="d")
    )


def started(world: World, diagram: Bpmn) -> CaseFile:
    world.deploy(diagram)
    return start_case(world.engine, world.actor("dengji"), diagram.process_id, {})


def test_a_window_that_closed_refuses_the_late_answer_although_nothing_fired_it(world: World) -> None:
    case = started(world, window(interrupting=True))
    task_id = world.task(case, "objection").task_id
    world.clock.advance(timedelta(hours=2))

    with pytest.raises(InvalidState, match="2025-09-26 11:00"):
        complete_task(world.engine, world.actor("dengji"), task_id, {})

    (timer,) = world.view(case).timers
    assert (timer.state, timer.late_seconds, timer.worker) == (TimerState.FIRED, 0, "step")
    assert world.task(case, "objection").state is TaskState.CANCELLED
    assert [t.element_id for t in world.tasks(case)] == ["keep"]


def test_an_answer_in_time_cancels_the_window(world: World) -> None:
    case = started(world, window(interrupting=True))
    world.clock.advance(timedelta(hours=2, microseconds=-1))

    complete_task(world.engine, world.actor("dengji"), world.task(case, "objection").task_id, {})

    assert [t.state for t in world.view(case).timers] == [TimerState.CANCELLED]
    assert [t.element_id for t in world.tasks(case)] == ["decide"]


def test_a_reminder_goes_out_before_the_late_answer_is_taken(world: World) -> None:
    case = started(world, window(interrupting=False))
    world.clock.advance(timedelta(hours=5))

    complete_task(world.engine, world.actor("dengji"), world.task(case, "objection").task_id, {})

    assert sorted(t.element_id for t in world.tasks(case)) == ["decide", "keep"]
    assert world.events(case) == [
        "CaseStarted",
        "TaskOpened",
        "DeadlineStarted",
        "TimerFired",
        "TaskOpened",
        "TaskCompleted",
        "TaskOpened",
        "DeadlineMetLate",
    ]
    (timer,) = world.view(case).timers
    assert timer.late_seconds == timedelta(hours=3).total_seconds()


def test_a_timer_fires_once(world: World) -> None:
    case = started(world, window(interrupting=False))
    (timer,) = world.view(case).timers
    world.clock.advance(timedelta(hours=2, seconds=5))

    assert fire_timer(world.engine, timer.timer_id, "w1", by_outage=True)
    assert not fire_timer(world.engine, timer.timer_id, "w2")

    (fired,) = world.view(case).timers
    assert (fired.state, fired.late_seconds, fired.by_outage, fired.worker) == (TimerState.FIRED, 5, True, "w1")
    assert len(world.tasks(case, element="keep")) == 1


def dutiful() -> Bpmn:
    """handle ⏱ deadline("T5"), the leader's signature by the end of the day."""
    return (
        Bpmn("dutiful")
        .lane("l", role="registrar")
        .start("s", lane="l")
        .manual("handle", name="签发", lane="l", properties={"case_state": "待签发"})
        .end("e", lane="l")
        .timer_boundary(
            "due", on="handle", expression='deadline("T5")', kind="timeDate", interrupting=False, lane="l"
        )
        .manual("urge", name="催办", lane="l")
        .end("urged", lane="l")
    )


def test_a_deadline_is_kept_for_the_task_and_met(world: World) -> None:
    case = started(world, dutiful())
    (deadline,) = world.view(case).deadlines
    task = world.task(case, "handle")
    assert (deadline.rule, deadline.state, deadline.attached_to) == ("T5", DeadlineState.RUNNING, task.task_id)
    assert (task.due_at, task.red_at) == (deadline.legal_due, deadline.red_at)
    assert world.view(case).case.state == "待签发"

    complete_task(world.engine, world.actor("dengji"), task.task_id, {})

    (deadline,) = world.view(case).deadlines
    assert (deadline.state, deadline.ended_at) == (DeadlineState.MET, world.clock.now())


def test_a_deadline_met_late_is_late_whatever_the_timers_did(world: World) -> None:
    case = started(world, dutiful())
    task = world.task(case, "handle")
    assert task.due_at is not None
    world.clock.move_to(task.due_at + timedelta(seconds=1))

    complete_task(world.engine, world.actor("dengji"), task.task_id, {})

    (deadline,) = world.view(case).deadlines
    assert deadline.state is DeadlineState.MET_LATE
    assert world.tasks(case, element="urge")
