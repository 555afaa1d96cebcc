"""Days that a drawing gives to a step: a deadline like any other, known by the step it stands on."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from engine.cases.consequences import RETURN, consequences
from engine.cases.pausing import pause_deadline, resume_deadline
from engine.cases.returning import return_task
from engine.cases.start import start_case
from engine.cases.withdrawing import withdraw_task
from engine.deadlines.calendar_change import CalendarChange
from engine.deadlines.fire import fire_due_timers
from engine.deadlines.why import explain
from engine.definitions.ahead import steps_ahead
from engine.records.case import CaseFile
from engine.records.time import CalendarDay, Deadline, DeadlineState, Timer, TimerState
from engine.store.statements import count_statements
from engine.tasks.complete import complete_task
from tests.unit.clock.days import at
from tests.unit.kernel.bpmn_builder import Bpmn
from tests.usecases.calendar_office import change_calendar
from tests.worlds import World


def verifying(span: str = "working days(2)", *, label: str = "", key: str = "verifying", **more: str) -> Bpmn:
    """look → verify ⏱ the span, a reminder at half of it → sign; `more` are further timers on verify."""
    diagram = Bpmn(key).lane("l", role="registrar").start("s", lane="l")
    for step, name in (("look", "初核"), ("verify", "实地核查"), ("sign", "签发")):
        diagram.manual(step, name=name, lane="l")
    diagram.end("e", lane="l")
    beside = {"due": span, "half": f"share of({span}, 0.5)" if "days(" in span else "", **more}
    for name, expression in beside.items():
        if expression:
            given: dict[str, Any] = {"name": label} if name == "due" and label else {}
            kind = "timeDuration" if expression.startswith("P") else "timeDate"
            diagram.timer_boundary(
                name, on="verify", expression=expression, kind=kind, interrupting=False, lane="l", **given
            )
            diagram.end(f"end_{name}", lane="l")
    return diagram


def at_verify(world: World, diagram: Bpmn) -> CaseFile:
    """A case whose step verify has just begun."""
    world.deploy(diagram)
    case = start_case(world.engine, world.actor("dengji"), diagram.process_id, {})
    done(world, case, "look")
    return case


def done(world: World, case: CaseFile, element: str) -> None:
    complete_task(world.engine, world.actor("dengji"), world.task(case, element).task_id, {})


def deadlines(world: World, case: CaseFile) -> list[Deadline]:
    return sorted(world.view(case).deadlines, key=lambda d: d.history[0]["at"])


def timers(world: World, case: CaseFile) -> dict[str, Timer]:
    return {timer.element_id: timer for timer in world.view(case).timers}


def test_two_working_days_are_a_deadline_with_lights_and_an_explanation(world: World) -> None:
    case = at_verify(world, verifying())

    (deadline,) = deadlines(world, case)
    task = world.task(case, "verify")
    assert (deadline.rule, deadline.name, deadline.source) == ("@verify", "实地核查", "本流程规定")
    assert (deadline.clock, deadline.amount, deadline.state) == ("W", 2, DeadlineState.RUNNING)
    assert deadline.legal_due == at("2025-09-29 24:00")  # Sunday the 28th is worked
    assert deadline.yellow_at == at("2025-09-28 00:00")
    assert (task.due_at, task.yellow_at, task.rule) == (deadline.legal_due, deadline.yellow_at, "@verify")
    assert {timer.deadline_id for timer in world.view(case).timers} == {deadline.deadline_id}
    explained = explain(world.engine, world.actor("dengji"), deadline.deadline_id)
    assert (explained.limit.zh, explained.span.counted) == ("2 个工作日", 2)
    assert {moment.name.zh for moment in explained.next if moment.kind == "timer"} == {"实地核查"}

    world.clock.move_to(deadline.legal_due + timedelta(minutes=1))
    fire_due_timers(world.engine, worker="w1")
    done(world, case, "verify")
    assert [d.state for d in deadlines(world, case)] == [DeadlineState.MET_LATE]
    assert [e for e in world.events(case) if e.startswith("Deadline")] == ["DeadlineStarted", "DeadlineMetLate"]


def test_a_span_that_stands_holds_its_reminder_and_moves_it(world: World) -> None:
    case = at_verify(world, verifying("calendar days(6)", label="核查期限"))
    (deadline,) = deadlines(world, case)
    assert (deadline.name, deadline.legal_due) == ("核查期限", at("2025-10-09 24:00"))
    half = timers(world, case)["half"].due_at

    dengji = world.actor("dengji")
    pause_deadline(world.engine, dengji, deadline.deadline_id, "supplement", "")
    assert {timer.state for timer in world.view(case).timers} == {TimerState.HELD}
    world.clock.advance(timedelta(days=3))
    resume_deadline(world.engine, dengji, deadline.deadline_id)

    (deadline,) = deadlines(world, case)
    assert deadline.raw_due == at("2025-10-04 24:00")  # the 27th and 28th
    assert timers(world, case)["due"].due_at == deadline.legal_due
    assert timers(world, case)["half"].due_at > half
    assert {timer.state for timer in world.view(case).timers} == {TimerState.WAITING}


def test_a_changed_calendar_moves_it_with_its_reminder(world: World) -> None:
    case = at_verify(world, verifying())
    monday = date(2025, 9, 29)
    change_calendar(world, CalendarChange({monday: CalendarDay(monday, "rest", "停电")}))
    (deadline,) = deadlines(world, case)
    assert deadline.legal_due == at("2025-09-30 24:00")
    assert world.task(case, "verify").due_at == timers(world, case)["due"].due_at == deadline.legal_due
    assert deadline.history[-1]["event"] == "moved"


def test_hours_on_a_step_are_a_deadline_that_never_stands(world: World) -> None:
    case = at_verify(world, verifying("PT6H", odd="PT90M", month="P1M", again="R3/PT1H"))
    (deadline,) = deadlines(world, case)
    assert (deadline.rule, deadline.clock, deadline.amount) == ("@verify", "H", 6)
    assert deadline.legal_due == world.clock.now() + timedelta(hours=6)
    assert deadline.term["pause_reasons"] == []


def test_what_the_drawing_calls_a_reminder_is_none_and_a_second_span_is_another(world: World) -> None:
    diagram = verifying("working days(5)", further="calendar days(30)", theirs='deadline("T4")')
    diagram.timer_boundary(
        "soft",
        on="verify",
        expression="working days(1)",
        interrupting=False,
        lane="l",
        properties={"only_reminds": "yes"},
    ).end("softly", lane="l")
    case = at_verify(world, diagram)
    assert {d.rule for d in deadlines(world, case)} == {"@verify", "@verify/further", "T4"}
    assert world.task(case, "verify").rule == "@verify"


def test_a_step_that_comes_again_is_the_same_duty(world: World) -> None:
    """Sent back the step gets its days anew; taken back it goes on from where it began."""
    case = at_verify(world, verifying())
    began = world.clock.now()
    dengji = world.actor("dengji")
    world.clock.advance(timedelta(hours=2))
    done(world, case, "verify")
    withdraw_task(world.engine, dengji, world.task(case, "verify").task_id)
    first, again = deadlines(world, case)
    assert (first.history[-1]["event"], again.rule) == ("undone", "@verify")
    assert (again.started_at, again.legal_due) == (began, first.legal_due)
    hanging = [t for t in world.view(case).timers if t.state is TimerState.WAITING]
    assert {timer.deadline_id for timer in hanging} == {again.deadline_id}
    assert len(hanging) == 2

    world.clock.advance(timedelta(days=4))
    done(world, case, "verify")
    sign = world.task(case, "sign").task_id
    foretold = consequences(world.engine, dengji, sign, RETURN, to="verify")
    assert [(each.name, each.effect) for each in foretold] == [("实地核查", "rearmed")]
    return_task(world.engine, dengji, sign, to="verify", reason="再核")
    anew = deadlines(world, case)[-1]
    assert (anew.rule, anew.started_at, anew.state) == ("@verify", world.clock.now(), DeadlineState.RUNNING)


def test_a_further_deadline_costs_no_further_statement_but_its_row(world: World) -> None:
    plain, timed = verifying("", key="plain"), verifying(key="timed")
    cost = []
    for diagram in (plain, timed):
        world.deploy(diagram)
        case = start_case(world.engine, world.actor("dengji"), diagram.process_id, {})
        task_id = world.task(case, "look").task_id
        actor = world.actor("dengji")
        with count_statements(world.engine.store) as counted:
            complete_task(world.engine, actor, task_id, {})
        cost.append(counted.count)
    assert cost[1] <= min(cost[0] + 3, 12)


@pytest.mark.parametrize(
    "span",
    ["working days(if started_by = null then 1 else 2)", "if started_by = null then null else working days(2)"],
)
def test_days_that_only_the_case_knows(world: World, span: str) -> None:
    (deadline,) = deadlines(world, at_verify(world, verifying(span)))
    assert (deadline.amount, deadline.legal_due) == (2, at("2025-09-29 24:00"))


def test_what_comes_next_is_foretold_with_its_days(world: World) -> None:
    definition = world.deploy(verifying(label="核查期限"))
    ahead = steps_ahead(world.engine, world.actor("dengji"), {definition.definition_id: ("look",)})
    (step,) = ahead[definition.definition_id]
    assert [(name.zh, limit.zh) for name, limit in step.terms] == [("核查期限", "2 个工作日")]
