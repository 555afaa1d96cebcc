"""Deadlines and what hangs on them, as both databases keep it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from engine.records.task import TaskState
from engine.records.time import (
    DeadlineState,
    TaskClocks,
    TimerKind,
    TimerMove,
    TimerSettlement,
    TimerState,
)
from engine.store import SqlStore
from tests.builders import a_deadline, a_task, a_timer, add_case, add_office, next_step
from tests.conftest import START

DUE = START + timedelta(hours=3)
LONG_AFTER = START + timedelta(days=400)


def standing(store: SqlStore) -> None:
    """A deadline with a BPMN timer, a rung, and a timer beside it."""
    add_office(store)
    add_case(
        store,
        deadlines=(a_deadline("l1", pauses=({"from": START, "until": None, "reason": "supplement"},)),),
        tasks_opened=(a_task(), a_task("t2", state=TaskState.COMPLETED)),
        timers_armed=(
            a_timer("m1", deadline_id="l1", basis={"rule": "forward", "share": 1.0}),
            a_timer("l1:urge:1", kind=TimerKind.RUNG, deadline_id="l1", rung="urge"),
            a_timer("m2"),
        ),
    )


def write(store: SqlStore, **fields: object) -> None:
    with store.write() as work:
        locked = work.instances.lock("i1")
        assert locked is not None
        work.instances.save_step(next_step(locked[0], **fields))


def hold(store: SqlStore) -> None:
    write(store, timers_moved=tuple(TimerMove(key, DUE, TimerState.HELD) for key in ("m1", "l1:urge:1")))


def states(store: SqlStore) -> dict[str, TimerState]:
    with store.read() as work:
        return {timer.timer_id: timer.state for timer in work.timers.list(state=None, limit=10)}


def test_a_held_timer_is_neither_due_nor_claimed(store: SqlStore) -> None:
    standing(store)
    hold(store)
    with store.write() as work:
        assert [t.timer_id for t in work.timers.due(LONG_AFTER, 10)] == ["m2"]
        assert [t.timer_id for t in work.timers.due_of_instance("i1", LONG_AFTER)] == ["m2"]
        assert work.timers.claim("m1") is None
        assert [t.timer_id for t in work.timers.of_deadlines(["l1"])] == ["l1:urge:1", "m1"]


def test_a_held_timer_comes_back_at_another_instant(store: SqlStore) -> None:
    standing(store)
    hold(store)
    write(store, timers_moved=(TimerMove("m1", DUE + timedelta(days=2)),))
    with store.read() as work:
        (back,) = [t for t in work.timers.of_deadlines(["l1"]) if t.state is TimerState.WAITING]
    assert (back.timer_id, back.due_at) == ("m1", DUE + timedelta(days=2))
    with store.write() as work:
        assert work.timers.claim("m1") is not None


def test_held_timers_end_with_their_task_and_held_rungs_with_their_ladder(store: SqlStore) -> None:
    standing(store)
    hold(store)
    gone = TimerSettlement("m1", TimerState.CANCELLED, None, None, by_outage=False, worker=None)
    write(store, timers_settled=(gone,), ladders_ended=("l1",))
    expected = {"m1": TimerState.CANCELLED, "l1:urge:1": TimerState.CANCELLED, "m2": TimerState.WAITING}
    assert states(store) == expected


def test_what_has_fired_is_not_moved(store: SqlStore) -> None:
    standing(store)
    fired = TimerSettlement("m1", TimerState.FIRED, DUE, 0.0, by_outage=False, worker="w")
    write(store, timers_settled=(fired,))
    hold(store)
    assert states(store)["m1"] is TimerState.FIRED


def test_a_whole_life_is_kept(store: SqlStore) -> None:
    standing(store)
    before = a_deadline("l1")
    line = {"at": START, "by": "p-jingban", "event": "resumed", "legal_due": before.legal_due, "days": 3}
    span = {"from": START, "until": DUE, "reason": "supplement", "note": "合同", "by": "p-jingban"}
    after = replace(
        before,
        state=DeadlineState.RUNNING,
        raw_due=before.raw_due + timedelta(days=3),
        legal_due=before.legal_due + timedelta(days=3),
        pauses=(span,),
        history=(line,),
        follows="l0",
        term={"clock": "D", "amount": 15, "fixed_on": None, "rollover": True, "grace": 0, "blue": "share 0.5"},
    )
    write(store, deadlines=(after,))
    with store.read() as work:
        assert work.deadlines.get("l1") == after
        assert work.instances.open_deadlines("i1") == (after,)


def test_deadlines_of_rules_come_newest_first_with_those_that_ended(store: SqlStore) -> None:
    standing(store)
    ended = a_deadline("l2", state=DeadlineState.MET, ended_at=DUE)
    earlier = a_deadline("l3", state=DeadlineState.MET_LATE, ended_at=START)
    write(store, deadlines=(ended, earlier, a_deadline("l4", rule="other")))
    with store.read() as work:
        found = work.deadlines.of_rules("c1", "i1", ["forward"])
    assert [deadline.deadline_id for deadline in found] == ["l1", "l2", "l3"]


def test_open_tasks_show_other_clocks_after_a_relight(store: SqlStore) -> None:
    standing(store)
    write(store, tasks_relit=(TaskClocks("t1", None, None, None, None, paused=True, rule="forward"),))
    with store.read() as work:
        (task,) = work.tasks.open_of("c1", "i1")
    assert (task.task_id, task.paused, task.due_at, task.rule) == ("t1", True, None, "forward")
