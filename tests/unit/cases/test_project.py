"""Projection of changes into rows, without a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from engine.cases.collector import Collector
from engine.cases.project import Projection, project
from engine.cases.standing import SYSTEM, Collected, Event, Firing, Stamp, Standing
from engine.clock.calendar import WorkCalendar
from engine.clock.deadline import Dues
from engine.clock.lights import Lights
from engine.deadlines.recompute import Reckoning
from engine.deadlines.terms import DeadlineTerms
from engine.errors import StepFailed
from engine.kernel.changes import (
    Changes,
    Closure,
    Ended,
    MessageAwaited,
    MessageThrown,
    MessageUnawaited,
    Passed,
    ResolvedTime,
    TaskClosed,
    TaskOpened,
    TimerArmed,
    TimerDisarmed,
)
from engine.records.case import InstanceState
from engine.records.task import TaskState
from engine.records.time import DeadlineState, TimerState
from tests.builders import a_case, a_deadline, a_timer, an_instance
from tests.conftest import START

LATER = START + timedelta(days=3)
RECKONING = Reckoning(WorkCalendar, ZoneInfo("Asia/Shanghai"))


def opened(task_id: str = "k2", **given: Any) -> TaskOpened:
    made = TaskOpened(
        task_id=task_id,
        element_id="handle",
        name="办理",
        process_id="petition_main",
        lane="dept",
        role="resp_dept",
        unit="zrzyj",
        assignee=None,
        form="handle",
        properties={},
        scopes=(),
        data={"x": 1},
    )
    return replace(made, **given)


def terms(legal_due: Any = LATER) -> DeadlineTerms:
    return DeadlineTerms(
        rule="T4",
        name="办结",
        name_en="Closing",
        source="条例 34",
        clock="D",
        amount=60,
        dues=Dues(
            started_at=START,
            due_on=legal_due.date(),
            raw_due=legal_due,
            legal_due=legal_due,
            target_due=legal_due,
            provisional=False,
        ),
        lights=Lights(blue_at=START, yellow_at=legal_due - timedelta(days=1), red_at=legal_due),
        calendar_version=1,
    )


def armed(timer_id: str = "m1", on: str | None = "k2", deadline: Any = None) -> TimerArmed:
    return TimerArmed(timer_id, "due", "期限", "petition_main", on, False, ResolvedTime(LATER, deadline))


def standing(**given: Any) -> Standing:
    return replace(Standing(an_instance(), a_case(), {"petition_main": "d-petition_main-1"}), **given)


def completing(task_id: str = "k1", **given: Any) -> Stamp:
    made = Stamp(START, "p-jingban", Event("TaskCompleted", {"task_id": task_id}), task_id, {"opinion": "可"})
    return replace(made, **given)


def projected(changes: Changes, before: Standing | None = None, stamp: Stamp | None = None) -> Projection:
    return project(changes, before or standing(), stamp or completing(), Collected(), reckoner=RECKONING)


def test_an_opened_task_carries_its_candidates_form_and_the_version_that_holds_its_form() -> None:
    called = opened(process_id="supervision_order")
    before = standing(homes={"petition_main": "d1", "supervision_order": "d2"})

    (task,) = projected(Changes(opened=(called,)), before).batch.tasks_opened

    assert (task.role, task.unit, task.form, task.definition_id) == ("resp_dept", "zrzyj", "handle", "d2")
    assert (task.state, task.opened_at, task.data) == (TaskState.OPEN, START, {"x": 1})


def test_a_role_without_unit_belongs_to_the_unit_that_keeps_the_case() -> None:
    (task,) = projected(Changes(opened=(opened(unit=None),))).batch.tasks_opened

    assert task.unit == "xfj"


def test_a_task_stands_under_the_most_urgent_deadline_of_itself_and_its_scopes() -> None:
    whole = a_deadline("l1", attached_to="call", legal_due=START + timedelta(days=60))
    part = a_deadline("l2", attached_to="sub", legal_due=START + timedelta(days=5))
    foreign = a_deadline("l3", attached_to="elsewhere", legal_due=START + timedelta(days=1))

    (task,) = projected(
        Changes(opened=(opened(scopes=("call", "sub")),)), standing(deadlines=(whole, part, foreign))
    ).batch.tasks_opened

    assert task.due_at == part.legal_due
    assert (task.blue_at, task.yellow_at, task.red_at) == (part.blue_at, part.yellow_at, part.red_at)


def test_a_deadline_started_in_the_same_step_already_counts_for_the_task() -> None:
    batch = projected(Changes(opened=(opened(),), armed=(armed(deadline=terms()),))).batch

    assert batch.deadlines[0].attached_to == "k2"
    assert batch.tasks_opened[0].due_at == LATER


def test_a_timer_in_the_flow_starts_no_deadline() -> None:
    batch = projected(Changes(armed=(armed(on=None, deadline=terms()),))).batch

    assert batch.deadlines == ()
    assert batch.timers_armed[0].due_at == LATER


@pytest.mark.parametrize(
    ("now", "closure", "state"),
    [
        (LATER, Closure.COMPLETED, DeadlineState.MET),
        (LATER + timedelta(microseconds=1), Closure.COMPLETED, DeadlineState.MET_LATE),
        (LATER, Closure.CANCELLED, DeadlineState.VOIDED),
    ],
)
def test_a_deadline_ends_with_its_activity(now: Any, closure: Closure, state: DeadlineState) -> None:
    running = a_deadline(attached_to="k1", legal_due=LATER)
    changes = Changes(closed=(TaskClosed("k1", closure),))

    (end,) = projected(changes, standing(deadlines=(running,)), completing(now=now)).batch.deadlines

    assert (end.deadline_id, end.state, end.ended_at) == (running.deadline_id, state, now)


def test_a_deadline_on_a_call_activity_ends_when_that_is_passed() -> None:
    running = a_deadline(attached_to="call", legal_due=LATER)
    changes = Changes(passed=(Passed("call", "order", "督办令", "petition_main", Closure.COMPLETED),))

    (end,) = projected(changes, standing(deadlines=(running,))).batch.deadlines

    assert end.state is DeadlineState.MET


def test_only_the_completed_task_names_who_and_what() -> None:
    changes = Changes(closed=(TaskClosed("k1", Closure.COMPLETED), TaskClosed("k9", Closure.CANCELLED)))

    mine, other = projected(changes).batch.tasks_closed

    assert (mine.state, mine.closed_by, mine.result) == (TaskState.COMPLETED, "p-jingban", {"opinion": "可"})
    assert (other.state, other.closed_by, other.result) == (TaskState.CANCELLED, None, None)


def test_what_opens_and_ends_in_one_step_is_inserted_in_its_end_state() -> None:
    changes = Changes(
        opened=(opened("k2"),),
        closed=(TaskClosed("k2", Closure.CANCELLED),),
        armed=(armed("m1", deadline=terms()),),
        disarmed=(TimerDisarmed("m1", fired=False),),
        awaited=(MessageAwaited("k3", "wait", "case.closed", None),),
        unawaited=(MessageUnawaited("k3"),),
    )

    batch = projected(changes).batch

    assert (batch.tasks_opened[0].state, batch.tasks_closed) == (TaskState.CANCELLED, ())
    assert (batch.timers_armed[0].state, batch.timers_settled) == (TimerState.CANCELLED, ())
    assert [d.state for d in batch.deadlines] == [DeadlineState.VOIDED]
    assert (batch.awaited, batch.unawaited) == ((), ())


def test_a_firing_says_how_late_and_by_whom() -> None:
    timer = a_timer("m1", due_at=START - timedelta(seconds=30))
    stamp = Stamp(START, SYSTEM, Event("TimerFired"), firing=Firing(timer, "w1", by_outage=True))
    changes = Changes(disarmed=(TimerDisarmed("m1", fired=True), TimerDisarmed("m2", fired=False)))

    fired, cancelled = projected(changes, stamp=stamp).batch.timers_settled

    assert (fired.state, fired.late_seconds, fired.by_outage, fired.worker) == (TimerState.FIRED, 30, True, "w1")
    assert (cancelled.state, cancelled.fired_at, cancelled.worker) == (TimerState.CANCELLED, None, None)


def test_a_sent_message_has_its_key_and_an_id_that_the_same_step_cannot_give_twice() -> None:
    changes = Changes(thrown=(MessageThrown("throw", "order.overdue", {"key": 7, "days": 3}),))

    (message,) = projected(changes).batch.messages
    (again,) = projected(changes).batch.messages
    (next_step,) = projected(changes, standing(instance=an_instance(version=2))).batch.messages

    assert (message.message, message.key, message.payload["days"]) == ("order.overdue", "7", 3)
    assert message.message_id == again.message_id != next_step.message_id


def test_the_state_of_the_case_comes_from_the_last_opened_task() -> None:
    changes = Changes(
        opened=(opened("k2", properties={"case_state": "交办"}), opened("k3", properties={"case_state": "办理中"}))
    )

    update = projected(changes).batch.case_update

    assert update is not None
    assert update.state == "办理中"


def test_the_end_closes_the_case_and_the_instance() -> None:
    batch = projected(Changes(ended=Ended("archived", "归档"))).batch

    assert batch.case_update is not None
    assert (batch.case_update.state, batch.case_update.closed_at) == ("归档", START)
    assert (batch.instance.state, batch.instance.outcome) == (InstanceState.COMPLETED, "archived")


def test_nothing_new_leaves_the_case_alone() -> None:
    batch = projected(Changes()).batch

    assert batch.case_update is None
    assert batch.instance.version == an_instance().version + 1


def test_a_task_never_goes_to_an_accused_unit_not_even_one_named_in_this_step() -> None:
    collector = Collector(a_case(), "i1", START, "p-jingban")
    collector.update_case(accused_units=("zrzyj",))

    with pytest.raises(StepFailed) as caught:
        project(Changes(opened=(opened(),)), standing(), completing(), collector.collected(), reckoner=RECKONING)

    assert caught.value.element_id == "handle"
    assert "被反映的单位" in caught.value.message.zh


def test_a_task_for_nobody_is_refused() -> None:
    with pytest.raises(StepFailed, match="没有办理角色"):
        projected(Changes(opened=(opened(role=None, unit=None),)))


def test_events_begin_with_the_steps_own() -> None:
    changes = Changes(
        opened=(opened(),), closed=(TaskClosed("k9", Closure.CANCELLED),), ended=Ended("archived", "归档")
    )

    names = [event.name for event in projected(changes).events]

    assert names == ["TaskCompleted", "TaskCancelled", "TaskOpened", "ProcedureEnded"]
