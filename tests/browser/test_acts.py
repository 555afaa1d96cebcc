"""A task through many hands, by keyboard where it matters: delegated, given back, signed, returned, and back."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from engine.cases.start import start_case
from engine.definitions.deploy import deploy_procedure
from engine.tasks.claim import claim_task
from engine.tasks.phrases import add_phrase
from tests.browser.desk import Desk
from tests.browser.office import Office
from tests.worlds import files_of, two_step_forms, two_steps

OPINION = "#form textarea"


def open_act(page: Page, act: str) -> None:
    """Opens the dialog of an act from the menu, by keyboard."""
    page.locator(".menu.is-up summary").last.focus()
    page.keyboard.press("Enter")
    link = page.locator(f"a[data-act][href$='/acts/{act}']")
    link.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#act-dialog[open] .act")).to_be_visible()


def pick(page: Page, typed: str, name: str) -> None:
    """Types initials into the box of colleagues and takes the first."""
    expect(page.get_by_role("combobox")).to_be_focused()
    page.keyboard.type(typed)
    expect(page.get_by_role("option", selected=True)).to_contain_text(name)
    page.keyboard.press("Enter")


def send_act(page: Page, reason: str) -> None:
    page.fill("#act-dialog #reason", reason)
    page.keyboard.press("Tab")
    expect(page.locator("#act-dialog .is-main")).to_be_focused()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator(".flash").first).to_be_visible()


def test_a_task_through_many_hands(office: Office, desk_of: Callable[[str], Desk]) -> None:
    deploy_procedure(office.engine, None, "two_steps", files_of(two_steps(), **two_step_forms()))
    clerk = office.actor("dengji")
    case = start_case(office.engine, office.actor("jiedai"), "two_steps", {"title": "路灯不亮"})
    with office.engine.store.read() as work:
        view = work.cases.view(case.case_id)
    assert view is not None
    task_id = view.tasks[0].task_id
    claim_task(office.engine, clerk, task_id)
    add_phrase(office.engine, office.actor("jiedai"), "已电话核实，情况属实。")

    owner = desk_of("dengji").open(f"/tasks/{task_id}")
    open_act(owner, "delegate")
    owner.keyboard.press("Escape")
    expect(owner.locator("#act-dialog[open]")).to_have_count(0)
    open_act(owner, "delegate")
    pick(owner, "lxm", "林小满")
    send_act(owner, "请先电话核实")
    expect(owner.locator(".task-banner")).to_contain_text("已委派林小满")

    delegate = desk_of("jiedai").open(f"/tasks/{task_id}")
    expect(delegate.locator(".task-banner")).to_contain_text("受周雨委派办理")
    delegate.fill(OPINION, "属实")
    delegate.locator("#opinion").focus()
    delegate.keyboard.type(";电话")
    expect(delegate.get_by_role("option")).to_have_text("已电话核实，情况属实。")
    delegate.keyboard.press("Enter")
    expect(delegate.locator("#opinion")).to_have_value("已电话核实，情况属实。")
    with delegate.expect_navigation():
        delegate.get_by_role("button", name="办好，交回周雨").click()

    owner.goto(f"{office.url}/tasks/{task_id}")
    expect(owner.locator(".task-banner")).to_contain_text("已电话核实")
    expect(owner.locator(OPINION)).to_have_value("属实")
    open_act(owner, "add_signers")
    pick(owner, "slq", "沈立秋")
    owner.get_by_role("radio", name="办后再签").check()
    send_act(owner, "请签署")
    expect(owner.locator("#next-hint")).to_contain_text("沈立秋")
    with owner.expect_navigation():
        owner.locator("#completion button").click()
    expect(owner.locator(".flash").first).to_contain_text("等加签人签署意见")

    signer = desk_of("zhiban")
    signer.find("加签：核对")
    expect(signer.page.locator(OPINION)).to_have_value("属实")
    with signer.page.expect_navigation():
        signer.page.get_by_role("button", name="同意", exact=True).click()

    signer.find("签批")
    claim = signer.page.locator(".verbs form[action$='/claim'] button")
    claim.click()
    open_act(signer.page, "return")
    expect(signer.page.locator(".act")).to_contain_text("上一环节 · 核对 · 周雨")
    signer.page.get_by_role("radio", name="直接送回我这里").check()
    send_act(signer.page, "请补充现场照片")

    desk_of("dengji").find("核对")
    expect(owner.locator(".task-banner")).to_contain_text("由沈立秋退回")
    expect(owner.locator(".task-banner")).to_contain_text("直接送回沈立秋")
    owner.fill(OPINION, "属实，已补照片")
    with owner.expect_navigation():
        owner.locator("#completion button").click()
    signer.find("签批")
    owner.goto(f"{office.url}/cases/{case.case_id}/timeline")
    for words in ("委派林小满办理“核对”", "交回周雨", "加签：沈立秋（办后再签）", "退回到“核对”，办好后直接送回"):
        expect(owner.locator("main")).to_contain_text(words)
