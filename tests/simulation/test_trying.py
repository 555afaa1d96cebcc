"""Trying a draft: played with absences, recorded, held to its scenarios."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from engine.bootstrap import build
from engine.clock.fixed import ManualClock
from engine.definitions.drafts import create_draft, open_draft
from engine.errors import Forbidden, InvalidForm
from engine.ports.engine import Engine
from engine.records.definition import Definition
from engine.scenarios.cast import UnknownUser
from engine.scenarios.load import read_scenario
from engine.simulation.drafts import draft_to_play, record_scenario
from engine.simulation.from_scenario import answers_of
from engine.simulation.model import Answer, Answers, Away, Delay, Simulation
from engine.simulation.recording import scenario_path
from engine.simulation.simulate import simulate
from engine.simulation.trying import Trial, scenario_files, try_scenarios
from tests.simulation.conftest import told
from tests.unit.clock.days import ZONE, at
from tests.worlds import World, files_of, two_step_forms, two_steps

BEFORE_NATIONAL_DAY = at("2026-09-29 09:00")
USUAL = Answers(otherwise=Delay(1, "W"), tolerant=True)


@pytest.fixture
def draft_id(office: World) -> str:
    """A new procedure that is nowhere in force: 来访 → 核对 → 签批."""
    files = files_of(two_steps(), **two_step_forms())
    return create_draft(office.engine, office.actor("admin"), "two_steps", files=files).draft_id


@pytest.fixture
def given(office: World, draft_id: str) -> Definition:
    return draft_to_play(office.engine, office.actor("admin"), draft_id)


@pytest.fixture
def try_out(office: World, given: Definition, tmp_path: Path) -> Callable[..., Simulation]:
    def try_out(answers: Answers = USUAL, *away: Away) -> Simulation:
        homes = tmp_path / "played"

        def scratch(clock: ManualClock) -> Engine:
            settings = office.engine.settings
            return build(type(settings)(home=homes / str(len(list(homes.glob("*"))))), clock)

        admin = office.actor("admin")
        start = BEFORE_NATIONAL_DAY
        return simulate(office.engine, admin, "two_steps", start, answers, scratch=scratch, given=given, away=away)

    return try_out


def _of(office: World, given: Definition, home: Path, **files: str) -> list[Trial]:
    scenarios = {f"scenarios/{name}.yaml": content.encode() for name, content in files.items()}
    admin = office.actor("admin")
    return list(try_scenarios(office.engine, admin, given, scenarios, build=build, home=home))


def test_a_draft_is_played_to_its_end_over_the_holiday(try_out: Callable[..., Simulation]) -> None:
    played = try_out()
    done = [(when, element) for when, element, _ in told(played, "answered")]
    assert done == [("2026-09-30 09:00", "check"), ("2026-10-08 09:00", "sign")]
    assert played.outcome == "end"
    assert [act.filled for act in played.acts] == [("title",), ("opinion",), ()]
    assert [day for day, note in played.calendar.items() if not note.is_workday] == [
        f"2026-10-0{n}" for n in range(1, 8)
    ]
    assert [f.path for f in played.acts[1].fields] == ["opinion"]


def test_who_is_away_is_waited_for_and_a_deputy_is_not(try_out: Callable[..., Simulation]) -> None:
    start, end = at("2026-09-28 00:00"), at("2026-10-13 00:00")
    waits = try_out(USUAL, Away("dengji", start, end))
    assert told(waits, "answered")[0][:2] == ("2026-10-13 09:00", "check")
    assert [element for _, element, _ in told(waits, "note")] == ["check"]
    stood_in = try_out(USUAL, Away("dengji", start, end, deputy="jingban"))
    assert told(stood_in, "answered")[0][:2] == ("2026-09-30 09:00", "check")
    assert stood_in.acts[1].username == "jingban"
    with pytest.raises(UnknownUser):
        try_out(USUAL, Away("nobody", start, end))


def test_an_answer_that_is_refused_stops_only_its_task(try_out: Callable[..., Simulation]) -> None:
    long = {"two_steps/check": (Answer(after=Delay(1, "W"), data={"opinion": "长" * 30_000, "gone": 1}),)}
    played = try_out(Answers(tasks=long, otherwise=Delay(1, "W"), tolerant=True))
    assert played.blocked == ("check",)
    refused = next(act for act in played.acts if act.element == "check").refused
    assert refused is not None
    assert "意见" in refused.zh
    left = {"check": (Answer(never=True),)}
    assert try_out(Answers(tasks=left, otherwise=Delay(), tolerant=True)).blocked == ("check",)


def test_a_recorded_simulation_holds_and_notices_a_change(
    office: World, draft_id: str, given: Definition, try_out: Callable[..., Simulation], tmp_path: Path
) -> None:
    admin = office.actor("admin")
    played = try_out()
    with pytest.raises(InvalidForm):
        record_scenario(office.engine, admin, draft_id, played, name="over_holiday", title=" ")
    record_scenario(office.engine, admin, draft_id, played, name="over_holiday", title="跨国庆")
    files = scenario_files(open_draft(office.engine, admin, draft_id).files)
    content = files["scenarios/over_holiday.yaml"].decode()
    later = content.replace("complete: sign", "complete: gone")
    held, broken, unread = _of(office, given, tmp_path / "tries", a=content, b=later, c="procedure: [")
    assert held.has_passed, held.faults
    assert held.passed >= {"check", "sign", "end"}
    assert held.title == "跨国庆"
    assert [(fault.element, "gone" in fault.message.zh) for fault in broken.faults] == [("", True)]
    assert not unread.has_passed
    scenario = read_scenario(content.encode(), "over_holiday.yaml", ZONE)
    again = answers_of(scenario, BEFORE_NATIONAL_DAY.date() + timedelta(days=1), Delay(2, "W"), {"dengji"})
    assert again.of("check", 0) == Answer(
        again.tasks["check"][0].line, "dengji", Delay(2, "W"), data={"opinion": "模拟"}
    )
    assert again.of("sign", 0) is not None


@pytest.mark.parametrize("name", ["../evil", "Upper", "1st", ""])
def test_a_scenario_needs_a_name(name: str) -> None:
    with pytest.raises(InvalidForm):
        scenario_path(name)


def test_only_admins_and_supervisors_try(office: World, draft_id: str) -> None:
    clerk = office.actor("jiedai")
    with pytest.raises(Forbidden):
        draft_to_play(office.engine, clerk, draft_id)
    with office.engine.store.read() as work:
        told_of = [entry for entry in work.registers.audit_of(None) if entry.event == "AccessRefused"]
    assert told_of[-1].detail["attempted"] == "try_draft"
