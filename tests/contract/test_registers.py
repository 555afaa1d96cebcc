"""People, procedures, papers, messages, incidents, attachments, drafts and marks."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from engine.errors import Conflict, InvalidState
from engine.records.attachment import Attachment
from engine.records.draft import StartDraft
from engine.records.org import Actor, Grant
from engine.records.step import Incident, Paper
from engine.records.task import Draft
from engine.store import SqlStore, count_statements
from tests.builders import (
    UNITS,
    a_case,
    a_definition,
    a_message,
    a_notice,
    a_person,
    a_task,
    add_case,
    add_office,
    next_step,
)
from tests.conftest import START

LATER = START + timedelta(hours=1)


@pytest.fixture(autouse=True)
def office(store: SqlStore) -> None:
    add_office(store)


def test_people_come_back_with_the_grants_in_force(store: SqlStore) -> None:
    locked = a_person(locked_until=LATER, failed_logins=3)
    with store.write() as work:
        work.org.save_person(locked)
        work.org.add_person(a_person("none"), ())
    with store.read() as work, count_statements(store) as statements:
        actor = work.org.actor("p-jingban")
        assert statements.count == 1
        grants = frozenset({Grant("case_officer", "xfj"), Grant("registrar", "xfj")})
        assert actor == Actor("p-jingban", "jingban", "jingban同志", "xfj", grants)
        assert work.org.person_by_username("jingban") == locked
        without = work.org.actor("p-none")
        assert without is not None
        assert without.grants == frozenset()
        assert work.org.actor("p-unknown") is None
        assert work.org.units() == tuple(sorted(UNITS, key=lambda unit: unit.code))
        assert work.org.grants()["p-zrzyj.banli"] == (Grant("resp_dept", "zrzyj"),)


def test_holders_are_the_active_ones(store: SqlStore) -> None:
    with store.write() as work:
        work.org.save_person(a_person("zrzyj.banli", "zrzyj", active=False))
    with store.read() as work:
        assert [p.username for p in work.org.holders("resp_dept", None)] == ["cgjd.banli"]
        assert work.org.holders("resp_dept", "zrzyj") == ()
        assert work.org.actor("p-zrzyj.banli") is None


def test_the_newest_version_of_a_procedure_is_current(store: SqlStore) -> None:
    second = a_definition(version=2, calls={"supervision_order": "d-supervision_order-1"})
    add_case(store)
    with store.write() as work:
        assert work.definitions.next_version("petition_main") == 2
        work.definitions.add(second)
        work.definitions.add(a_definition("supervision_order"))
    with store.read() as work:
        assert work.definitions.current("petition_main", START) == second
        assert work.definitions.get("d-petition_main-1") == a_definition()
        assert work.definitions.current("unknown", START) is None
        listed = [
            (d.key, d.version, d.is_current, d.open_instances) for d in work.definitions.list(START, counted=True)
        ]
    assert listed == [
        ("petition_main", 2, True, 0),
        ("petition_main", 1, False, 1),
        ("supervision_order", 1, True, 0),
    ]


def test_the_same_version_is_deployed_once(store: SqlStore) -> None:
    with pytest.raises(Conflict), store.write() as work:
        work.definitions.add(replace(a_definition(), definition_id="d-other"))


def test_drafts_belong_to_a_person_and_keep_the_newest(store: SqlStore) -> None:
    add_case(store, None, tasks_opened=(a_task(),))
    draft = Draft("t1", "p-jingban", {"意见": "第一稿", "附": [1, 2.5, None]}, START)
    with store.write() as work:
        work.drafts.save(draft)
        work.drafts.save(replace(draft, data={"意见": "第二稿"}, saved_at=LATER))
        assert work.drafts.of_task("t1", "p-jingban") == Draft("t1", "p-jingban", {"意见": "第二稿"}, LATER)
        assert work.drafts.of_task("t1", "p-other") is None


def test_a_person_reads_only_the_own_messages(store: SqlStore) -> None:
    notices = (a_notice("n1"), a_notice("n2"), a_notice("n3", "p-other"))
    add_case(store, None, outbox=notices)
    with store.write() as work:
        work.registers.mark_read("p-jingban", ["o-n1", "o-n3"], LATER)
        assert work.registers.unread_count("p-jingban") == 1
        assert work.registers.unread_count("p-other") == 1
        unread = work.registers.inbox_messages("p-jingban", unread_only=True, limit=9)
        assert [entry.entry_id for entry in unread] == ["o-n2"]
        newest, read = work.registers.inbox_messages("p-jingban", unread_only=False, limit=9)
        assert (newest.read_at, read.read_at) == (None, LATER)
        work.registers.mark_read("p-jingban", None, LATER)
        assert work.registers.unread_count("p-jingban") == 0


def test_messages_are_delivered_once(store: SqlStore) -> None:
    add_case(store, None, messages=(a_message("x1"), a_message("x2", key=None)))
    with store.write() as work:
        assert [m.message_id for m in work.messages.pending(10)] == ["x1", "x2"]
        assert work.messages.claim("x1") == a_message("x1")
        work.messages.settle("x1", "delivered", LATER)
        assert work.messages.claim("x1") is None
        assert [m.message_id for m in work.messages.pending(10)] == ["x2"]


def test_papers_are_numbered_once_and_served(store: SqlStore) -> None:
    paper = Paper("b1", "c1", "i1", "order", "督办令", "督办令〔2025〕1 号", {}, "issued", START, None)
    instance = add_case(store, None, papers=(paper,))
    with store.write() as work:
        work.registers.mark_paper_served("b1", LATER)
        assert work.registers.latest_paper("c1", "order") == replace(paper, state="served", served_at=LATER)
        assert work.registers.latest_paper("c1", "reply") is None
    with pytest.raises(Conflict), store.write() as work:
        work.instances.save_step(next_step(instance, papers=(replace(paper, paper_id="b2"),)))


def test_incidents_are_listed_newest_first_by_state(store: SqlStore) -> None:
    first = Incident(
        "n1", "i1", "c1", "gw", "是否重大", "级别 = 1", "没有变量", "no variable", {"kind": "complete"}, START
    )
    second = replace(first, incident_id="n2", at=LATER, expression=None)
    with store.write() as work:
        work.registers.add_incident(first)
        work.registers.add_incident(second)
        assert work.registers.incidents(state=None, limit=9) == (second, first)
        work.registers.set_incident_state("n2", "retried")
        assert work.registers.incidents(state="open", limit=9) == (first,)
        assert work.registers.incident("n2") == replace(second, state="retried")
        assert work.registers.incident("n9") is None


def test_the_same_content_is_stored_once(store: SqlStore) -> None:
    add_case(store)
    one = Attachment("a1", "c1", "照片.jpg", "image/jpeg", 3, "sha", START, "p-jingban")
    two = replace(one, attachment_id="a2", name="同一张.jpg", added_at=LATER)
    with store.write() as work:
        work.registers.add_attachment(one, b"\x00\xff1")
        work.registers.add_attachment(two, b"\x00\xff1")
        assert work.registers.attachments("c1") == (one, two)
        assert work.registers.attachment("a2") == (two, b"\x00\xff1")
        assert work.registers.attachment("a3") is None


@pytest.mark.parametrize("title", ["半个\ud800字", "x" * 1_000_000 + "\ud800"])
def test_half_a_character_is_refused_and_changes_nothing(store: SqlStore, title: str) -> None:
    def save() -> None:
        with store.write() as work:
            work.registers.set_mark("m", {"a": 1})
            work.registers.set_mark("m", {"a": title})

    with pytest.raises(InvalidState):
        save()
    with store.read() as work:
        assert work.registers.mark("m") is None


def test_a_number_that_no_column_holds_is_refused(store: SqlStore) -> None:
    with pytest.raises(InvalidState), store.write() as work:
        work.cases.add(a_case(persons_count=10**30), ())
    with pytest.raises(InvalidState), store.read() as work:
        work.registers.incidents(state=None, limit=10**30)


def test_a_key_with_a_nul_finds_nothing_or_is_refused(store: SqlStore) -> None:
    if store.engine.dialect.name == "postgresql":
        with pytest.raises(InvalidState, match="无法保存"), store.read() as work:
            work.cases.by_number("a\0")
    else:
        with store.read() as work:
            assert work.cases.by_number("a\0") is None


def test_values_of_any_json_shape_survive(store: SqlStore) -> None:
    value = {"": None, "$": {"$date": "x"}, "typename": [1.5, True, {"\0": '信\n\t"\\'}], "n": 10**30, "e": {}}
    with store.write() as work:
        work.registers.set_mark("m", value)
        assert work.registers.mark("m") == value


def test_marks_keep_the_last_value(store: SqlStore) -> None:
    with store.write() as work:
        assert work.registers.mark("heartbeat") is None
        work.registers.set_mark("heartbeat", {"at": START})
        work.registers.set_mark("heartbeat", {"at": LATER, "worker": "w1"})
        assert work.registers.mark("heartbeat") == {"at": LATER, "worker": "w1"}


def test_a_case_is_found_by_its_number_and_seen_whole(store: SqlStore) -> None:
    case = a_case(
        number="XF1", query_code="Q1", accused_units=("cgjd", "zrzyj"), persons_count=12, facts={"a": {"$date": 1}}
    )
    add_case(store, case)
    with store.read() as work:
        assert work.cases.by_number("XF1") == case
        assert work.cases.by_number("XF2") is None
        assert work.cases.view("c9") is None
    with pytest.raises(Conflict), store.write() as work:
        work.cases.add(a_case("c2", number="XF1"), ())


def test_what_is_typed_about_parties_is_sealed(store: SqlStore) -> None:
    add_case(store, None, tasks_opened=(a_task(),))
    draft = Draft("t1", "p-jingban", {"意见": "初稿"}, START, {"title": "来信"}, {"name": "张三丰"})
    with store.write() as work:
        work.drafts.save(draft)
        work.drafts.save_start(StartDraft("p-jingban", "petition_main", {"title": "来信"}, START, draft.party))
    with store.read() as work:
        assert work.drafts.of_task("t1", "p-jingban") == draft
        started = work.drafts.of_start("p-jingban", "petition_main")
        assert started is not None
        assert started.party == {"name": "张三丰"}
        assert "张三丰" not in repr((started, draft))
    with store.engine.connect() as connection:
        for table in ("draft", "start_draft"):
            (row,) = connection.execute(sa.text(f"SELECT * FROM {table}")).all()
            assert "张三丰" not in str(row)
    with store.write() as work:
        work.drafts.drop_start("p-jingban", "petition_main")
        assert work.drafts.of_start("p-jingban", "petition_main") is None
