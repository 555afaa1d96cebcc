"""What an instance becomes under another version of its procedure: plain values."""

from __future__ import annotations

from dataclasses import dataclass

from engine.errors import Message
from engine.kernel.bpmn.lean import ElementInfo


@dataclass(frozen=True)
class Place:
    """Where one token stands. `target` is None where the new version has no place for it, and `problem` says why.

    `is_gone`: the element is missing or of another kind, so that somebody has to say what takes its place.
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

    @property
    def has_moved(self) -> bool:
        return self.target is not None and self.target != self.element


@dataclass(frozen=True)
class Watch:
    """An event that waits beside an activity: `on` is the activity's task, `target` None where the event is gone.

    `timer_id` is its firing key, None where it is no timer.
    """

    task_id: str
    timer_id: str | None
    element: str
    name: str
    on: str
    target: str | None


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
    """What an instance becomes. `snapshot` is empty where `problems` or a place without a target forbid it."""

    snapshot: bytes
    places: tuple[Place, ...]
    watches: tuple[Watch, ...] = ()
    begins: tuple[Begin, ...] = ()
    carried: tuple[Carried, ...] = ()
    problems: tuple[Message, ...] = ()
    unawaited: tuple[str, ...] = ()

    @property
    def fits(self) -> bool:
        return bool(self.snapshot)

    @property
    def disarmed(self) -> tuple[str, ...]:
        return tuple(w.timer_id for w in self.watches if w.target is None and w.timer_id is not None)
