"""The editor of drawings: drawn without a mouse, saved by itself, checked by the server, overwriting nobody."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from engine.definitions.drafts import create_draft, list_drafts, open_draft, save_draft
from engine.definitions.read import list_definitions
from tests.browser.desk import Desk
from tests.browser.office import PASSWORD, Office

pytestmark = pytest.mark.browser

DeskOf = Callable[[str], Desk]
FRONTEND = Path(__file__).parents[2] / "web" / "frontend"
READY = ".studio-editor[data-ready='1']"
SELECT = """(id) => {
  const editor = document.querySelector('.studio-editor').editor;
  editor.get('selection').select(editor.get('elementRegistry').get(id));
  editor.get('canvas').focus();
}"""
PASTE = """(beside) => {
  const editor = document.querySelector('.studio-editor').editor;
  const { x, y, parent } = editor.get('elementRegistry').get(beside);
  editor.get('copyPaste').paste({ element: parent, point: { x: x + 50, y: y + 30 } });
}"""
STALE = "document.querySelector('.studio-editor').editor.get('dubanVocabulary').replace({})"
SELECTED = "document.querySelector('.studio-editor').editor.get('selection').get().map(({ id }) => id)"
MISSED = "[...document.querySelector('.studio-editor').untranslated]"


def draft_of(office: Office, key: str) -> str:
    admin = office.actor("admin")
    base = next(d for d in list_definitions(office.engine, admin) if d.key == key)
    return create_draft(office.engine, admin, key, base_id=base.definition_id).draft_id


def drawing(office: Office, draft_id: str, key: str) -> str:
    return open_draft(office.engine, office.actor("admin"), draft_id).files[f"{key}.bpmn"].decode()


def open_editor(desk: Desk, draft_id: str, element: str = "") -> Page:
    page = desk.open(f"/studio/{draft_id}/diagram" + (f"#element={element}" if element else ""))
    expect(page.locator(READY)).to_be_visible()
    return page


def append(page: Page, after: str) -> None:
    """A plain task after the element, by keys alone."""
    page.evaluate(SELECT, after)
    expect(page.locator(".djs-context-pad.open")).to_be_visible()
    page.keyboard.press("a")
    expect(page.locator(".djs-popup-search input")).to_be_focused()
    page.keyboard.press("Enter")


def test_what_is_drawn_is_saved_checked_and_told_in_chinese(office: Office, desk_of: DeskOf) -> None:
    draft_id = draft_of(office, "case_review")
    page = open_editor(desk_of("admin"), draft_id)
    expect(page.locator("#findings [data-count]")).to_contain_text("没有发现问题")

    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/files.json", hold)
    append(page, "review")
    page.keyboard.press("Escape")
    expect(page.locator("#findings [data-count]")).to_contain_text("错误")
    page.locator("#findings li button").first.focus()
    expect(page.locator("#save-state")).to_have_attribute("data-state", "saving")
    assert "<bpmn:task " not in drawing(office, draft_id, "case_review"), "found before it is saved"
    held[0].continue_()
    page.unroute("**/files.json")
    expect(page.locator("#save-state")).to_have_text("09:00 已自动保存")
    expect(page.locator("#findings li button").first).to_be_focused()
    saved = drawing(office, draft_id, "case_review")
    (task,) = re.findall(r'<bpmn:task id="(\w+)"', saved)
    assert f'bpmnElement="{task}"' in saved

    finding = page.locator(f".finding[data-element='{task}']").first
    expect(finding.locator(".finding-hint")).to_be_visible()
    expect(page.locator(f".djs-element.has-error[data-element-id='{task}']")).to_have_count(1)
    page.evaluate(SELECT, "review")
    finding.get_by_role("button").click()
    assert page.evaluate(SELECTED) == [task]

    page.keyboard.press("r")
    expect(page.locator(".djs-popup-title")).to_have_text("换一种元素")
    page.keyboard.press("Escape")
    page.evaluate(SELECT, task)
    page.keyboard.press("Delete")
    expect(page.locator("#findings [data-count]")).to_contain_text("没有发现问题")
    expect(page.locator("#save-state")).to_have_attribute("data-state", "saved")
    assert task not in drawing(office, draft_id, "case_review")
    page.click("[data-act=simulate]")
    expect(page.locator(".bts-palette [title='重新开始模拟']")).to_be_visible()
    assert page.evaluate(MISSED) == []

    # who looks reads the same properties and changes none
    page = open_editor(desk_of("shenji"), draft_id, "review")
    expect(page.locator("#properties input[name=duban-form]")).to_have_value("review")
    expect(page.locator("#properties :is(input, textarea):not([readonly], [disabled])")).to_have_count(0)
    page.evaluate(SELECT, "review")
    page.keyboard.press("Delete")
    expect(page.locator(".djs-element[data-element-id=review]")).to_have_count(1)
    assert page.evaluate(MISSED) == []

    # a login that ends while one draws is asked for on the page; what was drawn meanwhile is saved then
    page = open_editor(desk_of("admin"), draft_id)
    page.context.clear_cookies(name="duban")
    append(page, "review")
    page.keyboard.press("Escape")
    expect(page.locator("#session-password")).to_be_focused()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#session-over")).to_be_hidden()
    expect(page.locator("#save-state")).to_have_text("09:00 已自动保存")
    assert drawing(office, draft_id, "case_review").count("<bpmn:task ") == 1


def test_of_two_admins_neither_overwrites_the_other(office: Office, desk_of: DeskOf) -> None:
    draft_id = draft_of(office, "case_review")
    page = open_editor(desk_of("admin"), draft_id)
    page.evaluate(SELECT, "review")
    page.keyboard.press("Control+c")
    theirs = drawing(office, draft_id, "case_review").replace("逐案评查", "逐案复查")
    save_draft(office.engine, office.actor("shenhe"), draft_id, seen=1, put={"case_review.bpmn": theirs.encode()})

    append(page, "review")
    dialog = page.locator("#conflict")
    expect(dialog).to_contain_text(re.compile(r"顾衡 在 .* 保存过"))
    dialog.get_by_role("button", name="先看看再说").click()
    expect(page.locator("#editor-others")).to_contain_text("您的改动还没有保存")
    page.click("[data-choose]")
    dialog.get_by_role("button", name="我的另存为新草稿").click()
    page.wait_for_url(lambda address: draft_id not in address)
    expect(page.locator(READY)).to_be_visible()

    assert drawing(office, draft_id, "case_review") == theirs
    (mine,) = (d.draft_id for d in list_drafts(office.engine, office.actor("admin")) if d.draft_id != draft_id)
    kept = drawing(office, mine, "case_review")
    assert "<bpmn:task " in kept
    assert "逐案复查" not in kept

    # what was copied in one drawing is pasted in the other
    before = kept.count("<bpmn:userTask ")
    page.evaluate(PASTE, "review")
    expect(page.locator("#save-state")).to_have_attribute("data-state", "saved")
    assert drawing(office, mine, "case_review").count("<bpmn:userTask ") == before + 1


def test_a_file_without_a_drawing_is_laid_out_and_kept(office: Office, desk_of: DeskOf) -> None:
    draft_id = draft_of(office, "case_review")
    drawn = drawing(office, draft_id, "case_review")
    bare = re.sub(r"<bpmndi:BPMNDiagram.*</bpmndi:BPMNDiagram>", "", drawn, flags=re.DOTALL)
    files = {"case_review.bpmn": bare.encode()}
    save_draft(office.engine, office.actor("admin"), draft_id, seen=1, put=files)

    page = open_editor(desk_of("admin"), draft_id, "review")
    expect(page.locator(".bio-properties-panel-header-label")).to_have_text("逐案评查")
    expect(page.locator("#editor-note")).to_contain_text("已自动排好位置")
    assert "BPMNShape" not in drawing(office, draft_id, "case_review"), "looking changes nothing"
    page.click("[data-keep]")
    expect(page.locator("#save-state")).to_have_attribute("data-state", "saved")
    kept = drawing(office, draft_id, "case_review")
    assert kept.count("<bpmndi:BPMNShape ") >= drawn.count("<bpmn:userTask ")


def test_the_panel_shows_what_is_selected(office: Office, desk_of: DeskOf) -> None:
    """Though no frame is drawn before the selection, and though the vocabulary arrives right after it."""
    draft_id = draft_of(office, "case_review")
    desk = desk_of("admin")
    desk.page.add_init_script("window.requestAnimationFrame = () => 0")
    page = open_editor(desk, draft_id, "review")
    heading = page.locator(".bio-properties-panel-header-label")
    expect(heading).to_have_text("逐案评查")
    page.evaluate(f"id => {{ ({SELECT})(id); {STALE} }}", "confirm")
    expect(heading).to_have_text("审定评查结果")


def test_no_text_of_the_editor_lacks_its_chinese() -> None:
    """Of the drawing, its tools, the panel and the simulation: whatever the bundle asks to be translated."""
    done = subprocess.run(
        ["node", "build.mjs", "--texts"], cwd=FRONTEND, capture_output=True, text=True, check=True
    )
    texts = json.loads(done.stdout)
    assert texts["missing"] == []
    a_few = {"Append element", "Search in diagram", "Purple", "Open minimap", "Trigger Event", "ID must be unique."}
    assert a_few <= set(texts["asked"])
