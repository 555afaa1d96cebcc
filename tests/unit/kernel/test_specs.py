"""Executable specs: one for each content, shared by instances and threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from engine.kernel.feel import Feel
from engine.kernel.run import Kernel
from engine.kernel.specs import CACHED_PROCEDURES, SpecCache
from tests.unit.kernel.bpmn_builder import Bpmn, multi_instance
from tests.unit.kernel.instance import Instance, source_of


def small(name: str = "work") -> Bpmn:
    return Bpmn().start().user(name).end()


def test_a_procedure_is_parsed_once_for_its_content() -> None:
    cache = SpecCache()
    first = cache.get(source_of(small()))

    assert cache.get(source_of(small())) is first
    assert cache.get(source_of(small("other"))) is not first


def test_a_procedure_with_another_callee_is_another() -> None:
    caller = Bpmn().start().call("call", "order").end()
    one, two = (source_of(caller, {"order": source_of(small(name))}) for name in ("one", "two"))

    assert Instance(one).tasks == ["one"]
    assert Instance(two).tasks == ["two"]


def test_the_least_recently_used_procedure_is_dropped() -> None:
    cache = SpecCache()
    first = cache.get(source_of(small()))
    for number in range(CACHED_PROCEDURES):
        cache.get(source_of(small(f"task{number}")))

    assert cache.get(source_of(small())) is not first


def test_threads_share_a_procedure() -> None:
    diagram = Bpmn().start().parallel("split").user("a", after="split")
    diagram.user("b", loop=multi_instance(over="items", item="item"), after="split")
    source = source_of(diagram.parallel("join", after=("a", "b")).end())
    kernel = Kernel(Feel())

    def play(number: int) -> tuple[list[str], object]:
        case = Instance(source, {"items": [1, 2]}, kernel=kernel)
        case.complete("b", who=number)
        case.complete("a", a=number)
        case.complete("b", who=number)
        return case.history, case.data

    with ThreadPoolExecutor(4) as pool:
        played = list(pool.map(play, range(12)))
    assert [data for _, data in played] == [{"items": [1, 2], "who": n, "a": n} for n in range(12)]
    assert all(history == played[0][0] for history, _ in played)
