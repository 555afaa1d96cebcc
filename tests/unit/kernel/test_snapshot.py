"""Snapshots: small, versioned, and true to every value."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import InvalidState
from engine.values import MonthsDuration
from tests.unit.kernel.bpmn_builder import Bpmn, multi_instance
from tests.unit.kernel.instance import KERNEL, MONDAY, Instance, source_of

GOLDEN = Path(__file__).parent / "golden"

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8) | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=6), _JSON, max_size=4))
@settings(max_examples=60, deadline=None)
def test_variables_of_any_json_shape_survive(data: dict[str, Any]) -> None:
    case = Instance(Bpmn().start().user("work").end(), data)

    assert case.data == data
    assert json.dumps(case.data, sort_keys=True) == json.dumps(data, sort_keys=True)


@pytest.mark.parametrize(
    "value",
    [
        {"typename": "set", "value": [1]},
        {"$date": "not one"},
        {"$": 1, "$$x": {"$time": 2}},
        "$date",
        ["$", {"a$": 1}],
        date(2026, 1, 31),
        time(8, 30),
        datetime(2026, 1, 31, 8, 30, tzinfo=UTC),
        timedelta(days=2, seconds=3),
        MonthsDuration(14),
        Decimal("1.10"),
        [{"于": date(2026, 1, 1)}, {"$于": Decimal("0.1")}],
        1.0,
        True,
    ],
)
def test_variables_of_every_kind_survive(value: Any) -> None:
    case = Instance(Bpmn().start().user("work").end(), {"x": value, "y": 1})
    case.complete("work", z=value)

    assert case.data == {"x": value, "y": 1, "z": value}
    assert type(case.data["x"]) is type(value)
    assert str(case.data["z"]) == str(value)


def test_values_that_are_equal_but_written_differently_stay_apart() -> None:
    diagram = Bpmn().start().parallel("s").user("a", after="s").user("b", after="s")
    case = Instance(diagram.parallel("j", after=("a", "b")).end(), {"x": Decimal("1.0"), "at": MONDAY})
    case.complete("a", x=Decimal("1.00"), at=MONDAY.astimezone(UTC))
    case.complete("b")

    assert str(case.data["x"]) == "1.00"
    assert str(case.data["at"]) == "2026-01-05 01:00:00+00:00"


def test_a_snapshot_holds_neither_spec_nor_escaped_chinese() -> None:
    case = Instance(Bpmn().start().user("work", name="办理").end(), {"事由": "反映道路破损"})
    text = case.run.snapshot().decode()

    assert "反映道路破损" in text
    assert "\\u" not in text
    assert "办理" not in text
    assert "bpmn" not in text


@pytest.mark.parametrize(
    "snapshot",
    [b'{"format":2,"values":"plain"}\n[]', b'{"values":"plain"}\n[]', b"[1]\n", b"", b"\x80\x04K\x01.", b"{}"],
)
def test_an_unknown_format_is_refused_clearly(snapshot: bytes) -> None:
    case = Instance(Bpmn().start().user("work").end())

    with pytest.raises(InvalidState, match="升级程序"):
        KERNEL.load(case.source, case.ports, snapshot)


def test_a_snapshot_of_another_procedure_is_refused_clearly() -> None:
    case = Instance(Bpmn().start().user("work").end())
    other = source_of(Bpmn().start().user("else").end())

    with pytest.raises(InvalidState, match="work"):
        KERNEL.load(other, case.ports, case.run.snapshot())


def test_a_snapshot_does_not_grow_with_age() -> None:
    diagram = Bpmn().start().exclusive("again").user("work").parallel("split")
    diagram.user("a", after="split").user("b", after="split").parallel("join", after=("a", "b"))
    diagram.subprocess("sub", lambda s: s.start("s2").user("c").end("e2"))
    diagram.user("each", loop=multi_instance(over="units", item="unit", sequential=True))
    diagram.exclusive("more", default="done")
    diagram.flow("more", "again", when="true").end(after="more", flow="done")
    diagram.timer_boundary("t", on="work", expression="R/PT1H", kind="timeCycle", interrupting=False)
    diagram.script("remind", "{ reminded: 1 }", after="t").end("e3")
    case = Instance(diagram, {"units": [1, 2]})
    sizes = []
    for n in range(40):
        case.fire("t")
        for task in ["work", "a", "b", "c", "each", "each"]:
            case.complete(task, n=n)
        sizes.append(len(case.run.snapshot()))

    assert len(case.passed) > 600
    assert sizes[-1] <= sizes[2] * 1.1


def golden_case() -> Instance:
    """One of everything that a snapshot can hold."""
    called = Bpmn("order").message("m", "order.answered").start("s2")
    called.catch_message("answer", "m", properties={"correlation": "title"}).end("e2")
    diagram = Bpmn().start().parallel("split")
    diagram.user("work", after="split").user("ask", loop=multi_instance(over="units", item="unit"), after="split")
    diagram.call("call", "order", after="split").event_gateway("race", after="split")
    diagram.catch_timer("slow", "P1M").catch_timer("fast", "PT1H", after="race")
    diagram.inclusive("join", after=("work", "ask", "call", "slow", "fast")).end()
    diagram.timer_boundary("late", on="work", expression="R3/PT1H", kind="timeCycle", interrupting=False)
    diagram.end("noted", after="late")
    data = {"title": "反映道路破损", "units": ["zjj", "jtj"], "due": date(2026, 3, 1), "share": Decimal("0.5")}
    case = Instance(source_of(diagram, {"order": source_of(called)}), data)
    case.fire("late")
    case.complete("ask", answer={"typename": "x", "$date": "y"})
    return case


def continued(case: Instance) -> tuple[list[str], Any]:
    """What happens after the golden state."""
    case.fire("fast")
    case.fire("late")
    case.fire("late")
    case.complete("ask")
    case.deliver("answer", said="yes")
    case.complete("work", done=True)
    assert case.run.is_ended
    return case.history, case.data


def _rename(case: Instance) -> None:
    """Give what is known of the case the ids of the run that was loaded: they differ in the first 28 digits."""
    prefix = case.run.open_tasks()[0][:28]
    opened = [replace(o, task_id=prefix + o.task_id[28:]) for o in case.open.values()]
    armed = [replace(a, timer_id=prefix + a.timer_id[28:]) for a in case.armed.values()]
    case.open = {o.task_id: o for o in opened}
    case.armed = {a.timer_id: a for a in armed}
    case.awaited = {prefix + task_id[28:]: element for task_id, element in case.awaited.items()}


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("format*.txt")), ids=lambda path: path.stem)
def test_snapshots_of_every_released_format_go_on(path: Path) -> None:
    expected = golden_case()
    case = golden_case()
    case.run = KERNEL.load(case.source, case.ports, path.read_bytes())
    _rename(case)

    assert case.data == expected.data
    assert continued(case) == continued(expected)


def test_there_is_a_golden_snapshot_of_the_current_format() -> None:
    written = golden_case().run.snapshot().split(b"\n")
    golden = (GOLDEN / "format1.txt").read_bytes().split(b"\n")

    assert written[0] == golden[0]
    assert json.loads(written[1])[1:] == json.loads(golden[1])[1:]
