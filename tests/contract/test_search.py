"""What the search finds: words of any length, initials, numbers; and that what is typed is never an operator."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from engine.records.org import Actor
from engine.records.step import CaseUpdate
from engine.records.views import InboxPage, InboxQuery, RegisterQuery
from engine.store import SqlStore, count_statements
from engine.store.connection import WRITING
from engine.store.repositories import inbox, wording
from engine.store.tables.task import user_task
from tests.builders import a_case, a_party, a_task, add_case, add_office, an_actor, next_step
from tests.conftest import START

REGISTRAR = an_actor("jingban", "xfj", "registrar", "case_officer")
AUDITOR = an_actor("shenji", "xfj", "auditor")


@pytest.fixture(autouse=True)
def office(store: SqlStore) -> None:
    add_office(store)


def found(
    store: SqlStore, text: str, *, box: str = "claimable", actor: Actor = REGISTRAR, **more: Any
) -> InboxPage:
    with store.read() as work:
        return work.tasks.inbox(actor, InboxQuery(box, text, **more), START)


def registered(store: SqlStore, text: str, actor: Actor = REGISTRAR) -> int:
    with store.read() as work:
        return work.cases.register(actor, RegisterQuery(text=text), START).total


FOUND = (
    *(
        "征",
        "补偿款",
        "征地 一百",
        "一百元",
        "XF〔2025〕37",
        "xf2025",
        "２０２５",
        "2025〕3",
        "zdbc",
        "ZDBCK",
        "wzef",
    ),
    *("cgjd 征地", "城关", "登记 征地", "信访登记", '"征地"', "征地*", "补偿(款)", "30%_", "ducument", "Ducu"),
)
NOT_FOUND = (
    *(
        "拖欠",
        "%",
        "_",
        "\\",
        "'",
        '"',
        "*",
        "征 AND 拖",
        "征 OR 拖欠",
        "NOT 拖",
        "NEAR(征 欠)",
        "地征",
        "一百 拖欠",
    ),
    *("title:拖欠", "摘要", "37025", "xyzq", "、", "征地 ducuments", "^拖", "-征x", "a", "cument"),
)


def test_it_is_found(store: SqlStore) -> None:
    add_case(
        store,
        a_case(number="XF〔2025〕37", facts={"摘要": ["欠付一百元", {"比例": "30%_折", "file": "Ducument"}]}),
        tasks_opened=(a_task(unit="cgjd"),),
    )
    for n in range(3):
        add_case(
            store, a_case(f"c{n + 5}", title="噪声扰民"), tasks_opened=(a_task(f"u{n}", f"c{n + 5}", f"i{n + 5}"),)
        )
    of_unit = an_actor("x", "cgjd", "registrar")
    for text in FOUND:
        hits = found(store, text, actor=of_unit)
        assert [row.case_id for row in hits.rows] == ["c1"], text
        assert (hits.total, hits.is_partial) == (1, False), text
        if text not in {"信访登记", "登记 征地", "cgjd 征地", "城关"}:
            assert registered(store, text) == 1, text


def test_a_number_is_found_without_its_noughts(store: SqlStore) -> None:
    add_case(store, a_case(number="XF2026-00015"), tasks_opened=(a_task(),))
    for text in ("15", "015", "2026-15", "xf2026-15", "XF2026-00015", "15 征地"):
        assert found(store, text).total == 1, text
        assert registered(store, text) == 1, text
    for text in ("5", "1", "150", "2025-15"):
        assert found(store, text).total == 0, text


def test_it_is_not_found_and_nothing_breaks(store: SqlStore) -> None:
    add_case(store, a_case(number="XF〔2025〕37", facts={"摘要": "欠付一百元，Ducument"}), tasks_opened=(a_task(),))
    for text in NOT_FOUND:
        assert found(store, text).total == 0, text
        assert found(store, text, box="started").total == 0, text
        assert registered(store, text) == 0, text


def test_what_changes_is_found_as_it_is_now(store: SqlStore) -> None:
    instance = add_case(store, a_case(facts={"摘要": "旧的说法"}), tasks_opened=(a_task(),))
    update = CaseUpdate("c1", number="XF9", title="新的标题", facts={"摘要": "另有内容"})
    with store.write() as work:
        work.instances.save_step(next_step(instance, case_update=update))
    assert [found(store, text).total for text in ("旧的", "征地", "新的标题", "xf9", "另有", "xdbt")] == [
        0,
        0,
        1,
        1,
        1,
        1,
    ]
    again = next_step(next_step(instance).instance, case_update=CaseUpdate("c1", state="closed"))
    with store.write() as work:
        work.instances.save_step(again)
    assert found(store, "另有").total == 1


def test_a_word_that_many_cases_have_is_looked_for_in_the_box(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(4):
        task = a_task(f"t{n}", f"c{n}", f"i{n}", assignee="p-jingban" if n % 2 else None)
        add_case(store, a_case(f"c{n}"), tasks_opened=(task,))
    add_case(store, a_case("c8", title="噪声扰民"), tasks_opened=(a_task("other", "c8", "i8", name="办理"),))
    monkeypatch.setattr(wording, "HITS", 2)
    for text in ("征地", "征", "zdbc", "征地 足额", "登记"):
        hits = found(store, text)
        assert (sorted(row.case_id for row in hits.rows), hits.total) == (["c0", "c2"], 2), text
        if text != "登记":
            assert found(store, text, box="started").total == 4, text
            assert registered(store, text) == 4, text


def test_a_task_is_found_by_its_name_its_initials_and_its_new_name(store: SqlStore) -> None:
    add_case(store, None, tasks_opened=(a_task(), a_task("t2", element_id="e2", name="回访核查")))
    for text in ("回访", "核查", "hfhc", "fh", "征地 hfhc"):
        assert [row.key for row in found(store, text).rows] == ["t2"], text
    with store.engine.execution_options(**{WRITING: True}).begin() as connection:
        connection.execute(sa.update(user_task).where(user_task.c.task_id == "t2").values(name="电话回访"))
    assert [row.key for row in found(store, "dhhf").rows] == ["t2"]
    assert found(store, "hfhc").total == 0, "no task has the name any more"


def test_no_list_is_walked_for_a_word_that_names_no_step_and_no_unit(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_case(store, None, tasks_opened=tuple(a_task(f"t{n}", element_id=f"e{n}") for n in range(9)))
    monkeypatch.setattr(inbox, "WALK", 4)
    hits = found(store, "补偿款")
    assert (hits.total, hits.is_partial, hits.is_capped) == (9, False, False), "whatever the length of the box"
    walked = found(store, "登记")
    assert (walked.total, walked.is_partial) == (4, True)


def test_a_petitioner_is_found_by_those_who_handle_the_case(store: SqlStore) -> None:
    party = a_party(name="买买提·艾力", contact="138 0013 8000")
    add_case(store, a_case(created_by="p-x"), party, tasks_opened=(a_task(assignee="p-jingban"),))
    add_case(store, a_case("c2", created_by="p-x"), tasks_opened=(a_task("t2", "c2", "i2", assignee="p-jingban"),))
    for text in ("买买提·艾力", "买买提艾力", "13800138000", party.id_number):
        assert [row.case_id for row in found(store, text, box="mine").rows] == ["c1"], text
        assert registered(store, text) == 1
        assert registered(store, text, AUDITOR) == 0, "sees the case, does not handle it"
    assert found(store, "买买提", box="mine").total == 0, "exact, or not at all"
    colleague = an_actor("colleague", "xfj", "case_officer")
    assert registered(store, party.name, colleague) == 0


def test_a_search_takes_few_statements(store: SqlStore) -> None:
    add_case(store, None, tasks_opened=(a_task(),))
    with count_statements(store) as statements:
        found(store, "征地 补偿")
    assert statements.count == 5, statements
