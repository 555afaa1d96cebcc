"""A procedure as it runs: what stands at each element, how long each takes, where work piles up. Read only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from engine.definitions.sources import Procedure, load_procedure
from engine.errors import Message, NotFound
from engine.kernel.diagram import read_diagram
from engine.operating.rights import require_onlooker, units_open_to
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.definition import Definition, DefinitionSummary
from engine.records.operating import ElementLoad, ElementPace, StandingTask
from engine.records.org import Actor
from engine.reports.period import Period

BOTTLENECKS: Final = 3
"""At most so many elements are called bottlenecks."""
LEAST_DAYS: Final = 5.0
"""Of work standing before an element, below which it is none."""
LEAST_OPEN: Final = 3
PAGE: Final = 50
LIGHTS: Final = ("red", "soon")
_PEOPLE = frozenset({"userTask", "manualTask"})


@dataclass(frozen=True)
class ElementLive:
    """An element with what stands there and how it went in the period.

    `backlog_days`: how long the open tasks take at the pace of the period, None where nothing was done in it.
    `is_drawn`: the version that is shown has the element.
    """

    element_id: str
    name: str
    load: ElementLoad
    pace: ElementPace | None
    backlog_days: float | None
    is_bottleneck: bool
    is_drawn: bool


@dataclass(frozen=True)
class Live:
    """`definition` is the version whose drawing is shown; `elements` are in its order, then those that it lacks.

    `versions` are those of the procedure, the newest first. `units` are those that the actor may narrow it to.
    """

    definition: Definition
    versions: tuple[DefinitionSummary, ...]
    elements: tuple[ElementLive, ...]
    units: tuple[str, ...]
    unit: str | None
    period: Period

    @property
    def total(self) -> ElementLoad:
        return _sum([element.load for element in self.elements])

    @property
    def finished(self) -> int:
        return sum(element.pace.counted for element in self.elements if element.pace is not None)


def read_live(
    engine: Engine,
    actor: Actor,
    key: str,
    period: Period,
    *,
    unit: str | None = None,
    definition_id: str | None = None,
) -> Live:
    """What stands now, of all versions or of one (`definition_id`), and how long things took in the period.

    Cases that accuse the actor's units are in no number. Raises Forbidden (audited), NotFound.
    """
    require_onlooker(engine, actor, {"procedure": key})
    now, zone = engine.clock.now(), engine.settings.timezone
    with engine.store.read() as work:
        versions = tuple(v for v in work.definitions.list(now) if v.key == key)
        procedure = _drawn(work, key, versions, definition_id)
        units = _units(work, actor)
        unit = unit if unit in units else _only(actor, units)
        loads = work.operating.loads(actor, key, now, unit=unit, definition_id=definition_id)
        paces = work.operating.paces(actor, key, period.start(zone), period.end(zone), unit=unit)
    days = max(1, (min(period.end(zone), now) - period.start(zone)).days)
    elements = tuple(_elements(procedure, loads, paces, days))
    return Live(procedure.definition, versions, _with_bottlenecks(elements), units, unit, period)


@dataclass(frozen=True)
class Overview:
    """A procedure in the list: the version in force, and what stands in all its versions."""

    version: DefinitionSummary
    load: ElementLoad


def read_overview(engine: Engine, actor: Actor) -> tuple[Overview, ...]:
    """By key. One statement a procedure. Raises Forbidden (audited)."""
    require_onlooker(engine, actor, {})
    now = engine.clock.now()
    with engine.store.read() as work:
        unit = _only(actor, _units(work, actor))
        found = []
        for version in work.definitions.list(now):
            if version.is_current:
                loads = work.operating.loads(actor, version.key, now, unit=unit, definition_id=None)
                found.append(Overview(version, _sum(loads)))
    return tuple(sorted(found, key=lambda o: o.version.key))


@dataclass(frozen=True)
class Standing:
    """A page of what stands at an element, the most urgent first; `name` is the element's."""

    definition: Definition
    name: str
    rows: tuple[StandingTask, ...]
    has_more: bool


