"""The scopes of an instance's snapshot, and where a newer version has what stands in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias
from weakref import WeakKeyDictionary

from engine.kernel.bpmn.activities import RunCall, RunSubprocess, RunTransaction, _Nested
from engine.kernel.specs import Procedure

NUMBER, NAME, STATE, PARENT, DATA, INTERNAL, STAMPS = range(7)
CHILD: Final = " [child]"
Row: TypeAlias = list[Any]
Location: TypeAlias = tuple[tuple[str, ...], str]
"""The subprocesses around an element, outer ones first, and the workflow spec that it is in, by their names."""


@dataclass
class Box:
    """A scope. `was` and `new` are its workflow specs, None where there is none; `chain` leads to it from its root.

    `name` is that of `new`, `root` that of the process around it. `is_gone`: the new version has no
    such subprocess.
    """

    row: list[Any]
    parent: Box | None
    was: Any | None
    new: Any | None = None
    root: str | None = None
    name: str = ""
    chain: tuple[str, ...] = ()
    is_gone: bool = False

    @property
    def host(self) -> int:
        return int(self.row[1])

    @property
    def rows(self) -> list[Row]:
        rows: list[Row] = self.row[6]
        return rows

    def around(self) -> Iterator[Box]:
        box: Box | None = self
        while box is not None:
            yield box
            box = box.parent


class Boxes:
    """The scopes of an instance, where each task is, and where the new version has its element."""

    def __init__(self, body: list[Any], old: Procedure, new: Procedure, mapping: Mapping[str, str]) -> None:
        self.body, self.new, self._mapping = body, new, mapping
        self.boxes: dict[int, Box] = {}
        self.home: dict[int, Box] = {}
        self.located: dict[int, Location] = {}
        for row in body[4]:
            if row[1]:
                parent = self.home[row[1]]
                box = Box(row, parent, old.specs[row[0]])
                self._nest(box, parent)
            else:
                box = Box(row, None, old.specs[old.main], new.specs[new.main], new.main, new.main)
            self.boxes[box.host] = box
            for task in box.rows:
                self.home[task[NUMBER]] = box
            for task in tokens_of(box.rows):
                self._locate(task, box)

    def moving(self) -> list[int]:
        """Tokens whose element the new version has in another scope."""
        return [n for n, (_, spec) in self.located.items() if self.new.specs[spec] is not self.home[n].new]

    def row(self, number: int) -> Row:
        return next(row for row in self.home[number].rows if row[NUMBER] == number)

    def name_after(self, before: Any) -> str:
        """The name that a spec has in the new version if it is there, without that of its instances."""
        name = before.name.removesuffix(CHILD)
        return self._mapping.get(name, name)

    def _nest(self, box: Box, parent: Box) -> None:
        row = self.row(box.host)
        before: Any = parent.was.task_specs[row[NAME]]  # type: ignore[union-attr]
        outer = next((r for r in parent.rows if len(row) > PARENT and r[NUMBER] == row[PARENT]), row)
        located = self.located.get(outer[NUMBER])
        if located is not None:
            name = self.name_after(before) + (CHILD if before.name.endswith(CHILD) else "")
            after = self.new.specs[located[1]].task_specs.get(name)
            if type(after) is type(before) and isinstance(after, _Nested):
                box.new, box.name = self.new.specs[after.spec], after.spec
                is_own = isinstance(after, RunCall)
                box.root, box.chain = (after.spec, ()) if is_own else (parent.root, (*located[0], name))
                return
        if not isinstance(before, RunCall):
            box.root = parent.root
            box.is_gone = located is None and outer is row and before.element.id not in self._mapping

    def _locate(self, task: Row, box: Box) -> None:
        before = box.was.task_specs[task[NAME]]  # type: ignore[union-attr]
        if before.element is None or box.root is None:
            return
        name = self.name_after(before)
        if box.new is not None and name in box.new.task_specs:
            self.located[task[NUMBER]] = (box.chain, box.name)
        elif name in (index := index_of(box.root, self.new)):
            self.located[task[NUMBER]] = index[name]


def tokens_of(rows: Sequence[Row]) -> Iterator[Row]:
    """Those that are no instances of another and watch nothing."""
    for row in rows:
        is_instance = len(row) > PARENT and row[PARENT]
        if not is_instance and not (len(row) > INTERNAL and "on" in row[INTERNAL]):
            yield row


_indices: WeakKeyDictionary[Any, Mapping[str, Location]] = WeakKeyDictionary()


def index_of(root: str, procedure: Procedure) -> Mapping[str, Location]:
    """Where each element of a process is, its subprocesses included. Kept with the spec, which never changes."""
    spec = procedure.specs[root]
    if spec not in _indices:
        _indices[spec] = dict(_entries(root, procedure, ()))
    return _indices[spec]


def _entries(spec_name: str, procedure: Procedure, chain: tuple[str, ...]) -> Iterator[tuple[str, Location]]:
    for name, task_spec in procedure.specs[spec_name].task_specs.items():
        if task_spec.element is not None and not name.endswith(CHILD):
            yield name, (chain, spec_name)
        if isinstance(task_spec, RunSubprocess | RunTransaction):
            yield from _entries(task_spec.spec, procedure, (*chain, name))


def name_of(spec: Any) -> str:
    """What people call it."""
    return str(spec.name) if spec.element is None else spec.element.name or spec.element.id
