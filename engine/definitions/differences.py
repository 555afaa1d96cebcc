"""What differs between two readings of a file: its items, and what changed of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum


class Change(StrEnum):
    """`MOVED`: it stands elsewhere (on the drawing, among its neighbours), and says the same."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"


@dataclass(frozen=True)
class Aspect:
    """One property that changed. `name` is a code: `name`, `lane`, `property:form`, `cell:金额` …; "" is none."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Item:
    """Something that a person can point at. `kind` is its BPMN tag, component type, `column`, `rule`, `decision`.

    `item_id` is the element's id in the file; `moved` also holds for what changed and moved at once.
    """

    change: Change
    kind: str
    item_id: str
    name: str
    aspects: tuple[Aspect, ...] = ()
    moved: bool = False


@dataclass(frozen=True)
class Thing:
    """One item of one side: its facts by aspect code, where it is drawn, and among whom it has its order."""

    kind: str
    name: str
    facts: Mapping[str, str]
    place: object = None
    group: str | None = None


def compare_things(old: Mapping[str, Thing], new: Mapping[str, Thing]) -> tuple[Item, ...]:
    """By id: what changed or came in the new order, what went, and last what only moved."""
    found: list[Item] = []
    moved: list[Item] = []
    reordered = _reordered(old, new)
    for item_id, thing in new.items():
        before = old.get(item_id)
        if before is None or before.kind != thing.kind:
            found.append(_item(Change.ADDED, item_id, thing, aspects_between({}, thing.facts)))
            continue
        aspects = aspects_between(before.facts, thing.facts)
        has_moved = before.place != thing.place or item_id in reordered
        if aspects:
            found.append(_item(Change.CHANGED, item_id, thing, aspects, moved=has_moved))
        elif has_moved:
            moved.append(_item(Change.MOVED, item_id, thing, (), moved=True))
    for item_id, thing in old.items():
        after = new.get(item_id)
        if after is None or after.kind != thing.kind:
            found.append(_item(Change.REMOVED, item_id, thing, aspects_between(thing.facts, {})))
    return (*found, *moved)


def aspects_between(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Aspect, ...]:
    """In the order of the older side, what is new after it."""
    names = dict.fromkeys((*before, *after))
    return tuple(
        Aspect(name, before.get(name, ""), after.get(name, ""))
        for name in names
        if before.get(name, "") != after.get(name, "")
    )


def moved_among(old: Sequence[str], new: Sequence[str]) -> frozenset[str]:
    """Those of both lists that stand in another order: as few as explain it."""
    known_old, known_new = set(old), set(new)
    one = [each for each in old if each in known_new]
    two = [each for each in new if each in known_old]
    kept = {
        name
        for block in SequenceMatcher(None, one, two, autojunk=False).get_matching_blocks()
        for name in one[block.a : block.a + block.size]
    }
    return frozenset(name for name in two if name not in kept)


def _reordered(old: Mapping[str, Thing], new: Mapping[str, Thing]) -> frozenset[str]:
    """Those that stand in another group, or in another order within theirs."""
    found = {item_id for item_id, thing in new.items() if item_id in old and old[item_id].group != thing.group}
    for group in {thing.group for thing in new.values()} - {None}:
        one, two = ([item_id for item_id, thing in side.items() if thing.group == group] for side in (old, new))
        found |= moved_among(one, two)
    return frozenset(found)


def _item(change: Change, item_id: str, thing: Thing, aspects: tuple[Aspect, ...], *, moved: bool = False) -> Item:
    return Item(change, thing.kind, item_id, thing.name, aspects, moved)
