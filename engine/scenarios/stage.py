"""The system that a scenario runs on: engine, clock, and the way they are started again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

from engine.cases.messages import drain_messages
from engine.clock.fixed import ManualClock
from engine.deadlines.fire import FireReport, fire_due_timers, reconcile
from engine.ports.engine import Engine
from engine.records.time import TimerState

EngineFactory: TypeAlias = Callable[[ManualClock], Engine]
"""Builds an engine on the scenario's own database; called again for each restart."""

SetUp: TypeAlias = Callable[[Engine], None]
"""Brings calendar, office and procedures into an empty database; does nothing where they are there."""

WORKER = "scenario"
MOST_FIRINGS = 10_000
"""At one instant; more is a timer that arms itself again for the same instant."""


class EndlessTimers(RuntimeError):
    """Timers go on firing at one instant."""


class Stage:
    """Moves the one clock; what falls due on the way fires at its very instant, oldest first.

    `moved` grows whenever the system did something by itself: what was read before may be out of date.
    """

    def __init__(self, factory: EngineFactory, start: datetime, set_up: SetUp) -> None:
        self.clock = ManualClock(start)
        self.moved = 0
        self._factory = factory
        self.engine = factory(self.clock)
        set_up(self.engine)
        reconcile(self.engine, worker=WORKER)

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def move_to(self, instant: datetime) -> None:
        """Stops at every due instant up to `instant`, fires there, and goes on."""
        self.settle()
        while (due := self.next_due) is not None and due <= instant:
            self.clock.move_to(max(due, self.now))
            self.settle()
        self.clock.move_to(instant)

    def settle(self) -> None:
        """Fires what is due at this instant, also what that arms for this instant; delivers messages."""
        fired = 0
        while True:
            report = fire_due_timers(self.engine, worker=WORKER)
            self.moved += report != FireReport()
            fired += len(report.fired)
            if not report.fired:
                break
            if fired > MOST_FIRINGS:
                raise EndlessTimers(report.fired[-1].timer.element_id)
        self.moved += drain_messages(self.engine)

    def go_down(self, until: datetime) -> None:
        """The system is off until then: nothing fires on the way, and everything due fires at the start-up."""
        self.clock.move_to(until)
        self.restart()

    def restart(self) -> None:
        """A fresh engine on the same database; only what was saved is left."""
        self.engine.store.close()
        self.engine = self._factory(self.clock)
        self.moved += 1
        reconcile(self.engine, worker=WORKER)

    def close(self) -> None:
        self.engine.store.close()

    @property
    def next_due(self) -> datetime | None:
        """When the next timer fires; None where none waits."""
        with self.engine.store.read() as work:
            waiting = work.timers.list(state=TimerState.WAITING.value, limit=MOST_FIRINGS)
        later = (max(timer.due_at, timer.retry_at or timer.due_at) for timer in waiting)
        # what is due and did not fire at this instant is tried again at the next one
        return min((at for at in later if at > self.now), default=None)
