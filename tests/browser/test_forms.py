"""Forms in the browser: all components in both languages, the server's verdict, files, drafts, conflicts."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from engine.cases.start import start_case
from engine.errors import InvalidForm
from engine.kernel.feel import Feel
from engine.kernel.forms import validate_form
from engine.kernel.forms_schema import CONTAINERS, DISPLAYS, KEYED
from engine.records.case import CaseFile
from engine.records.task import UserTask
from engine.tasks.complete import complete_task
from tests.browser.agreement import CASES, NOW
from tests.browser.desk import Desk
from tests.browser.kitchen import deploy_kitchen, everything
from tests.browser.office import Office
from tests.worlds import a_form

pytestmark = pytest.mark.browser
DeskOf = Callable[[str], Desk]
SAID = """() => [...document.querySelectorAll('#form, #form *, .flatpickr-calendar *')].flatMap((e) => [
  ...['aria-label', 'title', 'placeholder', 'alt'].map((name) => e.getAttribute(name)),
  ...[...e.childNodes].filter((n) => n.nodeType === 3).map((n) => n.data),
]).filter((t) => t && t.trim())"""
VERDICT = """async ([schema, data]) => {
  const form = document.getElementById('form').officeForm;
  await form.importSchema(schema, data);
  await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn, 25)));
  const { errors } = form.submit();
  const at = (inner, steps) => steps.reduce((each, step) => each?.[step], inner);
  return form.get('formFieldInstanceRegistry').getAllKeyed()
    .filter(({ id, indexes }) => at(errors, [id, ...Object.values(indexes || {})])?.length)
    .map(({ valuePath }) => valuePath.map((s) => typeof s === 'number' ? `[${s}]` : `.${s}`).join('').slice(1));
}"""


@pytest.fixture
def kitchen(office: Office) -> Office:
    deploy_kitchen(office.engine)
    return office


def a_case(office: Office, **more: Any) -> CaseFile:
    data = {"name": "甲", "note": "原说明", "rows": [{"item": "一"}], **more}
    return start_case(office.engine, office.actor("jiedai"), "kitchen", data)


def task_of(office: Office, case: CaseFile, element: str) -> UserTask:
    with office.engine.store.read() as work:
        view = work.cases.view(case.case_id)
    assert view is not None
    return next(t for t in view.tasks if t.element_id == element)


def ready(page: Page) -> None:
    expect(page.locator("#form[data-ready='1']")).to_be_visible(timeout=20_000)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_text_of_a_form_is_left_in_the_other_language(kitchen: Office, desk_of: DeskOf, lang: str) -> None:
    page = desk_of("jiedai").open("/profile")
    if lang == "en":
        page.get_by_role("button", name="English").click()
    page.goto(f"{kitchen.url}/new/kitchen")
    ready(page)
    for kind in ("topic", "tags"):
        page.locator(f"#form [id$='-F_{kind}']").click()
        page.keyboard.press("Escape")
    page.locator("#form [id*='F_on_day']:is(input)").first.click()
    page.click("#completion button[type=submit]")
    said = set(page.evaluate(SAID))
    found = (
        {t for t in said if re.search(r"[A-Za-z]{2,}", re.sub(r"bpmn\.io|Markdown", "", t, flags=re.IGNORECASE))}
        if lang == "zh"
        else {t for t in said if re.search(r"[\u4e00-\u9fff]", t)}
    )
    allowed = {"yyyy/mm/dd", "yyyy/m/d", "Powered by bpmn.io"}
    assert {t.strip() for t in found} - allowed == set()


def test_browser_and_server_give_the_same_verdict(kitchen: Office, desk_of: DeskOf) -> None:
    page = desk_of("jiedai").open("/new/kitchen")
    ready(page)
    feel, differing = Feel(), []
    for components, data in CASES:
        schema = a_form(*components)
        in_browser = sorted(page.evaluate(VERDICT, [schema, data]))
        if in_browser != sorted(_on_server(schema, data, feel)):
            differing.append((components, data, in_browser, _on_server(schema, data, feel)))
    assert differing == []


def _on_server(schema: Mapping[str, Any], data: Mapping[str, Any], feel: Feel) -> list[str]:
    try:
        validate_form(schema, data, feel, NOW)
    except InvalidForm as refused:
        return [error.path for error in refused.errors]
    return []


def test_a_choice_is_found_by_initials_and_from_the_keyboard(desk_of: DeskOf) -> None:
    page = desk_of("jiedai").open("/new/petition_main")
    ready(page)
    picker = page.locator("#form [id$='-Field_category']")
    picker.focus()
    page.keyboard.type("czcq")
    expect(page.get_by_role("option")).to_have_count(1)
    expect(page.get_by_role("option")).to_have_text("城乡建设/城镇拆迁")
    page.keyboard.press("Enter")
    expect(picker).to_have_value("城乡建设/城镇拆迁")
    picker.fill("1501")
    page.keyboard.press("ArrowDown")
    assert page.evaluate(
        "document.getElementById(document.activeElement.getAttribute('aria-activedescendant')) !== null"
    )
    page.keyboard.press("Escape")
    expect(picker).to_have_value("城乡建设/城镇拆迁")


def test_files_of_a_form_that_starts_a_case_are_sent_with_it_and_survive_a_refusal(
    kitchen: Office, desk_of: DeskOf
) -> None:
    page = desk_of("jiedai").open("/new/kitchen")
    ready(page)
    page.fill("#form [id$='-F_name']", "甲")
    page.fill("#form [id$='-F_item_0']", "一")
    files = page.locator("#form [id$='-F_papers']")
    files.set_input_files(
        [
            {"name": "一.txt", "mimeType": "text/plain", "buffer": "来信".encode()},
            {"name": "二.pdf", "mimeType": "application/pdf", "buffer": b"no pdf"},
            {"name": "三.exe", "mimeType": "application/x-exe", "buffer": b"MZ"},
        ]
    )
    expect(page.locator(".office-files-list li")).to_have_count(2)
    expect(page.locator(".office-files-busy")).to_contain_text("三.exe")
    page.click("#completion button[type=submit]")
    page.fill("#form [id$='-F_item_1']", "二")  # folded away until it is wrong
    page.click("#completion button[type=submit]")
    expect(page.locator("#error-list")).to_contain_text("二.pdf")
    expect(page.locator(".office-files-list li")).to_have_count(2)
    page.get_by_role("button", name="移除 二.pdf").click()
    page.click("#completion button[type=submit]")
    page.wait_for_url("**/cases/*")
    with kitchen.engine.store.read() as work:
        assert [a.name for a in work.registers.attachments(page.url.rpartition("/")[2])] == ["一.txt"]


def test_files_of_a_task_go_to_the_case_at_once_and_stay_in_the_draft(kitchen: Office, desk_of: DeskOf) -> None:
    case = a_case(kitchen)
    page = desk_of("jiedai").open(f"/tasks/{task_of(kitchen, case, 'check').task_id}")
    ready(page)
    expect(page.locator("#form [id$='-F_note']")).to_have_attribute("readonly", "")
    page.locator("#form [id$='-F_proof']").set_input_files(
        [{"name": f"{n}.txt", "mimeType": "text/plain", "buffer": n.encode()} for n in ("甲", "乙")]
    )
    expect(page.locator(".office-files-list a")).to_have_count(2)
    expect(page.locator("#draft-state")).to_contain_text("草稿已存")
    page.reload()
    ready(page)
    expect(page.locator(".office-files-list a")).to_have_count(2)
    with kitchen.engine.store.read() as work:
        assert {(a.name, a.field) for a in work.registers.attachments(case.case_id)} == {
            ("甲.txt", "proof"),
            ("乙.txt", "proof"),
        }


def test_an_error_in_a_row_stands_at_its_row(kitchen: Office, desk_of: DeskOf) -> None:
    case = a_case(kitchen, rows=[{"item": "一"}, {"item": "二"}])
    page = desk_of("jiedai").open(f"/tasks/{task_of(kitchen, case, 'check').task_id}")
    ready(page)
    page.fill("#form [id$='-F_item_1']", "")
    page.click("#completion button[type=submit]")
    expect(page.locator("#error-list li")).to_have_text("逐项 2 · 内容：必须填写。")
    expect(page.locator(".fjs-form-field-error")).to_have_count(1)
    page.locator("#error-list a").click()
    expect(page.locator("#form [id$='-F_item_1']")).to_be_focused()


def test_what_is_typed_is_safe_before_a_link_is_followed_parties_included(desk_of: DeskOf) -> None:
    page = desk_of("jiedai").open("/new/petition_main")
    ready(page)
    page.fill("#form [id$='-Field_title']", "写到一半")
    page.fill("#form [id$='-Field_name']", "张三")
    page.locator(".bar-brand").click()
    page.wait_for_url("**/inbox*")
    page.go_back()
    page.goto(page.url)
    ready(page)
    expect(page.locator(".draft-found")).to_contain_text("09:00")
    expect(page.locator("#form [id$='-Field_title']")).to_have_value("写到一半")
    expect(page.locator("#form [id$='-Field_name']")).to_have_value("张三")
    page.locator(".draft-found button").click()
    ready(page)
    expect(page.locator("#form [id$='-Field_title']")).to_have_value("")


def test_somebody_elses_change_is_chosen_not_overwritten(kitchen: Office, desk_of: DeskOf) -> None:
    case = a_case(kitchen)
    page = desk_of("jiedai").open(f"/tasks/{task_of(kitchen, case, 'check').task_id}")
    ready(page)
    page.locator("#form [id$='-F_category']").fill("czcq")
    page.keyboard.press("Enter")
    page.fill("#form [id$='-F_title']", "我的事由")
    other = task_of(kitchen, case, "other")
    complete_task(kitchen.engine, kitchen.actor("jiedai"), other.task_id, {"category": "0705"})
    page.click("#completion button[type=submit]")
    changes = page.locator("#form-changes")
    expect(changes).to_contain_text("城乡建设/城镇拆迁")
    expect(changes).to_contain_text("教育/失学辍学")
    expect(page.locator("#form [id$='-F_title']")).to_have_value("我的事由")
    page.click("#completion button[type=submit]")
    expect(changes.get_by_role("button").first).to_be_focused()
    changes.get_by_role("button", name="用现在的").click()
    expect(page.locator("#form [id$='-F_category']")).to_have_value("教育/失学辍学")
    page.click("#completion button[type=submit]")
    page.wait_for_url("**/inbox*")
    with kitchen.engine.store.read() as work:
        kept = work.cases.get(case.case_id)
    assert kept is not None
    assert (kept.category, kept.title) == ("0705", "我的事由")


def test_every_component_is_in_the_kitchen() -> None:
    assert {each["type"] for each in everything()} == KEYED | CONTAINERS | DISPLAYS
