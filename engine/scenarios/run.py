"""Runs a scenario, step by step, through the use cases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from engine.errors import EngineError, Message
from engine.records.time import TimerKind
from engine.records.views import CaseView
from engine.scenarios.acts import Act, do
from engine.scenarios.cast import actor_named, newest_case
from engine.scenarios.checks import CHECKS
from engine.scenarios.fill_in import fill_in
from engine.scenarios.instants import When
from engine.scenarios.model import Scenario, Step, Verb
from engine.scenarios.refusals import problem_of
from engine.scenarios.result import Failure, ScenarioResult, TimelineEntry
from engine.scenarios.scene import read_view, see
from engine.scenarios.stage import EngineFactory, SetUp, Stage
from engine.scenarios.timeline import happened, told_step

CHECKED: Final = {"fired": TimerKind.BPMN, "climbed": TimerKind.RUNG}
"""Expectations that ask for all that is new since they were last written."""


def run_scenario(
    scenario: Scenario,
    engine_factory: EngineFactory,
    *,
    set_up: SetUp,
    restart: bool = False,
    watch: Callable[[], None] | None = None,
) -> ScenarioResult:
    """Runs all steps, to the first whose act does not go as written; `restart` starts anew after every step.

    `watch` is called after each step.

    `engine_factory` must open the same, at first empty, database at every call.
    """
    stage = Stage(engine_factory, scenario.start, set_up)
    try:
        run = _Run(scenario, stage, restart=restart, watch=watch)
        run.all_steps()
    finally:
        stage.close()
    timeline = sorted(run.timeline, key=lambda entry: entry.at)
    return ScenarioResult(scenario, restart, tuple(run.failures), tuple(timeline), run.passed)


class _Run:
    def __init__(
        self, scenario: Scenario, stage: Stage, *, restart: bool, watch: Callable[[], None] | None
    ) -> None:
        self._watch = watch
        self._scenario = scenario
        self._stage = stage
        self._restart = restart
        self._cases: dict[str, str] = {}
        self._current: str | None = None
        self._checked: dict[str, frozenset[str]] = {}
        self._told: dict[str, CaseView] = {}
        self._seen: tuple[int, CaseView | None] = (0, None)
        self._incidents = 0
        self.failures: list[Failure] = []
        self.timeline: list[TimelineEntry] = []

    @property
    def passed(self) -> frozenset[tuple[str, str]]:
        """In every case that was looked at."""
        entries = (entry for view in self._told.values() for entry in view.path)
        return frozenset((entry.process_id, entry.element_id) for entry in entries if entry.closure == "completed")

    def all_steps(self) -> None:
        for step in self._scenario.steps:
            went_well = self._one_step(step)
            case_id = self._case_id(step)
            view = None if case_id is None else read_view(self._stage.engine, case_id)
            if view is not None:
                self._tell_changes(view)
            self._seen = (self._stage.moved, view)
            if not went_well:
                break
            self._check(step, view)
            if self._watch is not None:
                self._watch()
            if self._restart:
                self._stage.restart()

    def _one_step(self, step: Step) -> bool:
        """Whether the step's act went as written."""
        if step.at is not None:
            self._stage.move_to(self._instant(step.at))
        if step.until is not None:
            self._stage.go_down(self._instant(step.until))
        self._tell("step", told_step(step))
        if step.verb is Verb.FOLLOW:
            return self._follow(step)
        error = self._act(step)
        self._stage.settle()
        problem = problem_of(step.refused, error)
        if problem is not None:
            self._fail(step.line, problem)
        elif error is not None:
            self._tell("refused", error.message)
        return problem is None

    def _follow(self, step: Step) -> bool:
        """The newest case of a procedure becomes the current one: a message has opened it."""
        self._stage.settle()
        found = newest_case(self._stage.engine, step.target)
        if found is None:
            none = Message(f"没有“{step.target}”的案件。", f"There is no case of “{step.target}”.")
            self._fail(step.line, none)
            return False
        self._current = found
        if step.case is not None:
            self._cases[step.case] = found
        return True

    def _act(self, step: Step) -> EngineError | None:
        """The refusal, None where the act succeeded or the step does nothing."""
        if step.verb is None or step.actor is None:
            return None
        view = self._known_view(step)
        try:
            act = Act(
                engine=self._stage.engine,
                actor=actor_named(self._stage.engine, step.actor),
                step=step,
                data=fill_in(step.data, lambda name, argument: self._placeholder(step, name, argument)),
                procedure=self._scenario.procedure,
                view=view,
            )
            started = do(act)
        except EngineError as error:
            if _versions(self._view(step)) != _versions(view):
                self._fail(step.line, Message("被拒绝的操作改动了案件", "A refused act changed the case"))
            return error
        if started is not None:
            self._current = started
            if step.case is not None:
                self._cases[step.case] = started
        return None

    def _check(self, step: Step, view: CaseView | None) -> None:
        if view is None:
            if step.expect:
                self._fail(step.line, Message("还没有案件可检查。", "There is no case to check."))
            return
        case_id = view.case.case_id
        scene = see(self._stage.engine, view, self._checked.get(case_id, frozenset()))
        for expectation in step.expect:
            if expectation.key == "incidents":
                self._incidents = int(expectation.wanted)
                continue
            for message in CHECKS[expectation.key](scene, expectation):
                self._fail(expectation.line, message)
            if expectation.key in CHECKED:
                told = {t.timer_id for t in scene.firings if t.kind is CHECKED[expectation.key]}
                self._checked[case_id] = self._checked.get(case_id, frozenset()) | told
        self._check_incidents(step, view)

    def _check_incidents(self, step: Step, view: CaseView) -> None:
        standing = [incident for incident in view.incidents if incident.state == "open"]
        if len(standing) != self._incidents:
            told = "；".join(f"{i.element_name or i.element_id}：{i.reason_zh}" for i in standing)
            told_en = "; ".join(f"{i.element_id}: {i.reason_en}" for i in standing)
            self._fail(
                step.line,
                Message(
                    f"未处理故障 {len(standing)} 个，应为 {self._incidents} 个。{told}",
                    f"{len(standing)} open incidents, not {self._incidents}. {told_en}",
                ),
            )

    def _instant(self, when: When) -> datetime:
        return self._stage.now + when if isinstance(when, timedelta) else when

    def _case_id(self, step: Step) -> str | None:
        if step.case is not None:
            return self._cases.get(step.case)
        return self._current

    def _view(self, step: Step) -> CaseView | None:
        case_id = self._case_id(step)
        return None if case_id is None else read_view(self._stage.engine, case_id)

    def _known_view(self, step: Step) -> CaseView | None:
        """The step's case: as read after the last step, where nothing can have touched it since."""
        moved, seen = self._seen
        is_fresh = moved == self._stage.moved
        if seen is not None and is_fresh and seen.case.case_id == self._case_id(step):
            return seen
        return self._view(step)

    def _placeholder(self, step: Step, name: str, argument: str | None) -> str | None:
        zone = self._stage.engine.settings.timezone
        local = self._stage.now.astimezone(zone)
        match name:
            case "now":
                return local.strftime("%Y-%m-%dT%H:%M")
            case "today":
                return local.date().isoformat()
            case "person" if argument:
                return actor_named(self._stage.engine, argument).person_id
            case "number" | "case_id":
                case_id = self._cases.get(argument) if argument else self._case_id(step)
                if case_id is None:
                    return None
                return case_id if name == "case_id" else read_view(self._stage.engine, case_id).case.number
            case _:
                return None

    def _tell_changes(self, view: CaseView) -> None:
        told = self._told.get(view.case.case_id)
        zone = self._stage.engine.settings.timezone
        self.timeline.extend(happened(told, view, self._stage.now, zone))
        self._told[view.case.case_id] = view

    def _tell(self, kind: str, message: Message) -> None:
        self.timeline.append(TimelineEntry(self._stage.now, kind, message))

    def _fail(self, line: int, message: Message) -> None:
        self.failures.append(Failure(line, self._stage.now, message))
        self._tell("failed", message)


def _versions(view: CaseView | None) -> tuple[int, ...]:
    return () if view is None else tuple(instance.version for instance in view.instances)
