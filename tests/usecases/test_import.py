"""Importing a register: a dry run tells every bad cell, then all lines or none."""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from engine.cases.read import register
from engine.documents.sheets import Sheet, write_workbook
from engine.errors import Forbidden, InvalidFile, InvalidState
from engine.records.views import RegisterQuery
from engine.reports.importing import confirm_import, dry_run, import_template
from tests.worlds import World, a_field, a_form, two_step_forms, two_steps

HEADINGS = ("标题*", "来源", "人数", "来访日期", "姓名", "电话", "同意公开")
CHANNELS = [{"label": "来信", "value": "letter"}, {"label": "来访", "value": "visit"}]


def a_sheet(*lines: Sequence[Any], headings: Sequence[str] = HEADINGS) -> bytes:
    zone = ZoneInfo("Asia/Shanghai")
    return write_workbook([Sheet("登记", [(heading, 12) for heading in headings], lines)], zone)


@pytest.fixture
def office(either: World) -> World:
    intake = a_form(
        a_field("title", label="标题", required=True),
        a_field("channel", "select", label="来源", values=CHANNELS),
        a_field("persons_count", "number", label="人数", validate={"min": 1, "max": 50}),
        a_field("came_on", "datetime", label="来访日期", subtype="date"),
        a_field("name", label="姓名", properties={"store": "party"}),
        a_field("contact", label="电话", properties={"store": "party"}),
        a_field("public", "checkbox", label="同意公开"),
    )
    either.deploy(two_steps(), **{**two_step_forms(), "intake": intake})
    return either


def test_every_line_becomes_a_case(office: World) -> None:
    jiedai = office.actor("jiedai")
    content = a_sheet(
        ("补偿款少付", "来访", 3, "2026年3月1日", "陈某", 13900000001.0, "是"),
        ("路灯不亮", "letter", None, None, None, None, None),
    )
    found = dry_run(office.engine, jiedai, "two_steps", "三月.xlsx", content)
    assert (found.lines, found.faults) == (2, ())
    assert found.import_id
    assert confirm_import(office.engine, jiedai, "two_steps", found.import_id) == 2
    rows = {row.case.title: row.case for row in _register(office)}
    case = rows["补偿款少付"]
    assert (case.channel, case.persons_count, str(case.facts["来访日期"])) == ("visit", 3, "2026-03-01")
    with office.engine.store.read() as work:
        parties = work.cases.parties(case.case_id)
        assert work.registers.audit_of(None)[-1].event == "RegisterImported"
    assert [(p.name, p.contact) for p in parties] == [("陈某", "13900000001")]
    assert [t.element_id for t in office.tasks(rows["路灯不亮"])] == ["check"]
    with pytest.raises(InvalidState):
        confirm_import(office.engine, jiedai, "two_steps", found.import_id)


def test_every_bad_cell_is_named_and_nothing_is_kept(office: World) -> None:
    jiedai = office.actor("jiedai")
    content = a_sheet(
        (None, "来访", 3, None, None, None, None), ("好的", "飞鸽", "许多", "三月", None, None, "也许")
    )
    found = dry_run(office.engine, jiedai, "two_steps", "a.xlsx", content)
    assert [f.cell for f in found.faults] == ["A2", "B3", "C3", "D3", "G3"]
    assert "来信、来访" in found.faults[1].message.zh
    assert found.import_id is None
    content = a_sheet((None, "来访", 3), ("好的", None, 51))
    found = dry_run(office.engine, jiedai, "two_steps", "a.xlsx", content)
    assert [(f.cell, f.heading) for f in found.faults] == [("A2", "标题"), ("C3", "人数")]
    # two lines that are bad in one cell each do not count as the same
    content = a_sheet(("同", "飞鸽", 3), ("同", "快马", 3))
    found = dry_run(office.engine, jiedai, "two_steps", "a.xlsx", content)
    assert [f.cell for f in found.faults] == ["B2", "B3"]
    assert _register(office) == ()