def read_standing(
    engine: Engine,
    actor: Actor,
    key: str,
    element_id: str,
    *,
    light: str | None = None,
    unit: str | None = None,
    page: int = 1,
) -> Standing:
    """The open tasks behind a number of the picture: `light` red is overdue, soon is due soon, None all.

    Of cases that the actor may not see, the number and the title stay hidden. Raises Forbidden (audited), NotFound.
    """
    require_onlooker(engine, actor, {"procedure": key})
    now = engine.clock.now()
    with engine.store.read() as work:
        versions = tuple(v for v in work.definitions.list(now) if v.key == key)
        procedure = _drawn(work, key, versions, None)
        units = _units(work, actor)
        rows = work.operating.standing(
            actor,
            key,
            element_id,
            now,
            light=light if light in LIGHTS else None,
            unit=unit if unit in units else _only(actor, units),
            limit=PAGE + 1,
            offset=(max(page, 1) - 1) * PAGE,
        )
    names = dict(_names(procedure))
    name = names.get(element_id) or next((row.name for row in rows), element_id)
    return Standing(procedure.definition, name, rows[:PAGE], len(rows) > PAGE)


def _sum(loads: Sequence[ElementLoad]) -> ElementLoad:
    return ElementLoad(
        "", sum(e.open for e in loads), sum(e.due_soon for e in loads), sum(e.overdue for e in loads)
    )


def _drawn(
    work: UnitOfWork, key: str, versions: Sequence[DefinitionSummary], definition_id: str | None
) -> Procedure:
    """The version that is asked for, the one in force, or the newest."""
    if definition_id is not None:
        return load_procedure(work, definition_id)
    chosen = next((v for v in versions if v.is_current), versions[0] if versions else None)
    if chosen is None:
        raise NotFound(Message("流程", "procedure"), key)
    return load_procedure(work, chosen.definition_id)


def _units(work: UnitOfWork, actor: Actor) -> tuple[str, ...]:
    """Codes, in the office's order; never one that the actor may not look into."""
    mine = units_open_to(actor)
    return tuple(unit.code for unit in work.org.units() if mine is None or unit.code in mine)


def _only(actor: Actor, units: Sequence[str]) -> str | None:
    """Whoever sees its own units only sees one at a time."""
    return units[0] if units_open_to(actor) is not None and units else None


def _names(procedure: Procedure) -> Iterator[tuple[str, str]]:
    content = procedure.file(f"{procedure.definition.key}.bpmn")
    for element in read_diagram(content).elements.values() if content is not None else ():
        if element.kind in _PEOPLE:
            yield element.id, element.name or element.id


def _elements(
    procedure: Procedure, loads: Sequence[ElementLoad], paces: Sequence[ElementPace], days: int
) -> Iterator[ElementLive]:
    names = dict(_names(procedure))
    by_load: Mapping[str, ElementLoad] = {load.element_id: load for load in loads}
    by_pace: Mapping[str, ElementPace] = {pace.element_id: pace for pace in paces}
    for element_id in dict.fromkeys((*names, *by_load, *by_pace)):
        load = by_load.get(element_id, ElementLoad(element_id, 0, 0, 0))
        pace = by_pace.get(element_id)
        backlog = load.open * days / pace.counted if pace is not None and pace.counted else None
        name = names.get(element_id, element_id)
        yield ElementLive(element_id, name, load, pace, backlog, is_bottleneck=False, is_drawn=element_id in names)


def _with_bottlenecks(elements: Sequence[ElementLive]) -> tuple[ElementLive, ...]:
    """Where work stands for longest: by the days that it takes at the pace of the period."""
    worst = sorted((e for e in elements if _is_heavy(e)), key=_weight, reverse=True)[:BOTTLENECKS]
    marked = {e.element_id for e in worst}
    return tuple(replace(e, is_bottleneck=e.element_id in marked) for e in elements)


def _is_heavy(element: ElementLive) -> bool:
    if element.load.open < LEAST_OPEN:
        return False
    return element.load.overdue > 0 or (element.backlog_days or 0.0) >= LEAST_DAYS


def _weight(element: ElementLive) -> tuple[float, int, int]:
    backlog = element.backlog_days if element.backlog_days is not None else float("inf")
    return backlog, element.load.overdue, element.load.open
