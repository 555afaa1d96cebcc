"""The case as a step's checks see it: everything read once, at the present instant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from engine.ports.engine import Engine
from engine.records.step import OutboxEntry
from engine.records.task import TaskState, UserTask
from engine.records.time import Timer, TimerState
from engine.records.views import CaseView
from engine.scenarios.cast import usernames

MOST_MESSAGES = 1000


@dataclass(frozen=True)
class Scene:
    """`users` maps person ids to user names. `checked_firings` are timers that a `fired` has told of already."""

    engine: Engine
    now: datetime
    zone: ZoneInfo
    view: CaseView
    users: Mapping[str, str]
    checked_firings: frozenset[str] = frozenset()

    @property
    def open_tasks(self) -> tuple[UserTask, ...]:
        return tuple(task for task in self.view.tasks if task.state is TaskState.OPEN)

    @property
    def firings(self) -> tuple[Timer, ...]:
        """What has fired so far, in order."""
        fired = [timer for timer in self.view.timers if timer.state is TimerState.FIRED and timer.fired_at]
        return tuple(sorted(fired, key=lambda timer: (timer.fired_at or timer.due_at, timer.due_at)))

    def username(self, person_id: str | None) -> str | None:
        return None if person_id is None else self.users.get(person_id, person_id)

    def messages_of(self, person_id: str) -> tuple[OutboxEntry, ...]:
        """What a person has been told about this case."""
        with self.engine.store.read() as work:
            entries = work.registers.inbox_messages(person_id, unread_only=False, limit=MOST_MESSAGES)
        return tuple(entry for entry in entries if entry.case_id == self.view.case.case_id)


def read_view(engine: Engine, case_id: str) -> CaseView:
    """The whole case, past all rights: the scenario's observer is not a user."""
    with engine.store.read() as work:
        view = work.cases.view(case_id)
    if view is None:
        raise LookupError(case_id)
    return view


def see(engine: Engine, view: CaseView, checked_firings: frozenset[str]) -> Scene:
    """The scene at this instant, around a view that has just been read."""
    return Scene(
        engine=engine,
        now=engine.clock.now(),
        zone=engine.settings.timezone,
        view=view,
        users=usernames(engine),
        checked_firings=checked_firings,
    )
