"""What comes next in a diagram from where a case stands: the steps that can be reached, with their roles and terms.

Read off the drawing: which way a gateway will go is not known before. Timers and errors that leave a step by its
side are not ways on.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from engine.deadlines.moment_words import told_limit
from engine.deadlines.time_port import time_port
from engine.definitions.own_spans import own_spans
from engine.definitions.sources import load_procedure
from engine.errors import EngineError, Message
from engine.kernel.diagram import Diagram, Element, read_diagram
from engine.kernel.spans import OF_PEOPLE, only_reminds
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.org import Actor

MOST = 10
_RULE = re.compile(r'deadline\(\s*"([^"]+)"')
_WAITS = frozenset({"receiveTask", "intermediateCatchEvent"})
_BY_PEOPLE = frozenset({"userTask", "manualTask"})


@dataclass(frozen=True)
class StepAhead:
    """`kind` is task, call, wait or end. `way` is what the way there is called, "" where it has no name."""

    element_id: str
    name: str
    kind: str
    role: str | None
    terms: tuple[tuple[Message, Message], ...] = ()
    """(name, limit) of the deadlines that begin with it."""
    way: str = ""


def steps_ahead(
    engine: Engine, actor: Actor, places: dict[str, tuple[str, ...]]
) -> dict[str, tuple[StepAhead, ...]]:
    """By definition id, from the elements given for each; every member of staff may read how the office works.

    Raises NotFound.
    """
    del actor
    now = engine.clock.now()
    with engine.store.read() as work:
        return {
            definition_id: tuple(_ahead(engine, work, definition_id, elements, now))
            for definition_id, elements in places.items()
        }


def _ahead(
    engine: Engine, work: UnitOfWork, definition_id: str, elements: tuple[str, ...], now: datetime
) -> Iterator[StepAhead]:
    procedure = load_procedure(work, definition_id)
    content = procedure.file(f"{procedure.definition.key}.bpmn")
    if content is None:
        return
    diagram = read_diagram(content)
    port = time_port(engine, work, procedure.source.files, procedure.source.sha256)
    for element, way, rules in reachable(diagram, elements):
        lane = diagram.lane_of(element.id)
        terms = []
        for rule_id in rules:
            try:
                rule = port.rule_in_force(rule_id, now)
            except EngineError:
                continue  # the deadline itself will say so; here it is only foretold
            limit = told_limit(rule.clock.value, rule.amount, rule.period.value if rule.period else None, None)
            terms.append((Message(rule.name, rule.name_en), limit))
        terms += _own(diagram, element)
        role = element.properties.get("role") or (lane.role if lane else None)
        yield StepAhead(element.id, element.name or element.id, kind_of(element), role, tuple(terms), way)


def _own(diagram: Diagram, element: Element) -> Iterator[tuple[Message, Message]]:
    """The days or hours that the drawing itself gives to a step."""
    for event in diagram.boundary_events(element.id) if element.kind in OF_PEOPLE else ():
        name = " ".join((event.name or element.name).split())
        for timer in event.timers:
            for span in () if only_reminds(event.properties, timer.text) else own_spans(timer.text):
                if span.is_whole and span.amount is not None:
                    yield Message(name, name), told_limit(span.clock.value, span.amount, None, None)


def reachable(diagram: Diagram, elements: tuple[str, ...]) -> list[tuple[Element, str, tuple[str, ...]]]:
    """The next elements where a case stops again, each with the name of the way and the rules it begins. Pure."""
    found: dict[str, tuple[Element, str, tuple[str, ...]]] = {}
    seen: set[str] = set()
    ways: deque[tuple[Element, str, tuple[str, ...]]] = deque()
    ways.extend((diagram.elements[e], "", ()) for e in elements if e in diagram.elements)
    begun = True
    starts = len(ways)
    while ways and len(found) < MOST:
        element, way, rules = ways.popleft()
        begun = starts > 0
        starts -= 1
        if not begun and _stops(element):
            found.setdefault(element.id, (element, way, (*rules, *_rules(diagram, element))))
            continue
        for following, name, more in _after(diagram, element, entered=not begun):
            if following.id not in seen:
                seen.add(following.id)
                ways.append((following, name or way, (*rules, *more)))
    return list(found.values())


def kind_of(element: Element) -> str:
    if element.kind in _BY_PEOPLE:
        return "task"
    return {"callActivity": "call", "endEvent": "end"}.get(element.kind, "wait")


def _stops(element: Element) -> bool:
    if element.kind in _BY_PEOPLE or element.kind == "callActivity":
        return True
    if element.kind in _WAITS:
        return True
    return element.kind == "endEvent" and element.scope == element.process_id


def _after(diagram: Diagram, element: Element, *, entered: bool) -> Iterator[tuple[Element, str, tuple[str, ...]]]:
    if element.is_subprocess and entered:
        for inner in diagram.within(element.id):
            if inner.kind == "startEvent":
                yield inner, "", _rules(diagram, element)
        return
    if element.kind == "endEvent" and element.scope in diagram.elements:
        yield from _after(diagram, diagram.elements[element.scope], entered=False)
        return
    for flow_id in element.outgoing:
        flow = diagram.flows[flow_id]
        if flow.target in diagram.elements:
            yield diagram.elements[flow.target], flow.name, ()


def _rules(diagram: Diagram, element: Element) -> tuple[str, ...]:
    texts = (timer.text for event in diagram.boundary_events(element.id) for timer in event.timers)
    return tuple(dict.fromkeys(rule for text in texts for rule in _RULE.findall(text)))
