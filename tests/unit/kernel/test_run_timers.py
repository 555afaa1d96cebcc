"""Timers: resolved once, announced, and fired only when they are named."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from engine.errors import InvalidState, StepFailed
from engine.kernel.ports import TimeKind
from tests.unit.kernel.bpmn_builder import Bpmn, multi_instance, timer_definition
from tests.unit.kernel.instance import MONDAY, SHANGHAI, Instance


def guarded(expression: str, *, interrupting: bool = False, kind: str = "timeDuration") -> Bpmn:
    diagram = Bpmn().start().user("work").end()
    diagram.timer_boundary("late", on="work", expression=expression, interrupting=interrupting, kind=kind)
    return diagram.user("remind", after="late").end("reminded")


@pytest.mark.parametrize(
    ("expression", "at"),
    [
        ("PT3H", MONDAY + timedelta(hours=3)),
        ("P1DT30M", MONDAY + timedelta(days=1, minutes=30)),
        ("P1M", datetime(2026, 2, 5, 9, 0, tzinfo=SHANGHAI)),
        ("2026-10-01T00:00:00+08:00", datetime(2026, 10, 1, tzinfo=SHANGHAI)),
        ("2026-10-01", datetime(2026, 10, 1, tzinfo=SHANGHAI)),
        ("close_by", datetime(2026, 3, 1, tzinfo=SHANGHAI)),
        ('duration("PT" + string(hours) + "H")', MONDAY + timedelta(hours=8)),
        ('date and time("2026-03-04T05:06:00+08:00")', datetime(2026, 3, 4, 5, 6, tzinfo=SHANGHAI)),
        ("working days(5)", MONDAY + timedelta(days=5)),
    ],
)
def test_a_timer_is_armed_for_the_instant_it_says(expression: str, at: datetime) -> None:
    case = Instance(guarded(expression), {"close_by": date(2026, 3, 1), "hours": 8})

    (timer,) = case.armed.values()
    assert timer.resolved.at == at
    assert timer.attached_to == next(iter(case.open))
    assert not timer.interrupting


def test_a_deadline_reaches_the_time_port_and_comes_back() -> None:
    case = Instance(guarded('deadline("T4")'))

    (timer,) = case.armed.values()
    deadline: Any = timer.resolved.deadline
    assert (deadline.kind, deadline.rule) == (TimeKind.DEADLINE, "T4")


def duties(diagram: Bpmn) -> dict[str, Any]:
    """What each armed timer of the first step was said to stand on, by element: key and name."""
    asked: dict[str, Any] = {t.element_id: t.resolved.deadline for t in Instance(diagram).armed.values()}
    return {
        element: (request.duty.key, request.duty.name) if request is not None and request.duty else None
        for element, request in asked.items()
        if request is None or request.share == 1
    }


def test_a_span_on_an_activity_of_people_is_told_what_it_stands_on() -> None:
    diagram = Bpmn().start().user("work", name="实地\n核查").end()
    for name, expression in {
        "soft": "calendar days(1)", "rule": 'deadline("T4")', "late": "working days(5)", "long": "PT6H",
        "half": "share of(working days(5), 0.5)", "again": "R2/PT1H", "odd": "PT90M", "month": "P1M",
    }.items():  # fmt: skip
        more: dict[str, Any] = {"properties": {"only_reminds": "yes"}} if name == "soft" else {}
        more |= {"name": "核查  期限"} if name == "long" else {}
        diagram.timer_boundary(name, on="work", expression=expression, interrupting=False, **more).end(f"e_{name}")

    assert duties(diagram) == {
        "soft": None,
        "rule": ("work/rule", "实地 核查"),
        "late": ("work", "实地 核查"),
        "long": ("work/long", "核查 期限"),
        "again": None,
        "odd": None,
        "month": None,
    }


@pytest.mark.parametrize("kind", ["several", "subprocess", "message"])
def test_only_where_people_work_has_a_span_a_duty(kind: str) -> None:
    match kind:
        case "several":
            diagram = Bpmn().start().user("work", loop=multi_instance(times="2"))
        case "subprocess":
            diagram = Bpmn().start().subprocess("work", lambda s: s.start("s2").user("inner").end("e2"))
        case _:
            diagram = Bpmn().message("m").start().node("work", "receiveTask", messageRef="m")
    diagram.end().timer_boundary("late", on="work", expression="working days(5)", name="限", interrupting=False)
    assert duties(diagram.end("over")) == {"late": None if kind == "message" else ("work", "限")}


@pytest.mark.parametrize("expression", ["null", "3", '"soon"', "nothing", 'deadline("unknown")'])
def test_what_is_no_time_fails_the_step_but_null_arms_nothing(expression: str) -> None:
    if expression == "null":
        case = Instance(guarded(expression))
        assert case.timers == []
        case.complete("work")
        assert case.run.is_ended
        return
    with pytest.raises(StepFailed) as caught:
        Instance(guarded(expression))
    assert (caught.value.element_id, caught.value.expression) == ("late", expression)


def test_a_non_interrupting_timer_leaves_the_task_open() -> None:
    case = Instance(guarded("PT3H"))
    case.fire("late")
    assert case.tasks == ["work", "remind"]

    case.complete("work")
    case.complete("remind")
    assert case.run.is_ended
    assert case.history == ["start", "late", "work", "end", "remind", "reminded"]


def test_an_interrupting_timer_cancels_the_task() -> None:
    case = Instance(guarded("PT3H", interrupting=True))
    case.fire("late")

    assert case.tasks == ["remind"]
    assert case.history == ["start", "-work", "late"]


def test_completing_the_task_cancels_its_timers() -> None:
    case = Instance(guarded("PT3H"))
    changes = case.complete("work")

    assert [d.fired for d in changes.disarmed] == [False]
    assert case.timers == []


def test_a_later_step_fires_nothing_by_itself() -> None:
    case = Instance(guarded("PT3H", interrupting=True))
    case.now += timedelta(days=9)
    case.complete("work")

    assert "late" not in case.history


def test_a_timer_fires_once() -> None:
    case = Instance(guarded("PT3H"))
    (timer_id,) = case.armed
    case.fire("late")

    with pytest.raises(InvalidState):
        case.run.fire(timer_id, case.now)


def test_a_cycle_is_armed_one_firing_after_the_other() -> None:
    case = Instance(guarded("R3/PT1H", kind="timeCycle"))
    keys, instants = [], []
    for _ in range(3):
        (timer,) = case.armed.values()
        keys.append(timer.timer_id)
        instants.append(timer.resolved.at)
        case.now = MONDAY + timedelta(days=1)  # late: each still fires once, at its own instant
        case.fire("late")

    assert case.timers == []
    assert len(set(keys)) == 3
    assert instants == [MONDAY + timedelta(hours=h) for h in (1, 2, 3)]
    assert case.tasks == ["work", "remind", "remind", "remind"]
    assert case.history.count("late") == 3


def test_a_cycle_of_months_keeps_to_the_calendar() -> None:
    case = Instance(guarded("R/2026-01-31T10:00:00+08:00/P1M", kind="timeCycle"))
    days = []
    for _ in range(4):
        (timer,) = case.armed.values()
        days.append(timer.resolved.at.date())
        case.fire("late")

    assert days == [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]
    assert case.timers == ["late"]


def test_branches_of_a_cycle_go_on_when_the_task_is_done() -> None:
    case = Instance(guarded("R3/PT1H", kind="timeCycle"))
    case.fire("late")
    case.complete("work")
    assert case.tasks == ["remind"]

    case.complete("remind")
    assert case.run.is_ended


def test_a_timer_in_the_flow() -> None:
    case = Instance(Bpmn().start().catch_timer("wait", "PT1H").user("then").end())
    (timer,) = case.armed.values()
    assert timer.attached_to is None

    case.fire("wait")
    assert case.tasks == ["then"]


def race() -> Bpmn:
    diagram = Bpmn().message("answer").start().event_gateway("race")
    diagram.catch_timer("slow", "PT9H", after="race").user("s").end("e1")
    diagram.catch_timer("fast", "PT1H", after="race").user("f").end("e2")
    return diagram.catch_message("answered", "answer", after="race").user("a").end("e3")


@pytest.mark.parametrize(("winner", "task"), [("fast", "f"), ("slow", "s"), ("answered", "a")])
def test_each_event_of_an_event_gateway_has_its_own_time(winner: str, task: str) -> None:
    case = Instance(race())
    assert {t.element_id: t.resolved.at - MONDAY for t in case.armed.values()} == {
        "slow": timedelta(hours=9),
        "fast": timedelta(hours=1),
    }

    if winner == "answered":
        case.deliver("answered", text="yes")
        assert case.data == {"text": "yes"}
    else:
        case.fire(winner)
    assert case.tasks == [task]
    assert case.timers == []
    assert case.awaited == {}
    assert case.history == ["start", "race", winner]


def test_timers_on_a_subprocess_and_in_it() -> None:
    diagram = Bpmn().start().subprocess("sub", lambda s: s.start("s2").user("inner").end("e2")).end()
    diagram.timer_boundary("out", on="sub", expression="PT3H").user("rescue", after="out").end("rescued")
    diagram.nodes[1].inner.boundary("soon", timer_definition("PT1H"), on="inner", interrupting=False)  # type: ignore[union-attr]
    diagram.nodes[1].inner.end("noted")  # type: ignore[union-attr]
    case = Instance(diagram)
    (inner,) = case.open.values()
    attached = {t.element_id: t.attached_to for t in case.armed.values()}
    assert attached == {"out": inner.scopes[0], "soon": inner.task_id}

    case.fire("soon")
    case.fire("out")
    assert case.tasks == ["rescue"]
    assert case.history == ["start", "s2", "soon", "noted", "-inner", "-sub", "out"]
