"""What an instance becomes under another version of its procedure: plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from engine.errors import Message
from engine.kernel.bpmn.lean import ElementInfo

SPAN: Final = "@"
"""What the deadline of a timer of days or hours is known by: it has no rule."""


@dataclass(frozen=True)
class Place:
    """Where one token stands. `target` is None where the new version has no place for it, and `problem` says why.

    `is_gone`: the element is missing or of another kind, so that somebody has to say what takes its place.
    `has_regrouped`: it came out of a subprocess, or went into one; the names then say which.
    """

    task_id: str
    element: str
    name: str
    kind: str
    process_id: str
    target: str | None
    target_name: str = ""
    problem: Message | None = None
    is_gone: bool = False
    has_regrouped: bool = False

    @property
    def has_moved(self) -> bool:
        return self.target is not None and (self.target != self.element or self.has_regrouped)


@dataclass(frozen=True)
class Watch:
    """An event that waits beside an activity: `on` is the activity's task, `target` None where the event is gone.

    `timer_id` is its firing key, None where it is no timer; `was_on` the task that it watched before.
    """

    task_id: str
    timer_id: str | None
    element: str
    name: str
    on: str
    target: str | None
    was_on: str


@dataclass(frozen=True)
class Begin:
    """An event of the new version alone: `spec` waits in the scope of task `scope` (0: the top one).

    `link` is `on` (a boundary event) or `race`, with the number of the activity or the race. `data_of` is the
    number of the task whose variables it takes over, `replaces` the firing key of the timer whose place it takes.
    """

    scope: int
    spec: str
    link: str
    number: int
    data_of: int
    element: str
    replaces: str | None = None


@dataclass(frozen=True)
class Carried:
    """A waiting task, timer or message with its element as it is now. `is_given`: whose it is, is asked anew."""

    task_id: str
    element: ElementInfo
    is_given: bool = False
    timer_id: str | None = None
    interrupting: bool = False
    message: str | None = None


@dataclass(frozen=True)
class Move:
    """What an instance becomes. `snapshot` is empty where `problems` or a place without a target forbid it.

    `has_regrouped`: tokens went into subprocesses or came out of them; `left` are the tasks of subprocesses that
    were given up for it, with the tasks that came out of each, and `made` those of new ones with their elements.
    `passed_on`: what a timer's deadline is known by (a rule, or SPAN), on which task before, and on which now.
    """

    snapshot: bytes
    places: tuple[Place, ...]
    watches: tuple[Watch, ...] = ()
    begins: tuple[Begin, ...] = ()
    carried: tuple[Carried, ...] = ()
    problems: tuple[Message, ...] = ()
    unawaited: tuple[str, ...] = ()
    has_regrouped: bool = False
    left: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    made: Mapping[str, str] = field(default_factory=dict)
    passed_on: tuple[tuple[str, str, str], ...] = ()

    @property
    def fits(self) -> bool:
        return bool(self.snapshot)

    @property
    def disarmed(self) -> tuple[str, ...]:
        return tuple(w.timer_id for w in self.watches if w.target is None and w.timer_id is not None)
