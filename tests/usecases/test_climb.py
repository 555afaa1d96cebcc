"""A rung fires: what it writes, whom it tells and whom never, and what it costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from engine.audit.verify import verify_chain
from engine.cases.firing import fire_timer
from engine.cases.messages import drain_messages
from engine.cases.start import start_case
from engine.deadlines.fire import fire_due_timers
from engine.deadlines.office_tables import ESCALATIONS
from engine.definitions.builtin import builtin_procedures
from engine.definitions.deploy import deploy_procedure
from engine.records.case import CaseFile
from engine.records.step import CaseUpdate, OutboxEntry
from engine.records.tables import TableVersion
from engine.records.time import DeadlineState, Timer, TimerKind, TimerState
from engine.store.statements import count_statements
from engine.tasks.complete import complete_task
from tests.builders import next_step
from tests.unit.deadlines.escalation_rows import escalations
from tests.unit.kernel.bpmn_builder import Bpmn
from tests.worlds import World

LIMIT = 18
"""A rung in a step of its own: claim, lock, reads, and one statement for each kind of row."""


def duty(rule: str = "T5", role: str = "registrar") -> Bpmn:
    """handle ⏱ RULE, in the office that keeps the case."""
    diagram = Bpmn("duty").lane("l", role=role).start("s", lane="l").manual("handle", name="办理", lane="l")
    diagram.end("e", lane="l")
    diagram.timer_boundary("due", on="handle", expression=f'deadline("{rule}")', interrupting=False, lane="l")
    return diagram.end("late", lane="l")


def with_rows(world: World, *rows: tuple[str, dict[str, Any]], version: int = 1) -> None:
    """The office's own table of escalations."""
    table = TableVersion(
        table_id=ESCALATIONS,
        version=version,
        revision=0,
        content=escalations(*rows),
        sha256=str(version),
        created_at=world.clock.now(),
        created_by="p-admin",
        note="",
    )
    with world.engine.store.write() as work:
        work.tables.add(table)


def started(world: World, *rows: tuple[str, dict[str, Any]]) -> CaseFile:
    with_rows(world, *rows)
    world.deploy(duty())
    return start_case(world.engine, world.actor("dengji"), "duty", {})


def rungs(world: World, case: CaseFile) -> list[Timer]:
    return [timer for timer in world.view(case).timers if timer.kind is TimerKind.RUNG]


def past_due(world: World, **more: float) -> None:
    world.clock.advance(timedelta(days=1, **more))
    fire_due_timers(world.engine, worker="w1")


def told(world: World, username: str) -> list[OutboxEntry]:
    with world.engine.store.read() as work:
        return list(work.registers.inbox_messages(f"p-{username}", unread_only=False, limit=50))


def test_a_rung_tells_its_receivers_settles_and_is_remembered(world: World) -> None:
    case = started(world, ('"T5"', {"rung": "red", "to": "holder, chief", "level": "overdue", "text": "请办理。"}))

    past_due(world)

    (timer,) = rungs(world, case)
    (deadline,) = world.view(case).deadlines
    assert (timer.state, timer.worker, timer.timer_id) == (TimerState.FIRED, "w1", f"{deadline.deadline_id}:red:1")
    assert [entry.text_zh for entry in told(world, "dengji")] == ["【超期】请办理。"]
    assert [entry.level for entry in told(world, "juzhang")] == ["overdue"]
    entry = deadline.history[-1]
    assert (entry["event"], entry["rung"], entry["nth"], entry["by"]) == ("escalated", "red", 1, "system")
    assert "RungClimbed" in world.events(case)
    assert [task.element_id for task in world.tasks(case)] == ["handle"]
    assert verify_chain(world.engine, case.case_id) == []


def test_what_a_rung_leaves_is_keyed_by_its_firing(world: World) -> None:
    case = started(world, ('"T5"', {"rung": "red"}))

    past_due(world)

    (timer,) = rungs(world, case)
    (entry,) = told(world, "dengji")
    assert entry.idempotency_key == f"{timer.timer_id}:p-dengji"
    assert fire_timer(world.engine, timer.timer_id, "again") is False
    assert len(told(world, "dengji")) == 1


