"""An instance's state under another version of its procedure: where each token stands, and what follows from that.

Only the snapshot is rewritten here: names of specs, and which scope a token is in. Ids of tasks and timers stay, so
that whatever hangs on them outside (drafts, opinions, deadlines, the ledger) stays too. `engine.kernel.settle` then
begins the events that only the new version has. Where an instance does not fit, `problems` say why.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from engine.errors import Message
from engine.kernel.bpmn.activities import GIVEN, RunSubprocess, RunTransaction, _ForPeople, _Nested
from engine.kernel.bpmn.definitions import RunMessage, RunTimer
from engine.kernel.bpmn.events import Catching
from engine.kernel.bpmn.gateways import _Join
from engine.kernel.bpmn.lean import ElementInfo
from engine.kernel.migrate_alike import is_alike, known_by, reads
from engine.kernel.migrate_boxes import index_of
from engine.kernel.migrate_flow import Ways, guards_of, problems_of, race_of, starved
from engine.kernel.migrate_scopes import Family, Regrouped, close_rows, regroup
from engine.kernel.migrate_values import Begin, Carried, Move, Place, Watch
from engine.kernel.migrate_words import gone, lost_branch, no_target, other_kind
from engine.kernel.snapshot import body_of, bytes_of
from engine.kernel.specs import Procedure

_NUMBER, _NAME, _STATE, _INTERNAL = 0, 1, 2, 5
_CHILD: Final = " [child]"
_PATH: Final = " › "


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
    """A scope of the instance: its rows of the snapshot, and the specs before and after.

    `old` None: made for tokens that were elsewhere; `new` None: gone.
    """

    row: list[Any]
    host: int
    old: Any
    new: Any | None


class _Moving:
    def __init__(
        self, snapshot: bytes, old: Procedure, new: Procedure, mapping: Mapping[str, str], *, rearm: bool
    ) -> None:
        self._body = body_of(snapshot)
        self._old, self._new, self._mapping, self._rearm = old, new, mapping, rearm
        self._hosts: dict[int, tuple[Any, Any | None]] = {}
        regrouped = regroup(self._body, old, new, mapping)
        self._has_regrouped = regrouped is not None
        self._regrouped = regrouped or Regrouped()
        self._places: list[Place] = []
        self._watches: list[Watch] = []
        self._begins: list[Begin] = []
        self._carried: list[Carried] = []
        self._problems: list[Message] = []
        self._unawaited: list[str] = []
        self._passed_on: list[tuple[str, str, str]] = []

    def moved(self) -> Move:
        scopes = []
        for row in self._body[4]:
            scope = self._scope_of(row)
            self._move_tokens(scope)
            scopes.append(scope)
        for family in self._regrouped.families:
            self._match_family(family, scopes)
        for scope in scopes:
            if scope.new is not None:
                self._match_scope(scope)
        self._problems += self._regrouped.problems
        whole = not self._problems and all(place.target is not None for place in self._places)
        if whole and self._has_regrouped:
            close_rows(self._body)
        return Move(
            snapshot=bytes_of(self._body) if whole else b"",
            places=tuple(self._places),
            watches=tuple(self._watches),
            begins=tuple(self._begins),
            carried=tuple(self._carried),
            problems=tuple(self._problems),
            unawaited=tuple(self._unawaited),
            has_regrouped=self._has_regrouped,
            made={self._id(n): spec.element.id for n, spec in self._regrouped.made.items()},
            passed_on=tuple(self._passed_on),
            left={self._id(n): tuple(map(self._id, out)) for n, out in self._regrouped.left.items()},
        )

    def _scope_of(self, row: list[Any]) -> _Scope:
        name, host = row[0], row[1]
        if not host:
            return _Scope(row, 0, self._old.specs[self._old.main], self._new.specs[self._new.main])
        _, after = self._hosts[host]
        new_name = getattr(after, "spec", "")
        is_made = host in self._regrouped.made
        return _Scope(row, host, None if is_made else self._old.specs[name], self._new.specs.get(new_name))

    def _move_tokens(self, scope: _Scope) -> None:
        if scope.new is not None and scope.host:
            scope.row[0] = getattr(self._hosts[scope.host][1], "spec", "")
        for row in scope.row[6]:
            if not _watches(row):
                self._move_task(scope, row)

    def _match_scope(self, scope: _Scope) -> None:
        """What waits beside the tokens of a scope, and whether all of them can come to a good end."""
        guards = [row for row in scope.row[6] if _watches(row)]
        apart = {number for family in self._regrouped.families for number in family.members}
        for row in [r for r in scope.row[6] if not _watches(r) and r[_NUMBER] not in apart]:
            before, after = self._hosts[row[_NUMBER]]
            if after is not None:
                live = [(scope, guard) for guard in guards if guard[_INTERNAL]["on"] == row[_NUMBER]]
                self._match_guards([(before._wf_spec, before.name, row[_NUMBER])], [(scope, row)], live)
        self._join_races(scope)
        if self._has_regrouped:
            self._problems += starved(scope.new, self._standing(scope))
        else:
            self._problems += problems_of(scope.old, scope.new, self._standing(scope))

    def _match_family(self, family: Family, scopes: Sequence[_Scope]) -> None:
        """Events that watched a step may now watch the subprocess around it, and the other way round."""
        rows = [(scope, row) for scope in scopes for row in scope.row[6]]
        current = [
            (s, r) for s, r in rows if r[_NUMBER] in family.members and self._hosts[r[_NUMBER]][1] is not None
        ]
        live = [(s, r) for s, r in rows if _watches(r) and r[_INTERNAL]["on"] in family.members]
        if all(scope.new is not None for scope, _ in current):
            self._match_guards(family.former, current, live)

    def _standing(self, scope: _Scope) -> list[tuple[str, str, str | None]]:
        """Names before and after of what holds tokens, and where a token at a join came from."""
        found = []
        for row in scope.row[6]:
            if _watches(row) or row[_NAME].endswith(_CHILD):
                continue
            before, after = self._hosts[row[_NUMBER]]
            if after is not None:
                internal = row[_INTERNAL] if len(row) > _INTERNAL else {}
                found.append(("" if before is None else before.name, after.name, internal.get("from")))
        return found

    def _before(self, scope: _Scope, row: list[Any]) -> Any:
        """The spec of a row that still has its old name."""
        return self._regrouped.origins.get(row[_NUMBER], scope.old).task_specs[row[_NAME]]

    def _move_task(self, scope: _Scope, row: list[Any]) -> None:
        made = self._regrouped.made.get(row[_NUMBER])
        if made is not None:
            self._hosts[row[_NUMBER]] = (None, made)
            return
        before = self._before(scope, row)
        after = None if scope.new is None else self._counterpart(scope.new, before)
        self._hosts[row[_NUMBER]] = (before, after)
        place = self._place(row, before, after)
        if place is not None:
            self._places.append(place)
        if after is None or (place is not None and place.target is None):
            self._hosts[row[_NUMBER]] = (before, None)
            return
        after_name: str = after.name
        row[_NAME] = after_name
        if isinstance(after, _Join) and len(row) > _INTERNAL and "from" in row[_INTERNAL]:
            self._reroute(scope, row, before, after)
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
            return Place(task_id, before.name, before.name, "", "", None, problem=gone(before.name), is_gone=True)
        here = (task_id, element.id, element.name or element.id, element.kind, element.process_id)
        if after is None or after.element is None:
            missing = self._mapping.get(element.id)
            problem = gone(element.name or element.id) if missing is None else no_target(missing)
            return Place(*here, None, problem=problem, is_gone=True)
        if not is_alike(before, after):
            name = after.element.name or after.element.id
            return Place(*here, None, problem=other_kind(element.name or element.id, name), is_gone=True)
        if before.name.endswith(_CHILD) and not isinstance(before, _ForPeople | _Nested | Catching):
            return None
        return self._named(row, Place(*here, after.element.id, after.element.name or after.element.id))

    def _named(self, row: list[Any], place: Place) -> Place:
        """With the subprocesses that a token came out of and went into, where it did."""
        paths = self._regrouped.paths.get(row[_NUMBER])
        if paths is None or place.target is None:
            return place
        before, after = (
            _PATH.join((*path, name)) for path, name in zip(paths, (place.name, place.target_name), strict=True)
        )
        return replace(place, name=before, target_name=after, has_regrouped=True)

    def _reroute(self, scope: _Scope, row: list[Any], was: Any, join: Any) -> None:
        """A token at a join came from an element that may no longer lead to it: then from what does now."""
        internal = row[_INTERNAL]
        source = internal["from"]
        before = was._wf_spec.task_specs.get(source)
        after = None if before is None else self._counterpart(scope.new, before) or self._around(scope, before)
        if after is not None and after.name in join.needed:
            internal["from"] = after.name
            return
        ways = Ways(scope.new)
        onward = ways.onward(after.name, stops=(join.name,)) if after is not None else frozenset()
        led = [name for name in join.needed if name in onward]
        if after is None and isinstance(before, _Nested):
            inside = index_of(before.spec, self._old)
            led = [name for name in join.needed if name in {self._mapping.get(each, each) for each in inside}]
        if len(led) == 1:
            internal["from"] = led[0]
        else:
            self._problems.append(lost_branch(join.element.name or join.element.id, source))

    def _around(self, scope: _Scope, before: Any) -> Any | None:
        """The subprocess of a scope that an element of the old version is in now."""
        found = [
            (name, inside)
            for name, spec in scope.new.task_specs.items()  # type: ignore[union-attr]
            if isinstance(spec, RunSubprocess | RunTransaction)
            for inside in index_of(spec.spec, self._new)
        ]
        name = self._mapping.get(before.name, before.name)
        return next((scope.new.task_specs[n] for n, inside in found if inside == name), None)  # type: ignore[union-attr]

    def _match_guards(
        self,
        former: Sequence[tuple[Any, str, int]],
        current: Sequence[tuple[_Scope, list[Any]]],
        live: Sequence[tuple[_Scope, list[Any]]],
    ) -> None:
        """Events on activities: those that both versions have go on, others end, and new ones begin."""
        here = {
            spec.name: (scope, row, spec) for scope, row in current for spec in guards_of(scope.new, row[_NAME])
        }
        specs = [spec for _, _, spec in here.values()]
        olds = {spec.name: (spec, number) for wf, name, number in former for spec in guards_of(wf, name)}
        pairs = self._pairs([spec for spec, _ in olds.values()], specs)
        for name, twin in pairs.items():
            spec, number = olds[name]
            rule, to = known_by(spec), here[twin.name][1][_NUMBER]
            if rule is not None and to != number:
                self._passed_on.append((self._id(number), rule, self._id(to)))
        over: dict[str, str | None] = {}
        for scope, guard in live:
            spec = self._before(scope, guard)
            twin = pairs.get(spec.name)
            target, to = (None, None) if twin is None else (twin.element.id, here[twin.name])
            timer_id, was_on = self._timer_id(guard), self._id(guard[_INTERNAL]["on"])
            on = was_on if to is None else self._id(to[1][_NUMBER])
            element = spec.element
            words = (element.id, element.name or element.id)
            self._watches.append(Watch(self._id(guard[_NUMBER]), timer_id, *words, on, target, was_on))
            if twin is None or to is None or to[0] is not scope:
                scope.row[6].remove(guard)
            if twin is None or to is None:
                over[self._mapping.get(spec.name, spec.name)] = timer_id
                if isinstance(spec.event_definition, RunMessage):
                    self._unawaited.append(self._id(guard[_NUMBER]))
                continue
            if to[0] is not scope:
                to[0].row[6].append(guard)
            guard[_INTERNAL]["on"] = to[1][_NUMBER]
            guard[_NAME] = twin.name
            self._carry(guard, spec, twin)
        known = {twin.name for twin in pairs.values()}
        for scope, row, spec in here.values():
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
            if twin is not None and is_alike(spec, twin) and not (self._rearm and reads(spec) != reads(twin)):
                found[spec.name] = free.pop(twin.name)
            else:
                rest.append(spec)
        for spec in rest:
            twin = next((t for t in free.values() if is_alike(spec, t) and reads(spec) == reads(t)), None)
            if twin is not None and reads(spec) is not None:
                found[spec.name] = free.pop(twin.name)
        for spec in () if self._rearm else [s for s in rest if s.name not in found]:
            twin = next((t for t in free.values() if is_alike(spec, t) and known_by(spec) == known_by(t)), None)
            if twin is not None and known_by(spec) is not None:
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
            befores = [self._hosts[row[_NUMBER]][0] for row in rows]
            before = race_of(befores[0]._wf_spec, {spec.name for spec in befores})
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


def _watches(row: list[Any]) -> bool:
    """Whether it is an event beside an activity."""
    return len(row) > _INTERNAL and "on" in row[_INTERNAL]


def _given(element: ElementInfo) -> tuple[str | None, ...]:
    return (element.role, element.unit, *(element.properties.get(key) for key in GIVEN))
