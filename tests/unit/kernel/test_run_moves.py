"""Tokens that go where no flow leads: back, out of a scope, into one that is over, and straight on."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from engine.errors import InvalidState
from engine.kernel.bpmn.regions import regions_of
from tests.unit.kernel.bpmn_builder import Bpmn, multi_instance, standard_loop
from tests.unit.kernel.instance import KERNEL, Instance, source_of
from tests.unit.kernel.random_diagrams import Block, blocks, written
from tests.unit.kernel.test_random_diagrams import CHOICES, ITEMS, LONGEST, SLOW, act, chosen, possible


def moved(instance: Instance, source: str, target: str, *others: str) -> None:
    ids = {task.element_id: task_id for task_id, task in instance.open.items()}
    with_them = [ids[name] for name in others]
    instance._note(instance.run.move(ids[source], target, instance.now, with_them=with_them))


def refused(instance: Instance, source: str, target: str) -> str:
    task_id = next(task_id for task_id, task in instance.open.items() if task.element_id == source)
    refusal = instance.run.refusal(task_id, target)
    assert refusal is not None
    with pytest.raises(InvalidState):
        instance.run.move(task_id, target, instance.now)
    return refusal.en


def straight(instance: Instance, source: str, target: str, **data: Any) -> None:
    task_id = next(task_id for task_id, task in instance.open.items() if task.element_id == source)
    instance._note(instance.run.complete(task_id, data, instance.now, then=target))


def three() -> Bpmn:
    return (
        Bpmn()
        .start()
        .user("a")
        .user("b")
        .timer_boundary("late", on="b", expression="PT3H", interrupting=False)
        .end("told", after="late")
        .user("c", after="b")
        .timer_boundary("slow", on="c", expression="PT3H", interrupting=True)
        .end("over", after="slow")
        .end("end", after="c")
    )


def test_a_task_goes_back_and_its_timers_with_it() -> None:
    it = Instance(three())
    it.complete("a", x=1)
    it.complete("b", y=2)
    assert it.timers == ["slow"]
    moved(it, "c", "b")
    assert (it.tasks, it.timers, it.history[-1]) == (["b"], ["late"], "-c")
    assert it.data == {"x": 1, "y": 2}
    moved(it, "b", "a")
    assert (it.tasks, it.timers) == (["a"], [])
    for name in ("a", "b", "c"):
        it.complete(name)
    assert it.run.is_ended


def test_a_task_that_came_back_goes_straight_on() -> None:
    it = Instance(three())
    it.complete("a")
    it.complete("b")
    moved(it, "c", "a")
    straight(it, "a", "c", z=3)
    assert (it.tasks, it.timers, it.data) == (["c"], ["slow"], {"z": 3})
    it.complete("c")
    assert it.run.is_ended


def parallel() -> Bpmn:
    return (
        Bpmn()
        .start()
        .user("first")
        .parallel("split")
        .user("a1")
        .user("a2")
        .user("b1", after="split")
        .parallel("join", after=("a2", "b1"))
        .user("last")
        .end()
    )


def test_a_branch_moves_within_itself_and_nowhere_else() -> None:
    it = Instance(parallel())
    it.complete("first")
    it.complete("a1", u=1)
    it.complete("b1", u=2)
    moved(it, "a2", "a1")
    assert "Other branches" in refused(it, "a1", "first")
    assert "Other branches" in refused(it, "a1", "last")
    assert "Other branches" in refused(it, "a1", "b1")
    it.complete("a1")
    it.complete("a2")
    assert (it.tasks, it.data["u"]) == (["last"], 2)
    assert "Other branches" in refused(it, "last", "a1")
    moved(it, "last", "first")
    for name in ("first", "a1", "b1", "a2", "last"):
        it.complete(name)
    assert it.run.is_ended


def test_all_branches_go_back_together() -> None:
    it = Instance(parallel())
    it.complete("first")
    moved(it, "a1", "first", "b1")
    assert it.tasks == ["first"]
    for name in ("first", "a1", "b1", "a2", "last"):
        it.complete(name)
    assert it.run.is_ended


def test_the_later_write_still_wins_after_a_move() -> None:
    it = Instance(parallel())
    it.complete("first")
    it.complete("a1", u="a")
    it.complete("b1", u="b")
    moved(it, "a2", "a1")
    it.complete("a1", u="again")
    it.complete("a2")
    assert it.data["u"] == "again"


def test_the_path_of_a_reminder_is_not_the_main_way() -> None:
    diagram = (
        Bpmn()
        .start()
        .user("a")
        .user("b")
        .timer_boundary("late", on="b", expression="PT3H", interrupting=False)
        .user("remind1", after="late")
        .user("remind2")
        .end("told")
        .user("c", after="b")
        .end("end", after="c")
    )
    it = Instance(diagram)
    it.complete("a")
    it.fire("late")
    it.complete("remind1")
    assert "Other branches" in refused(it, "remind2", "a")
    moved(it, "remind2", "remind1")
    it.complete("b")
    moved(it, "c", "a")
    assert sorted(it.tasks) == ["a", "remind1"]
    for name in ("remind1", "remind2", "a", "b", "c"):
        it.complete(name)
    assert it.run.is_ended


def nested() -> Bpmn:
    return (
        Bpmn()
        .start()
        .user("before")
        .subprocess("sub", lambda s: s.start("s2").user("in1").user("in2").end("e2"))
        .timer_boundary("limit", on="sub", expression="PT9H", interrupting=False)
        .end("told", after="limit")
        .user("after", after="sub")
        .end("end", after="after")
    )


def test_out_of_a_subprocess_with_what_was_written_in_it() -> None:
    it = Instance(nested())
    it.complete("before", v=1)
    it.complete("in1", w=2)
    moved(it, "in2", "before")
    assert (it.tasks, it.timers, it.data) == (["before"], [], {"v": 1, "w": 2})
    assert it.history[-2:] == ["-in2", "-sub"]
    it.complete("before")
    it.complete("in1")
    moved(it, "in2", "in1")
    assert it.timers == ["limit"]
    it.complete("in1")
    it.complete("in2")
    it.complete("after")
    assert it.run.is_ended


def test_into_a_subprocess_that_is_over() -> None:
    it = Instance(nested())
    for name in ("before", "in1", "in2"):
        it.complete(name)
    moved(it, "after", "in2")
    assert (it.tasks, it.timers) == (["in2"], ["limit"])
    assert len(next(iter(it.open.values())).scopes) == 1
    straight(it, "in2", "after", q=5)
    assert (it.tasks, it.timers, it.data["q"]) == (["after"], [], 5)
    it.complete("after")
    assert it.run.is_ended


def test_in_and_out_of_a_called_process() -> None:
    called = source_of(Bpmn("called").start().user("one").user("two").end())
    diagram = Bpmn().start().user("before").call("call", "called").user("after").end()
    it = Instance(source_of(diagram, {"called": called}))
    it.complete("before")
    it.complete("one", k=1)
    moved(it, "two", "before")
    it.complete("before")
    it.complete("one")
    it.complete("two")
    moved(it, "after", "two")
    assert (it.tasks, it.data["k"]) == (["two"], 1)
    it.complete("two")
    it.complete("after")
    assert it.run.is_ended


@pytest.mark.parametrize("is_allowed", [True, False])
def test_one_of_several_leaves_only_with_all_of_them(is_allowed: bool) -> None:
    rule = {"return_cancels": "all"} if is_allowed else {}
    loop = multi_instance(over="people", item="person")
    diagram = Bpmn().start().user("draft").user("sign", loop=loop, properties=rule).user("after").end()
    it = Instance(diagram, {"people": ["x", "y", "z"]})
    it.complete("draft")
    it.complete("sign")
    if not is_allowed:
        assert "One of several" in refused(it, "sign", "draft")
        return
    moved(it, "sign", "draft")
    assert it.tasks == ["draft"]
    it.complete("draft")
    assert it.tasks == ["sign"] * 3
    for _ in range(3):
        it.complete("sign")
    moved(it, "after", "sign")
    assert it.tasks == ["sign"] * 3


def test_out_of_a_loop_and_no_further_than_there_is() -> None:
    loop = standard_loop(condition="true", maximum=2)
    it = Instance(Bpmn().start().user("a").user("again", loop=loop).user("b").end())
    it.complete("a")
    assert "no such step" in refused(it, "again", "nowhere")
    moved(it, "again", "a")
    assert "at that step already" in refused(it, "a", "a")
    it.complete("a")
    it.complete("again")
    it.complete("again")
    it.complete("b")
    assert it.run.is_ended


def test_what_comes_before_is_told_from_what_comes_after() -> None:
    it = Instance(three())
    it.complete("a")
    task_id = next(iter(it.open))
    assert it.run.refusal(task_id, "a", back=True) is None
    assert it.run.refusal(task_id, "c", back=True) is not None
    assert it.run.refusal(task_id, "c") is None


def test_branches_are_found_where_they_meet() -> None:
    spec = KERNEL.specs.get(source_of(parallel())).specs["p"]
    regions = regions_of(spec)
    assert regions.meets == {"split": "join"}
    assert regions.sides("a2") == regions.sides("a1") == {("split", 0)}
    assert regions.sides("b1") == {("split", 1)}
    assert not regions.sides("last")
    assert not regions.is_loose
    assert not regions.unclear


@given(blocks(faithful=False), CHOICES)
@settings(max_examples=60, deadline=None, suppress_health_check=SLOW, derandomize=True)
def test_wherever_tokens_go_the_end_is_reached(block: Block, choices: list[int]) -> None:
    """Anything may happen in any order for a while; then everything that is open is done, once each."""
    source, _ = written(block)
    it = Instance(source, ITEMS)
    for step, choice in enumerate(choices * 2):
        if it.run.is_ended:
            return
        if choice % 3 and it.open:
            wander(it, choice)
        else:
            act(it, *chosen(it, choices, step), step)
    for step in range(LONGEST * 2):
        if it.run.is_ended:
            return
        act(it, *possible(it)[0], step)
    raise AssertionError(f"never ends: {it.tasks}")


def wander(it: Instance, choice: int) -> None:
    """Back to where the case has been, or straight on to it, or not at all."""
    task_id, task = list(it.open.items())[choice % len(it.open)]
    been = sorted({name.lstrip("-") for name in it.history if "user" in name})
    target = been[choice // 7 % len(been)] if been else task.element_id
    with_them = [other for other in it.open if other != task_id] if choice % 5 == 0 else []
    if it.run.refusal(task_id, target, with_them=with_them) is not None:
        with pytest.raises(InvalidState):
            it.run.move(task_id, target, it.now, with_them=with_them)
    elif choice % 2 or with_them:
        it._note(it.run.move(task_id, target, it.now, with_them=with_them))
        assert target in it.tasks
    else:
        try:
            it._note(it.run.complete(task_id, {}, it.now, then=target))
        except InvalidState:
            return
        assert target in it.tasks


def test_what_was_done_on_the_way_is_known() -> None:
    diagram = (
        Bpmn()
        .message("sent")
        .start()
        .user("a")
        .service("number", "register")
        .subprocess("sub", lambda s: s.start("s2").throw_message("tell", "sent").user("b").end("e2"))
        .timer_boundary("late", on="sub", expression="PT1H", interrupting=False)
        .service("urge", "notify", after="late")
        .end("urged")
        .user("c", after="sub")
        .service("later", "notify")
        .end()
    )
    it = Instance(diagram)
    it.complete("a")
    (b,) = it.open
    assert {e.element_id for e in it.run.effects_between(b, "a")} == {"number", "tell"}
    it.complete("b")
    (c,) = it.open
    assert [(e.element_id, e.action, e.message) for e in it.run.effects_between(c, "b")] == [("tell", None, "sent")]
    assert {e.element_id for e in it.run.effects_between(c, "a")} == {"number", "tell"}