def test_repetitions_fire_as_often_as_the_row_says_and_then_the_next_row_follows(world: World) -> None:
    case = started(
        world,
        ('"T5"', {"rung": "again", "when": "after 1 H", "every": "2 H", "times": 3, "then": "last"}),
        ('"T5"', {"rung": "last", "when": None}),
    )

    for _ in range(40):
        past_due_hours = timedelta(hours=1)
        world.clock.advance(past_due_hours)
        fire_due_timers(world.engine, worker="w1")

    fired = sorted(rungs(world, case), key=lambda timer: timer.due_at)
    (deadline,) = world.view(case).deadlines
    after = [
        (timer.timer_id.removeprefix(f"{deadline.deadline_id}:"), timer.due_at - deadline.legal_due)
        for timer in fired
    ]
    assert after == [
        ("again:1", timedelta(hours=1)),
        ("again:2", timedelta(hours=3)),
        ("again:3", timedelta(hours=5)),
        ("last:1", timedelta(hours=7)),
    ]
    assert {timer.state for timer in fired} == {TimerState.FIRED}


def test_a_duty_that_is_met_climbs_no_further(world: World) -> None:
    case = started(world, ('"T5"', {"rung": "again", "when": "after 1 H", "every": "2 H", "times": 3}))
    complete_task(world.engine, world.actor("dengji"), world.task(case, "handle").task_id, {})

    past_due(world, hours=9)

    assert [timer.state for timer in rungs(world, case)] == [TimerState.CANCELLED]
    assert told(world, "dengji") == []


def test_a_row_that_the_office_took_out_does_nothing_any_more(world: World) -> None:
    case = started(world, ('"T5"', {"rung": "red"}))
    with_rows(world, ('"T5"', {"rung": "other"}), version=2)

    past_due(world)

    assert [(timer.rung, timer.state) for timer in rungs(world, case)] == [("red", TimerState.CANCELLED)]
    assert told(world, "dengji") == []


def test_whom_and_what_is_read_when_it_fires_not_when_it_was_armed(world: World) -> None:
    started(world, ('"T5"', {"rung": "red"}))
    with_rows(world, ('"T5"', {"rung": "red", "to": "chief", "text": "新的文字。"}), version=2)

    past_due(world)

    assert told(world, "dengji") == []
    assert [entry.text_zh for entry in told(world, "juzhang")] == ["【提醒】新的文字。"]


def test_nobody_of_an_accused_unit_is_told(world: World) -> None:
    case = started(world, ('"T5"', {"rung": "red", "to": "resp_dept@zjj, unit_leader@rsj, chief"}))
    accuse(world, case, ["zjj"])

    past_due(world)

    assert told(world, "zjj.banli") == []
    assert told(world, "zjj.lingdao") == []
    assert len(told(world, "rsj.lingdao")) == len(told(world, "juzhang")) == 1


def accuse(world: World, case: CaseFile, units: Sequence[str]) -> None:
    (instance,) = world.view(case).instances
    with world.engine.store.write() as work:
        update = CaseUpdate(case.case_id, accused_units=tuple(units))
        work.instances.save_step(next_step(instance, case_update=update))


def test_a_confidential_case_is_told_of_without_its_text(world: World) -> None:
    case = started(world, ('"T5"', {"rung": "red", "text": "督办令逾期。"}))
    (instance,) = world.view(case).instances
    with world.engine.store.write() as work:
        work.instances.save_step(next_step(instance, case_update=CaseUpdate(case.case_id, confidential=True)))

    past_due(world)

    (entry,) = told(world, "dengji")
    assert "督办令" not in entry.text_zh


