"""An instance under another version of its procedure: what goes on, what begins, what ends, and what is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from hypothesis import given, settings

from engine.kernel.migrate_values import Move
from tests.unit.kernel.bpmn_builder import Bpmn, multi_instance
from tests.unit.kernel.instance import KERNEL, MONDAY, Instance, source_of
from tests.unit.kernel.random_diagrams import Block, blocks, written
from tests.unit.kernel.test_random_diagrams import CHOICES, ITEMS, SLOW, act, chosen


def move_of(it: Instance, new: Bpmn, mapping: Mapping[str, str] | None = None, *, rearm: bool = False) -> Move:
    return KERNEL.moved(it.run.snapshot(), it.source, source_of(new), mapping or {}, rearm=rearm)


def moved(it: Instance, new: Bpmn, mapping: Mapping[str, str] | None = None, *, rearm: bool = False) -> Instance:
    """The instance goes on under `new`; the test's own book of tasks and timers is kept as the store would."""
    move = move_of(it, new, mapping, rearm=rearm)
    assert move.fits, (move.places, move.problems)
    it.source = source_of(new)
    it.run = KERNEL.load(it.source, it.ports, move.snapshot)
    for carried in move.carried:
        if carried.task_id in it.open:
            it.open[carried.task_id] = replace(it.open[carried.task_id], element_id=carried.element.id)
        if carried.timer_id in it.armed:
            it.armed[carried.timer_id] = replace(it.armed[carried.timer_id], element_id=carried.element.id)
    it._note(it.run.settle(move, {}, it.now).changes)
    return it


def steps(*names: str) -> Bpmn:
    diagram = Bpmn().start()
    for name in names:
        diagram.user(name)
    return diagram.end()


def reasons(move: Move) -> str:
    return " ".join([*(p.problem.en for p in move.places if p.problem), *(m.en for m in move.problems)])


def test_a_step_added_behind_is_met_and_the_task_keeps_its_id() -> None:
    it = Instance(steps("a", "b"))
    (task,) = it.open
    moved(it, steps("a", "new", "b"))
    assert list(it.open) == [task]
    it.complete("a")
    assert it.tasks == ["new"]


def test_a_step_that_is_gone_needs_one_that_takes_its_place() -> None:
    it = Instance(steps("a", "b"))
    move = move_of(it, steps("b"))
    (place,) = move.places
    assert not move.fits
    assert place.is_gone
    assert place.target is None
    assert "does not have" in reasons(move)
    assert not move_of(it, steps("b"), {"a": "nowhere"}).fits
    assert "another kind" in reasons(move_of(it, steps("b"), {"a": "end"}))
    moved(it, steps("b", "c"), {"a": "b"})
    it.complete("b")
    assert it.tasks == ["c"]


def watched(*timers: tuple[str, str], step: str = "a") -> Bpmn:
    diagram = Bpmn().start().user(step).end()
    for name, expression in timers:
        diagram.timer_boundary(name, on=step, expression=expression).end(f"end_{name}", after=name)
    return diagram


def test_timers_on_a_step_are_kept_by_id_or_by_what_they_say() -> None:
    it = Instance(watched(("t", "PT3H")))
    (timer,) = it.armed
    moved(it, watched(("t", "PT9H")))
    assert list(it.armed) == [timer]
    assert it.armed[timer].resolved.at == MONDAY.replace(hour=12)
    moved(it, watched(("renamed", "PT9H")))
    assert list(it.armed) == [timer]
    assert it.timers == ["renamed"]
    it.fire("renamed")
    assert it.run.is_ended


def test_timers_that_changed_begin_anew_only_where_that_is_asked() -> None:
    it = Instance(watched(("t", "PT3H")))
    (timer,) = it.armed
    moved(it, watched(("t", "PT9H")), rearm=True)
    assert it.timers == ["t"]
    assert timer not in it.armed
    assert next(iter(it.armed.values())).resolved.at == MONDAY.replace(hour=18)


def test_timers_come_and_go_with_the_version() -> None:
    early, late = 'now() + duration("PT3H")', 'now() + duration("PT5H")'
    it = Instance(watched(("old", early)))
    move = move_of(it, watched(("new", late)))
    assert [(w.element, w.target) for w in move.watches] == [("old", None)]
    assert [b.element for b in move.begins] == ["new"]
    moved(it, watched(("new", late)))
    assert it.timers == ["new"]


def test_a_timer_that_has_fired_does_not_begin_again() -> None:
    def reminded(*names: str) -> Bpmn:
        diagram = Bpmn().start().user("a")
        diagram.timer_boundary("remind", on="a", expression="PT1H", interrupting=False).user("call", after="remind")
        for name in names:
            diagram.user(name)
        return diagram.end("told").end("end", after="a")

    it = Instance(reminded())
    it.fire("remind")
    assert it.timers == []
    moved(it, reminded("more"))
    assert it.timers == []
    assert sorted(it.tasks) == ["a", "call"]


