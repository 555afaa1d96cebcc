"""A procedure with all that it calls as one graph of steps, for following every path a case can take.

Subprocesses and called procedures are entered and left; a boundary event is a way from wherever the activity waits.
What cannot be followed (a procedure that is not at hand) is passed over as a step that may set anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from engine.definitions.legal_source import Source
from engine.kernel.diagram import Element, Flow

_WAITS = frozenset({"userTask", "manualTask", "receiveTask", "intermediateCatchEvent", "callActivity"})
_DEEPEST = 6
MOST_STEPS = 2000
"""Steps after which no further procedure is entered; more are no procedure that people follow."""
_THROWN = frozenset({"error", "escalation", "cancel"})


@dataclass(frozen=True)
class Step:
    """A flow node at one place. `own` is the element of the procedure itself that it belongs to: the step, or the
    call activity that it runs in. `around` are the keys of the activities around it, the outermost first, its own
    last.
    """

    key: str
    element: Element
    source: Source = field(repr=False, compare=False)
    own: Element
    around: tuple[str, ...]
    is_exit: bool = False


@dataclass(frozen=True)
class Way:
    """`flow` None: into, out of, or off an activity. `is_side`: the step goes on while this way is taken too.
    `is_cut`: taken instead of completing the step.
    """

    source: str
    target: str
    flow: Flow | None = None
    is_side: bool = False
    is_cut: bool = False


@dataclass
class Graph:
    """`ways` by the key of the step that they leave, in the file's order. `entering` counts those into a step.

    `ends` are the keys of the events that end the procedure itself, `inside` what calls have been entered, by key.
    """

    steps: dict[str, Step] = field(default_factory=dict)
    ways: dict[str, list[Way]] = field(default_factory=dict)
    entering: dict[str, list[Way]] = field(default_factory=dict)
    starts: list[str] = field(default_factory=list)
    ends: set[str] = field(default_factory=set)
    inside: dict[str, _Place] = field(default_factory=dict)

    def add(self, way: Way) -> None:
        if way.source in self.steps and way.target in self.steps:
            self.ways.setdefault(way.source, []).append(way)
            self.entering.setdefault(way.target, []).append(way)


def graph_of(source: Source) -> Graph:
    """The graph of the executable process."""
    graph = Graph()
    place = _Place(graph, source, "", (), None, (source.diagram.process_id,))
    place.add_steps()
    place.add_ways()
    for element in source.diagram.within(source.diagram.process_id):
        if element.kind == "startEvent":
            graph.starts.append(element.id)
        if element.kind == "endEvent":
            graph.ends.add(element.id)
    return graph


@dataclass(frozen=True)
class _Place:
    """One run of a process in the graph: keys of its steps begin with `prefix`."""

    graph: Graph
    source: Source
    prefix: str
    around: tuple[str, ...]
    own: Element | None
    calling: tuple[str, ...]

    def add_steps(self) -> None:
        for element in self._elements():
            own = self.own or element
            around = self._around(element)
            self._put(Step(self.prefix + element.id, element, self.source, own, around))
            if element.is_subprocess or element.kind == "callActivity":
                self._put(Step(self._exit(element), element, self.source, own, around, is_exit=True))
            inner = self._called(element)
            if inner is not None:
                self.graph.inside[self.prefix + element.id] = inner
                inner.add_steps()

    def add_ways(self) -> None:
        for element in self._elements():
            self._onward(element)
            self._boundaries(element)
            inner = self.graph.inside.get(self.prefix + element.id)
            if inner is not None:
                inner.add_ways()

    def _elements(self) -> Iterator[Element]:
        process = self.source.diagram.process_id
        return (e for e in self.source.diagram.elements.values() if e.process_id == process)

    def _around(self, element: Element) -> tuple[str, ...]:
        return (*self.around, *(self.prefix + scope.id for scope in _scopes(self.source, element)))

    def _put(self, step: Step) -> None:
        self.graph.steps.setdefault(step.key, step)

    def _exit(self, element: Element) -> str:
        return f"{self.prefix}{element.id}/out"

    def _called(self, element: Element) -> _Place | None:
        """The called procedure, where it is at hand, not already around, and there is room for it."""
        if element.kind != "callActivity" or not element.called or element.called in self.calling:
            return None
        has_room = len(self.calling) < _DEEPEST and len(self.graph.steps) < MOST_STEPS
        found = self.source.called(element.called) if has_room else None
        if found is None:
            return None
        around = self._around(element)
        calling = (*self.calling, element.called)
        return _Place(self.graph, found, f"{self.prefix}{element.id}/", around, self.own or element, calling)

    def _onward(self, element: Element) -> None:
        key = self.prefix + element.id
        leaving = key
        if element.is_subprocess:
            leaving = self._exit(element)
            self._enter(key, self.prefix, self.source, element.id)
        elif element.kind == "callActivity":
            leaving = self._exit(element)
            inner = self.graph.inside.get(key)
            if inner is None:
                self.graph.add(Way(key, leaving))
            else:
                self._enter(key, inner.prefix, inner.source, inner.source.diagram.process_id)
        elif element.event == "link" and element.kind == "intermediateThrowEvent":
            self._links(element)
        elif element.kind == "endEvent":
            self._leave(element)
        for name in element.outgoing:
            flow = self.source.diagram.flows[name]
            self.graph.add(Way(leaving, self.prefix + flow.target, flow))

    def _enter(self, key: str, prefix: str, source: Source, scope: str) -> None:
        for start in source.diagram.within(scope):
            if start.kind == "startEvent" and start.event is None:
                self.graph.add(Way(key, prefix + start.id))

    def _leave(self, element: Element) -> None:
        """An end inside goes out of its subprocess or call, unless a boundary event takes over."""
        if element.event in _THROWN and self._caught(element):
            return
        if element.scope in self.source.diagram.elements:
            self.graph.add(Way(self.prefix + element.id, f"{self.prefix}{element.scope}/out"))
        elif self.prefix:
            self.graph.add(Way(self.prefix + element.id, f"{self.prefix.removesuffix('/')}/out"))

    def _caught(self, thrower: Element) -> bool:
        """Ways to the boundary events that catch what is thrown; says whether one interrupts."""
        scope = self.source.diagram.elements.get(thrower.scope)
        thrown = _reference(thrower)
        while scope is not None:
            for event in self.source.diagram.boundary_events(scope.id):
                if event.event == thrower.event and _reference(event) in {None, thrown}:
                    is_side = not event.interrupting
                    key, target = self.prefix + thrower.id, self.prefix + event.id
                    self.graph.add(Way(key, target, is_side=is_side, is_cut=not is_side))
                    if event.interrupting:
                        return True
            scope = self.source.diagram.elements.get(scope.scope)
        return False

    def _boundaries(self, host: Element) -> None:
        if host.kind == "intermediateThrowEvent" and host.event == "escalation":
            self._caught(host)
        for event in self.source.diagram.boundary_events(host.id):
            if event.event in _THROWN:
                continue
            target = self.prefix + event.id
            if not event.interrupting:
                self.graph.add(Way(self.prefix + host.id, target, is_side=True))
                continue
            for key in self._waiting_in(host):
                self.graph.add(Way(key, target, is_cut=True))

    def _waiting_in(self, host: Element) -> Iterator[str]:
        """Where a case may stand while the activity is interrupted."""
        yield self.prefix + host.id
        if host.is_subprocess:
            for element in self._elements():
                if element.kind in _WAITS and any(s.id == host.id for s in _scopes(self.source, element)[:-1]):
                    yield self.prefix + element.id

    def _links(self, thrower: Element) -> None:
        name = _link(thrower)
        for element in self.source.diagram.within(thrower.scope):
            if element.kind == "intermediateCatchEvent" and element.event == "link" and _link(element) == name:
                self.graph.add(Way(self.prefix + thrower.id, self.prefix + element.id))


def _scopes(source: Source, element: Element) -> tuple[Element, ...]:
    """The subprocesses around an element, the outermost first, and the element itself."""
    found = [element]
    while (scope := source.diagram.elements.get(found[-1].scope)) is not None and scope not in found:
        found.append(scope)
    return tuple(reversed(found))


def _reference(element: Element) -> str | None:
    for child in element.node:
        for name in ("escalationRef", "errorRef"):
            if child.get(name):
                return str(child.get(name))
    return None


def _link(element: Element) -> str:
    names = (child.get("name") for child in element.node if str(child.tag).endswith("linkEventDefinition"))
    return next((str(name) for name in names if name), "")
