"""A task's form as its person gets it, and what its FEEL and its choices know: the same in browser and server."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from engine.casework.categories import category_codes
from engine.definitions.sources import Procedure
from engine.kernel.forms import Lists
from engine.kernel.forms_access import Access, mentioned_in, mode_of, named_of, read_access, showing, with_access
from engine.kernel.forms_schema import Schema, list_of
from engine.ports.store import UnitOfWork
from engine.records.task import UserTask
from engine.values import Data, Value


@dataclass(frozen=True)
class TaskForm:
    """`context` are the variables that the form's formulas name, as JSON: without those of hidden fields."""

    schema: Schema = field(default_factory=dict)
    context: Data = field(default_factory=dict)


def form_for(procedure: Procedure, task: UserTask, zone: ZoneInfo) -> TaskForm:
    """The form with what the task hides, locks and shows; empty where the task has none."""
    if task.form is None:
        return TaskForm()
    own = procedure.form(task.form)
    modes = read_access(task.properties.get("fields", "")).modes
    shown = {name: procedure.form(name) for name in task.properties.get("shows", "").split()}
    schema = showing(with_access(own, modes), shown, task.data, modes)
    hidden = {name for each in named_of(own) if mode_of(each, modes) is Access.HIDDEN for name in each.names}
    names = (mentioned_in(schema) | set(top_names(schema))) - hidden
    return TaskForm(schema, {name: plain(task.data[name], zone) for name in names if name in task.data})


def lists_of(work: UnitOfWork, schema: Schema, accused: tuple[str, ...] = ()) -> Lists:
    """The values of the office's lists that the form offers. One statement where it offers units."""
    wanted = {list_of(component) for component in components_of(schema)}
    found: dict[str, Any] = {"categories": category_codes()} if "categories" in wanted else {}
    if wanted & {"units", "all_units"}:
        units = work.org.units()
        # a unit that was closed is handed nothing any more; it may still be what somebody speaks of
        takes = [unit.code for unit in units if unit.closed_at is None and unit.code not in accused]
        found |= {"all_units": [unit.code for unit in units], "units": takes}
    return found


def components_of(schema: Schema) -> Iterator[Schema]:
    """All components, however deep."""
    for component in schema.get("components") or ():
        yield component
        yield from components_of(component)


def top_names(schema: Schema) -> Iterator[str]:
    """Top-level names of the form's data: keys of fields, paths of groups and lists."""
    for component in schema.get("components") or ():
        name = component.get("key") or component.get("path")
        if isinstance(name, str) and name:
            yield name.partition(".")[0]
        if not component.get("path"):
            yield from top_names(component)


def plain(value: Value, zone: ZoneInfo) -> Any:
    """A variable's value as a form holds it: dates as ISO text in the office's zone, decimals as numbers."""
    match value:
        case datetime():
            return value.astimezone(zone).strftime("%Y-%m-%dT%H:%M")
        case date():
            return value.isoformat()
        case time():
            return f"{value:%H:%M}"
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case Mapping():
            return {key: plain(item, zone) for key, item in value.items()}
        case list() | tuple():
            return [plain(item, zone) for item in value]
        case None | bool() | int() | float() | str():
            return value
        case _:
            return str(value)
