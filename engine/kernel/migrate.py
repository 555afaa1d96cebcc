"""An instance's state under another version of its procedure: where each token stands, and what follows from that.

Only the snapshot is rewritten here: names of specs. Ids of tasks and timers stay, so that whatever hangs on them
outside (drafts, opinions, deadlines, the ledger) stays too. `engine.kernel.settle` then begins the events that only
the new version has. An instance that does not fit keeps its snapshot, and `problems` say why.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from engine.errors import Message
from engine.kernel.bpmn.activities import GIVEN, _ForPeople, _Nested
from engine.kernel.bpmn.definitions import RunMessage, RunTimer
from engine.kernel.bpmn.events import Catching, RunBoundary
from engine.kernel.bpmn.gateways import _Join
from engine.kernel.bpmn.lean import ElementInfo
from engine.kernel.migrate_flow import Ways, guards_of, problems_of, race_of
from engine.kernel.migrate_values import Begin, Carried, Move, Place, Watch
from engine.kernel.snapshot import body_of, bytes_of
from engine.kernel.specs import Procedure

_NUMBER, _NAME, _STATE, _INTERNAL = 0, 1, 2, 5
_CHILD: Final = " [child]"
_OF_RULE: Final = re.compile(r'deadline\(\s*"([^"]+)"')
"""The rule of a timer that stands for a deadline."""


def move(
    snapshot: bytes,
    old: Procedure,
    new: Procedure,
    mapping: Mapping[str, str] | None = None,
    *,
    rearm: bool = False,
) -> Move:
    """The instance of a snapshot under another version. `mapping` names elements by those that they replace.

    `rearm`: a timer beside an activity whose expression has changed is armed anew. Raises InvalidState for a
    snapshot that cannot be read, or that is not of `old`.
    """
    return _Moving(snapshot, old, new, mapping or {}, rearm=rearm).moved()


@dataclass
class _Scope:
    """A scope of the instance: its rows of the snapshot, and the specs before and after; `new` None: gone."""

    row: list[Any]
    host: int
    old: Any
    new: Any | None
    names: dict[str, str] = field(default_factory=dict)
    """New names by old ones, of the specs where something is."""


class _Moving:
    def __init__(
        self, snapshot: bytes, old: Procedure, new: Procedure, mapping: Mapping[str, str], *, rearm: bool
    ) -> None:
        self._body = body_of(snapshot)
        self._old, self._new, self._mapping, self._rearm = old, new, mapping, rearm
        self._hosts: dict[int, tuple[Any, Any | None]] = {}
        self._places: list[Place] = []
        self._watches: list[Watch] = []
        self._begins: list[Begin] = []
        self._carried: list[Carried] = []
        self._problems: list[Message] = []
        self._unawaited: list[str] = []

    def moved(self) -> Move:
        for row in self._body[4]:
            self._move_scope(self._scope_of(row))
        whole = not self._problems and all(place.target is not None for place in self._places)
        return Move(
            snapshot=bytes_of(self._body) if whole else b"",
            places=tuple(self._places),
            watches=tuple(self._watches),
            begins=tuple(self._begins),
            carried=tuple(self._carried),
            problems=tuple(self._problems),
            unawaited=tuple(self._unawaited),
        )

    def _scope_of(self, row: list[Any]) -> _Scope:
        name, host = row[0], row[1]
        if not host:
            return _Scope(row, 0, self._old.specs[self._old.main], self._new.specs[self._new.main])
        _, after = self._hosts[host]
        new_name = getattr(after, "spec", "")
        return _Scope(row, host, self._old.specs[name], self._new.specs.get(new_name))

    def _move_scope(self, scope: _Scope) -> None:
        if scope.new is not None and scope.host:
            scope.row[0] = getattr(self._hosts[scope.host][1], "spec", "")
        rows = scope.row[6]
        guards = [r for r in rows if len(r) > _INTERNAL and "on" in r[_INTERNAL]]
        for row in rows:
            if row not in guards:
                self._move_task(scope, row)
        if scope.new is None:
            return
        for row in [r for r in rows if r not in guards]:
            self._match_guards(scope, row, [g for g in guards if g[_INTERNAL]["on"] == row[_NUMBER]])
        self._join_races(scope)
        self._problems += problems_of(scope.old, scope.new, self._standing(scope))

    def _standing(self, scope: _Scope) -> list[tuple[str, str, str | None]]:
        """Names before and after of what holds tokens, and where a token at a join came from."""
        found = []
        for row in scope.row[6]:
            internal = row[_INTERNAL] if len(row) > _INTERNAL else {}
            name = row[_NAME]
            before = next((o for o, n in scope.names.items() if n == name), None)
            if "on" not in internal and before is not None and not name.endswith(_CHILD):
                found.append((before, name, internal.get("from")))
        return found

    def _move_task(self, scope: _Scope, row: list[Any]) -> None:
        before = scope.old.task_specs[row[_NAME]]
        after = None if scope.new is None else self._counterpart(scope.new, before)
        self._hosts[row[_NUMBER]] = (before, after)
        place = self._place(row, before, after)
        if place is not None:
            self._places.append(place)
        if after is None or (place is not None and place.target is None):
            self._hosts[row[_NUMBER]] = (before, None)
            return
        after_name: str = after.name
        scope.names[row[_NAME]] = after_name
        row[_NAME] = after_name
        if isinstance(after, _Join) and len(row) > _INTERNAL and "from" in row[_INTERNAL]:
            self._reroute(scope, row, after)
        self._carry(row, before, after)

    def _counterpart(self, new: Any, before: Any) -> Any | None:
        """The spec that takes the place: by the element's id or its mapping; by its class where it has none."""
        if before.element is None:
            same = new.task_specs.get(before.name)
            alike = [s for s in new.task_specs.values() if type(s) is type(before) and s.element is None]
            return same or (alike[0] if len(alike) == 1 else None)
        name = self._mapping.get(before.element.id, before.element.id)
        return new.task_specs.get(name + (_CHILD if before.name.endswith(_CHILD) else ""))

    def _place(self, row: list[Any], before: Any, after: Any | None) -> Place | None:
        """Nothing to say of the inner side of a loop, nor of what has no element and is found again."""
        task_id = self._id(row[_NUMBER])
        element = before.element
        if element is None:
            if after is not None:
                return None
            return Place(task_id, before.name, before.name, "", "", None, problem=_gone(before.name), is_gone=True)
        here = (task_id, element.id, element.name or element.id, element.kind, element.process_id)
        if after is None or after.element is None:
            missing = self._mapping.get(element.id)
            problem = _gone(element.name or element.id) if missing is None else _no_target(missing)
            return Place(*here, None, problem=problem, is_gone=True)
        if not _is_alike(before, after):
            name = after.element.name or after.element.id
            return Place(*here, None, problem=_other_kind(element.name or element.id, name), is_gone=True)
        if before.name.endswith(_CHILD) and not isinstance(before, _ForPeople | _Nested | Catching):
            return None
        return Place(*here, after.element.id, after.element.name or after.element.id)

    def _reroute(self, scope: _Scope, row: list[Any], join: Any) -> None:
        """A token at a join came from an element that may no longer lead to it: then from what does now."""
        internal = row[_INTERNAL]
        source = internal["from"]
        before = scope.old.task_specs.get(source)
        after = self._counterpart(scope.new, before) if before is not None else None
        if after is not None and after.name in join.needed:
            internal["from"] = after.name
            return
        ways = Ways(scope.new)
        onward = ways.onward(after.name, stops=(join.name,)) if after is not None else frozenset()
        led = [name for name in join.needed if name in onward]
        if len(led) == 1:
            internal["from"] = led[0]
        else:
            self._problems.append(_lost_branch(join.element.name or join.element.id, source))

    def _match_guards(self, scope: _Scope, row: list[Any], live: list[list[Any]]) -> None:
        """Events on an activity: those that both versions have go on, others end, and new ones begin."""
        before, after = self._hosts[row[_NUMBER]]
        if after is None:
            return
        pairs = self._pairs(guards_of(scope.old, before.name), guards_of(scope.new, after.name))
        rows = scope.row[6]
        on = self._id(row[_NUMBER])
        over: dict[str, str | None] = {}
        for guard in live:
            spec = scope.old.task_specs[guard[_NAME]]
            twin = pairs.get(spec.name)
            target = None if twin is None else twin.element.id
            timer_id = self._timer_id(guard)
            element = spec.element
            self._watches.append(
                Watch(self._id(guard[_NUMBER]), timer_id, element.id, element.name or element.id, on, target)
            )
            if twin is None:
                rows.remove(guard)
                over[self._mapping.get(spec.name, spec.name)] = timer_id
                if isinstance(spec.event_definition, RunMessage):
                    self._unawaited.append(self._id(guard[_NUMBER]))
                continue
            guard[_NAME] = twin.name
            self._carry(guard, spec, twin)
        known = {twin.name for twin in pairs.values()}
        for spec in guards_of(scope.new, after.name):
            if spec.name not in known:
                number, replaced = row[_NUMBER], over.get(spec.name)
                self._begins.append(Begin(scope.host, spec.name, "on", number, number, spec.element.id, replaced))

    def _pairs(self, old: Iterable[Any], new: Iterable[Any]) -> dict[str, Any]:
        """New events by the names of the old ones: of the same id, else the same expression, else the same rule."""
        free = {spec.name: spec for spec in new}
        found: dict[str, Any] = {}
        rest = []
        for spec in old:
            twin = free.get(self._mapping.get(spec.name, spec.name))
            if twin is not None and _is_alike(spec, twin) and not (self._rearm and _reads(spec) != _reads(twin)):
                found[spec.name] = free.pop(twin.name)
            else:
                rest.append(spec)
        for spec in rest:
            twin = next((t for t in free.values() if _is_alike(spec, t) and _reads(spec) == _reads(t)), None)
            if twin is not None and _reads(spec) is not None:
                found[spec.name] = free.pop(twin.name)
        for spec in () if self._rearm else [s for s in rest if s.name not in found]:
            twin = next((t for t in free.values() if _is_alike(spec, t) and _rule(spec) == _rule(t)), None)
            if twin is not None and _rule(spec) is not None:
                found[spec.name] = free.pop(twin.name)
        return found

    def _join_races(self, scope: _Scope) -> None:
        """What only the new version lets wait for the first of several events."""
        racing: dict[int, list[list[Any]]] = {}
        for row in scope.row[6]:
            if len(row) > _INTERNAL and "race" in row[_INTERNAL]:
                racing.setdefault(row[_INTERNAL]["race"], []).append(row)
        for number, rows in racing.items():
            gateway = race_of(scope.new, {row[_NAME] for row in rows})
            if gateway is None:
                continue
            before = race_of(
                scope.old, {old for old, new in scope.names.items() if new in {r[_NAME] for r in rows}}
            )
            had = set() if before is None else {self._mapping.get(s.name, s.name) for s in before.followers}
            for spec in gateway.followers:
                if spec.name not in had:
                    data_of = rows[0][_NUMBER]
                    self._begins.append(Begin(scope.host, spec.name, "race", number, data_of, spec.element.id))

    def _carry(self, row: list[Any], before: Any, after: Any) -> None:
        """Whatever is shown or stored of the element outside follows it."""
        element: ElementInfo | None = after.element
        if element is None:
            return
        definition = getattr(after, "event_definition", None)
        if isinstance(after, _ForPeople):
            is_given = _given(before.element) != _given(element)
            self._carried.append(Carried(self._id(row[_NUMBER]), element, is_given=is_given))
        elif isinstance(definition, RunTimer):
            interrupting = bool(getattr(after, "cancel_activity", False))
            timer_id = self._timer_id(row)
            self._carried.append(
                Carried(self._id(row[_NUMBER]), element, timer_id=timer_id, interrupting=interrupting)
            )
        elif isinstance(definition, RunMessage):
            self._carried.append(Carried(self._id(row[_NUMBER]), element, message=definition.name))

    def _id(self, number: int) -> str:
        return f"{self._body[0]}{number:08x}"

    def _timer_id(self, row: list[Any]) -> str | None:
        state = row[_INTERNAL].get("timer") if len(row) > _INTERNAL else None
        return None if state is None else f"{self._id(row[_NUMBER])}:{state['n']}"


