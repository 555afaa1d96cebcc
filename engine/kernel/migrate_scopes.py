"""Where the tokens of an instance belong once a version draws other subprocesses around them.

A step that the new version wraps into a subprocess takes its token into a scope that is made for it; one that it
unwraps takes its token out of a scope that is then given up. Ids of tasks stay. Only embedded subprocesses are
followed: within one diagram an element's id is its own, so that there is no doubt where it went. Rows are those of
the snapshot; while they change places they hold whole variables instead of differences.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any, Final

from engine.errors import Message
from engine.kernel.bpmn.activities import RunCall
from engine.kernel.bpmn.gateways import RunEndJoin
from engine.kernel.bpmn.merge import combined
from engine.kernel.bpmn.states import STARTED
from engine.kernel.migrate_beside import Leaf, Stand, problems_between
from engine.kernel.migrate_boxes import (
    CHILD,
    DATA,
    INTERNAL,
    NAME,
    NUMBER,
    PARENT,
    STAMPS,
    Box,
    Boxes,
    Row,
    name_of,
    tokens_of,
)
from engine.kernel.snapshot import applied, delta_of
from engine.kernel.specs import Procedure

_EMPTY: Final[list[Any]] = [0, "", 0, 0, [{}, []], {}, {}]


@dataclass
class Family:
    """Activities between which the events that watch them may go over: a token that moved, scopes made or given up.

    By number; `former` are those of the old version, as workflow spec, name and number.
    """

    members: set[int]
    former: list[tuple[Any, str, int]]


@dataclass
class Regrouped:
    """`made` are tasks of new scopes by number, `origins` the workflow specs that rows which changed places are of.

    `paths` are the names of the subprocesses around a token that moved, before and after. `left` are the tasks of
    scopes that were given up, with what came out of each.
    """

    made: dict[int, Any] = field(default_factory=dict)
    origins: dict[int, Any] = field(default_factory=dict)
    paths: dict[int, tuple[tuple[str, ...], tuple[str, ...]]] = field(default_factory=dict)
    left: dict[int, tuple[int, ...]] = field(default_factory=dict)
    families: list[Family] = field(default_factory=list)
    problems: list[Message] = field(default_factory=list)


def regroup(body: list[Any], old: Procedure, new: Procedure, mapping: Mapping[str, str]) -> Regrouped | None:
    """Puts the rows of a snapshot into the scopes of the new version; None where all are in theirs already.

    Names stay those of the old version, but for what is made. `close_rows` must follow.
    """
    found = Boxes(body, old, new, mapping)
    return _Regrouping(found).done() if found.moving() else None


def close_rows(body: list[Any]) -> None:
    """Variables as differences again."""
    whole = {row[NUMBER]: row[DATA] for scope in body[4] for row in scope[6]}
    for scope in body[4]:
        for row in scope[6]:
            row[DATA] = delta_of(row[DATA], scope[3])
            while not row[-1] or row[-1] == [{}, []]:
                row.pop()
        scope[3] = delta_of(scope[3], whole[scope[1]] if scope[1] else {})


class _Regrouping:
    def __init__(self, found: Boxes) -> None:
        self._all, self._boxes, self._home = found, found.boxes, found.home
        self._moving = found.moving()
        self._done = Regrouped()
        self._open()
        # how it was, before anything moves
        self._first = dict(self._home)
        self._specs = {r[NUMBER]: b.was.task_specs[r[NAME]] for b in self._boxes.values() for r in b.rows}  # type: ignore[union-attr]
        self._ways = {number: self._way(number, is_after=False) for number in self._home}
        self._leaves = [
            row for box in self._boxes.values() for row in tokens_of(box.rows) if self._is_leaf(box, row)
        ]

    def done(self) -> Regrouped:
        length = {number: len(self._all.located[number][0]) for number in self._moving}
        nested = {n for n in self._moving if any(r[NUMBER] in self._boxes for r in self._group(n))}
        # scopes first, outer ones before inner ones: a token may go into one that moves itself
        for number in sorted(self._moving, key=lambda n: (n not in nested, length[n] if n in nested else 0)):
            self._settle(number)
        self._give_up()
        for number in self._moving:
            self._tell(number)
        for host in self._done.made:
            self._fill(self._boxes[host])
        depth = {host: len(list(box.around())) for host, box in self._boxes.items()}
        self._all.body[4][:] = [self._boxes[host].row for host in sorted(depth, key=lambda h: depth[h])]
        self._done.problems += problems_between([self._leaf(row) for row in self._leaves])
        return self._done

    def _open(self) -> None:
        """Whole rows with whole variables."""
        for box in self._boxes.values():
            box.row[3] = applied(box.row[3], self._all.row(box.host)[DATA] if box.parent is not None else {})
            for row in box.rows:
                row.extend(_EMPTY[len(row) :])
                row[DATA], row[INTERNAL], row[STAMPS] = (
                    applied(row[DATA], box.row[3]),
                    {**row[INTERNAL]},
                    {**row[STAMPS]},
                )

    def _is_leaf(self, box: Box, row: Row) -> bool:
        """A token with nothing in it, whose element the new version has."""
        del box
        return row[NUMBER] in self._all.located and not any(
            r[NUMBER] in self._boxes for r in self._group(row[NUMBER])
        )

    def _group(self, number: int) -> list[Row]:
        """A token's row with those of its instances."""
        rows = self._home[number].rows
        return [row for row in rows if row[NUMBER] == number or row[PARENT] == number]

    def _way(self, number: int, *, is_after: bool) -> tuple[Stand, ...]:
        stands = []
        for box in self._home[number].around():
            spec = self._done.made.get(number) or self._specs[number]
            name = self._all.name_after(spec) if is_after else spec.name.removesuffix(CHILD)
            several = self._all.row(number)[PARENT]
            stands.append(Stand(box.host, number, box.new if is_after else box.was, name, several))
            number = box.host
        return tuple(reversed(stands))

    def _leaf(self, row: Row) -> Leaf:
        number = row[NUMBER]
        after = self._way(number, is_after=True)
        internal, name = row[INTERNAL], name_of(self._specs[number])
        return Leaf(self._ways[number], after, internal.get("race"), name, waits="from" in internal)

    def _settle(self, number: int) -> None:
        """Moves a token, with all that hangs on it, to the scope in which the new version has it."""
        home, group = self._home[number], self._group(number)
        target = self._target(number, home)
        if target is None:
            return
        numbers = {row[NUMBER] for row in group}
        for row in list(home.rows):
            if row[NUMBER] in numbers or row[INTERNAL].get("on") == number:
                home.rows.remove(row)
                self._put(row, target)
        for each in numbers & self._boxes.keys():
            self._boxes[each].parent = target

    def _put(self, row: Row, box: Box) -> None:
        self._done.origins.setdefault(row[NUMBER], self._first[row[NUMBER]].was)
        self._home[row[NUMBER]] = box
        box.rows.append(row)

    def _target(self, number: int, home: Box) -> Box | None:
        """The scope that a token goes to, made where there is none; None, with a problem, where that is unclear."""
        chain = self._all.located[number][0]
        around = [box for box in home.around() if box.new is not None and box.root == home.root]
        target = next(box for box in around if box.chain == chain[: len(box.chain)])
        left = takewhile(lambda box: box is not target, home.around())
        entered = chain[len(target.chain) :]
        if any(host.endswith(CHILD) for host in entered) or any(self._is_instance(box) for box in left):
            self._done.problems.append(_several(name_of(self._specs[number])))
            return None
        for host in entered:
            inside = [box for box in self._boxes.values() if box.parent is target and box.chain[-1:] == (host,)]
            if len(inside) > 1:
                self._done.problems.append(_which(name_of(self._specs[number]), name_of(_host(target, host))))
                return None
            target = inside[0] if inside else self._make(_host(target, host), target)
        return target

    def _is_instance(self, box: Box) -> bool:
        return box.host in self._specs and self._specs[box.host].name.endswith(CHILD)

    def _make(self, host: Any, parent: Box) -> Box:
        body = self._all.body
        number, root = body[1] + 1, body[1] + 2
        body[1] = root
        spec = self._all.new.specs[host.spec]
        own = {"data_objects": dict.fromkeys(spec.data_objects)} if spec.data_objects else {}
        row = [host.spec, number, root, {}, {}, own, []]
        box = Box(row, parent, None, spec, parent.root, host.spec, (*parent.chain, host.name))
        parent.rows.append([number, host.name, STARTED, 0, {}, {}, {}])
        self._boxes[number], self._home[number] = box, parent
        self._done.made[number] = host
        return box

    def _give_up(self) -> None:
        """Scopes that are gone, or that all tokens have left; inner ones first."""
        for host, box in reversed(list(self._boxes.items())):
            if box.was is None or box.parent is None:
                continue
            was_left = any(self._home.get(n) is not box for n, first in self._first.items() if first is box)
            rest = [r for r in tokens_of(box.rows) if not isinstance(self._specs.get(r[NUMBER]), RunEndJoin)]
            if was_left and (box.is_gone or not rest):
                self._dissolve(host, box, box.parent)

    def _dissolve(self, host: int, box: Box, parent: Box) -> None:
        """What is left in it goes to the scope around it: branches that have ended, and what has no place."""
        for row in box.rows:
            ended = next((r for r in parent.rows if self._is_end(r) and self._is_end(row)), None)
            if ended is None:
                self._put(row, parent)
            else:
                ended[DATA], ended[STAMPS] = combined(ended[DATA], ended[STAMPS], row[DATA], row[STAMPS])
        if parent.row[4] or box.row[4]:
            parent.row[3], parent.row[4] = combined(parent.row[3], parent.row[4], box.row[3], box.row[4])
        else:
            parent.row[3] = box.row[3]
        parent.rows.remove(self._all.row(host))
        del self._boxes[host], self._home[host]
        for inner in self._boxes.values():
            if inner.parent is box:
                inner.parent = parent
        self._done.left[host] = ()

    def _is_end(self, row: Row) -> bool:
        return isinstance(self._specs.get(row[NUMBER]), RunEndJoin)

    def _tell(self, number: int) -> None:
        """The path of a token that moved, what it came out of, and the family that it is of now."""
        after = self._home[number]
        if after is self._first[number]:
            return
        way = self._ways[number][:-1]
        entered = [box.host for box in after.around() if box.host in self._done.made]
        given_up = [stand.number for stand in way if stand.number in self._done.left]
        for host in given_up:
            self._done.left[host] = (*self._done.left[host], number)
        was_in: list[str] = []
        for stand in way:
            spec = self._specs[stand.number]
            was_in = [] if isinstance(spec, RunCall) else [*was_in, name_of(spec)]
        self._done.paths[number] = (tuple(was_in), tuple(self._named(after)))
        family = Family({number, *entered, *given_up}, [])
        for each in (number, *given_up):
            family.former.append((self._first[each].was, self._specs[each].name, each))
        for other in [f for f in self._done.families if f.members & family.members]:
            self._done.families.remove(other)
            family.members |= other.members
            family.former += [each for each in other.former if each not in family.former]
        self._done.families.append(family)

    def _named(self, box: Box) -> list[str]:
        """The names of the subprocesses around what is in a scope."""
        around = [each for each in box.around() if each.chain and each.root == box.root]
        return [name_of(_host(each.parent, each.chain[-1])) for each in reversed(around)]

    def _fill(self, box: Box) -> None:
        """The variables of a scope that was made are those of the tokens in it."""
        (data, stamps), *others = self._contents(box)
        for more, more_stamps in others:
            data, stamps = combined(data, stamps, more, more_stamps)
        row = self._all.row(box.host)
        box.row[3], box.row[4] = row[DATA], row[STAMPS] = data, stamps

    def _contents(self, box: Box) -> Sequence[tuple[dict[str, Any], dict[str, int]]]:
        found: list[tuple[dict[str, Any], dict[str, int]]] = []
        for row in tokens_of(box.rows):
            nested = self._boxes.get(row[NUMBER])
            if nested is None:
                found.append((row[DATA], row[STAMPS]))
            elif nested.was is None:
                found += self._contents(nested)
            else:
                found.append((nested.row[3], nested.row[4]))
        return found


def _host(box: Any, name: str) -> Any:
    return box.new.task_specs[name]


def _several(name: str) -> Message:
    return Message(
        f"“{name}”在多实例或循环的子流程里，新版本把它移进或移出了子流程，无法确定是其中哪一份。"
        "请让这些案件在原版本办结。",
        f"“{name}” goes into or out of a subprocess that runs several times, and nobody can say "
        "which of them it is. Let these cases finish on the old version.",
    )


def _which(name: str, subprocess: str) -> Message:
    return Message(
        f"新版本中“{name}”在子流程“{subprocess}”里，而案件里这个子流程同时进行着几份，无法确定是哪一份。"
        "请让这些案件在原版本办结。",
        f"In the new version “{name}” is in the subprocess “{subprocess}”, which runs more than once in this case; "
        "nobody can say which of them it is. Let these cases finish on the old version.",
    )
