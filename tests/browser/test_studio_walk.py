"""An admin redraws the main pipeline while cases run: drawn, stopped by the law, tried, reviewed, published, moved.

Half of the cases take the new step, the others finish as they began.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from engine.cases.moving.progress import advance_runs
from engine.cases.start import start_case
from engine.records.case import InstanceState
from engine.records.task import TaskState
from engine.records.time import DeadlineState
from engine.tasks.complete import complete_task
from tests.browser.conftest import TIMEOUT_MS, ZONE
from tests.browser.desk import Desk
from tests.browser.office import Office
from tests.browser.test_walk import STEPS, at

pytestmark = pytest.mark.browser

STEP = "核对材料"
SCREENED = {"entered": "yes", "legal_path": "petition", "contactable": True, "screen_reason": "属于职权范围"}
REGISTERED = {"purpose": "3", "category": "1402"}


def a_petition(office: Office, number: int) -> str:
    office.clock.advance(timedelta(minutes=1))
    facts = {
        "title": f"反映第{number}件征地补偿款未足额发放",
        "channel": "letter",
        "purpose": "3",
        "category": "1402",
        "name": "陈某",
        "contact": "13800000000",
        "persons_count": 1,
        "occurred_place": "青山乡东河村",
        "claim": "补足征地补偿款",
        "facts": "二〇二四年征地，补偿款少付",
    }
    return start_case(office.engine, office.actor("jiedai"), "petition_main", facts).case_id


def field(page: Page, name: str) -> Locator:
    return page.locator(f"#bio-properties-panel-duban-{name}")


def open_group(page: Page, name: str) -> None:
    head = page.locator(f"[data-group-id='group-duban-{name}'] .bio-properties-panel-group-header")
    if "open" not in (head.get_attribute("class") or "").split():
        head.click()


def drop_onto_the_flow(page: Page) -> None:
    """A task from the palette, onto the flow that leaves the numbering downwards."""
    above = page.locator("[data-element-id='number_case'] .djs-visual rect").first.bounding_box()
    tool = page.locator("[data-action='create.task']").bounding_box()
    assert above is not None
    assert tool is not None
    x, y = above["x"] + above["width"] / 2, above["y"] + above["height"] + 65
    page.mouse.move(tool["x"] + 10, tool["y"] + 10)
    page.mouse.down()
    page.mouse.move(x - 80, y - 20, steps=8)
    page.mouse.move(x, y, steps=8)
    page.mouse.up()
    expect(page.locator(".djs-direct-editing-content")).to_be_visible()
    page.keyboard.type(STEP)
    page.mouse.click(x + 250, y)
    expect(page.locator(".djs-direct-editing-content")).to_have_count(0)
    expect(page.locator("#findings")).to_contain_text("untyped-task", timeout=TIMEOUT_MS)
    jump_to_the_step(page)
    page.locator("[data-action='replace']").click()
    page.locator(".djs-popup .entry", has_text="用户任务").first.click()


def jump_to_the_step(page: Page) -> None:
    """By its finding: the element is selected, and its properties are shown."""
    findings = page.locator("#findings")
    findings.get_by_role("link", name=STEP).or_(findings.get_by_role("button", name=STEP)).first.click()


def ready(page: Page) -> None:
    expect(page.locator(".studio-editor[data-ready='1']")).to_be_visible(timeout=TIMEOUT_MS)


def saved(page: Page) -> None:
    expect(page.locator("#save-state")).to_have_attribute("data-state", "saved", timeout=TIMEOUT_MS)


def test_a_step_is_added_while_cases_run(office: Office, desk_of: Callable[[str], Desk]) -> None:
    cases = [a_petition(office, number) for number in range(1, 5)]
    admin = desk_of("admin")

    page = admin.open("/studio")
    page.locator("form:has(input[value='petition_main'])").get_by_role("button", name="修改").click()
    draft = page.url.rsplit("/", 1)[1]

    # a form of one field, made in its editor
    admin.open(f"/studio/{draft}/file")
    page.locator("details.part-new summary").first.click()
    page.fill("#form-name", "check_material")
    page.locator("details.part-new button").first.click()
    ready(page)
    page.locator("button[data-field-type='textarea']").focus()
    page.keyboard.press("Enter")
    page.locator(".fjs-editor-container .fjs-element[data-field-type='textarea']").click()
    page.locator("[data-group-id='group-general'] .bio-properties-panel-group-header").click()
    label = page.locator("#bio-properties-panel-label, [data-entry-id='label'] [contenteditable]").first
    label.click()
    page.keyboard.press("Control+A")
    page.keyboard.type("核对情况")
    key = page.locator("#bio-properties-panel-key")
    key.fill("material_note")
    key.press("Tab")
    saved(page)

    # the step, onto the flow between numbering and forwarding
    admin.open(f"/studio/{draft}/diagram")
    ready(page)
    findings = page.locator("#findings")
    expect(findings.locator("[data-count]")).not_to_be_empty(timeout=TIMEOUT_MS)
    drop_onto_the_flow(page)
    open_group(page, "form")
    field(page, "form").fill("check_material")
    field(page, "form").press("Tab")
    saved(page)

    # the law stops it: between registration and reply every step stands under a deadline
    expect(findings).to_contain_text("legal-task-without-deadline", timeout=TIMEOUT_MS)
    admin.open(f"/studio/{draft}")
    page.fill("#changelog", "登记后先核对材料")
    page.get_by_role("button", name="送审").click()
    expect(page.locator("main")).to_contain_text("没有期限")
    expect(page.locator(".pill", has_text="修改中").first).to_be_visible()

    # mended: two working days of the step's own, which are kept in the ledger with their lights
    admin.open(f"/studio/{draft}/diagram")
    ready(page)
    expect(findings).to_contain_text(STEP, timeout=TIMEOUT_MS)
    jump_to_the_step(page)
    open_group(page, "deadline")
    page.locator("#duban-deadline-add").select_option("working")
    page.get_by_role("button", name="添加", exact=True).click()
    field(page, "days").fill("2")
    field(page, "days").press("Tab")
    expect(field(page, "time")).to_have_value("working days(2)")
    saved(page)
    expect(findings).to_contain_text("没有发现问题", timeout=TIMEOUT_MS)

    # tried across the National Day holiday: opened on 30 September, due two working days later, on 10 October
    admin.open(f"/studio/{draft}/try")
    page.fill("#try-start", "2025-09-30T09:00")
    page.select_option("#try-pace", "0")
    page.locator("#try-form").get_by_role("button", name=re.compile("试运行|推演|开始")).click()
    result = page.locator("#try-result")
    expect(result).to_contain_text(STEP, timeout=60_000)
    opened = result.locator(".try-day", has_text="2025-09-30").locator(".try-line", has_text=f"待办：{STEP}")
    expect(opened).to_contain_text("10-10")
    expect(result).to_contain_text("国庆")

    # what would become of the four open cases
    admin.open(f"/studio/{draft}/dry-run")
    page.get_by_role("button", name=re.compile("试算")).click()
    while advance_runs(office.engine):
        pass
    page.reload()
    expect(page.locator("main")).to_contain_text("4")
    expect(page.locator("main")).to_contain_text("不变")

    # a second person reviews and publishes
    admin.open(f"/studio/{draft}")
    page.fill("#changelog", "登记后先核对材料，两个工作日")
    page.get_by_role("button", name="送审").click()
    expect(page.locator(".flash").first).to_contain_text("送审")
    reviewer = desk_of("shenhe").open(f"/studio/{draft}/review")
    reviewer.fill("#note", "同意")
    reviewer.locator("button[value='approve']").click()
    expect(reviewer.locator(".flash").first).to_contain_text("第 2 版")

    # two of the four cases are moved
    with office.engine.store.read() as work:
        version = work.definitions.current("petition_main", office.clock.now())
    assert version is not None
    assert version.version == 2
    admin.open(f"/definitions/{version.definition_id}/migrate")
    page.check("input[name='which'][value='oldest']")
    page.fill("input[name='at_most']", "2")
    page.locator("details.moving-at-once summary").click()
    page.fill("#reason", "流程改版")
    page.locator("button[value='migrate']").click()
    while advance_runs(office.engine):
        pass
    page.reload()
    expect(page.locator("main")).to_contain_text("已迁移")

    # the first case meets the new step, the last one does not; both go on to the archive, each as it is
    office.move_to(datetime(2025, 9, 29, 9, 30, tzinfo=ZONE))
    for title in ("反映第1件", "反映第4件"):
        desk_of("jiedai").do("甄别", SCREENED, title=title)
        desk_of("dengji").do("登记", REGISTERED, title=title)
    desk_of("dengji").do(STEP, {"material_note": "材料齐全"}, title="反映第1件")
    for when, who, step, values in STEPS[2:]:
        office.move_to(at(when))
        for case_id in (cases[0], cases[3]):
            complete(office, who, case_id, step, values)
    office.move_to(datetime(2026, 1, 15, tzinfo=ZONE))  # nobody asked for a review in time
    assert standing(office, cases[0]) == ("归档", 2, [DeadlineState.MET])
    assert standing(office, cases[3]) == ("归档", 1, [])


PREFILLED = {"签发督办令": {"close_by": "2025-12-05"}}
"""What the page fills in by itself, from the case."""


def complete(office: Office, who: str, case_id: str, step: str, values: Mapping[str, Any]) -> None:
    with office.engine.store.read() as work:
        view = work.cases.view(case_id)
    assert view is not None
    task = next(task for task in view.tasks if task.name == step and task.state is TaskState.OPEN)
    complete_task(office.engine, office.actor(who), task.task_id, {**PREFILLED.get(step, {}), **values})


def standing(office: Office, case_id: str) -> tuple[str, int, list[DeadlineState]]:
    """The case's state, the version that it ended on, and what became of the new step's deadline."""
    with office.engine.store.read() as work:
        view = work.cases.view(case_id)
        assert view is not None
        main = view.instances[0]
        definition = work.definitions.get(main.definition_id)
    assert main.state is InstanceState.COMPLETED
    assert definition is not None
    return view.case.state, definition.version, [d.state for d in view.deadlines if d.name == STEP]
