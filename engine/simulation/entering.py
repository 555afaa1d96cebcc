"""What is entered in a form of a play: what the answer says, and values for what the form still misses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.cases.form_context import lists_of, top_names
from engine.cases.start import plain_start
from engine.definitions.sources import current_procedure
from engine.ports.engine import Engine
from engine.records.org import Actor
from engine.records.task import UserTask
from engine.scenarios.cast import actor_named
from engine.scenarios.fill_in import fill_in
from engine.simulation.fill import filled
from engine.simulation.form_fields import FieldReader, FormField
from engine.simulation.model import Answer
from engine.tasks.read import open_task


@dataclass(frozen=True)
class Entered:
    """The fields that its person sees, and what goes into them. `filled` are the paths that nobody had answered.

    `written` is `data` before its placeholders were filled in.
    """

    fields: tuple[FormField, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    filled: tuple[str, ...] = ()
    written: Mapping[str, Any] = field(default_factory=dict)


def enter_start(engine: Engine, starter: Actor, procedure: str, answer: Answer, *, only_asked: bool) -> Entered:
    """For the start form; `only_asked` leaves out what it does not ask. Empty where the procedure has none."""
    now = engine.clock.now()
    with engine.store.read() as work:
        version = current_procedure(work, procedure, now)
        point = plain_start(version)
        schema = version.form(point.form) if point.form else {}
        lists = lists_of(work, schema)
        units = {unit.code: unit.name for unit in work.org.units()}
    data = _given(engine, answer, None)
    if not schema:
        return Entered(data={} if only_asked else data, written={} if only_asked else dict(answer.data))
    asked = set(top_names(schema))
    data = {name: value for name, value in data.items() if not only_asked or name in asked}
    local = now.astimezone(engine.settings.timezone)
    whole, keys = filled(
        schema, data, engine.kernel.feel, now=local, unit=other_unit(engine, starter.unit), lists=lists
    )
    reader = FieldReader(engine.kernel.feel, local, {}, lists, units)
    written = {**whole, **{name: value for name, value in answer.data.items() if name in data}}
    return Entered(reader.fields(schema, whole), whole, keys, written)


def enter_task(engine: Engine, actor: Actor, task: UserTask, answer: Answer, *, complete: bool) -> Entered:
    """For a task; `complete`: what it misses is filled in. Raises NotFound where the actor may not know of it."""
    view = open_task(engine, actor, task.task_id)
    data = _given(engine, answer, task)
    schema = dict(view.form)
    if complete:
        asked = set(top_names(schema))
        data = {name: value for name, value in data.items() if name in asked}
    if not schema or not complete:
        return Entered(data=data, written=dict(answer.data))
    with engine.store.read() as work:
        lists = lists_of(work, schema, view.case.accused_units)
        units = {unit.code: unit.name for unit in work.org.units()}
    local = engine.clock.now().astimezone(engine.settings.timezone)
    unit = other_unit(engine, actor.unit)
    whole, keys = filled(schema, data, engine.kernel.feel, now=local, unit=unit, context=view.context, lists=lists)
    written = {**whole, **{name: value for name, value in answer.data.items() if name in data}}
    reader = FieldReader(engine.kernel.feel, local, view.context, lists, units)
    return Entered(reader.fields(schema, whole), whole, keys, written)


def other_unit(engine: Engine, own: str) -> str:
    """A unit that others hand things to: the first one that handles cases, the own one where there is none."""
    with engine.store.read() as work:
        return next((person.unit for person in work.org.holders("resp_dept", None) if person.unit != own), own)


def _given(engine: Engine, answer: Answer, task: UserTask | None) -> dict[str, Any]:
    local = engine.clock.now().astimezone(engine.settings.timezone)

    def number() -> str:
        with engine.store.read() as work:
            case = work.cases.get(task.case_id) if task else None
        return (case.number if case else None) or ""

    def lookup(name: str, argument: str | None) -> str | None:
        values: Mapping[str, Callable[[], str]] = {
            "now": lambda: local.strftime("%Y-%m-%dT%H:%M"),
            "today": lambda: local.date().isoformat(),
            "person": lambda: actor_named(engine, argument or "").person_id,
            "number": number,
        }
        return values[name]() if name in values else None

    return dict(fill_in(dict(answer.data), lookup))
