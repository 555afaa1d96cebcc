"""A procedure's scenarios played against a version that is not in force yet: a draft.

Each runs on a copy of this office's procedures, tables and calendar with the draft among them. Its people are this
office's where all that the scenario names are here, else the sample office's: the shipped ones are written for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from engine.errors import EngineError, Message
from engine.kernel.diagram import read_diagram
from engine.org.setup import NewPerson, set_up_office
from engine.ports.engine import Engine
from engine.records.definition import Definition
from engine.records.org import Actor
from engine.sample.office import sample_office
from engine.sample.setup import set_up_sample
from engine.scenarios.errors import InvalidScenario
from engine.scenarios.load import read_scenario
from engine.scenarios.model import Scenario
from engine.scenarios.places import element_at
from engine.scenarios.result import Failure, ScenarioResult
from engine.scenarios.stage import EndlessTimers, SetUp
from engine.scenarios.template import BEFORE, Build, Template
from engine.simulation.office import OfficeCopy, put_in_force, read_office, write_office
from engine.simulation.simulate import demand_player

FOLDER = "scenarios/"
MOST_SCENARIOS = 60
MOST_SAID = 20
"""Faults told of one scenario."""


@dataclass(frozen=True)
class Fault:
    """What was not as written. `element` is on the draft's own drawing, "" where it belongs to none."""

    line: int
    element: str
    message: Message


@dataclass(frozen=True)
class Trial:
    """What became of one scenario. `passed` are the elements of the draft's own drawing that it passed."""

    path: str
    title: str
    title_en: str
    faults: tuple[Fault, ...]
    passed: frozenset[str]

    @property
    def has_passed(self) -> bool:
        return not self.faults


def scenario_files(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The scenarios among a draft's files, by path, at most MOST_SCENARIOS."""
    found = sorted(path for path in files if path.startswith(FOLDER) and path.endswith(".yaml"))
    return {path: files[path] for path in found[:MOST_SCENARIOS]}


def try_scenarios(
    engine: Engine,
    actor: Actor,
    given: Definition,
    scenarios: Mapping[str, bytes],
    *,
    build: Build,
    home: Path,
) -> Iterator[Trial]:
    """One after the other, each as soon as it is played, on databases in the folder `home`.

    Raises Forbidden (audited) for who is no admin or supervisor.
    """
    demand_player(engine, actor, "try_scenarios", given.key)
    with engine.store.read() as work:
        office = read_office(work, BEFORE, engine.clock.now(), given)
    return _Tries(engine, office, given, build, home).each(scenarios)


@dataclass(frozen=True)
class _Tries:
    engine: Engine
    office: OfficeCopy
    given: Definition
    build: Build
    home: Path

    def each(self, scenarios: Mapping[str, bytes]) -> Iterator[Trial]:
        own = {person.username for person in self.office.people}
        for path, content in scenarios.items():
            try:
                scenario = read_scenario(content, path, self.engine.settings.timezone)
            except InvalidScenario as error:
                faults = tuple(Fault(f.line, "", f.message) for f in error.faults[:MOST_SAID])
                yield Trial(path, path.removeprefix(FOLDER), path.removeprefix(FOLDER), faults, frozenset())
                continue
            named = {step.actor for step in scenario.steps if step.actor}
            template = self._of_office if named <= own else self._of_sample
            yield self._trial(template, scenario)

    def _trial(self, template: Template, scenario: Scenario) -> Trial:
        known = set(read_diagram(self._diagram).elements)
        try:
            result = template.run(scenario)
        except (EngineError, EndlessTimers) as error:
            message = error.message if isinstance(error, EngineError) else _endless(error)
            result = ScenarioResult(scenario, False, (), ())
            faults: tuple[Fault, ...] = (Fault(1, "", message),)
        else:
            faults = tuple(
                Fault(failure.line, _at(scenario, failure, known), failure.message)
                for failure in result.failures[:MOST_SAID]
            )
        return Trial(
            path=scenario.path,
            title=scenario.title,
            title_en=scenario.title_en or scenario.title,
            faults=faults,
            passed=frozenset(element for process, element in result.passed if process == self.given.key),
        )

    @property
    def _diagram(self) -> bytes:
        return next(file.content for file in self.given.files if file.path == f"{self.given.key}.bpmn")

    @cached_property
    def _of_office(self) -> Template:
        return self._template("office", self._furnish)

    @cached_property
    def _of_sample(self) -> Template:
        return self._template("sample", self._furnish_sample)

    def _template(self, name: str, set_up: SetUp) -> Template:
        home = self.home / name
        home.mkdir(parents=True)
        return Template(self.build, set_up, home, self.engine.settings)

    def _furnish(self, fresh: Engine) -> None:
        # whoever is away today was not, or will not be, when a scenario plays
        write_office(fresh, replace(self.office, absences=()))
        put_in_force(fresh, self.given, BEFORE)

    def _furnish_sample(self, fresh: Engine) -> None:
        if self.office.is_empty:
            set_up_sample(fresh, password=None)
        else:
            sample = sample_office()
            people = [NewPerson(m.username, m.name, m.unit, None, m.grants, m.email) for m in sample.people]
            set_up_office(fresh, sample.units, people)
            write_office(fresh, replace(self.office, units=(), people=(), grants={}, absences=()))
        put_in_force(fresh, self.given, BEFORE)


def _at(scenario: Scenario, failure: Failure, known: set[str]) -> str:
    element = element_at(scenario, failure.line)
    return element if element is not None and element in known else ""


def _endless(error: EndlessTimers) -> Message:
    return Message(f"定时器“{error}”在同一时刻反复触发。", f"The timer “{error}” fires at one instant for ever.")