def test_a_paper_is_numbered_and_says_how_often_and_until_when(world: World) -> None:
    row = {
        "rung": "urge",
        "what": "paper",
        "kind": "F06",
        "title": "催办单",
        "when": "after 1 H",
        "every": "3 W",
        "times": 2,
    }
    case = started(world, ('"T5"', row))

    past_due(world)

    (paper,) = world.view(case).papers
    assert (paper.kind, paper.number) == ("F06", "催办单〔2025〕1 号")
    assert (paper.fields["unit"], paper.fields["nth"]) == ("xfj", 1)
    assert paper.fields["reply_by"].isoformat() == "2025-10-01T00:00:00+08:00"
    assert len(told(world, "dengji")) == 1


def test_a_score_is_an_offices(world: World) -> None:
    case = started(
        world, ('"T5"', {"rung": "score", "what": "score", "code": "17e", "points": -10, "text": "逾期未答复"})
    )

    past_due(world)

    (recorded,) = [entry.detail for entry in world.view(case).audit if entry.event == "ScoreRecorded"]
    assert (recorded["code"], recorded["points"], recorded["unit"]) == ("17e", -10, "xfj")


def test_a_task_opens_for_the_role_of_the_row_in_the_same_case_and_closes_no_file(world: World) -> None:
    deploy_procedure(world.engine, None, "escalation_task", builtin_procedures()["escalation_task"])
    row = {"rung": "study", "what": "task", "to": "deputy", "title": "研究督办措施", "text": "请研究。", "days": 5}
    case = started(world, ('"T5"', row))

    past_due(world)

    escalated = world.task(case, "escalation")
    assert (escalated.name, escalated.role, escalated.unit) == ("研究督办措施", "deputy", "xfj")
    assert escalated.data["escalation_text"] == "请研究。"
    data = {"escalation_result": "urged", "escalation_note": "限三日办结"}
    complete_task(world.engine, world.actor("fenguan"), escalated.task_id, data)
    assert [task.element_id for task in world.tasks(case)] == ["handle"]
    assert world.view(case).case.closed_at is None
    assert verify_chain(world.engine, case.case_id) == []


def test_a_message_carries_the_payload_of_the_row(world: World) -> None:
    payload = "{ key: case_id, unit: resp_unit, due: due_on, n: nth }"
    case = started(world, ('"T5"', {"rung": "go", "what": "start", "message": "duty.late", "payload": payload}))
    world.clock.advance(timedelta(days=1))
    (timer,) = rungs(world, case)

    fire_timer(world.engine, timer.timer_id, "w1")
    drain_messages(world.engine)

    assert {"MessageSent", "MessageUnawaited"} <= set(world.events(case))
    assert len(told(world, "dengji")) == 1


def test_a_clock_that_stands_climbs_nothing(world: World) -> None:
    case = started(world, ('"T5"', {"rung": "red"}))
    view = world.view(case)
    (instance,), (deadline,) = view.instances, view.deadlines
    paused = {"from": world.clock.now(), "until": None, "reason": "hearing", "by": "p-dengji"}
    with world.engine.store.write() as work:
        standing = replace(deadline, state=DeadlineState.PAUSED, pauses=(paused,))
        work.instances.save_step(next_step(instance, deadlines=(standing,)))

    past_due(world)

    (timer,) = rungs(world, case)
    assert timer.state is TimerState.HELD
    assert told(world, "dengji") == []


@pytest.mark.parametrize("repeats", [1, 3])
def test_a_climb_costs_few_statements_whatever_it_does(world: World, repeats: int) -> None:
    row = {
        "rung": "urge", "what": "paper", "kind": "F06", "title": "催办单", "every": "1 D", "times": repeats,
        "to": "holder, unit_head, supervisor, duty_leader, chief, deputy, joint_office, unit_leader@zjj",
    }  # fmt: skip
    case = started(world, ('"T5"', row))
    world.clock.advance(timedelta(days=1))
    (timer,) = rungs(world, case)

    with count_statements(world.engine.store) as statements:
        fire_timer(world.engine, timer.timer_id, "w1")

    assert statements.count <= LIMIT, str(statements)