def beside(*names: str, before_join: str = "") -> Bpmn:
    diagram = Bpmn().start().parallel("split")
    last = []
    for name in names:
        diagram.user(name, after="split")
        last.append(name)
        if name == before_join:
            diagram.user("inserted")
            last[-1] = "inserted"
    return diagram.parallel("join", after=tuple(last)).user("z").end()


def test_a_token_that_waits_at_a_join_is_counted_for_the_branch_as_it_is_now() -> None:
    it = Instance(beside("a", "b"))
    it.complete("a")
    moved(it, beside("a", "b", before_join="a"))
    it.complete("b")
    assert it.tasks == ["z"]


def test_a_join_that_needs_a_branch_that_never_began_is_refused() -> None:
    it = Instance(beside("a", "b"))
    it.complete("a")
    move = move_of(it, beside("a", "b", "c"))
    assert not move.fits
    assert "wait for ever" in reasons(move)


def test_before_the_split_a_new_branch_is_welcome() -> None:
    def late(*names: str) -> Bpmn:
        diagram = Bpmn().start().user("first").parallel("split")
        for name in names:
            diagram.user(name, after="split")
        return diagram.parallel("join", after=names).user("z").end()

    it = moved(Instance(late("a", "b")), late("a", "b", "c"))
    it.complete("first")
    assert it.tasks == ["a", "b", "c"]


def test_a_join_that_needs_less_goes_on_at_once() -> None:
    it = Instance(beside("a", "b", "c"))
    it.complete("a")
    it.complete("b")
    gone = move_of(it, beside("a", "b"))
    assert not gone.fits
    assert "does not have" in reasons(gone)
    it = Instance(beside("a", "b"))
    it.complete("a")
    it.complete("b")
    assert it.tasks == ["z"]


def test_branches_that_become_a_sequence_are_refused() -> None:
    it = Instance(beside("a", "b"))
    assert "done twice" in reasons(move_of(it, steps("a", "b", "z")))


def test_inside_a_subprocess_and_a_loop() -> None:
    def nested(*names: str, lead: str = "sub") -> Bpmn:
        def inside(scope: Bpmn) -> None:
            scope.start("s2")
            for name in names:
                scope.user(name, loop=multi_instance(times="2") if name == "many" else "")
            scope.end("e2")

        return Bpmn().start().subprocess(lead, inside).user("z").end()

    it = Instance(nested("many", "x"))
    it.complete("many")
    moved(it, nested("many", "new", "x"))
    it.complete("many")
    assert it.tasks == ["new"]
    moved(it, nested("many", "new", "x", lead="renamed"), {"sub": "renamed"})
    it.complete("new")
    it.complete("x")
    assert it.tasks == ["z"]


def test_messages_are_still_awaited_and_a_race_gets_a_new_runner() -> None:
    def racing(*names: str) -> Bpmn:
        diagram = Bpmn().message("m", "answer").start().event_gateway("race")
        diagram.catch_message("got", "m", after="race").end("answered")
        for name in names:
            diagram.catch_timer(name, "PT2H", after="race").end(f"{name}_end")
        return diagram

    it = moved(Instance(racing("t1")), racing("t1", "t2"))
    assert sorted(it.timers) == ["t1", "t2"]
    it.deliver("got")
    assert it.run.is_ended
    assert not it.armed


@given(blocks(faithful=False), CHOICES)
@settings(max_examples=25, deadline=None, suppress_health_check=SLOW, derandomize=True)
def test_onto_the_same_version_nothing_changes(block: Block, choices: list[int]) -> None:
    source, _ = written(block)
    it = Instance(source, ITEMS, reloads=False)
    for step in range(8):
        if it.run.is_ended:
            return
        snapshot = it.run.snapshot()
        move = KERNEL.moved(snapshot, it.source, it.source, {})
        assert not reasons(move)
        assert move.snapshot == snapshot
        assert not move.begins
        assert not move.disarmed
        assert all(place.target == place.element for place in move.places)
        act(it, *chosen(it, choices, step), step)


def test_days_on_a_step_go_on_as_the_timer_that_now_says_how_many_there_are() -> None:
    """Redrawn with another id and other days it is the same duty; a reminder is not."""

    def timed(name: str, days: str) -> Bpmn:
        return steps("a").timer_boundary(name, on="a", expression=days, interrupting=False).end("over")

    it = Instance(timed("late", "working days(2)"))
    (watch,) = move_of(it, timed("due", "calendar days(5)")).watches
    assert watch.target == "due"
    (watch,) = move_of(it, timed("due", "calendar days(5)"), rearm=True).watches
    assert watch.target is None
    (watch,) = move_of(it, timed("due", "share of(working days(5), 0.5)")).watches
    assert watch.target is None
