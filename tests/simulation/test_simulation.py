"""Simulations: the worked dates, who is told, what is asked for, and that the installation stays as it is."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine.errors import Forbidden, NotFound
from engine.records.step import AuditEntry
from engine.scenarios.stage import EngineFactory
from engine.simulation.answers import InvalidAnswers
from engine.simulation.model import KINDS, Simulation
from engine.simulation.simulate import simulate
from engine.simulation.simulation_json import to_json
from engine.store.tables import metadata
from engine.store.unit_of_work import SqlStore
from tests.simulation.conftest import HERE, answers_of, told
from tests.unit.clock.days import ZONE, at
from tests.usecases.test_own_deadlines import verifying
from tests.worlds import World, enter_world

Play = Callable[..., Simulation]
NATIONAL_DAY = (HERE / "national_day.yaml").read_text("utf-8")
ARRIVES = """
start: {as: lxb.zhuren, data: {resp_unit: zjj, place_level: district, persons_count: 12}}
ack: {after: 5 M}
dispatch_leader: {after: 15 M, data: {leader_name: 带队领导, leader_rank: deputy}}
"""


def test_days_on_a_step_stand_in_the_timeline_by_the_steps_name(play: Play, office: World) -> None:
    office.deploy(verifying())
    played = play("verifying", "2025-09-29 09:00", "look: {after: 1 H}\nverify: {after: 9 D}\nsign: {after: 1 H}")
    assert told(played, "deadline") == [
        ("2025-09-29 10:00", "@verify", "实地核查：2 个工作日，2025-10-09 24:00 到期"),
    ]
    # the eve of the due day's is the last working day before the holiday
    assert ("2025-09-30 00:00", "@verify", "实地核查 亮黄灯") in told(played, "light")
    assert [message for *_, message in told(played, "met")] == ["实地核查 按期办结"]
    began = next(entry for entry in played.entries if entry.kind == "deadline")
    assert (began.element, began.message.en) == ("verify", "实地核查: 2 working days, due 2025-10-09 24:00")


def test_the_main_pipeline_over_national_day(play: Play) -> None:
    played = play("petition_main", "2025-09-26 09:00", NATIONAL_DAY)
    began = {rule: message for _, rule, message in told(played, "deadline")}
    assert began["T1"] == "T1 登记转送交办：15 日，2025-10-11 24:00 到期"
    assert began["T3"] == "T3 转送异议期：5 个工作日，2025-10-14 24:00 到期"
    assert began["T2"] == "T2 告知是否受理：15 日，2025-10-15 24:00 到期"
    assert began["T4"] == "T4 办结：60 日，2025-12-08 24:00 到期"
    lights = told(played, "light")
    assert ("2025-12-05 00:00", "T4", "T4 办结 亮黄灯") in lights
    assert told(played, "due")[0] == ("2025-12-08 24:00", "T4", "T4 办结 到期未办结，亮红灯")
    assert played.blocked == ("draft", "escalation")
    assert not played.reached_limit


def test_three_hours_on_a_holiday_with_nobody_arriving(play: Play) -> None:
    played = play("onsite_response", "2026-10-03 09:20", ARRIVES, "2026-10-03 13:00")
    assert told(played, "due") == [("2026-10-03 12:20", "T10", "T10 三小时到场 到期未办结，亮红灯")]
    fired = [when for when, element, _ in told(played, "fired")]
    assert fired[:3] == ["2026-10-03 10:50", "2026-10-03 11:35", "2026-10-03 12:20"]
    assert played.reached_limit
    assert played.until == at("2026-10-03 13:00")
    reminded = [e for e in played.entries if e.kind == "notified" and e.at == at("2026-10-03 10:50")]
    assert {(to.role, to.unit) for entry in reminded for to in entry.to} >= {("unit_leader", "zjj")}
    assert all(name for entry in reminded for to in entry.to for name in to.names)
    assert played.days["2026-10-03"].is_workday is False


def test_the_leader_who_arrives_in_time_meets_it(play: Play) -> None:
    text = ARRIVES + "arrived: {at: 2026-10-03 11:55, data: {arrived_at: '${now}', arrival_signed_by: 接待员}}\n"
    played = play("onsite_response", "2026-10-03 09:20", text)
    assert ("2026-10-03 11:55", "T10", "T10 三小时到场 按期办结") in told(played, "met")
    assert told(played, "due") == []
    after = play("onsite_response", "2026-10-03 09:20", text.replace("11:55", "12:55"))
    assert [entry.rule for entry in after.entries if entry.is_late] == ["T10"]


def test_a_task_without_an_answer_is_said_and_left_open(play: Play) -> None:
    played = play("petition_main", "2025-09-30 10:00")
    assert played.blocked == ("screen",)
    assert [element for _, element, _ in told(played, "blocked")] == ["screen"]
    assert set(played.filled) >= {"title", "channel"}
    assert played.until == at("2025-09-30 10:00")


def test_the_installation_is_only_read(office: World, play: Play) -> None:
    before = _everything(office)
    play("onsite_response", "2026-10-03 09:20", ARRIVES)
    assert _everything(office) == before


def test_people_come_without_passwords_and_addresses(office: World, scratch: EngineFactory, tmp_path: Path) -> None:
    with office.engine.store.write() as work:
        person = work.org.people()[0]
        work.connection.execute(sa.text("UPDATE person SET email = 'a@example.cn', password_hash = 'secret'"))
    simulate(office.engine, None, "onsite_response", at("2026-10-03 09:20"), scratch=scratch)
    copied = enter_world(next(tmp_path.glob("scratch-*")))
    with copied.engine.store.read() as work:
        found = work.org.person(person.person_id)
    copied.close()
    assert found is not None
    assert (found.email, found.password_hash) == ("", "-")


def test_an_empty_installation_plays_the_sample_office(tmp_path: Path, scratch: EngineFactory) -> None:
    empty = enter_world(tmp_path / "empty")
    played = simulate(empty.engine, None, "onsite_response", at("2026-10-03 09:20"), scratch=scratch)
    empty.close()
    assert played.is_sample
    assert played.entries


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("scren: never", 1, "screen"),
        ("screen: {after: 2 X}", 1, "2 W"),
        ("screen:\n  at: 2025-09-30 11:00\n  after: 1 H", 2, "只能写一个"),
        ("screen: 3", 1, "never"),
        ("screen: {data: 3}", 1, "字段: 值"),
        ("start: {after: 2 H}", 1, "--start"),
        ("screen:\n  data:\n    entered: maybe", 3, "entered"),
        ("screen:\n  as: nobody\n  data: {}", 2, "nobody"),
    ],
)
def test_a_bad_answer_names_its_line_and_field(play: Play, text: str, line: int, said: str) -> None:
    with pytest.raises(InvalidAnswers) as refusal:
        play("petition_main", "2025-09-30 10:00", text)
    assert f"answers.yaml 第 {line} 行" in refusal.value.message.zh
    assert said in refusal.value.message.zh


def test_a_procedure_that_is_not_there(play: Play) -> None:
    with pytest.raises(NotFound):
        play("no_such", "2025-09-30 10:00")


def test_only_admins_and_supervisors_play(office: World, scratch: EngineFactory) -> None:
    start = at("2026-10-03 09:20")
    with pytest.raises(Forbidden):
        simulate(office.engine, office.actor("jiedai"), "onsite_response", start, scratch=scratch)
    assert [entry.event for entry in _system_chain(office)][-1] == "AccessRefused"
    assert simulate(office.engine, office.actor("admin"), "onsite_response", start, scratch=scratch).entries


def test_json_is_plain_and_in_order(play: Play) -> None:
    made = to_json(play("onsite_response", "2026-10-03 09:20", ARRIVES), ZONE)
    assert json.loads(json.dumps(made)) == made
    instants = [entry["at"][:19] for entry in made["entries"]]
    assert instants == sorted(instants)
    assert {entry["kind"] for entry in made["entries"]} <= set(KINDS)
    first = next(entry for entry in made["entries"] if entry["kind"] == "opened")
    assert first["due"] == {"at": "2026-10-03T12:20:00+08:00", "written": "2026-10-03 12:20"}


def test_answers_of_each_opening(office: World) -> None:
    answers = answers_of(office.engine, "screen:\n  - {after: 1 H}\n  - never\n")
    assert [answers.of("screen", nth) for nth in range(3)] == [*answers.tasks["screen"], answers.tasks["screen"][1]]
    assert answers.of("register", 0) is None


def _everything(office: World) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    assert isinstance(office.engine.store, SqlStore)
    with office.engine.store.engine.connect() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(sa.select(table))), key=repr)
            for table in metadata.sorted_tables
        }


def _system_chain(office: World) -> tuple[AuditEntry, ...]:
    with office.engine.store.read() as work:
        return work.registers.audit_of(None)
