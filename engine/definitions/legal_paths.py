"""Finding a path that a case can take although the law says it must not.

A path remembers what its gateways have answered (`legal_facts`), so that two gateways that ask the same are not
answered differently. A parallel join waits for all its branches: what one of them does, is done.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from engine.definitions.legal_facts import (
    NOTHING,
    Facts,
    assume,
    denies,
    forget,
    holds,
    keep,
    learn,
    mentioned,
    reads,
)
from engine.definitions.legal_graph import Graph, Way

MOST_STATES: Final = 20_000
"""States after which answers are no longer remembered: so many crossing questions are read plainly."""
_ALL: Final = 1_000_000_000
_GIVEN, _AFTER, _SIDE, _FORK = 1, 2, 4, 8


@dataclass(frozen=True)
class Question:
    """Is there a path to one of `goals`, or from `after` to one of `ends`, that completes none of `needed`?

    `given`: only paths that have completed one of these. `unless`: a path on which a gateway denies it is none.
    """

    needed: frozenset[str]
    goals: frozenset[str]
    ends: frozenset[str] = frozenset()
    given: frozenset[str] | None = None
    after: frozenset[str] = frozenset()
    unless: str | None = None


@dataclass(frozen=True)
class Path:
    """The ways of a path, in order. `is_certain`: its gateways were followed; else they could not be."""

    ways: tuple[Way, ...]
    is_certain: bool


@dataclass(frozen=True)
class _State:
    key: str
    facts: Facts
    flags: int


def find_path(graph: Graph, question: Question, most: int = MOST_STATES) -> Path | None:
    """The shortest such path, None where there is none.

    It begins by remembering nothing; where a path that it finds contradicts itself, the variables that say so are
    remembered from then on. So it remembers few, and the paths to tell apart stay few.
    """
    remembered = frozenset({question.unless} if question.unless else ())
    everything = _asked(graph) | remembered
    left = most
    while True:
        search = _Search(graph, question, remembered, left)
        found = search.run()
        left -= search.size
        if search.is_exhausted:
            plain = _Search(graph, question, frozenset(), _ALL).run()
            return None if plain is None else Path(plain, False)
        if found is None:
            return None
        told_apart = _contradicted(_Search(graph, question, everything, most), found) - remembered
        if not told_apart:
            return Path(found, True)
        remembered |= told_apart


def _contradicted(search: _Search, ways: tuple[Way, ...]) -> frozenset[str]:
    """The variables on which a path contradicts itself, none where it does not."""
    if not ways:
        return frozenset()
    state = _State(ways[0].source, NOTHING, 0)
    for way in ways:
        after = search.take(state, way)
        if after is None:
            known = search.known_at(state)
            return frozenset(name for name in search.asked_at(state.key) if name in known)
        state = after
    return frozenset()


class _Search:
    def __init__(self, graph: Graph, question: Question, remembered: frozenset[str], most: int) -> None:
        self._graph = graph
        self._question = question
        self._remembered = remembered
        self._most = most
        self._came: dict[_State, tuple[_State, Way] | None] = {}
        self._queue: deque[_State] = deque()
        self._joins: dict[str, tuple[set[str], list[tuple[_State, tuple[_State, Way]]]]] = {}
        self.is_exhausted = False

    def run(self) -> tuple[Way, ...] | None:
        for key in self._graph.starts:
            self._reach(_State(key, NOTHING, 0), None)
        while self._queue:
            if len(self._came) > self._most:
                self.is_exhausted = True
                return None
            state = self._queue.popleft()
            if self._is_goal(state):
                return self._path_to(state)
            for way, after in self._steps_from(state):
                self._go(state, way, after)
        return None

    @property
    def size(self) -> int:
        """How many states have been met."""
        return len(self._came)

    def take(self, state: _State, way: Way) -> _State | None:
        """The state behind a way, None where the answers so far forbid it."""
        return next((after for taken, after in self._steps_from(state) if taken == way), None)

    def asked_at(self, key: str) -> frozenset[str]:
        """The variables that a step's ways ask for."""
        conditions = (way.flow.condition for way in self._graph.ways.get(key, ()) if way.flow is not None)
        return frozenset(name for condition in conditions if condition for name in reads(condition))

    def known_at(self, state: _State) -> frozenset[str]:
        """The variables of which something is known once the step is done."""
        return mentioned(self._completed(state).facts)

    def _is_goal(self, state: _State) -> bool:
        asked = self._question
        if asked.given is not None and not state.flags & _GIVEN:
            return False
        if state.key in asked.goals:
            return True
        return state.key in asked.ends and bool(state.flags & _AFTER) and not state.flags & (_SIDE | _FORK)

    def _steps_from(self, state: _State) -> Iterator[tuple[Way, _State]]:
        """The ways that can be taken, with the state behind each."""
        asked, ways = self._question, self._graph.ways.get(state.key, [])
        done = self._completed(state)
        is_done = state.key not in asked.needed
        kind = self._graph.steps[state.key].element.kind
        facts = done.facts
        forks = kind in {"parallelGateway", "inclusiveGateway"} and len(ways) > 1
        default = self._graph.steps[state.key].element.default
        last: list[Way] = []
        for way in ways:
            if way.is_cut or way.is_side:
                flags = state.flags | (_SIDE if way.is_side else 0)
                yield way, _State(way.target, state.facts, flags)
            elif not is_done:
                continue
            elif way.flow is not None and way.flow.id == default:
                last.append(way)
            else:
                taken = self._answered(way, facts)
                if taken is not None:
                    yield way, _State(way.target, taken, done.flags | (_FORK if forks else 0))
                if kind == "exclusiveGateway" and way.flow is not None and way.flow.condition:
                    if holds(way.flow.condition, facts) is True:
                        return
                    facts = self._kept(assume(way.flow.condition, False, facts))
        for way in last:
            if not self._excused(facts):
                yield way, _State(way.target, facts, done.flags | (_FORK if forks else 0))

    def _answered(self, way: Way, facts: Facts) -> Facts | None:
        """The facts behind a flow, None where it cannot be taken or makes the step needless."""
        condition = way.flow.condition if way.flow is not None else None
        if not condition:
            return facts
        if holds(condition, facts) is False:
            return None
        facts = assume(condition, True, facts)
        return None if self._excused(facts) else self._kept(facts)

    def _completed(self, state: _State) -> _State:
        """The state once the step is done: what it sets is no longer what it was."""
        step = self._graph.steps[state.key]
        flags = state.flags
        if self._question.given is not None and state.key in self._question.given:
            flags |= _GIVEN
        if state.key in self._question.after:
            flags |= _AFTER
        if (
            step.element.kind == "callActivity"
            and not step.is_exit
            and len(self._graph.ways.get(state.key, ())) == 1
        ):
            way = self._graph.ways[state.key][0]
            if way.target == f"{state.key}/out":
                return _State(state.key, NOTHING, flags)  # not at hand: it may set anything
        facts = forget(step.source.sets(step.element), state.facts)
        return _State(state.key, self._kept(learn(step.source.values(step.element), facts)), flags)

    def _excused(self, facts: Facts) -> bool:
        return self._question.unless is not None and denies(self._question.unless, facts)

    def _kept(self, facts: Facts) -> Facts:
        return keep(self._remembered, facts)

    def _go(self, state: _State, way: Way, after: _State) -> None:
        target = self._graph.steps[way.target].element
        entering = self._graph.entering.get(way.target, [])
        if target.kind != "parallelGateway" or len(entering) < 2:
            self._reach(after, (state, way))
            return
        arrived, waiting = self._joins.setdefault(way.target, (set(), []))
        arrived.add(way.source)
        waiting.append((_State(after.key, after.facts, after.flags & ~_FORK), (state, way)))
        if arrived >= {each.source for each in entering}:
            for joined, came in waiting:
                self._reach(joined, came)
            waiting.clear()

    def _reach(self, state: _State, came: tuple[_State, Way] | None) -> None:
        if state not in self._came:
            self._came[state] = came
            self._queue.append(state)

    def _path_to(self, state: _State) -> tuple[Way, ...]:
        ways: list[Way] = []
        came = self._came[state]
        while came is not None:
            before, way = came
            ways.append(way)
            came = self._came[before]
        return tuple(reversed(ways))


def _asked(graph: Graph) -> frozenset[str]:
    """All variables that gateways ask for."""
    conditions = (way.flow.condition for ways in graph.ways.values() for way in ways if way.flow is not None)
    return frozenset(name for condition in conditions if condition for name in reads(condition))
