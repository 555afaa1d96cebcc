"""Editors of forms and tables: what they write means what the file meant; they speak Chinese; versions compared."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from engine.definitions.differences_files import differing_files
from engine.definitions.drafts import create_draft, open_draft, save_draft
from engine.records.studio import ProcedureDraft
from tests.browser.desk import Desk
from tests.browser.office import Office

WORKFLOWS = Path(__file__).parents[2] / "workflows"
REWRITE = (
    "texts => (async () => { const out = []; for (const text of texts) "
    "out.push(await document.querySelector('.studio-editor').rewrite(text)); return out; })()"
)
ENGLISH = """() => {
  const walker = document.createTreeWalker(document.querySelector('.file-paper'), NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) found.push(walker.currentNode);
  const seen = found.filter((node) => node.parentElement.checkVisibility()).map((node) => node.data.trim());
  return seen.filter((text) => /[A-Za-z]{3,}/.test(text));
}"""
OFFICES_OWN = {
    "FEEL",
    "petition_main_screen",
    "Field_legal_path",
    "legal_path",
    "label_en",
    "description_en",
    "ABC",
}
"""Codes, and names of properties, which are the same in any language."""


def a_draft(office: Office) -> ProcedureDraft:
    with office.engine.store.read() as work:
        base = work.definitions.current("petition_main", office.clock.now())
    assert base is not None
    return create_draft(office.engine, office.actor("admin"), "petition_main", base_id=base.definition_id)


def opened(desk: Desk, draft: ProcedureDraft, path: str) -> Page:
    page = desk.open(f"/studio/{draft.draft_id}/file?path={path}")
    expect(page.locator(".studio-editor[data-ready='1']")).to_be_visible()
    return page


def stored(office: Office, draft: ProcedureDraft, path: str) -> str:
    return open_draft(office.engine, office.actor("admin"), draft.draft_id).files[path].decode()


def unlike(pattern: str, page: Page) -> list[str]:
    """The files that the editor would write so that they mean something else."""
    files = sorted(WORKFLOWS.glob(pattern))
    assert len(files) > 5
    rewritten = page.evaluate(REWRITE, [file.read_text(encoding="utf-8") for file in files])
    return [
        f"{file.name}: {difference.items}"
        for file, text in zip(files, rewritten, strict=True)
        for difference in differing_files({file.name: file.read_bytes()}, {file.name: text.encode()})
        if not difference.is_same_content
    ]


def test_a_table_is_edited_kept_and_means_what_it_meant(office: Office, desk_of: Callable[[str], Desk]) -> None:
    draft = a_draft(office)
    page = opened(desk_of("admin"), draft, "intake_path.dmn")
    cell = page.locator("tbody tr").first.locator("td.annotation [contenteditable]")
    expect(cell).to_have_text("检举控告类：保密，转送有权机关")
    cell.click()
    page.keyboard.press("End")
    page.keyboard.type("，当日办")
    page.locator("tbody tr").nth(1).locator("td.output-cell").first.click()
    expect(page.locator("#save-state")).to_have_attribute("data-state", "saved")
    before = (WORKFLOWS / "petition_main" / "intake_path.dmn").read_bytes()
    (found,) = differing_files({"t.dmn": before}, {"t.dmn": stored(office, draft, "intake_path.dmn").encode()})
    (item,) = found.items
    assert [aspect.after for aspect in item.aspects] == ["检举控告类：保密，转送有权机关，当日办"]
    assert page.evaluate("() => [...document.querySelector('.studio-editor').untranslated]") == []
    assert unlike("*/*.dmn", page) == []


def test_a_form_is_edited_kept_previewed_and_means_what_it_meant(
    office: Office, desk_of: Callable[[str], Desk]
) -> None:
    draft = a_draft(office)
    page = opened(desk_of("admin"), draft, "forms/screen.form.json")
    page.locator(".fjs-palette-field[data-field-type=textfield]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#save-state")).to_have_attribute("data-state", "saved")
    fields = json.loads(stored(office, draft, "forms/screen.form.json"))["components"]
    assert fields[-1]["label"] == "单行文字"
    page.locator(".fjs-form-field-select").first.click()
    page.locator("[data-group-id=group-general] .bio-properties-panel-group-header").click()
    page.locator("[data-entry-id=label] [contenteditable]").click()
    page.keyboard.press("End")
    page.keyboard.type("（必选）")
    expect(page.locator(".fjs-form-field-select").first).to_contain_text("（必选）")
    expect(page.locator("#save-state")).to_have_attribute("data-state", "saved")
    expect(page.locator("[data-entry-id=label] [contenteditable]")).to_be_focused()
    page.evaluate(
        "() => document.querySelectorAll('.bio-properties-panel-group-header:not(.open)').forEach(h => h.click())"
    )
    spoken = {text for text in page.evaluate(ENGLISH) if text not in OFFICES_OWN}
    assert {text for text in spoken if "=" not in text} == set()
    page.locator("[data-preview]").click()
    expect(page.locator("#form[data-ready='1']")).to_be_visible()
    expect(page.locator("#form")).to_contain_text("单行文字")
    page = opened(desk_of("admin"), draft, "forms/screen.form.json")
    assert unlike("*/forms/*.json", page) == []


def test_what_differs_is_marked_on_both_drawings_and_can_be_walked(
    office: Office, desk_of: Callable[[str], Desk]
) -> None:
    draft, admin = a_draft(office), office.actor("admin")
    text = stored(office, draft, "petition_main.bpmn").replace('id="screen" name="甄别"', 'id="screen" name="初审"')
    save_draft(office.engine, admin, draft.draft_id, seen=1, put={"petition_main.bpmn": text.encode()})
    page = desk_of("admin").open(f"/studio/compare?left={draft.base_id}&right={draft.draft_id}")
    expect(page.locator("#compare[data-ready='1']")).to_be_visible()
    expect(page.locator("#compare-place")).to_contain_text("第 1 处，共 1 处：修改用户任务“初审”")
    for side, name in (("left", "甄别"), ("right", "初审")):
        marked = page.locator(f"#canvas-{side} [data-element-id=screen].is-changed")
        expect(marked).to_contain_text(name)
        expect(marked).to_be_in_viewport()
        expect(page.locator(f"#canvas-{side} .compare-note")).to_have_text("≠ 修改")