def _is_alike(before: Any, after: Any) -> bool:
    """Whether what the one waits for, the other can go on waiting for."""
    if isinstance(before, _ForPeople) and isinstance(after, _ForPeople):
        return True
    if type(before) is not type(after):
        return False
    definitions = (getattr(before, "event_definition", None), getattr(after, "event_definition", None))
    return not isinstance(before, Catching) or type(definitions[0]) is type(definitions[1])


def _reads(spec: RunBoundary | Any) -> str | None:
    """What an event beside an activity waits for, as text; None where there is nothing to compare."""
    definition = spec.event_definition
    if isinstance(definition, RunTimer):
        return " ".join(definition.expression.split())
    return getattr(definition, "name", None)


def _rule(spec: Any) -> str | None:
    found = _OF_RULE.match(_reads(spec) or "")
    return None if found is None else found.group(1)


def _given(element: ElementInfo) -> tuple[str | None, ...]:
    return (element.role, element.unit, *(element.properties.get(key) for key in GIVEN))


def _gone(name: str) -> Message:
    return Message(
        f"案件停在“{name}”，新版本没有这个环节。请指定由哪个环节接替。",
        f"The case stands at “{name}”, which the new version does not have. Choose the step that takes its place.",
    )


def _no_target(element: str) -> Message:
    return Message(
        f"指定接替的环节“{element}”不在新版本的同一层流程中。请另选环节。",
        f"The step “{element}” that was to take its place is not in the same scope of the new version. "
        "Choose another.",
    )


def _other_kind(name: str, other: str) -> Message:
    return Message(
        f"“{name}”在新版本中是另一类环节（“{other}”），不能直接接续。请另指定接替的环节。",
        f"“{name}” is another kind of element in the new version (“{other}”) and cannot go on there. "
        "Choose another step.",
    )


def _lost_branch(join: str, source: str) -> Message:
    return Message(
        f"案件的一个分支已到达“{join}”，新版本中这个分支（{source}）不再通向该处。请让这些案件在原版本办结。",
        f"A branch of the case has reached “{join}”, but in the new version this branch ({source}) no longer leads "
        "there. Let these cases finish on the old version.",
    )
