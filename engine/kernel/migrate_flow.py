"""Whether tokens that stand where an older version put them can come to a good end in a newer one.

Two things go wrong when branches are redrawn under running cases: a join waits for a branch that never began in
this case, and what used to run beside each other comes one after the other, so that a step would open twice.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from engine.errors import Message
from engine.kernel.bpmn.events import RunBoundarySplit, RunEventGateway
from engine.kernel.bpmn.gateways import RunParallel, _Join

Token = tuple[str, str, str | None]
"""Names of the spec before and after, and of the one that a token at a join came from."""


class Ways:
    """The flows of one scope's spec; names are those of its task specs."""

    def __init__(self, spec: Any) -> None:
        self.next = {name: tuple(f.name for f in s.followers) for name, s in spec.task_specs.items()}
        self.before: dict[str, set[str]] = {name: set() for name in self.next}
        for name, followers in self.next.items():
            for follower in followers:
                self.before.setdefault(follower, set()).add(name)
        self.joins = {n: s for n, s in spec.task_specs.items() if isinstance(s, _Join) and len(s.needed) > 1}
        self.splits = {
            s.followers[0].name: name
            for name, s in spec.task_specs.items()
            if isinstance(s, RunBoundarySplit) and s.followers
        }
        """The split before an activity that events watch: who is at the activity may also leave by these."""

    def onward(self, name: str, *, stops: Collection[str] = ()) -> frozenset[str]:
        """All that can follow, without what comes behind `stops`; the element itself if the flow leads back."""
        found: set[str] = set()
        pending = [*self.next.get(name, ()), *self._beside(name)]
        while pending:
            each = pending.pop()
            if each not in found:
                found.add(each)
                if each not in stops:
                    pending.extend(self.next.get(each, ()))
        return frozenset(found)

    def back(self, name: str, *, without: str) -> frozenset[str]:
        """All from which the element can be reached without passing another; itself included."""
        found: set[str] = set()
        pending = [name]
        while pending:
            each = pending.pop()
            if each not in found and each != without:
                found.add(each)
                pending.extend(self.before.get(each, ()))
        return frozenset(found)

    def _beside(self, name: str) -> tuple[str, ...]:
        split = self.splits.get(name)
        return () if split is None else self.next[split][1:]


_ways: WeakKeyDictionary[Any, Ways] = WeakKeyDictionary()


def ways_of(spec: Any) -> Ways:
    """Kept with the spec, which never changes."""
    if spec not in _ways:
        _ways[spec] = Ways(spec)
    return _ways[spec]


def guards_of(spec: Any, activity: str) -> tuple[Any, ...]:
    """The specs of the events that watch an activity."""
    split = ways_of(spec).splits.get(activity)
    return () if split is None else tuple(spec.task_specs[split].followers[1:])


def race_of(spec: Any, names: Collection[str]) -> Any | None:
    """The event gateway that leads to one of these."""
    return next(
        (
            s
            for s in spec.task_specs.values()
            if isinstance(s, RunEventGateway) and any(f.name in names for f in s.followers)
        ),
        None,
    )


def problems_of(old: Any, new: Any, tokens: Sequence[Token]) -> list[Message]:
    """Why the tokens of one scope cannot come to a good end in the new version."""
    return [*starved(new, tokens), *_doubled(old, new, tokens)]


def starved(new: Any, tokens: Sequence[Token]) -> Iterable[Message]:
    """Joins that would wait for ever."""
    ways = ways_of(new)
    names = {after for _, after, _ in tokens}
    # who is at an activity may leave it by the events that watch it
    here = names | {ways.splits[name] for name in names if name in ways.splits}
    for name, join in ways.joins.items():
        if not isinstance(join, RunParallel) or not any(t == name or name in ways.onward(t) for t in names):
            continue
        arrived = {source for _, after, source in tokens if after == name}
        for source in join.needed:
            if source not in arrived and not (here - {name}) & ways.back(source, without=name):
                yield _waits_for_ever(_called(join), _called(new.task_specs[source]))


def _doubled(old: Any, new: Any, tokens: Sequence[Token]) -> Iterable[Message]:
    if len(tokens) < 2:
        return
    before, after = ways_of(old), ways_of(new)
    for one_before, one, _ in tokens:
        for other_before, other, _ in tokens:
            if one_before == other_before:
                continue
            if one == other or (
                other in after.onward(one, stops=after.joins)
                and other_before not in before.onward(one_before, stops=before.joins)
            ):
                yield opens_twice(_called(new.task_specs[one]), _called(new.task_specs[other]))


def _called(spec: Any) -> str:
    return str(spec.name) if spec.element is None else spec.element.name or spec.element.id


def _waits_for_ever(join: str, branch: str) -> Message:
    return Message(
        f"新版本的“{join}”还要等“{branch}”这个分支，而案件里没有开始过它，会一直等下去。"
        "请让这些案件在原版本办结，或改画流程。",
        f"In the new version “{join}” also waits for the branch “{branch}”, which has never begun in this case: it "
        "would wait for ever. Let these cases finish on the old version, or redraw the procedure.",
    )


def opens_twice(one: str, other: str) -> Message:
    """Tokens that ran beside each other, and of which the one comes after the other now."""
    return Message(
        f"案件同时停在“{one}”和“{other}”，新版本中它们先后进行，后一环节会办两遍。请让这些案件在原版本办结。",
        f"The case stands at “{one}” and at “{other}” at once; in the new version one follows the other, so that a "
        "step would be done twice. Let these cases finish on the old version.",
    )
