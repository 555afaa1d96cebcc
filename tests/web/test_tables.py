"""The pages of the office's tables: who sees them, what is told at a cell, and that nothing is saved unseen."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest

from engine.cases.start import start_case
from engine.deadlines.table_draft import RowDraft, TableDraft
from engine.deadlines.table_editing import save_draft
from engine.deadlines.table_read import read_table, table_file
from engine.definitions.deploy import deploy_procedure
from tests.browser.office import Office
from tests.unit.kernel.bpmn_builder import Bpmn
from tests.web.visitor import Visitor
from tests.worlds import files_of

Visit = Callable[[str], Visitor]
T4 = "deadline_rules_T4"
RULES = "/tables/deadline_rules"
INPUT = re.compile(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"[^>]*>')
DRAFT = re.compile(r'name="draft" value="([^"]*)"')


def entered(page: str) -> dict[str, str]:
    """The inputs of a row as the browser would send them (ticks and selects left out: they stay as they are)."""
    found = {
        name: html.unescape(value) for name, value in INPUT.findall(page) if name[:2] in {"c:", "f:", "u:", "s:"}
    }
    ticked = re.findall(r'type="checkbox" name="(c:[^"]+)" value="true"( checked)?', page)
    return found | {name: "true" if checked else "false" for name, checked in ticked}


def edit(visitor: Visitor, **cells: str) -> Any:
    """Sends the whole table with some cells of T4 changed."""
    return send(visitor, {f"c:{T4}:{column}": entry for column, entry in cells.items()})


def send(visitor: Visitor, changed: Mapping[str, str]) -> Any:
    fields = {**entered(visitor.get(RULES).text), **changed}
    return visitor.post(f"{RULES}/preview", {**fields, "base": "0"})


def test_a_change_is_seen_before_it_is_saved(office: Office, visit: Visit) -> None:
    admin = visit("admin")
    seen = edit(admin, amount="45")
    assert seen.status_code == 200
    assert "将要改动的内容" in seen.text
    assert read_table(office.engine, office.actor("admin"), "deadline_rules").version == 0

    draft = html.unescape(DRAFT.findall(seen.text)[0])
    assert draft.count('"row"') == 1
    saved = admin.post(RULES, {"draft": draft, "base": "0", "note": "局务会决定"})

    assert saved.status_code == 302
    page = admin.get(RULES).text
    assert "第 1 版" in page
    assert "局务会决定" in page
    assert "45 日" in page


def test_what_is_wrong_stands_at_its_cell_with_what_was_typed(visit: Visit) -> None:
    answer = edit(visit("admin"), amount="90")
    assert answer.status_code == 422
    cell = answer.text[answer.text.index(f'id="cell-{T4}-amount"') :][:1200]
    assert 'value="90"' in cell
    assert 'aria-invalid="true"' in cell
    assert "第三十四条" in cell
    assert f'href="#cell-{T4}-amount"' in answer.text


def test_all_that_is_wrong_is_told_at_once(visit: Visit) -> None:
    """A cell that is no FEEL does not hide a limit of the law that another row breaks."""
    answer = send(visit("admin"), {f"c:{T4}:amount": "90", "c:deadline_rules_T13:amount": "= 1 +"})
    assert all(f'id="cell-{row}-amount-error"' in answer.text for row in (T4, "deadline_rules_T13"))


def test_nothing_changed_is_told(visit: Visit) -> None:
    admin = visit("admin")
    answer = edit(admin)
    assert answer.status_code == 302
    assert "没有任何改动" in admin.get(RULES).text


def test_one_goes_back_to_change_more(visit: Visit) -> None:
    admin = visit("admin")
    draft = html.unescape(DRAFT.findall(edit(admin, amount="45").text)[0])
    back = admin.post(f"{RULES}/preview", {"draft": draft, "base": "0"})
    cell = back.text[back.text.index(f'id="cell-{T4}-amount"') :][:300]
    assert 'value="45"' in cell


def test_a_second_admin_is_told_that_somebody_was_first(visit: Visit) -> None:
    admin = visit("admin")
    draft = html.unescape(DRAFT.findall(edit(admin, amount="45").text)[0])
    admin.post(RULES, {"draft": draft, "base": "0"})
    late = admin.post(RULES, {"draft": draft, "base": "0"})
    assert late.status_code == 409
    assert "第 1 版" in late.text


def test_a_row_may_begin_on_a_day(visit: Visit) -> None:
    admin = visit("admin")
    seen = send(admin, {f"c:{T4}:amount": "45", f"s:{T4}": "2026-01-01"}).text
    assert "至 2025-12-31 止" in seen
    assert "2026-01-01 起" in seen


def test_a_row_is_added(visit: Visit) -> None:
    admin = visit("admin")
    row = {"rule": "T99", "name": "街道核实", "clock": "W", "amount": "2", "source": "本单位"}
    seen = send(admin, {f"c:new-1:{column}": entry for column, entry in row.items()})
    assert seen.status_code == 200, seen.text
    assert "新增" in seen.text
    assert "街道核实" in seen.text


@pytest.mark.parametrize(
    "draft", ["", "[", "{}", "[1]", '[{"row": "x"}]', "null", '[{"row":1,"entries":[],"removed":1}]']
)
def test_a_draft_of_no_page_of_ours_is_refused(visit: Visit, draft: str) -> None:
    assert visit("admin").post(RULES, {"draft": draft, "base": "0"}).status_code in {409, 422}


def test_who_is_no_admin(visit: Visit) -> None:
    """The auditor reads; a registrar does not even that. Neither may save, whatever the page offers."""
    auditor, registrar = visit("shenji"), visit("dengji")
    page = auditor.get(RULES)
    assert page.status_code == 200
    assert f"{RULES}/preview" not in page.text
    assert "/tables" not in registrar.get("/inbox").text
    for path in ("/tables", RULES, f"{RULES}/versions", f"{RULES}/compare", f"{RULES}/file.dmn"):
        assert registrar.get(path).status_code == 403, path
    for visitor in (auditor, registrar):
        for path in ("", "/preview", "/restore"):
            answer = visitor.post(RULES + path, {"draft": "[]", "base": "0", "version": "0"})
            assert answer.status_code == 403, path
        assert visitor.post(f"{RULES}/upload", {"file": (BytesIO(b"<x/>"), "x.dmn")}).status_code == 403


def test_a_file_with_a_doctype_is_refused(office: Office, visit: Visit) -> None:
    content = table_file(office.engine, office.actor("admin"), "deadline_rules")
    evil = content.replace(
        b"<definitions", b'<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd">]><definitions', 1
    )
    for intent in ("check", "save"):
        upload = {"file": (BytesIO(evil), "rules.dmn"), "intent": intent, "base": "0"}
        answer = visit("admin").post(f"{RULES}/upload", upload)
        assert answer.status_code == 422
        assert "DOCTYPE" in answer.text


def test_a_file_is_checked_then_saved_compared_and_taken_back(office: Office, visit: Visit) -> None:
    admin = visit("admin")
    content = admin.get(f"{RULES}/file.dmn")
    assert content.headers["Content-Disposition"] == 'attachment; filename="deadline_rules.dmn"'
    changed = content.data.replace(b'T4_amount"><text>60', b'T4_amount"><text>50')
    checked = admin.post(f"{RULES}/upload", {"file": (BytesIO(changed), "r.dmn"), "intent": "check", "base": "0"})
    assert "还没有保存" in checked.text
    saved = admin.post(
        f"{RULES}/upload", {"file": (BytesIO(changed), "r.dmn"), "intent": "save", "base": "0", "note": "试"}
    )
    assert saved.status_code == 302
    assert "50" in admin.get(f"{RULES}/compare").text
    admin.post(f"{RULES}/restore", {"version": "0", "base": "1"})
    assert read_table(office.engine, office.actor("admin"), "deadline_rules").version == 2
    assert "恢复第 0 版" in admin.get(f"{RULES}/versions").text


def test_tables_that_do_not_exist(visit: Visit) -> None:
    admin = visit("admin")
    for path in (
        "/tables/salaries",
        f"{RULES}?version=9",
        "/tables/salaries/versions",
        f"{RULES}/compare?old=8&new=9",
    ):
        assert admin.get(path).status_code == 404, path


@pytest.mark.parametrize("table", ["deadline_rules", "lights", "escalations", "duties"])
def test_every_table_opens_in_both_languages(visit: Visit, table: str) -> None:
    admin = visit("admin")
    assert admin.get(f"/tables/{table}").status_code == 200
    admin.client.set_cookie("duban_language", "en")
    page = admin.get(f"/tables/{table}").text
    assert f"table_column.{table}" not in page


def test_a_task_wears_the_words_that_the_office_gave_its_light(office: Office, visit: Visit) -> None:
    diagram = Bpmn("dutiful").lane("l", role="registrar").start("s", lane="l").manual("handle", lane="l")
    diagram.end("e", lane="l")
    diagram.timer_boundary(
        "due", on="handle", expression='deadline("T13")', kind="timeDate", interrupting=False, lane="l"
    )
    diagram.end("late", lane="l")
    deploy_procedure(office.engine, None, "dutiful", files_of(diagram))
    own = {
        "rule": "T13",
        "blue": "share 0.01",
        "blue_word": "快写",
        "blue_word_en": "Write",
        "blue_icon": "stopwatch",
    }
    save_draft(
        office.engine, office.actor("admin"), "lights", TableDraft((RowDraft("new-1", own),)), base=0, note=""
    )
    case = start_case(office.engine, office.actor("dengji"), "dutiful", {})
    office.move_to(office.clock.now() + timedelta(days=1))

    page = visit("dengji").get(f"/cases/{case.case_id}").text

    assert "快写" in page
    assert "#stopwatch" in page
