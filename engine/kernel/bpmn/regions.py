"""Where in a scope several tokens run beside each other: which elements may take over a token without losing one.

A *side* of an element is a branch of a split (a parallel or inclusive gateway) or the path of a boundary event that
does not interrupt. Two elements with the same sides are reached by the same token; a token that moves between them
leaves the others as they are. A branch reaches to the element where the branches of its split come together: the
first that every way from the split to the end passes. Asked of a spec when it is first needed, then kept with it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, TypeAlias
from weakref import WeakKeyDictionary

from engine.kernel.bpmn.events import RunBoundary, RunBoundarySplit
from engine.kernel.bpmn.gateways import RunEndJoin, RunInclusive, RunParallel

Side: TypeAlias = tuple[str, int]
"""A split and the number of its branch, or a boundary event and 0."""


class Regions:
    """Of one scope's spec; elements are named as their task specs are."""

    def __init__(self, spec: Any) -> None:
        self._next: dict[str, tuple[str, ...]] = {}
        self._beside: dict[str, str] = {}
        splits = []
        for name, task_spec in spec.task_specs.items():
            followers = [follower.name for follower in task_spec.followers]
            if isinstance(task_spec, RunBoundarySplit):
                for event in task_spec.followers[1:]:
                    if isinstance(event, RunBoundary) and not event.cancel_activity:
                        followers.remove(event.name)
                        self._beside[event.name] = name
            self._next[name] = tuple(followers)
            if isinstance(task_spec, RunParallel | RunInclusive) and len(followers) > 1:
                splits.append(name)
        self._ends = frozenset(n for n, s in spec.task_specs.items() if isinstance(s, RunEndJoin)) | {"End"}
        main = self.reach((spec.start.name,))
        self.meets: dict[str, str | None] = {name: self._meeting(name) for name in splits}
        """Where the branches of each split come together, None where they end apart."""
        self.unclear: set[str] = set()
        """Elements that tokens of several branches can reach, so that nobody can say whose token it is."""
        self._sides: dict[str, set[Side]] = {}
        self._inside: dict[str, frozenset[str]] = {}
        for name in splits:
            self._mark_branches(name)
        for event in self._beside:
            path = self.reach((event,)) - self._ends
            self._mark((event, 0), path)
            self.unclear |= path & main
        joins = {n for n, s in spec.task_specs.items() if len(getattr(s, "needed", ())) > 1}
        self.is_loose = not joins <= {meeting for meeting in self.meets.values() if meeting is not None}
        """Whether tokens meet at a join that no split belongs to."""

    def sides(self, name: str) -> frozenset[Side]:
        """The branches and side paths that the element lies on."""
        return frozenset(self._sides.get(name, ()))

    def inside(self, split: str) -> frozenset[str]:
        """The elements between a split and where its branches meet, that included. Empty for a boundary event."""
        return self._inside.get(split, frozenset())

    def leads(self, source: str, target: str) -> bool:
        """Whether the flow leads on from one element to the other, events on the way included."""
        found = {source}
        pending = [source]
        while pending:
            name = pending.pop()
            beside = [event for event, split in self._beside.items() if split == name]
            for following in (*self._next[name], *beside):
                if following == target:
                    return True
                if following not in found:
                    found.add(following)
                    pending.append(following)
        return False

    def between(self, source: str, target: str) -> frozenset[str]:
        """What lies on the ways from one element to the other, both included; reminders on the side do not."""
        return self.reach((source,)) & self.before(target)

    def before(self, target: str) -> frozenset[str]:
        """What leads to the element, itself included."""
        sources: dict[str, list[str]] = {}
        for name, following in self._next.items():
            for each in following:
                sources.setdefault(each, []).append(name)
        found: set[str] = set()
        pending = [target]
        while pending:
            name = pending.pop()
            if name not in found:
                found.add(name)
                pending.extend(sources.get(name, ()))
        return frozenset(found)

    def reach(self, sources: Iterable[str], *, without: str | None = None) -> frozenset[str]:
        """What the flow leads to from `sources`, themselves included, without passing `without`."""
        found: set[str] = set()
        pending = list(sources)
        while pending:
            name = pending.pop()
            if name not in found and name != without:
                found.add(name)
                pending.extend(self._next[name])
        return frozenset(found)

    def _meeting(self, split: str) -> str | None:
        """The first element that every way from the split to the end passes; None where that is the end itself."""
        after = self.reach(self._next[split])
        through = [n for n in after if n != split and not self.reach(self._next[split], without=n) & self._ends]
        through = [name for name in through if name not in self._ends]
        for name in through:
            if not (self.reach(self._next[split], without=name) & set(through)):
                return name
        return None

    def _mark_branches(self, split: str) -> None:
        meeting = self.meets[split]
        branches = [self.reach((n,), without=meeting) - self._ends for n in self._next[split]]
        every = frozenset().union(*branches)
        self._inside[split] = every | ({meeting} if meeting is not None else set())
        for number, branch in enumerate(branches):
            others = frozenset().union(*(b for i, b in enumerate(branches) if i != number))
            self.unclear |= branch & others
            self._mark((split, number), branch)
        if split in every:
            self.unclear |= every

    def _mark(self, side: Side, names: Iterable[str]) -> None:
        for name in names:
            self._sides.setdefault(name, set()).add(side)


_KEPT: Final[WeakKeyDictionary[Any, Regions]] = WeakKeyDictionary()


def regions_of(spec: Any) -> Regions:
    """Those of a workflow spec, computed once."""
    found = _KEPT.get(spec)
    if found is None:
        found = _KEPT[spec] = Regions(spec)
    return found
