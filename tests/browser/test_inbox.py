"""The inbox under the hand: keys alone, a list that keeps place and typed text, acts on several."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from engine.cases.start import start_case
from engine.records.views import InboxQuery
from engine.tasks.complete import complete_task
from engine.tasks.inbox import inbox
from tests.browser.desk import Desk
from tests.browser.office import Office
from tests.browser.test_walk import LETTER

pytestmark = pytest.mark.browser
DeskOf = Callable[[str], Desk]
SCREENED = {"entered": "yes", "legal_path": "petition", "contactable": True, "screen_reason": "属于职权范围"}


def letters(office: Office, *titles: str) -> None:
    for title in titles:
        office.clock.advance(timedelta(minutes=1))
        start_case(office.engine, office.actor("jiedai"), "petition_main", {**LETTER, "title": title})


def refresh(page: Page) -> None:
    """What the clock does every half minute."""
    with page.expect_response("**/inbox/rows*"):
        page.evaluate("document.getElementById('inbox-rows').dispatchEvent(new Event('refresh'))")


def listed_titles(page: Page) -> list[str]:
    """What a list shows that has just been opened."""
    return page.locator("tr[data-task] a.title").all_inner_texts()


def expect_titles(page: Page, titles: list[str]) -> None:
    expect(page.locator("tr[data-task] a.title")).to_have_text(titles)


def test_the_inbox_is_worked_from_the_keyboard(office: Office, desk_of: DeskOf) -> None:
    letters(office, "第一件", "第二件", "第三件")
    page = desk_of("jiedai").open("/inbox?box=claimable")
    listed = listed_titles(page)
    keys = page.keyboard
    keys.press("j")
    expect(page.locator("#panel h2")).to_have_text(listed[0])
    keys.press("j")
    keys.press("ArrowDown")
    expect(page.locator("#panel h2")).to_have_text(listed[2])
    keys.press("k")
    expect(page.locator("tr.is-selected a.title")).to_have_text(listed[1])
    expect(page.locator("tr.is-selected a.title")).to_be_focused()
    page.reload()
    expect(page.locator("tr.is-selected a.title")).to_have_text(listed[1])
    expect(page.locator("#panel h2")).to_have_text(listed[1])
    keys.press("x")
    keys.press("J")
    expect(page.locator("#batch-chosen")).to_have_text("已选 2 项")
    keys.press("Escape")
    expect(page.locator("#batch-chosen")).to_have_text("")
    keys.press("k")
    keys.press("?")
    expect(page.locator("#keys")).to_be_visible()
    keys.press("c")  # nothing behind a dialog
    keys.press("Escape")
    keys.press("/")
    keys.type("jxc?")
    expect(page.locator("#search")).to_have_value("jxc?")
    page.locator("#search").blur()
    keys.press("f")
    keys.type("第")
    keys.press("Enter")
    expect(page.locator(".active-chips")).to_contain_text("第")
    expect_titles(page, listed)
    keys.press("j")
    keys.press("j")
    keys.press("c")
    expect(page.locator(".case-number")).to_contain_text(listed[1])
    page.wait_for_load_state()
    keys.press("g")
    keys.press("i")
    expect(page.locator("h1")).to_have_text("待办")
    expect_titles(page, [listed[1]])
    keys.press("j")
    keys.press("e")
    page.wait_for_url("**/tasks/*#completion")


def test_a_refresh_keeps_place_choice_and_typed_text(office: Office, desk_of: DeskOf) -> None:
    letters(office, "早先的来信", "另一封来信")
    page = desk_of("jiedai").open("/inbox?box=claimable&order=newest")
    shown = listed_titles(page)
    page.locator("tr[data-task]").filter(has_text="早先的来信").locator("td.matter").click(
        position={"x": 300, "y": 8}
    )
    expect(page.locator("#panel h2")).to_have_text("早先的来信")
    page.locator("tr[data-task] .tick input").first.check()
    page.fill("#within", "还没打完")
    letters(office, "后来的来信")
    refresh(page)
    expect(page.locator("#list-changed")).to_contain_text("有 1 项新到")
    expect_titles(page, shown)
    expect(page.locator("#rail [data-count=claimable]")).to_have_text("3")
    expect(page.locator("#inbox-total")).to_have_text("共 3 项")
    expect(page.locator("#within")).to_have_value("还没打完")
    expect(page.locator("#within")).to_be_focused()
    page.click("#list-changed-now")
    expect_titles(page, ["后来的来信", *shown])
    expect(page.locator("#list-changed")).to_be_hidden()
    expect(page.locator("tr[data-task] .tick input").nth(1)).to_be_checked()
    expect(page.locator("tr.is-selected a.title")).to_have_text("早先的来信")
    expect(page.locator("#within")).to_have_value("还没打完")
    page.keyboard.press("Escape")
    # nobody's hand is on the list: it may follow
    page.mouse.move(5, 5)
    page.evaluate("document.activeElement.blur()")
    letters(office, "再后来的来信")
    refresh(page)
    expect(page.locator("tr[data-task]")).to_have_count(4)
    expect(page.locator("#panel h2")).to_have_text("早先的来信")
    page.context.clear_cookies()
    page.evaluate("document.getElementById('inbox-rows').dispatchEvent(new Event('refresh'))")
    expect(page.locator("#list-changed")).to_contain_text("登录已过期")
    expect(page.locator("#within")).to_have_value("还没打完")


def test_of_several_some_fail_with_their_reason(office: Office, desk_of: DeskOf) -> None:
    letters(office, *(f"第 {n} 件" for n in range(1, 8)))
    page = desk_of("jiedai").open("/inbox?box=claimable&order=oldest")
    page.locator("tr[data-task] .tick input").first.click()
    page.locator("tr[data-task] .tick input").nth(5).click(modifiers=["Shift"])
    expect(page.locator("#batch-chosen")).to_have_text("已选 6 项")
    # Enter does what the button below the box does, not what the first button of the form does
    page.keyboard.press("t")
    page.fill("#batch-reason", "请代办")
    page.press("#batch-reason", "Enter")
    expect(page.locator("#batch-transfer [role=combobox]")).to_be_focused()
    expect(page.locator("#progress")).to_be_hidden()
    page.keyboard.press("Escape")
    me = office.actor("jiedai")
    row = next(r for r in inbox(office.engine, me, InboxQuery(box="claimable")).rows if r.case_title == "第 4 件")
    assert row.task is not None
    complete_task(office.engine, me, row.task.task_id, SCREENED)
    page.click("#batch button[value=claim]")
    expect(page.locator("#progress-words")).to_have_text("成功 5 项，未成功 1 项")
    expect(page.locator("#progress-failures li")).to_have_count(1)
    expect(page.locator("#progress-failures li strong")).to_have_text("第 4 件")
    expect(page.locator("#progress-failures li span")).not_to_be_empty()
    expect(page.locator("#progress-close")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#progress")).to_be_hidden()
    expect_titles(page, ["第 7 件"])
    page.evaluate("document.querySelector('[data-export]').dataset.total = '1000'")
    with page.expect_download() as brought:
        page.click("[data-export] button")
    assert brought.value.suggested_filename.startswith("待认领-")
    expect(page.locator("#progress-words")).to_contain_text(".xlsx")
    page.keyboard.press("Escape")
    expect(page.locator("#rail [data-count=mine]")).to_have_text("5")
