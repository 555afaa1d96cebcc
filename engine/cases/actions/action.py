"""What a server action is, and what it may touch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from engine.cases.collector import Collector
from engine.errors import InvalidState, Message
from engine.kernel.ports import ActionCall, ActionResult, ActionSignature
from engine.ports.store import UnitOfWork
from engine.records.org import Person

T = TypeVar("T")


@dataclass(frozen=True)
class ActionContext:
    """The step that an action runs in. `work` is its transaction; rows to be written go to `collector`."""

    work: UnitOfWork
    collector: Collector
    zone: ZoneInfo
    _known_holders: dict[tuple[str, str], tuple[Person, ...]] = field(default_factory=dict)

    def holders(self, role: str, unit: str) -> tuple[Person, ...]:
        """Who holds the role in the unit. One statement for each pair and step."""
        if (role, unit) not in self._known_holders:
            self._known_holders[role, unit] = self.work.org.holders(role, unit)
        return self._known_holders[role, unit]

    @property
    def now(self) -> datetime:
        return self.collector.now

    @property
    def year(self) -> int:
        """The office's year, by which numbers are counted."""
        return self.now.astimezone(self.zone).year


@dataclass(frozen=True)
class Action:
    signature: ActionSignature
    run: Callable[[ActionContext, ActionCall], ActionResult]


def optional(call: ActionCall, name: str, kind: type[T]) -> T | None:
    """A parameter of the given type, None where absent or null. Raises InvalidState for another type."""
    value = call.params.get(name)
    if value is None or isinstance(value, kind):
        return value
    raise InvalidState(
        Message(
            f"动作 {call.name} 的参数 {name} 类型不对（得到 {type(value).__name__}）。请在流程图中更正该表达式。",
            f"Parameter {name} of action {call.name} has the wrong type ({type(value).__name__}). "
            "Correct its expression in the diagram.",
        )
    )


def required(call: ActionCall, name: str, kind: type[T]) -> T:
    """A parameter that must have a value. Raises InvalidState where it is null or of another type."""
    value = optional(call, name, kind)
    if value is None:
        raise InvalidState(
            Message(
                f"动作 {call.name} 的参数 {name} 为空。请检查流程图中该表达式所用的变量是否已填写。",
                f"Parameter {name} of action {call.name} is empty. Check that the variables it uses are filled in.",
            )
        )
    return value
