"""Clocks that stop and go on: who may, what moves, what is held, and what the record says."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest

from engine.audit.chain import hash_of
from engine.cases.pausing import pause_deadline, resume_deadline
from engine.cases.start import start_case
from engine.deadlines.fire import fire_due_timers
from engine.errors import Forbidden, InvalidState, NotFound, StepFailed
from engine.records.case import CaseFile
from engine.records.time import Deadline, DeadlineState, Timer, TimerState
from engine.store.statements import count_statements
from engine.tasks.complete import complete_task
from tests.unit.clock.days import at
from tests.unit.kernel.bpmn_builder import Bpmn
from tests.worlds import World


def handling(rule: str = "T26", key: str = "handling") -> Bpmn:
    """handle ⏱ the rule, and a reminder at half of it; both only add a task."""
    diagram = (
        Bpmn(key)
        .lane("l", role="registrar")
        .start("s", lane="l")
        .manual("handle", name="办理", lane="l")
        .end("e", lane="l")
    )
    for name, expression in (("due", f'deadline("{rule}")'), ("half", f'share of(deadline("{rule}"), 0.5)')):
        diagram.timer_boundary(
            name, on="handle", expression=expression, kind="timeDate", interrupting=False, lane="l"
        )
        diagram.manual(f"after_{name}", lane="l").end(f"end_{name}", lane="l")
    return diagram


def started(world: World, diagram: Bpmn) -> CaseFile:
    world.deploy(diagram)
    return start_case(world.engine, world.actor("dengji"), diagram.process_id, {})


def the_deadline(world: World, case: CaseFile) -> Deadline:
    return world.view(case).deadlines[-1]


def timers(world: World, case: CaseFile) -> dict[str, Timer]:
    return {timer.element_id: timer for timer in world.view(case).timers if timer.rung is None}


def pause(world: World, case: CaseFile, who: str = "dengji", reason: str = "supplement", note: str = "") -> None:
    pause_deadline(world.engine, world.actor(who), the_deadline(world, case).deadline_id, reason, note)


def resume(world: World, case: CaseFile, who: str = "dengji") -> None:
    resume_deadline(world.engine, world.actor(who), the_deadline(world, case).deadline_id)


def test_ten_working_days_move_by_the_working_days_for_which_the_clock_stood(world: World) -> None:
    """Friday 26 September; Sunday 28 is a make-up day, the holiday is 1 to 8 October, 11 October a make-up day."""
    case = started(world, handling())
    assert the_deadline(world, case).legal_due == at("2025-10-16 24:00")
    world.clock.move_to(at("2025-09-29 10:00"))
    pause(world, case, note="请补交土地证")
    world.clock.move_to(at("2025-10-10 09:00"))
    resume(world, case)

    deadline = the_deadline(world, case)
    # 09-29, 09-30 and 10-09 stood; 10-10 counts
    assert deadline.legal_due == at("2025-10-21 24:00")
    assert deadline.state is DeadlineState.RUNNING
    (span,) = deadline.pauses
    assert (span["from"], span["until"]) == (at("2025-09-29 10:00"), at("2025-10-10 09:00"))
    assert (span["reason"], span["note"], span["by"], span["resumed_by"]) == (
        "supplement", "请补交土地证", "p-dengji", "p-dengji",
    )  # fmt: skip
    task = world.task(case, "handle")
    assert (task.due_at, task.red_at, task.paused, task.rule) == (deadline.legal_due, deadline.red_at, False, "T26")


def test_while_the_clock_stands_nothing_lights_and_nothing_fires(world: World) -> None:
    case = started(world, handling())
    world.clock.move_to(at("2025-09-29 10:00"))
    before = timers(world, case)
    pause(world, case)
    world.clock.move_to(at("2025-12-01 09:00"))
    report = fire_due_timers(world.engine, worker="w")

    assert report.fired == ()
    assert {t.state for t in timers(world, case).values()} == {TimerState.HELD}
    task = world.task(case, "handle")
    assert (task.paused, task.due_at, task.blue_at, task.yellow_at, task.red_at) == (True, None, None, None, None)

    resume(world, case)
    after = timers(world, case)
    assert {t.state for t in after.values()} == {TimerState.WAITING}
    assert after["due"].due_at == the_deadline(world, case).legal_due
    assert after["half"].due_at > before["half"].due_at
    world.clock.move_to(after["due"].due_at)
    fired = [f.timer for f in fire_due_timers(world.engine, worker="w").fired if f.timer.rung is None]
    assert [timer.element_id for timer in fired] == ["half", "due"]


def test_what_is_done_while_the_clock_stands_is_in_time(world: World) -> None:
    case = started(world, handling())
    world.clock.move_to(at("2025-09-29 10:00"))
    pause(world, case)
    world.clock.move_to(at("2026-03-02 09:00"))
    complete_task(world.engine, world.actor("dengji"), world.task(case, "handle").task_id, {})

    deadline = the_deadline(world, case)
    assert deadline.state is DeadlineState.MET
    assert deadline.pauses[-1]["until"] == at("2026-03-02 09:00")
    assert [line["event"] for line in deadline.history] == ["started", "paused", "resumed", "met"]
    assert {t.state for t in timers(world, case).values()} == {TimerState.CANCELLED}


def test_every_change_is_audited_in_the_chain_of_the_case(world: World) -> None:
    case = started(world, handling())
    world.clock.advance(timedelta(days=3))
    pause(world, case, who="jingban")
    world.clock.advance(timedelta(days=3))
    resume(world, case, who="duban")

    audit = world.view(case).audit
    assert [(e.event, e.actor) for e in audit][-2:] == [
        ("DeadlinePaused", "p-jingban"),
        ("DeadlineResumed", "p-duban"),
    ]
    assert all(entry.hash == hash_of(entry) for entry in audit)
    assert all(after.previous == before.hash for before, after in itertools.pairwise(audit))
    deadline = the_deadline(world, case)
    resumed = audit[-1].detail
    assert (resumed["deadline_id"], resumed["rule"], resumed["legal_due"]) == (
        deadline.deadline_id, "T26", deadline.legal_due,
    )  # fmt: skip
    assert resumed["reason"] == "supplement"


@pytest.mark.parametrize("who", ["jiedai", "fenguan"])
def test_others_may_not_and_their_attempt_is_kept(world: World, who: str) -> None:
    case = started(world, handling())
    with pytest.raises((Forbidden, NotFound)) as refused:
        pause(world, case, who=who)
    assert the_deadline(world, case).state is DeadlineState.RUNNING
    if isinstance(refused.value, Forbidden):
        with world.engine.store.read() as work:
            assert work.registers.audit_of(None)[-1].detail["attempted"] == "pause_deadline"


@pytest.mark.parametrize(
    ("rule", "reason", "word"),
    [
        ("T10", "supplement", "昼夜"),
        ("T1", "supplement", "第二十二条"),
        ("T26", "hearing", "举行听证"),
        ("T21R", "supplement", "举行听证"),
        ("T26", "holiday", "holiday"),
    ],
)
def test_only_the_reasons_of_the_rule_stop_its_clock(world: World, rule: str, reason: str, word: str) -> None:
    case = started(world, handling(rule))
    with pytest.raises(InvalidState) as refused:
        pause(world, case, reason=reason)
    assert word in refused.value.message.zh
    assert the_deadline(world, case).pauses == ()


def test_a_hearing_stops_the_clock_of_the_recheck(world: World) -> None:
    case = started(world, handling("T21R"))
    before = the_deadline(world, case).raw_due
    world.clock.advance(timedelta(days=5))
    pause(world, case, reason="hearing")
    world.clock.advance(timedelta(days=4))
    resume(world, case)

    assert the_deadline(world, case).raw_due - before == timedelta(days=4)


def test_what_is_past_due_or_stands_already_cannot_be_stopped(world: World) -> None:
    case = started(world, handling())
    with pytest.raises(InvalidState, match="没有暂停"):
        resume(world, case)
    pause(world, case)
    with pytest.raises(InvalidState, match="已经暂停"):
        pause(world, case)
    resume(world, case)
    world.clock.move_to(the_deadline(world, case).legal_due + timedelta(microseconds=1))
    with pytest.raises(InvalidState, match="已经届满"):
        pause(world, case)
    complete_task(world.engine, world.actor("dengji"), world.task(case, "handle").task_id, {})
    with pytest.raises(InvalidState, match="已经结束"):
        pause(world, case)


def test_a_timer_that_is_due_fires_before_the_clock_stops(world: World) -> None:
    case = started(world, handling())
    world.clock.move_to(timers(world, case)["half"].due_at)
    pause(world, case)

    assert timers(world, case)["half"].state is TimerState.FIRED
    assert timers(world, case)["due"].state is TimerState.HELD
    assert world.tasks(case, element="after_half")


def test_a_diagram_stops_a_clock(world: World) -> None:
    diagram = Bpmn("by_diagram").lane("l", role="registrar").start("s", lane="l").parallel("fork", lane="l")
    diagram.manual("handle", lane="l").end("e", lane="l").at("fork").manual("ask", lane="l")
    diagram.service("stop", "pause_deadline", {"rule": '"T26"', "reason": '"supplement"'}, lane="l")
    diagram.manual("answer", lane="l").service("go", "resume_deadline", {"rule": '"T26"'}, lane="l")
    diagram.manual("see", lane="l").end("e2", lane="l")
    diagram.timer_boundary(
        "due", on="handle", expression='deadline("T26")', kind="timeDate", interrupting=False, lane="l"
    )
    diagram.end("e3", lane="l")
    case = started(world, diagram)
    before = the_deadline(world, case).legal_due
    complete_task(world.engine, world.actor("dengji"), world.task(case, "ask").task_id, {})
    assert world.task(case, "handle").paused
    assert timers(world, case)["due"].state is TimerState.HELD
    world.clock.move_to(at("2025-09-30 09:00"))
    complete_task(world.engine, world.actor("dengji"), world.task(case, "answer").task_id, {})

    deadline = the_deadline(world, case)
    assert (before, deadline.legal_due) == (at("2025-10-16 24:00"), at("2025-10-20 24:00"))
    assert timers(world, case)["due"].due_at == world.task(case, "handle").due_at == deadline.legal_due


def test_an_order_that_the_rule_forbids_fails_the_step_by_name(world: World) -> None:
    diagram = Bpmn("forbidden").lane("l", role="registrar").start("s", lane="l")
    diagram.service("stop", "pause_deadline", {"rule": '"T26"', "reason": '"supplement"'}, name="暂停", lane="l")
    diagram.manual("a", lane="l").end("e", lane="l")
    world.deploy(diagram)
    with pytest.raises(StepFailed, match="T26") as failed:
        start_case(world.engine, world.actor("dengji"), "forbidden", {})
    assert (failed.value.element_id, failed.value.element_name) == ("stop", "暂停")


def test_stopping_a_clock_costs_few_statements(world: World) -> None:
    case = started(world, handling())
    actor, deadline_id = world.actor("dengji"), the_deadline(world, case).deadline_id
    with count_statements(world.engine.store) as statements:
        pause_deadline(world.engine, actor, deadline_id, "supplement")
    assert statements.count <= 13, str(statements)
