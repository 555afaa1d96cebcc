"""Ways for a token to go where no sequence flow leads: back to an earlier task, and straight on to a later one.

A token may go to a task for people of its own scope; out of its subprocess or call activity to one around it, which
cancels what it leaves; and into a subprocess or call activity that is not running, which is then entered at that
task. What is refused is whatever would leave a token behind that waits for ours, or would let one run twice.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from engine.errors import Message
from engine.kernel.bpmn.activities import RunLoop, _ForPeople, _Multiple, _Nested, _Repeating
from engine.kernel.bpmn.events import RunBoundarySplit
from engine.kernel.bpmn.merge import combined
from engine.kernel.bpmn.regions import Regions, regions_of
from engine.kernel.bpmn.task import RunTask
from engine.kernel.bpmn.workflow import RunWorkflow

CANCELS_ALL = "return_cancels"
"""The property of a multi-instance activity: with `all`, a token that leaves one instance cancels the others."""


@dataclass(frozen=True)
class Route:
    """From an open task to the task spec `target`.

    `base` is the task that gives up its token: the open one, or what is around. `entry` is where that goes in the
    scope of `base`, `inner` where the scopes inside begin, by their names. `beside` are tasks of the same scope
    that give up theirs with it.
    """

    task: RunTask
    base: RunTask
    target: Any
    entry: Any
    inner: dict[str, Any] = field(default_factory=dict)
    beside: tuple[RunTask, ...] = ()

    @property
    def leaves_scopes(self) -> bool:
        return self.base is not self.task

    @property
    def opens_several(self) -> bool:
        """Whether the target is a loop or a multi-instance activity."""
        return isinstance(self.target, _Repeating)

    def leads_back(self) -> bool:
        """Whether the flow leads on from where the token goes to where it is."""
        return _regions(self.base).leads(self.entry.name, self.base.task_spec.name)

    def passed(self, top: RunWorkflow) -> Iterator[Any]:
        """The task specs with an element on the ways from where the token goes to where it is."""
        base = self.base
        for each in (base, *self.beside):
            names = _regions(base).between(self.entry.name, each.task_spec.name)
            yield from _specs(top, base.workflow.spec, names)
        scope: Any = self.task.workflow
        name = _whole(self.task).task_spec.name
        while scope is not base.workflow:
            yield from _specs(top, scope.spec, regions_of(scope.spec).before(name))
            name, scope = _whole(scope.host).task_spec.name, scope.host.workflow
        for spec_name, entry in self.inner.items():
            inner = top.subprocess_specs[spec_name]
            yield from _specs(top, inner, regions_of(inner).reach((entry.name,)))

    def follow(self, top: RunWorkflow) -> None:
        """Cancel what the token leaves, and let it go on at the entry."""
        base = self.base
        if self.leaves_scopes:
            base.data, base.stamps = _carried(self.task, base)
            base.workflow.last_data, base.workflow.last_stamps = base.data, base.stamps
        top.detours = dict(self.inner)
        for task in self.beside:
            task.cancel()
        base.cancel(onto=self.entry)


def find_route(
    top: RunWorkflow, task: RunTask, element_id: str, beside: Collection[RunTask] = ()
) -> Route | Message:
    """The route of an open task's token to a task for people, or why there is none.

    `beside` are open tasks that are to be cancelled with it. Of several elements with that id, the one in the
    nearest scope is meant.
    """
    for base in _bases(task):
        found = _places(top, base.workflow.spec, element_id, ())
        if not found:
            continue
        if len(found) > 1:
            return _AMBIGUOUS
        if found[0] == [base.task_spec]:
            return _NOWHERE
        return _checked(top, task, base, found[0], beside)
    return _NO_SUCH


def _bases(task: RunTask) -> Iterator[RunTask]:
    """The task, or its loop, and the activities around it, inner ones first."""
    base: RunTask | None = task
    while base is not None:
        base = _whole(base)
        yield base
        base = getattr(base.workflow, "host", None)


def is_one_of_several(task: RunTask) -> bool:
    """Whether the task, or an activity around it, is an instance of a loop or a multi-instance activity."""
    return any(isinstance(base.task_spec, _Repeating) for base in _bases(task))


def _whole(task: RunTask) -> RunTask:
    """The activity of which the task is an instance, or itself."""
    above = task.parent
    while above is not None and isinstance(above.task_spec, _Repeating):
        task, above = above, above.parent
    return task


def _specs(top: RunWorkflow, spec: Any, names: Collection[str], seen: tuple[str, ...] = ()) -> Iterator[Any]:
    """Those of a scope, with what lies in their own scopes."""
    for name in names:
        task_spec = spec.task_specs[name]
        if task_spec.element is not None:
            yield task_spec
        if isinstance(task_spec, _Repeating):
            task_spec = spec.task_specs[task_spec.task_spec]
        if isinstance(task_spec, _Nested) and task_spec.spec not in seen:
            inner = top.subprocess_specs[task_spec.spec]
            main = regions_of(inner).reach((inner.start.name,))
            yield from _specs(top, inner, main, (*seen, task_spec.spec))


def _places(top: RunWorkflow, spec: Any, element_id: str, seen: tuple[str, ...]) -> list[list[Any]]:
    """Chains of task specs that end at the element: first the one in `spec`, then those inside that."""
    own = spec.task_specs.get(element_id)
    if own is not None and own.element is not None and own.element.id == element_id:
        return [[own]] if _is_for_people(own, spec) else []
    found = []
    for task_spec in spec.task_specs.values():
        if isinstance(task_spec, _Nested) and task_spec.spec not in seen:
            inner = top.subprocess_specs[task_spec.spec]
            places = _places(top, inner, element_id, (*seen, task_spec.spec))
            found += [[task_spec, *place] for place in places]
    return found


def _is_for_people(task_spec: Any, spec: Any) -> bool:
    if isinstance(task_spec, _Repeating):
        task_spec = spec.task_specs[task_spec.task_spec]
    return isinstance(task_spec, _ForPeople)


def _checked(
    top: RunWorkflow, task: RunTask, base: RunTask, place: list[Any], beside: Collection[RunTask]
) -> Route | Message:
    refusal = _leaving(task, base) or _entering(top, base, place)
    if refusal is not None:
        return refusal
    others = _bases_in(base, beside)
    refusal = _between(base, place[0], others)
    if refusal is not None:
        return refusal
    inner = {host.spec: _entry(spec) for host, spec in pairwise(place)}
    return Route(task, base, place[-1], _entry(place[0]), inner, others)


def _entry(task_spec: Any) -> Any:
    """Where a token enters an activity: the split that starts its boundary events with it, or itself."""
    for name in task_spec._inputs:
        split = task_spec._wf_spec.task_specs[name]
        if isinstance(split, RunBoundarySplit) and split.followers[0] is task_spec:
            return split
    return task_spec


def _leaving(task: RunTask, base: RunTask) -> Message | None:
    """One instance of several is only left where the diagram says that all of them end then."""
    inner: RunTask = task
    while True:
        whole = _whole(inner)
        above = inner
        while above is not whole and above.parent is not None:
            above = above.parent
            element = above.task_spec.element
            is_several = isinstance(above.task_spec, _Multiple)
            if is_several and (element is None or element.properties.get(CANCELS_ALL) != "all"):
                return NOT_ALONE
        if whole is base:
            return None
        inner = whole.workflow.host


def _entering(top: RunWorkflow, base: RunTask, place: list[Any]) -> Message | None:
    scope = base.workflow.spec
    for host, target in pairwise(place):
        inner = top.subprocess_specs[host.spec]
        is_instance = any(isinstance(s, _Repeating) and s.task_spec == host.name for s in scope.task_specs.values())
        if is_instance or isinstance(host, _Repeating):
            return NOT_ALONE
        declared = inner.io_specification
        if declared is not None and (declared.data_inputs or declared.data_outputs):
            return _FORGOTTEN
        regions = regions_of(inner)
        if regions.sides(target.name) or target.name in regions.unclear:
            return _BESIDE_OTHERS
        scope = inner
    if len(place) > 1 and any(t.task_spec is place[0] and t is not base for t in base.workflow.live.values()):
        return _BESIDE_OTHERS
    return None


def _between(base: RunTask, target: Any, beside: tuple[RunTask, ...]) -> Message | None:
    """Whether a token can go over in the scope of `base` without another one being left behind or doubled."""
    regions = _regions(base)
    here, there = regions.sides(base.task_spec.name), regions.sides(target.name)
    others = _others(base, beside)
    if regions.is_loose or not regions.unclear.isdisjoint({base.task_spec.name, target.name}):
        return _BESIDE_OTHERS if others or there else None
    if here == there and not beside:
        return None
    if there - here:
        return _BESIDE_OTHERS
    for split, _ in here - there:
        if regions.meets.get(split) is None:
            return _BESIDE_OTHERS
        inside = regions.inside(split)
        if any(other.task_spec.name in inside for other in others):
            return _BESIDE_OTHERS
    left = [split for split, _ in here - there]
    if any(all(task.task_spec.name not in regions.inside(split) for split in left) for task in beside):
        return _BESIDE_OTHERS
    return None


def _others(base: RunTask, beside: tuple[RunTask, ...]) -> list[RunTask]:
    """Tokens of the scope that stay: not ours, nor those that go with it, nor events that watch either."""
    gone = {base.id, *(task.id for task in beside)}
    watched = {base.number, *(task.number for task in beside)}
    return [
        task
        for task in base.workflow.live.values()
        if task.id not in gone and task.internal_data.get("on") not in watched and not (gone & set(_above(task)))
    ]


def _above(task: RunTask) -> Iterator[str]:
    above = task.parent
    while above is not None:
        yield above.id
        above = above.parent


def _bases_in(base: RunTask, beside: Collection[RunTask]) -> tuple[RunTask, ...]:
    """What of the scope of `base` holds the tasks of `beside`."""
    found: dict[str, RunTask] = {}
    for task in beside:
        for each in _bases(task):
            if each.workflow is base.workflow and each is not base:
                found[each.id] = each
    return tuple(found.values())


def _carried(task: RunTask, base: RunTask) -> tuple[dict[str, Any], dict[str, int]]:
    """The variables that a token takes along out of its scopes: of each, the last that was written in them.

    A call activity with declared inputs or outputs, and one instance of several, give nothing back.
    """
    data, stamps = task.data, task.stamps
    inner: RunTask = task
    while True:
        whole = _whole(inner)
        if whole is not inner and not isinstance(whole.task_spec, RunLoop):
            data, stamps = whole.data, whole.stamps
        if whole is base:
            return dict(data), stamps
        scope: Any = whole.workflow
        if stamps or scope.last_stamps:
            written, written_stamps = scope.written()
            data, stamps = combined(written, written_stamps, data, stamps)
        declared = scope.spec.io_specification
        if declared is not None and (declared.data_inputs or declared.data_outputs):
            data, stamps = scope.host.data, scope.host.stamps
        inner = scope.host


def _regions(base: RunTask) -> Regions:
    return regions_of(base.workflow.spec)


_NO_SUCH = Message(
    "流程图中没有可以回到的这一环节。请另选环节。", "The procedure has no such step to go to. Choose another one."
)
_AMBIGUOUS = Message(
    "该环节在流程图中不止一处，无法确定回到哪一处。请另选环节。",
    "The procedure has that step in several places; it is not clear which one is meant. Choose another one.",
)
NOT_ALONE = Message(
    "多人同时办理的环节，不能由其中一人单独转出或转入。请在本环节写明意见，由后续环节处理。",
    "One of several people who act at the same time cannot take the matter elsewhere alone. Give an opinion here.",
)
_FORGOTTEN = Message(
    "该环节所在的子流程已经结束，其中的数据没有保留，不能重新进入。请另选环节。",
    "The called procedure of that step is over and its data are gone; it cannot be entered again. Choose another.",
)
_BESIDE_OTHERS = Message(
    "还有同时进行的其他分支，转到该环节会使其他分支空等或重复办理。请选择本分支内的环节，或待各分支汇合后再办。",
    "Other branches run beside this one: they would wait in vain or run twice. Choose a step of this branch, or "
    "wait until the branches have come together.",
)
_NOWHERE = Message("任务已在该环节。请另选环节。", "The task is at that step already. Choose another one.")
