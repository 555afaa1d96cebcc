"""Inbox and register: what is in them, in which order, and what must never show."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from engine.errors import InvalidState
from engine.records.org import Actor, Grant
from engine.records.task import TaskClosure, TaskState, UserTask
from engine.records.time import DeadlineState
from engine.records.views import CasePage, InboxPage, InboxQuery, RegisterQuery
from engine.store import SqlStore, count_statements
from tests.builders import a_case, a_deadline, a_task, add_case, add_office, an_actor, next_step
from tests.conftest import START

DAY = timedelta(days=1)
BOXES = ("mine", "claimable", "done", "started", "copied", "followed", "deputised", "delegated")
REGISTRAR = an_actor("jingban", "xfj", "registrar", "case_officer")
HANDLER = an_actor("zrzyj.banli", "zrzyj", "resp_dept")
ACCUSED = an_actor("cgjd.banli", "cgjd", "resp_dept")
AUDITOR = an_actor("shenji", "xfj", "auditor")


@pytest.fixture(autouse=True)
def office(store: SqlStore) -> None:
    add_office(store)


def lit(task: UserTask, due_in: timedelta) -> UserTask:
    """The task with a deadline: yellow a day before, blue three days before."""
    due = START + due_in
    return UserTask(
        **{
            **vars(task),
            "due_at": due,
            "blue_at": due - 3 * DAY,
            "yellow_at": due - DAY,
            "red_at": due + timedelta(microseconds=1),
        }
    )


def inbox(store: SqlStore, actor: Actor, **query: Any) -> InboxPage:
    with store.read() as work:
        return work.tasks.inbox(actor, InboxQuery(**query), START)


def ids(page: InboxPage) -> list[str]:
    return [row.key for row in page.rows]


def register(store: SqlStore, actor: Actor, **given: Any) -> CasePage:
    with store.read() as work:
        return work.cases.register(actor, RegisterQuery(**given), START)


def numbers(**given: int) -> dict[str, int]:
    """The counts of all boxes."""
    return {**dict.fromkeys(BOXES, 0), **given}


def case_ids(page: CasePage) -> list[str]:
    return [row.case.case_id for row in page.rows]


def test_each_box_holds_its_own_tasks(store: SqlStore) -> None:
    instance = add_case(
        store,
        None,
        tasks_opened=(
            a_task("mine", assignee="p-jingban"),
            a_task("other's", assignee="p-x"),
            a_task("claimable"),
            a_task("any unit", unit=None),
            a_task("whole unit", role=None),
            a_task("other role", role="chief"),
            a_task("other unit", unit="zrzyj"),
            a_task("done", assignee="p-jingban"),
            a_task("cancelled", assignee="p-jingban"),
        ),
    )
    with store.write() as work:
        closures = (
            TaskClosure("done", TaskState.COMPLETED, START, "p-jingban", {}),
            TaskClosure("cancelled", TaskState.CANCELLED, START, "p-jingban"),
        )
        work.instances.save_step(next_step(instance, tasks_closed=closures))

    assert ids(inbox(store, REGISTRAR)) == ["mine"]
    assert sorted(ids(inbox(store, REGISTRAR, box="claimable"))) == ["any unit", "claimable", "whole unit"]
    assert ids(inbox(store, REGISTRAR, box="done")) == ["done"]
    for box in ("mine", "claimable", "done"):
        assert inbox(store, REGISTRAR, box=box).counts == numbers(mine=1, claimable=3, done=1, started=1)
    assert inbox(store, an_actor("nobody", "nowhere")).counts == numbers()


def test_a_role_counts_in_its_own_unit_only(store: SqlStore) -> None:
    add_case(store, None, tasks_opened=(a_task("a", role="registrar", unit="zrzyj"), a_task("b", role="chief")))
    both = Actor("p", "p", "p", "xfj", frozenset({Grant("registrar", "xfj"), Grant("chief", "zrzyj")}))
    assert inbox(store, both, box="claimable").total == 0


def test_lights_are_counted_filtered_and_sorted_by_urgency(store: SqlStore) -> None:
    add_case(
        store,
        None,
        tasks_opened=(
            a_task("no deadline"),
            lit(a_task("normal"), 5 * DAY),
            lit(a_task("blue"), 3 * DAY),
            lit(a_task("yellow"), DAY),
            lit(a_task("just due"), timedelta(0)),
            lit(a_task("red"), -timedelta(microseconds=1)),
        ),
    )

    page = inbox(store, REGISTRAR, box="claimable")

    assert ids(page) == ["red", "just due", "yellow", "blue", "normal", "no deadline"]
    assert page.lights == {"red": 1, "yellow": 2, "blue": 1, "normal": 2}
    yellow = inbox(store, REGISTRAR, box="claimable", light="yellow")
    assert (ids(yellow), yellow.total) == (["just due", "yellow"], 2)
    assert yellow.lights == page.lights


def test_pages_cut_the_list_without_overlap(store: SqlStore) -> None:
    add_case(store, None, tasks_opened=tuple(lit(a_task(f"t{n:02}"), n * DAY) for n in range(25)))
    pages = [inbox(store, REGISTRAR, box="claimable", page=n, page_size=10) for n in (1, 2, 3, 4)]
    assert [len(page.rows) for page in pages] == [10, 10, 5, 0]
    assert {page.total for page in pages} == {25}
    assert [task for page in pages for task in ids(page)] == [f"t{n:02}" for n in range(25)]


@pytest.mark.parametrize("text", ["补", "征地", "XF〔2025〕", "xf", "30%_", "一百", "登记", "征地 一百", "补\0"])
def test_search_finds_numbers_titles_facts_and_steps(store: SqlStore, text: str) -> None:
    facts = {"摘要": ["欠付一百元", {"比例": "30%_折"}], "date": 5}
    add_case(store, a_case(number="XF〔2025〕37", facts=facts), tasks_opened=(a_task(),))
    assert inbox(store, REGISTRAR, box="claimable", text=text).total == 1
    if text != "登记":
        assert register(store, REGISTRAR, text=text).total == 1


@pytest.mark.parametrize("text", ["拖欠", "%", "_", "摘要", "征地 拖欠", "\\", "'"])
def test_search_finds_nothing_else(store: SqlStore, text: str) -> None:
    add_case(store, a_case(facts={"摘要": "一百"}), tasks_opened=(a_task(),))
    assert inbox(store, REGISTRAR, box="claimable", text=text).total == 0
    assert register(store, REGISTRAR, text=text).total == 0


def test_filters_narrow_rows_and_lights_but_not_the_boxes(store: SqlStore) -> None:
    add_case(store, a_case(category="土地"), tasks_opened=(a_task("a"), a_task("b", element_id="sign")))
    by_category = inbox(store, REGISTRAR, box="claimable", category="土地")
    assert by_category.total == 2
    by_element = inbox(store, REGISTRAR, box="claimable", element="sign", procedure="petition_main")
    assert (ids(by_element), by_element.counts["claimable"]) == (["b"], 2)
    assert inbox(store, REGISTRAR, box="claimable", procedure="other").rows == ()


@pytest.mark.parametrize("bad", [{"box": "all"}, {"order": "; DROP TABLE"}])
def test_an_unknown_box_or_order_is_refused(store: SqlStore, bad: dict[str, str]) -> None:
    with pytest.raises(InvalidState):
        inbox(store, REGISTRAR, **bad)


@pytest.mark.parametrize("order", ["due", "newest", "oldest"])
def test_every_order_lists_everything(store: SqlStore, order: str) -> None:
    add_case(store, None, tasks_opened=(a_task("a"), a_task("b")))
    assert sorted(ids(inbox(store, REGISTRAR, box="claimable", order=order))) == ["a", "b"]


def test_the_inbox_shows_names_of_units_and_people(store: SqlStore) -> None:
    add_case(store, a_case(channel="来信"), tasks_opened=(a_task(assignee="p-jingban"),))
    row = inbox(store, REGISTRAR).rows[0]
    assert (row.unit_name, row.assignee_name, row.channel) == ("青山县信访局", "jingban同志", "来信")


def test_an_accused_unit_gets_no_hit_and_no_count(store: SqlStore) -> None:
    secret = a_case(number="XF1", title="举报街道办主任", confidential=True, accused_units=("zjj", "cgjd"))
    task = a_task(role="resp_dept", unit="cgjd")
    instance = add_case(
        store,
        secret,
        tasks_opened=(task, a_task("held", assignee=ACCUSED.person_id), a_task("old", role="registrar")),
        deadlines=(a_deadline(),),
    )
    with store.write() as work:
        done = TaskClosure("old", TaskState.COMPLETED, START, ACCUSED.person_id, {})
        work.instances.save_step(next_step(instance, tasks_closed=(done,)))

    for box in BOXES:
        page = inbox(store, ACCUSED, box=box, text="")
        assert page == InboxPage((), 0, numbers(), dict.fromkeys(page.lights, 0))
        assert inbox(store, ACCUSED, box=box, text="举报").total == 0
    assert register(store, ACCUSED) == CasePage((), 0)
    accused_auditor = an_actor("x", "cgjd", "auditor")
    assert register(store, accused_auditor, text="XF1") == CasePage((), 0)
    with store.read() as work:
        assert not work.cases.may_see(ACCUSED, "c1")
        assert not work.cases.may_see(accused_auditor, "c1")
        assert work.cases.may_see(REGISTRAR, "c1")
        assert work.cases.may_see(AUDITOR, "c1")


def test_who_acts_for_another_unit_is_accused_with_the_own_one_too(store: SqlStore) -> None:
    add_case(store, a_case(accused_units=("cgjd",)), tasks_opened=(a_task(),))
    seconded = Actor("p", "p", "p", "cgjd", frozenset({Grant("registrar", "xfj")}))
    both = Actor("p", "p", "p", "xfj", frozenset({Grant("registrar", "xfj"), Grant("resp_dept", "cgjd")}))
    assert inbox(store, seconded, box="claimable").total == 0
    assert inbox(store, both, box="claimable").total == 0
    similar = an_actor("x", "cg", "registrar")
    with store.read() as work:
        assert not work.cases.may_see(similar, "c1"), "another unit"
    assert register(store, an_actor("x", "cg", "auditor")).total == 1, "the start of a code is another code"


def test_the_register_shows_what_the_units_keep_or_worked_on(store: SqlStore) -> None:
    add_case(store, a_case("c1"), tasks_opened=(a_task(),))
    add_case(
        store,
        a_case("c2", created_at=START + DAY, state="handling"),
        tasks_opened=(a_task("t2", "c2", "i2", role="resp_dept", unit="zrzyj", name="办理"),),
    )
    add_case(store, a_case("c3", unit="cgjd", created_at=START + 2 * DAY, procedure="onsite_response"))

    with store.read() as work:
        for actor in (REGISTRAR, HANDLER, ACCUSED, AUDITOR):
            seen = {case_id for case_id in ("c1", "c2", "c3", "c9") if work.cases.may_see(actor, case_id)}
            assert seen == set(case_ids(register(store, actor))), actor
    assert case_ids(register(store, REGISTRAR)) == ["c2", "c1"]
    assert case_ids(register(store, HANDLER)) == ["c2"]
    assert case_ids(register(store, ACCUSED)) == ["c3"]
    assert case_ids(register(store, AUDITOR)) == ["c3", "c2", "c1"]
    assert case_ids(register(store, AUDITOR, procedure="onsite_response")) == ["c3"]
    assert case_ids(register(store, AUDITOR, state="handling")) == ["c2"]
    page = register(store, AUDITOR, page=2, page_size=2)
    assert (case_ids(page), page.total) == (["c1"], 3)
    assert register(store, AUDITOR, page=9, page_size=2) == CasePage((), 3)
    assert register(store, HANDLER).rows[0].current_steps == ("办理",)


def test_a_confidential_case_is_seen_by_those_whose_step_it_is_only(store: SqlStore) -> None:
    add_case(store, a_case("c1", confidential=True), tasks_opened=(a_task(role="chief"),))
    chief, admin = an_actor("juzhang", "xfj", "chief"), an_actor("admin", "xfj", "process_admin")

    with store.read() as work:
        assert [work.cases.may_see(actor, "c1") for actor in (chief, admin, REGISTRAR)] == [True, False, False]
    assert [register(store, actor).total for actor in (chief, admin, REGISTRAR)] == [1, 0, 0]
    assert register(store, AUDITOR).total == 1


def test_a_register_row_shows_the_deadline_that_is_due_first(store: SqlStore) -> None:
    far, near = a_deadline("far", legal_due=START + 9 * DAY), a_deadline("near", legal_due=START + 2 * DAY)
    instance = add_case(store, None, deadlines=(near, far))
    assert register(store, REGISTRAR).rows[0].due_at == near.legal_due
    with store.write() as work:
        met = (replace(near, state=DeadlineState.MET, ended_at=START),)
        work.instances.save_step(next_step(instance, deadlines=met))
    assert register(store, REGISTRAR).rows[0].due_at == far.legal_due


def test_lists_take_few_statements_whatever_their_length(store: SqlStore) -> None:
    for n in range(12):
        add_case(store, a_case(f"c{n}"), tasks_opened=(a_task(f"t{n}", f"c{n}", f"i{n}"),))
    with count_statements(store) as statements:
        inbox(store, REGISTRAR, box="claimable")
    assert statements.count == 3, statements
    with count_statements(store) as statements:
        register(store, REGISTRAR)
    assert statements.count == 3, statements
