"""Whether tokens that come together in other scopes than before are still each other's neighbours, not successors.

Two tokens part somewhere on the ways down to them: in the scope where their ways still agree. What is asked of that
scope, before and after: does the one lead to the other now, but did not? And where they have been brought together
in a scope in which they were not together before: do they lie on branches that run beside each other there?
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from engine.errors import Message
from engine.kernel.bpmn.events import RunBoundary
from engine.kernel.bpmn.regions import regions_of
from engine.kernel.migrate_flow import opens_twice, ways_of


@dataclass(frozen=True)
class Stand:
    """One step of the way down to a token: the task `number` of the scope `scope`, and its name in that spec.

    `several` is the task that it is an instance of, or 0.
    """

    scope: int
    number: int
    spec: Any
    name: str
    several: int = 0


@dataclass(frozen=True)
class Leaf:
    """A token by its ways from the top, before and after. Of one `race`, only the first goes on.

    `waits`: at a join, which counts what comes to it itself.
    """

    before: tuple[Stand, ...]
    after: tuple[Stand, ...]
    race: int | None
    name: str
    waits: bool = False


def problems_between(leaves: Sequence[Leaf]) -> list[Message]:
    """Each reason once."""
    return list(dict.fromkeys(p for one, other in combinations(leaves, 2) for p in _between(one, other)))


def _between(one: Leaf, other: Leaf) -> Iterator[Message]:
    before, after = _parting(one.before, other.before), _parting(one.after, other.after)
    if before is None or after is None or (before[0].several and before[0].several == before[1].several):
        return
    if before[0].name != before[1].name and (_follows(before, after) or _follows(before[::-1], after[::-1])):
        yield opens_twice(one.name, other.name)
        return
    is_free = one.waits or other.waits or (one.race is not None and one.race == other.race)
    if before[0].scope != after[0].scope and not is_free and not _are_beside(*after):
        yield _together(one.name, other.name)


def _parting(one: Sequence[Stand], other: Sequence[Stand]) -> tuple[Stand, Stand] | None:
    return next(((a, b) for a, b in zip(one, other, strict=False) if a.number != b.number), None)


def _follows(before: tuple[Stand, ...], after: tuple[Stand, ...]) -> bool:
    """Whether the other comes after the one now, and did not before."""
    was, now = ways_of(before[0].spec), ways_of(after[0].spec)
    if after[0].name == after[1].name:
        return True
    leads = after[1].name in now.onward(after[0].name, stops=now.joins)
    return leads and before[1].name not in was.onward(before[0].name, stops=was.joins)


def _are_beside(one: Stand, other: Stand) -> bool:
    """Whether one token that enters the scope leads to both."""
    regions = regions_of(one.spec)
    if regions.is_loose or not regions.unclear.isdisjoint({one.name, other.name}):
        return False
    here, there = regions.sides(one.name), regions.sides(other.name)
    if any(split == same and branch != twig for split, branch in here for same, twig in there):
        return True
    return any(isinstance(one.spec.task_specs[split], RunBoundary) for split, _ in here ^ there)


def _together(one: str, other: str) -> Message:
    return Message(
        f"案件同时停在“{one}”和“{other}”，新版本把它们放进或移出子流程以后，看不出两者是同时进行的分支。"
        "请让这些案件在原版本办结。",
        f"The case stands at “{one}” and at “{other}” at once; with the subprocess drawn differently they are no "
        "longer branches that run beside each other. Let these cases finish on the old version.",
    )
