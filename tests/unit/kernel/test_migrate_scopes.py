"""Steps that a version wraps into a subprocess, or takes out of one: their tokens go along, or are refused."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.kernel.bpmn.activities import scopes_of
from tests.unit.kernel.bpmn_builder import Bpmn, Scope, multi_instance
from tests.unit.kernel.instance import Instance
from tests.unit.kernel.random_diagrams import Block, blocks, written
from tests.unit.kernel.test_migrate import move_of, moved, reasons, steps
from tests.unit.kernel.test_random_diagrams import CHOICES, ITEMS, LONGEST, SLOW, act, chosen, possible


def wrapped(*names: str, watch: str = "", loop: str = "", kind: str = "subProcess", lead: str = "sub") -> Bpmn:
    """Some steps in a subprocess, then z. `watch`: what has a timer of three hours, the subprocess or a step."""

    def inside(scope: Scope) -> None:
        scope.start("s2")
        for name in names:
            scope.user(name)
        scope.end("e2")
        if watch in names:
            scope.timer_boundary("t", on=watch, expression="PT3H", interrupting=False).end("late", after="t")

    diagram = Bpmn().start().subprocess(lead, inside, kind=kind, loop=loop, name="核实").user("z").end()
    if watch == lead:
        diagram.timer_boundary("t", on=lead, expression="PT3H", interrupting=False).end("late", after="t")
    return diagram


def bare(*names: str, watch: str = "") -> Bpmn:
    diagram = steps(*names, "z")
    if watch:
        diagram.timer_boundary("t", on=watch, expression="PT3H", interrupting=False).end("late", after="t")
    return diagram


@pytest.mark.parametrize("kind", ["subProcess", "transaction"])
def test_a_step_goes_into_a_subprocess_with_its_variables_and_out_again(kind: str) -> None:
    it = Instance(bare("a", "b"), {"x": 1})
    it.complete("a", y=2)
    (task,) = it.open
    move = move_of(it, wrapped("a", "b", kind=kind))
    (place,) = move.places
    assert (place.element, place.target, place.has_moved) == ("b", "b", True)
    assert (place.name, place.target_name) == ("b", "核实 › b")
    moved(it, wrapped("a", "b", kind=kind))
    assert list(it.open) == [task]
    moved(it, bare("a", "b"))
    assert list(it.open) == [task]
    moved(it, wrapped("a", "b", "c", kind=kind))
    it.complete("b", w=3)
    it.complete("c")
    assert it.tasks == ["z"]
    assert it.data == {"x": 1, "y": 2, "w": 3}
    it.complete("z")
    assert it.run.is_ended


def test_the_way_out_names_the_subprocess_that_was_left() -> None:
    (place,) = move_of(Instance(wrapped("a")), bare("a")).places
    assert (place.name, place.target_name) == ("核实 › a", "a")


def test_several_layers_at_once_and_from_one_subprocess_to_another() -> None:
    def deep() -> Bpmn:
        def middle(scope: Scope) -> None:
            scope.start("s1").subprocess("sub", lambda s: s.start("s2").user("a").end("e2")).user("b").end("e1")

        return Bpmn().start().subprocess("around", middle).user("z").end()

    it = Instance(bare("a"))
    moved(it, deep())
    moved(it, wrapped("a", "b", lead="other"))
    moved(it, deep())
    it.complete("a")
    it.complete("b")
    assert it.tasks == ["z"]


def test_a_subprocess_that_is_wrapped_goes_along_with_all_in_it() -> None:
    def around(*, is_wrapped: bool) -> Bpmn:
        def inner(scope: Scope) -> None:
            scope.subprocess("sub", lambda s: s.start("s2").user("a").user("b").end("e2"))

        if not is_wrapped:
            diagram = Bpmn().start()
            inner(diagram)
            return diagram.user("z").end()

        def outer(scope: Scope) -> None:
            scope.start("s1")
            inner(scope)
            scope.end("e1")

        return Bpmn().start().subprocess("around", outer).user("z").end()

    it = Instance(around(is_wrapped=False))
    moved(it, around(is_wrapped=True))
    it.complete("a")
    moved(it, around(is_wrapped=False))
    it.complete("b")
    assert it.tasks == ["z"]


def test_a_timer_goes_over_with_its_key_to_what_it_now_watches() -> None:
    it = Instance(bare("a", watch="a"))
    ((timer, armed),) = it.armed.items()
    (task,) = it.open
    move = move_of(it, wrapped("a", watch="sub"))
    (watch,) = move.watches
    assert (watch.was_on, watch.target) == (task, "t")
    assert watch.on != task
    assert not move.begins
    moved(it, wrapped("a", watch="sub"))
    assert list(it.armed) == [timer]
    back = move_of(it, bare("a", watch="a"))
    assert (back.watches[0].on, back.left) == (task, {back.watches[0].was_on: (task,)})
    moved(it, bare("a", watch="a"))
    moved(it, wrapped("a", watch="a"))
    assert list(it.armed) == [timer]
    it.complete("a")
    assert it.armed == {}
    assert armed.resolved.at > it.now


def test_a_new_timer_of_the_subprocess_begins_and_one_that_is_gone_ends() -> None:
    it = Instance(bare("a"))
    moved(it, wrapped("a", watch="sub"))
    assert it.timers == ["t"]
    it.complete("a")
    assert it.timers == []
    it = moved(Instance(wrapped("a", watch="sub")), bare("a"))
    assert it.timers == []


def beside(*, inside: bool, names: tuple[str, ...] = ("a", "b"), only: str = "") -> Bpmn:
    """Branches beside each other that meet before z; `inside` a subprocess, or `only` one of the steps."""

    def fill(scope: Scope) -> None:
        scope.parallel("split")
        for name in names:
            scope.at("split")
            if name == only:
                scope.subprocess("sub", lambda s, name=name: s.start("s2").user(name).end("e2"))  # type: ignore[misc]
            else:
                scope.user(name)
        scope.parallel("join", after=tuple("sub" if name == only else name for name in names))

    diagram = Bpmn().start()
    if inside:

        def whole(scope: Scope) -> None:
            scope.start("s1")
            fill(scope)
            scope.end("e1")

        diagram.subprocess("around", whole)
    else:
        fill(diagram)
    return diagram.user("z").end()


def test_branches_go_together_into_one_subprocess_and_what_each_wrote_stays() -> None:
    it = Instance(beside(inside=False), {"x": 0})
    it.complete("a", x=1)
    moved(it, beside(inside=True))
    assert it.tasks == ["b"]
    moved(it, beside(inside=False))
    moved(it, beside(inside=True))
    it.complete("b", y=2)
    assert it.tasks == ["z"]
    assert it.data == {"x": 1, "y": 2}


def test_a_branch_that_waits_at_a_join_is_known_by_what_leads_there_now() -> None:
    it = Instance(beside(inside=False))
    it.complete("a")
    moved(it, beside(inside=False, only="a"))
    moved(it, beside(inside=False))
    moved(it, beside(inside=False, only="b"))
    moved(it, beside(inside=False))
    it.complete("b")
    assert it.tasks == ["z"]


def test_branches_that_would_follow_each_other_are_refused() -> None:
    it = Instance(beside(inside=False))
    assert "done twice" in reasons(move_of(it, wrapped("a", "b")))


def test_branches_that_would_shut_each_other_out_are_refused() -> None:
    def either() -> Bpmn:
        def inside(scope: Scope) -> None:
            scope.start("s1").exclusive("split", default="other").user("a", when="x = 1").end("e1")
            scope.user("b", after="split", flow="other").end("e2")

        return Bpmn().start().subprocess("around", inside).user("z").end()

    assert "no longer branches" in reasons(move_of(Instance(beside(inside=False)), either()))


def test_one_of_several_is_refused_as_nobody_knows_which() -> None:
    many = multi_instance(times="2")
    assert "several times" in reasons(move_of(Instance(bare("a")), wrapped("a", loop=many)))
    assert "several times" in reasons(move_of(Instance(wrapped("a", loop=many)), bare("a")))


def test_a_join_in_the_subprocess_that_waits_for_a_branch_that_never_began_is_refused() -> None:
    it = Instance(bare("a"))
    assert "wait for ever" in reasons(move_of(it, beside(inside=True)))


def test_a_step_that_is_gone_from_the_subprocess_may_be_mapped_to_one_outside() -> None:
    it = Instance(wrapped("a", "b"))
    assert not move_of(it, bare("b")).fits
    moved(it, bare("b"), {"a": "b"})
    it.complete("b")
    assert it.tasks == ["z"]


def test_a_reminder_that_has_ended_in_the_subprocess_does_not_hold_it_up() -> None:
    it = Instance(wrapped("a", watch="a"))
    it.fire("t")
    moved(it, bare("a", watch="a"))
    assert it.timers == []
    moved(it, wrapped("a", watch="a"))
    it.complete("a")
    it.complete("z")
    assert it.run.is_ended


def each(block: Block, path: tuple[int, ...] = ()) -> Iterator[tuple[int, ...]]:
    yield path
    for number, inner in enumerate(block.inner):
        yield from each(inner, (*path, number))


def with_layer(block: Block, path: tuple[int, ...], kind: str) -> Block:
    """The block with one more layer around one in it; other elements keep their ids."""
    if not path:
        return Block(kind, (block,))
    inner = [with_layer(b, path[1:], kind) if n == path[0] else b for n, b in enumerate(block.inner)]
    return Block(block.kind, tuple(inner), block.flags)


@given(blocks(faithful=False), CHOICES, st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=SLOW, derandomize=True)
def test_wrapped_and_unwrapped_anywhere_a_case_goes_on_as_if_nothing_had_been(
    block: Block, choices: list[int], data: st.DataObject
) -> None:
    path = data.draw(st.sampled_from(list(each(block))))
    versions = [written(with_layer(block, path, kind))[0] for kind in ("sequence", "wrapped")]
    stays, goes = Instance(versions[0], ITEMS), Instance(versions[0], ITEMS)
    for step in range(LONGEST):
        assert sorted(possible(goes)) == sorted(possible(stays))
        assert goes.run.is_ended == stays.run.is_ended
        if stays.run.is_ended:
            assert goes.data == stays.data
            return
        if step % 2 == 0:
            to = versions[1 - versions.index(goes.source)]
            move = goes.kernel.moved(goes.run.snapshot(), goes.source, to, {})
            assert move.fits, reasons(move)
            goes.source = to
            goes.run = goes.kernel.load(to, goes.ports, move.snapshot)
            settled = goes.run.settle(move, {}, goes.now)
            goes._note(settled.changes)
            live = {t.id: scopes_of(t) for s in goes.run._workflow.scopes() for t in s.live.values()}
            assert all(set(live[k]) <= live.keys() for k in goes.run.open_tasks())
        todo = chosen(stays, choices, step)
        act(stays, *todo, step)
        act(goes, *todo, step)