def test_lines_that_are_there_already_are_named(office: World) -> None:
    jiedai = office.actor("jiedai")
    once = ("补偿款少付", "来访", 3)
    found = dry_run(office.engine, jiedai, "two_steps", "a.xlsx", a_sheet(once, ("别的", None, 1), once))
    assert [(f.line, "第 2 行" in f.message.zh) for f in found.faults] == [(4, True)]
    found = dry_run(office.engine, jiedai, "two_steps", "a.xlsx", a_sheet(once))
    assert found.import_id
    confirm_import(office.engine, jiedai, "two_steps", found.import_id)
    found = dry_run(office.engine, jiedai, "two_steps", "b.xlsx", a_sheet(once, ("别的", None, 1)))
    assert [(f.line, "已经导入过" in f.message.zh) for f in found.faults] == [(2, True)]


def test_all_or_nothing(office: World) -> None:
    jiedai = office.actor("jiedai")
    found = dry_run(office.engine, jiedai, "two_steps", "a.xlsx", a_sheet(("一", None, 1), ("二", None, 2)))
    stricter = a_form(a_field("title", label="标题", validate={"required": True, "pattern": "一"}))
    office.deploy(two_steps(), **{**two_step_forms(), "intake": stricter})
    assert found.import_id
    with pytest.raises(InvalidState, match="第 1 件"):
        confirm_import(office.engine, jiedai, "two_steps", found.import_id)
    assert _register(office) == ()


def test_only_who_may_start_may_import_and_only_its_own(office: World) -> None:
    with pytest.raises(Forbidden):
        dry_run(office.engine, office.actor("zhiban"), "two_steps", "a.xlsx", a_sheet(("一",)))
    with pytest.raises(Forbidden):
        import_template(office.engine, office.actor("zhiban"), "two_steps")
    found = dry_run(office.engine, office.actor("jiedai"), "two_steps", "a.xlsx", a_sheet(("一", None, 1)))
    assert found.import_id
    with pytest.raises(Forbidden):
        confirm_import(office.engine, office.actor("dengji"), "two_steps", found.import_id)
    office.clock.advance(timedelta(days=2))
    later = dry_run(office.engine, office.actor("jiedai"), "two_steps", "b.xlsx", a_sheet(("二", None, 1)))
    with pytest.raises(InvalidState):
        confirm_import(office.engine, office.actor("jiedai"), "two_steps", found.import_id)
    assert later.import_id


def test_what_waits_is_sealed(world: World) -> None:
    world.deploy(two_steps(), **two_step_forms())
    sheet = a_sheet(("补偿", "某人甲乙丙"), headings=("标题", "姓名"))
    dry_run(world.engine, world.actor("jiedai"), "two_steps", "a.xlsx", sheet)
    with sqlite3.connect(world.engine.settings.home / "duban.sqlite3") as connection:
        stored = connection.execute("SELECT sealed FROM register_import").fetchone()[0]
    connection.close()
    assert "某人甲乙丙".encode() not in stored


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04 nothing", b"a,b\n1,2\n", a_sheet(), a_sheet(("一",), headings=("题目",))]
)
def test_what_is_no_such_sheet_is_refused(world: World, content: bytes) -> None:
    world.deploy(two_steps(), **two_step_forms())
    with pytest.raises(InvalidFile):
        dry_run(world.engine, world.actor("jiedai"), "two_steps", "a.xlsx", content)


def test_the_template_can_be_filled_in_and_imported(world: World) -> None:
    world.deploy(two_steps(), **two_step_forms())
    jiedai = world.actor("jiedai")
    book = openpyxl.load_workbook(io.BytesIO(import_template(world.engine, jiedai, "two_steps")))
    page = book.worksheets[0]
    assert [cell.value for cell in page[1]] == ["标题*", "主要诉求", "姓名", "电话"]
    page.append(["=1+1 的标题", "补偿", "甲", "139"])
    page["A2"].data_type = "s"
    content = io.BytesIO()
    book.save(content)
    found = dry_run(world.engine, jiedai, "two_steps", "a.xlsx", content.getvalue())
    assert (found.titles, found.faults) == (("=1+1 的标题",), ())


def _register(office: World) -> Any:
    return register(office.engine, office.actor("jiedai"), RegisterQuery(procedure="two_steps")).rows
