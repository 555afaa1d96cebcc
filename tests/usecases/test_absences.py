"""Who is away, and who is told instead of nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from engine.cases.start import start_case
from engine.errors import Forbidden, InvalidForm, NotFound
from engine.notifications.messages import list_messages
from engine.notifications.receivers import told
from engine.org.absences import absences_of, clear_absence, office_absences, set_absence
from engine.org.handover import handover
from engine.org.members import close_member
from engine.records.org import Grant, Person
from engine.store.statements import count_statements
from tests.unit.kernel.bpmn_builder import Bpmn
from tests.worlds import World

TODAY = date(2025, 9, 26)
"""The day of START."""


def away(world: World, who: str = "dengji", deputy: str = "jiedai", **given: Any) -> str:
    days: dict[str, Any] = {"starts_on": TODAY, "ends_on": TODAY, **given}
    return set_absence(world.engine, world.actor(who), deputy_id=f"p-{deputy}", **days).absence_id


def names_told(world: World, *usernames: str) -> list[str]:
    with world.engine.store.read() as work:
        people = [person for name in usernames if (person := work.org.person_by_username(name))]
        return [person.username for person in told(work, people, world.clock.now())]


def test_the_deputy_is_told_as_well_on_the_days_and_on_no_other(either: World) -> None:
    away(either, starts_on=TODAY + timedelta(days=1), ends_on=TODAY + timedelta(days=2))
    assert names_told(either, "dengji") == ["dengji"]
    either.clock.advance(timedelta(hours=15) - timedelta(microseconds=1))
    assert names_told(either, "dengji") == ["dengji"], "until midnight of the office"
    either.clock.advance(timedelta(microseconds=1))
    assert names_told(either, "dengji") == ["dengji", "jiedai"]
    assert names_told(either, "dengji", "jiedai") == ["dengji", "jiedai"], "nobody twice"
    either.clock.advance(timedelta(days=2))
    assert names_told(either, "dengji") == ["dengji"]


def test_a_deputy_who_is_away_has_a_deputy_and_a_circle_is_refused_with_its_names(either: World) -> None:
    away(either, "dengji", "jiedai")
    away(either, "jiedai", "jingban")
    with pytest.raises(InvalidForm, match="许知行 → 周雨 → 林小满 → 许知行"):
        away(either, "jingban", "dengji")
    away(either, "jingban", "dengji", starts_on=TODAY + timedelta(days=1), ends_on=TODAY + timedelta(days=1))
    with either.engine.store.read() as work:
        person = work.org.person_by_username("dengji")
        assert person is not None
        with count_statements(either.engine.store) as statements:
            people = told(work, [person], either.clock.now())
    assert [p.username for p in people] == ["dengji", "jiedai", "jingban"]
    assert statements.count == 1


def test_a_deputy_who_has_left_is_not_told(world: World) -> None:
    away(world)
    with world.engine.store.write() as work:
        person = work.org.person("p-jiedai")
        assert person is not None
        work.org.save_person(replace(person, active=False))
    assert names_told(world, "dengji") == ["dengji"]


def test_the_deputy_hears_of_it_and_a_clearing_ends_it(either: World) -> None:
    absence = away(either, ends_on=TODAY + timedelta(days=3), note="年休假")
    (word,) = list_messages(either.engine, either.actor("jiedai"))
    assert "2025-09-26 至 2025-09-29" in word.text_zh
    assert "年休假" not in word.text_zh
    view = absences_of(either.engine, either.actor("dengji"))
    assert [a.deputy_id for a in view.absences] == ["p-jiedai"]
    assert "p-dengji" not in {p.person_id for p in view.colleagues}
    clear_absence(either.engine, either.actor("dengji"), absence)
    clear_absence(either.engine, either.actor("dengji"), absence)
    assert [m.text_zh.split("，")[0] for m in list_messages(either.engine, either.actor("jiedai"))] == [
        "【代理】周雨已提前返岗",
        word.text_zh.split("，")[0],
    ]
    assert names_told(either, "dengji") == ["dengji"]
    assert absences_of(either.engine, either.actor("dengji")).absences == ()
    away(either)


def test_who_loses_a_deputy_hears_of_it(world: World) -> None:
    away(world)
    with world.engine.store.read() as work:
        deputy = work.org.person("p-jiedai")
    assert deputy is not None
    admin = world.actor("admin")
    close_member(world.engine, admin, "p-jiedai", reason="调离", seen=deputy.revision, knows_held=True)
    (word,) = list_messages(world.engine, world.actor("dengji"))
    assert word.text_zh.startswith(f"【代理】您的代理人{deputy.name}的账号已停用")
    assert absences_of(world.engine, world.actor("dengji")).gone == {"p-jiedai"}
    assert office_absences(world.engine, admin).gone == {"p-jiedai"}
    with world.engine.store.read() as work:
        me = work.org.person("p-dengji")
    assert me is not None
    close_member(world.engine, admin, "p-dengji", reason="退休", seen=me.revision, knows_held=True)
    assert office_absences(world.engine, admin).absences == ()
    with world.engine.store.read() as work:
        told = work.registers.inbox_messages("p-jiedai", unread_only=True, limit=1)[0]
    assert "代理随之停止" in told.text_zh


def test_an_absence_that_never_began_is_taken_back_and_leaves_no_list(world: World) -> None:
    dengji = world.actor("dengji")
    first = TODAY + timedelta(days=3)
    clear_absence(world.engine, dengji, away(world, starts_on=first, ends_on=first))
    assert "已撤销" in list_messages(world.engine, world.actor("jiedai"))[0].text_zh
    world.clock.advance(timedelta(days=5))
    assert handover(world.engine, dengji).absences == ()


@pytest.mark.parametrize(
    "given",
    [
        {"deputy": "dengji"},
        {"deputy": "zrzyj.banli"},
        {"deputy": "nobody"},
        {"ends_on": TODAY - timedelta(days=1)},
        {"starts_on": TODAY - timedelta(days=3), "ends_on": TODAY - timedelta(days=1)},
        {"starts_on": TODAY + timedelta(days=2), "ends_on": TODAY + timedelta(days=1)},
        {"ends_on": TODAY + timedelta(days=400)},
        {"note": "长" * 201},
    ],
)
def test_what_makes_no_sense_is_refused(world: World, given: dict[str, Any]) -> None:
    with pytest.raises(InvalidForm):
        away(world, **given)
    assert absences_of(world.engine, world.actor("dengji")).absences == ()


def test_two_at_once_are_refused(world: World) -> None:
    away(world, starts_on=TODAY + timedelta(days=2), ends_on=TODAY + timedelta(days=4))
    for first, last in ((0, 2), (4, 9), (3, 3), (0, 9)):
        with pytest.raises(InvalidForm, match="已登记过代理人"):
            away(world, starts_on=TODAY + timedelta(days=first), ends_on=TODAY + timedelta(days=last))
    away(world, starts_on=TODAY, ends_on=TODAY + timedelta(days=1))
    away(world, starts_on=TODAY + timedelta(days=5), ends_on=TODAY + timedelta(days=5))


def test_deputies_for_different_procedures_at_one_time(either: World) -> None:
    for key in ("one", "three"):
        either.deploy(
            Bpmn(key).lane("l", role="registrar").start("s", lane="l").manual("m", lane="l").end("e", lane="l")
        )
    away(either, "dengji", "jiedai", procedures=["one"])
    away(either, "dengji", "jingban", procedures=["two_steps", "three"])
    away(either, "jingban", "dengji", procedures=["one"])
    for procedures in ([], ["one"], ["three"]):
        with pytest.raises(InvalidForm, match="已登记过代理人"):
            away(either, "dengji", "duban", procedures=procedures)
    with pytest.raises(InvalidForm, match="没有流程"):
        away(either, "dengji", "duban", procedures=["nowhere"])
    with pytest.raises(InvalidForm, match="林小满 → 周雨 → 林小满"):
        away(either, "jiedai", "dengji")
    principals = {p.person_id: set(p.procedures) for p in either.actor("jingban").principals}
    assert principals == {"p-dengji": {"two_steps", "three"}}
    mine = absences_of(either.engine, either.actor("jingban"))
    assert [a.person_id for a in mine.standing_in] == ["p-dengji"]
    assert mine.names["p-dengji"] == "周雨"
    everybody = office_absences(either.engine, either.actor("admin"))
    assert len(everybody.absences) == 3
    with pytest.raises(Forbidden):
        office_absences(either.engine, either.actor("jingban"))


def test_only_an_admin_enters_and_clears_others(world: World) -> None:
    days = {"starts_on": TODAY, "ends_on": TODAY, "deputy_id": "p-jiedai", "person_id": "p-dengji"}
    with pytest.raises(Forbidden):
        set_absence(world.engine, world.actor("jingban"), **days)
    absence = set_absence(world.engine, world.actor("admin"), **days)
    with pytest.raises(Forbidden):
        clear_absence(world.engine, world.actor("jingban"), absence.absence_id)
    with pytest.raises(NotFound):
        clear_absence(world.engine, world.actor("admin"), "unknown")
    (word,) = list_messages(world.engine, world.actor("dengji"))
    assert "已为您登记" in word.text_zh
    clear_absence(world.engine, world.actor("admin"), absence.absence_id)
    with world.engine.store.read() as work:
        events = [entry.event for entry in work.registers.audit_of(None)]
    assert events[-4:] == ["AccessRefused", "AbsenceSet", "AccessRefused", "AbsenceCleared"]


def telling(world: World, **given: str) -> None:
    """Starts a case whose first element tells the registrars; the start's values go into the case's own columns."""
    diagram = Bpmn("told").lane("l", role="registrar").start("s", lane="l")
    if given:
        diagram.service("set", "set_case", given, lane="l")
    params = {"role": '"registrar"', "topic": '"t"', "level": '"urgent"'}
    diagram.service("tell", "notify", params, lane="l").manual("m", lane="l").end("e", lane="l")
    world.deploy(diagram)
    start_case(world.engine, world.actor("dengji"), "told", {})


def test_the_action_tells_the_deputy_with_its_level_but_never_one_of_an_accused_unit(world: World) -> None:
    with world.engine.store.write() as work:
        work.org.add_person(Person("p-both", "both", "兼职", "xfj", "-"), [Grant("resp_dept", "zjj")])
    away(world, "dengji", "both")

    def heard(username: str) -> list[str]:
        return [e.level for e in list_messages(world.engine, world.actor(username)) if e.topic == "t"]

    telling(world)
    assert (heard("dengji"), heard("both")) == (["urgent"], ["urgent"])
    telling(world, accused_units='["zjj"]')
    assert (heard("dengji"), heard("both")) == (["urgent", "urgent"], ["urgent"])
