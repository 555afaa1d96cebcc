"""The office's own tables: changed as versions, within the law, and held by what begins after them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from engine.cases.start import start_case
from engine.deadlines.office_tables import ESCALATIONS, LIGHTS, RULES, load_tables
from engine.deadlines.table_draft import NEW, RowDraft, TableDraft
from engine.deadlines.table_editing import (
    preview_draft,
    preview_upload,
    restore_version,
    save_draft,
    save_upload,
)
from engine.deadlines.table_fault import InvalidTable, TableFault
from engine.deadlines.table_read import compare_versions, list_tables, read_table, table_file, table_versions
from engine.errors import Conflict, Forbidden, InvalidDiagram, InvalidFile, InvalidState, NotFound
from engine.records.case import CaseFile
from engine.records.time import Deadline
from engine.store.statements import count_statements
from engine.tasks.complete import complete_task
from tests.unit.kernel.bpmn_builder import Bpmn
from tests.worlds import World, enter_world

T4 = "deadline_rules_T4"


def change(row_id: str, /, starts_on: date | None = None, **entries: str) -> TableDraft:
    return TableDraft((RowDraft(row_id, entries, starts_on=starts_on),))


def save(world: World, draft: TableDraft, *, base: int = 0, table: str = RULES, note: str = "缩短办结期限") -> int:
    return save_draft(world.engine, world.actor("admin"), table, draft, base=base, note=note)


def faults(world: World, draft: TableDraft, *, table: str = RULES) -> tuple[TableFault, ...]:
    return preview_draft(world.engine, world.actor("admin"), table, draft, base=0).faults


def handling(expression: str = 'deadline("T4")') -> Bpmn:
    return (
        Bpmn("handling")
        .lane("l", role="registrar")
        .start("s", lane="l")
        .manual("handle", name="办理", lane="l")
        .end("e", lane="l")
        .timer_boundary("due", on="handle", expression=expression, kind="timeDate", interrupting=False, lane="l")
        .end("late", lane="l")
    )


def started(world: World) -> CaseFile:
    return start_case(world.engine, world.actor("dengji"), "handling", {})


def deadline(world: World, case: CaseFile) -> Deadline:
    (found,) = world.view(case).deadlines
    return found


def test_a_statutory_limit_cannot_be_lengthened_and_the_article_is_named(world: World) -> None:
    draft = change(T4, amount="90")
    (fault,) = faults(world, draft)
    assert (fault.row_id, fault.column) == (T4, "amount")
    assert "第三十四条" in fault.message.zh
    assert "60 日" in fault.message.zh
    assert "article 34" in fault.message.en
    with pytest.raises(InvalidTable, match="第三十四条"):
        save(world, draft)
    assert read_table(world.engine, world.actor("admin"), RULES).version == 0


def test_a_shorter_limit_holds_for_new_cases_and_not_for_running_ones(world: World) -> None:
    world.deploy(handling())
    before = started(world)

    assert save(world, change(T4, amount="45")) == 1
    after = started(world)

    old, new = deadline(world, before), deadline(world, after)
    assert (old.amount, old.rule_version) == (60, 0)
    assert (new.amount, new.rule_version) == (45, 1)
    assert (new.raw_due - new.started_at).days == 45
    assert old.raw_due > new.raw_due


def test_a_rule_comes_into_force_on_its_day(world: World) -> None:
    world.deploy(handling())
    day = date(2025, 10, 20)
    save(world, change(T4, starts_on=day, amount="45"))

    world.clock.move_to(datetime(2025, 10, 19, 15, 59, tzinfo=UTC))
    before = deadline(world, started(world))
    world.clock.move_to(datetime(2025, 10, 19, 16, 0, tzinfo=UTC))
    after = deadline(world, started(world))

    assert [(d.amount, d.rule_version) for d in (before, after)] == [(60, 1), (45, 1)]
    rows = [r for r in read_table(world.engine, world.actor("admin"), RULES).rows if r.entries["rule"] == "T4"]
    assert [(r.entries["on"], r.is_in_force) for r in rows] == [("..2025-10-19", False), ("2025-10-20..", True)]


def test_the_law_in_force_when_the_duty_starts_decides(world: World) -> None:
    """Accepted on the last day of the old row, entered after the new one came into force."""
    world.deploy(handling('deadline("T4", date("2025-10-19"))'))
    save(world, change(T4, starts_on=date(2025, 10, 20), amount="45"))
    world.clock.move_to(datetime(2025, 10, 27, tzinfo=UTC))
    assert deadline(world, started(world)).amount == 60


def test_a_rule_that_the_office_lacks_is_the_procedures_own(world: World) -> None:
    world.deploy(handling('deadline("T13")'))
    save(world, TableDraft((RowDraft("deadline_rules_T13", is_removed=True),)))
    found = deadline(world, started(world))
    assert (found.rule, found.amount, found.rule_version) == ("T13", 10, 0)


def test_two_admins_at_once(world: World) -> None:
    save(world, change(T4, amount="45"))
    with pytest.raises(Conflict, match="第 1 版"):
        save(world, change(T4, amount="50"), base=0)
    assert save(world, change(T4, amount="50"), base=1) == 2


def test_on_both_databases_the_second_of_two_saves_is_refused(either: World) -> None:
    save(either, change(T4, amount="45"))
    with pytest.raises(Conflict):
        save(either, change(T4, amount="50"), base=0)
    lines = table_versions(either.engine, either.actor("admin"), RULES)
    assert [line.version for line in lines] == [1, 0]


@pytest.mark.parametrize(
    ("entries", "column", "says"),
    [
        ({"amount": "= 1 +"}, "amount", "FEEL"),
        ({"amount": "many"}, "amount", "数字"),
        ({"amount": "= if true then 90 else 60"}, "amount", "整数"),
        ({"amount": "1.5"}, "amount", "整数"),
        ({"clock": "W"}, "clock", "第三十四条"),
        ({"clock": "P", "period": "quarter", "amount": "1"}, "clock", "第三十四条"),
        ({"clock": "X"}, "clock", "可选"),
        ({"statutory": "false"}, "statutory", "第三十四条"),
        ({"pause_reasons": "supplement, hearing"}, "pause_reasons", "第三十四条"),
        ({"interrupting": "true"}, "interrupting", "第三十四条"),
        ({"after_rule": "T1"}, "after_rule", "第三十四条"),
        ({"on": "..2026-06-30"}, "on", "第三十四条"),
        ({"on": "2026-07-01..2026-06-30"}, "on", "早于"),
        ({"on": "2026-02-30.."}, "on", "日期"),
        ({"rule": "T4X"}, "on", "重叠"),
        ({"name": "\x00"}, "name", "控制字符"),
        ({"source": ""}, "source", "依据"),
    ],
)
def test_what_is_wrong_is_said_at_its_cell(world: World, entries: dict[str, str], column: str, says: str) -> None:
    found = faults(world, change(T4, **entries))
    assert any(fault.column == column and says in fault.message.zh for fault in found), found


def test_a_right_is_neither_longer_nor_shorter(world: World) -> None:
    for row, amounts in (("deadline_rules_T20", ("29", "31")), ("deadline_rules_T3", ("4", "6"))):
        for amount in amounts:
            (fault,) = faults(world, change(row, amount=amount))
            assert fault.column == "amount"
    (fault,) = faults(world, change("deadline_rules_T20", rollover="false"))
    assert "第三十五条" in fault.message.zh


def test_a_limit_of_the_law_cannot_be_taken_away(world: World) -> None:
    (fault,) = faults(world, TableDraft((RowDraft("deadline_rules_T1", is_removed=True),)))
    assert (fault.row_id, "第二十二条" in fault.message.zh) == ("", True)


def test_overlapping_dates_name_both_rows(world: World) -> None:
    save(world, change(T4, starts_on=date(2026, 7, 1), amount="45"))
    draft = change(T4, on="..2026-07-01")
    preview = preview_draft(world.engine, world.actor("admin"), RULES, draft, base=1)
    assert ["第 4 行与第 5 行" in fault.message.zh for fault in preview.faults] == [True]


def test_a_new_rule_is_a_row(world: World) -> None:
    entries = {
        "rule": "T99", "name": "街道核实", "name_en": "Check by the subdistrict", "clock": "W", "amount": "2",
        "rollover": "false", "statutory": "false", "interrupting": "false", "source": "本单位", "note": "试行",
    }  # fmt: skip
    save(world, TableDraft((RowDraft(f"{NEW}1", entries),)))
    row = next(r for r in read_table(world.engine, world.actor("admin"), RULES).rows if r.entries["rule"] == "T99")
    assert {**entries, **row.entries} == row.entries
    with world.engine.store.read() as work:
        rules = load_tables(world.engine, work).rules
    assert rules is not None
    assert rules.get("T99", world.clock.now()).amount == 2


def test_a_diagram_may_use_a_rule_that_only_the_office_has(world: World) -> None:
    with pytest.raises(InvalidDiagram, match="T99"):
        world.deploy(handling('deadline("T99")'))
    entries = {
        "rule": "T99", "name": "街道核实", "clock": "W", "amount": "2", "rollover": "false", "statutory": "false",
        "interrupting": "false", "source": "本单位",
    }  # fmt: skip
    save(world, TableDraft((RowDraft(f"{NEW}1", entries),)))
    world.deploy(handling('deadline("T99")'))
    found = deadline(world, started(world))
    assert (found.rule, found.amount, found.rule_version) == ("T99", 2, 1)


def test_a_change_is_audited_with_what_changed(world: World) -> None:
    save(world, change(T4, amount="45"), note=" 局务会\n决定 ")
    with world.engine.store.read() as work:
        entry = work.registers.audit_of(None)[-1]
    assert (entry.event, entry.actor) == ("TableChanged", "p-admin")
    assert entry.detail["note"] == "局务会 决定"
    assert entry.detail["diff"] == [{"change": "changed", "row": "T4", "cells": {"amount": ["60", "45"]}}]
    version = table_versions(world.engine, world.actor("admin"), RULES)[0]
    assert version.summary is not None
    assert (entry.detail["version"], entry.detail["sha256"]) == (1, version.summary.sha256)


def test_nothing_changed_is_no_version(world: World) -> None:
    with pytest.raises(InvalidState):
        save(world, change(T4, amount="60"))


def test_an_old_version_comes_back_as_a_new_one(world: World) -> None:
    admin = world.actor("admin")
    save(world, change(T4, amount="45"))
    assert restore_version(world.engine, admin, RULES, 0, base=1, note="恢复") == 2
    changes = compare_versions(world.engine, admin, RULES, 1, 2)
    assert [(c.before, c.after) for change in changes for c in change.cells] == [("45", "60")]
    assert compare_versions(world.engine, admin, RULES, 0, 2) == ()


def test_a_file_that_goes_out_comes_in_again(world: World) -> None:
    admin = world.actor("admin")
    content = table_file(world.engine, admin, RULES)
    assert not preview_upload(world.engine, admin, RULES, content).changes
    changed = content.replace(b'T4_amount"><text>60', b'T4_amount"><text>50')
    assert save_upload(world.engine, admin, RULES, changed, base=0, note="") == 1
    assert table_file(world.engine, admin, RULES, 1) == changed


def test_a_file_keeps_what_nobody_changed(world: World) -> None:
    admin = world.actor("admin")
    content = table_file(world.engine, admin, RULES).replace(b"<annotation ", b"<!-- kept --><annotation ")
    changed = content.replace(b'T4_amount"><text>60', b'T4_amount"><text>50')
    save_upload(world.engine, admin, RULES, changed, base=0, note="")
    save(world, change(T4, amount="45"), base=1)
    after = table_file(world.engine, admin, RULES)
    assert b"<!-- kept -->" in after
    assert after.count(b"<rule ") == content.count(b"<rule ")


def test_files_that_are_no_table_are_refused(world: World) -> None:
    admin = world.actor("admin")
    content = table_file(world.engine, admin, RULES)
    doctype = content.replace(
        b"<definitions", b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><definitions', 1
    )
    for bad, says in (
        (doctype, "DOCTYPE"),
        (b"\x89PNG", "XML"),
        (content.replace(b'id="deadline_rules"', b'id="others"'), "deadline_rules"),
        (content.replace(b'name="pause_reasons"', b'name="reasons"'), "pause_reasons"),
    ):
        (fault, *_) = preview_upload(world.engine, admin, RULES, bad).faults
        assert says in fault.message.zh
        with pytest.raises(InvalidTable):
            save_upload(world.engine, admin, RULES, bad, base=0, note="")
    with pytest.raises(InvalidFile):
        preview_upload(world.engine, admin, RULES, content + b" " * 3_000_000)


def test_a_bad_cell_of_a_file_is_named_by_row_and_column(world: World) -> None:
    content = table_file(world.engine, world.actor("admin"), RULES)
    bad = content.replace(b'T4_amount"><text>60', b'T4_amount"><text>sixty days(')
    (fault,) = preview_upload(world.engine, world.actor("admin"), RULES, bad).faults
    assert (fault.row_id, fault.column) == (T4, "amount")
    assert fault.line is not None


@pytest.mark.parametrize("username", ["dengji", "zrzyj.banli"])
def test_who_is_no_admin_changes_nothing_and_the_attempt_is_kept(world: World, username: str) -> None:
    actor = world.actor(username)
    with pytest.raises(Forbidden):
        read_table(world.engine, actor, RULES)
    with pytest.raises(Forbidden):
        save_draft(world.engine, actor, RULES, change(T4, amount="45"), base=0, note="")
    with world.engine.store.read() as work:
        chain = work.registers.audit_of(None)
        assert work.tables.revision() == 0
    assert [entry.detail["attempted"] for entry in chain] == ["change_table"]


def test_the_auditor_reads_but_does_not_change(world: World) -> None:
    auditor = world.actor("shenji")
    view = read_table(world.engine, auditor, RULES)
    assert not view.may_edit
    assert {sheet.decision_id for sheet, _ in list_tables(world.engine, auditor)} >= {RULES, LIGHTS, ESCALATIONS}
    with pytest.raises(Forbidden):
        save_upload(world.engine, auditor, RULES, b"", base=0, note="")


def test_tables_and_versions_that_do_not_exist(world: World) -> None:
    admin = world.actor("admin")
    for attempt in (
        lambda: read_table(world.engine, admin, "salaries"),
        lambda: read_table(world.engine, admin, RULES, 7),
        lambda: table_file(world.engine, admin, "../etc/passwd"),
        lambda: restore_version(world.engine, admin, RULES, 7, base=0, note=""),
    ):
        with pytest.raises(NotFound):
            attempt()


def test_lights_are_the_offices(world: World) -> None:
    world.deploy(handling())
    entries = {
        "rule": "T4",
        "yellow": "before 5 W",
        "yellow_word": "抓紧",
        "yellow_word_en": "Hurry",
        "yellow_icon": "stopwatch",
    }
    save(world, TableDraft((RowDraft(f"{NEW}1", entries),)), table=LIGHTS)
    found = deadline(world, started(world))
    # due 2025-11-25 24:00, a Tuesday
    assert found.yellow_at == datetime(2025, 11, 17, 16, 0, tzinfo=UTC)
    with world.engine.store.read() as work:
        row = load_tables(world.engine, work).lights.get("T4", "D")
    assert (row.words["yellow"].zh, row.icons["yellow"]) == ("抓紧", "stopwatch")
    assert row.blue is not None
    assert row.blue.text == "share 0.5"


@pytest.mark.parametrize(
    ("entries", "column"),
    [
        ({"yellow": "soon"}, "yellow"),
        ({"yellow": "after 1 D"}, "yellow"),
        ({"blue": "share 2"}, "blue"),
        ({"yellow": "light blue"}, "yellow"),
        ({"yellow_word": "抓紧"}, "yellow_word_en"),
        ({"yellow_icon": "skull"}, "yellow_icon"),
    ],
)
def test_lights_that_cannot_be(world: World, entries: dict[str, str], column: str) -> None:
    draft = TableDraft((RowDraft(f"{NEW}1", {"rule": "T4", **entries}),))
    found = faults(world, draft, table=LIGHTS)
    assert [(fault.row_id, fault.column) for fault in found] == [(f"{NEW}1", column)]


def test_a_rule_has_one_row_of_lights(world: World) -> None:
    found = faults(world, TableDraft((RowDraft(f"{NEW}1", {"blue": "share 0.3"}),)), table=LIGHTS)
    assert [(fault.row_id, fault.column) for fault in found] == [("lights_default", "rule")]


def test_a_ladder_stands_on_a_rule_that_exists(world: World) -> None:
    found = faults(world, change("escalations_duty_yellow", rule="T4, T404"), table=ESCALATIONS)
    assert ["T404" in fault.message.zh for fault in found] == [True]


def test_known_tables_cost_a_step_nothing(world: World) -> None:
    save(world, change(T4, amount="45"))
    with world.engine.store.read() as work:
        load_tables(world.engine, work)
    with count_statements(world.engine.store) as statements, world.engine.store.read() as work:
        load_tables(world.engine, work)
        load_tables(world.engine, work)
    assert statements.count == 1, str(statements)


def test_another_process_sees_the_change(world: World) -> None:
    """The same database through another store, as a second process has it."""
    with world.engine.store.read() as work:
        assert load_tables(world.engine, work).version(RULES) == 0
    other = enter_world(world.engine.settings.home)
    save(other, change(T4, amount="45"))
    with world.engine.store.read() as work:
        tables = load_tables(world.engine, work)
    assert tables.version(RULES) == 1
    other.close()


def test_a_duty_that_goes_on_keeps_what_it_began_with(world: World) -> None:
    """Sent back, or extended, after the office shortened the rule: 60 days stay 60 days, and the extension adds."""
    diagram = Bpmn("handling").lane("l", role="registrar").start("s", lane="l")
    for step in ("handle", "again", "more"):
        diagram.manual(step, lane="l")
    diagram.end("e", lane="l")
    for step, rule in (("handle", "T4"), ("again", "T4"), ("more", "T4X")):
        diagram.timer_boundary(
            f"due_{step}", on=step, expression=f'deadline("{rule}", date("2025-09-22"))', kind="timeDate",
            interrupting=False, lane="l",
        )  # fmt: skip
        diagram.end(f"late_{step}", lane="l")
    world.deploy(diagram)
    case = started(world)
    save(world, change(T4, amount="45"))

    for _ in range(2):
        (task,) = world.tasks(case)
        complete_task(world.engine, world.actor("dengji"), task.task_id, {})

    found = sorted(world.view(case).deadlines, key=lambda each: each.raw_due)
    days = [(each.rule, (each.raw_due - each.started_at).days - 1, each.rule_version) for each in found]
    assert days == [("T4", 60, 0), ("T4", 60, 0), ("T4X", 90, 1)]

    other = deadline(world, start_case(world.engine, world.actor("dengji"), "handling", {}))
    assert (other.raw_due - other.started_at).days - 1 == 45
