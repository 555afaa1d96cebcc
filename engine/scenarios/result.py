"""What running a scenario gave."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from engine.errors import Message
from engine.scenarios.instants import show_instant
from engine.scenarios.model import Scenario


@dataclass(frozen=True)
class Failure:
    """Something that was not as the scenario says. `line` is that of the step's key in the file."""

    line: int
    at: datetime
    message: Message


@dataclass(frozen=True)
class TimelineEntry:
    """One thing that happened. `kind` is step, refused, timer, opened, closed, paper, ended, restart or failed."""

    at: datetime
    kind: str
    message: Message


@dataclass(frozen=True)
class ScenarioResult:
    """`restarted`: the system was started anew after every step. `passed`: process id and id of each element that
    was passed, whichever case it was in."""

    scenario: Scenario
    restarted: bool
    failures: tuple[Failure, ...]
    timeline: tuple[TimelineEntry, ...]
    passed: frozenset[tuple[str, str]] = frozenset()

    @property
    def has_passed(self) -> bool:
        return not self.failures

    def told(self, failure: Failure, zone: ZoneInfo) -> str:
        """A failure as one line: file, line, instant, what."""
        return f"{self.scenario.path}:{failure.line} [{show_instant(failure.at, zone)}] {failure.message}"
