"""What a trial of a draft does outside its request: on scratch databases in a folder that goes with it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from engine.bootstrap import build
from engine.clock.fixed import ManualClock
from engine.ports.engine import Engine
from engine.records.definition import Definition
from engine.records.org import Actor
from engine.scenarios.stage import EngineFactory
from engine.simulation.model import Answers, Simulation
from engine.simulation.simulate import simulate
from engine.simulation.trying import Trial, try_scenarios
from web.try_asked import Asked
from web.working import Tell

PREFIX = "duban-try-"


@dataclass(frozen=True)
class Played:
    """`against` is the play of the version that the draft is held against, None where there is none."""

    draft: Simulation
    against: Simulation | None


@dataclass(frozen=True)
class PlayJob:
    """Plays the draft, and then the other version in the same way. Tells how far the clock has come."""

    office: Engine
    actor: Actor
    given: Definition
    against: Definition | None
    asked: Asked
    answers: Answers

    def __call__(self, tell: Tell) -> Played:
        first = self._one(self.given, tell, 1)
        return Played(first, self._one(self.against, tell, 2) if self.against else None)

    def _one(self, version: Definition, tell: Tell, part: int) -> Simulation:
        zone = self.office.settings.timezone

        def watch(at: datetime, _instants: int) -> None:
            tell({"at": f"{at.astimezone(zone):%Y-%m-%d %H:%M}", "part": part})

        with tempfile.TemporaryDirectory(prefix=PREFIX) as home:
            return simulate(
                self.office,
                self.actor,
                version.key,
                self.asked.start,
                self.answers,
                scratch=_scratch(self.office, Path(home)),
                watch=watch,
                given=version,
                away=self.asked.away,
            )


@dataclass(frozen=True)
class ScenarioJob:
    """Plays the scenarios one after the other, and tells of each how it went."""

    office: Engine
    actor: Actor
    given: Definition
    files: Mapping[str, bytes]

    def __call__(self, tell: Tell) -> list[Trial]:
        done: list[Trial] = []
        with tempfile.TemporaryDirectory(prefix=PREFIX) as home:
            tries = try_scenarios(self.office, self.actor, self.given, self.files, build=build, home=Path(home))
            for trial in tries:
                done.append(trial)
                went = "ok" if trial.has_passed else "failed"
                tell({"n": len(done), "of": len(self.files), "path": trial.path, "went": went})
        return done


Job = Callable[[Tell], Any]


def _scratch(office: Engine, home: Path) -> EngineFactory:
    fresh = replace(office.settings, home=home, database_url="", cluster=False)

    def open_scratch(clock: ManualClock) -> Engine:
        return build(fresh, clock)

    return open_scratch
