"""How the pages behave: drafts, errors at the field, two people at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from engine.cases.start import start_case
from tests.browser.desk import Desk
from tests.browser.office import PASSWORD, Office
from tests.browser.test_walk import LETTER

pytestmark = pytest.mark.browser
DeskOf = Callable[[str], Desk]


def a_letter(office: Office, title: str, **more: Any) -> None:
    start_case(office.engine, office.actor("jiedai"), "petition_main", {**LETTER, "title": title, **more})


def test_typed_text_is_not_lost(office: Office, desk_of: DeskOf) -> None:
    a_letter(office, "反映征地补偿")
    desk = desk_of("jiedai")
    desk.find("甄别")
    desk.fill({"screen_reason": "还没写完"})
    expect(desk.page.locator("#draft-state")).to_have_text("草稿已存 09:00")
    desk.page.reload()
    expect(desk.page.locator("#form[data-ready='1']")).to_be_visible()
    expect(desk.page.locator("#form textarea:not([readonly])")).to_have_value("还没写完")
    # a button beside the form waits for what was typed just now
    desk.fill({"screen_reason": "还没写完，先关注"})
    desk.page.locator(".menu.is-up summary").last.click()
    with desk.page.expect_navigation():
        desk.page.get_by_role("button", name="关注").click()
    expect(desk.page.locator("#form textarea:not([readonly])")).to_have_value("还没写完，先关注")


def test_a_login_that_ends_while_one_writes_loses_nothing(office: Office, desk_of: DeskOf) -> None:
    a_letter(office, "反映征地补偿")
    desk = desk_of("jiedai")
    desk.find("甄别")
    page = desk.page
    page.context.clear_cookies(name="duban")
    desk.fill({"entered": "yes", "legal_path": "petition", "contactable": True, "screen_reason": "写到一半"})
    dialog = page.locator("#session-over")
    expect(dialog.locator("#session-password")).to_be_focused()
    page.keyboard.type("wrong")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("密码不正确")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(page.locator("#draft-state")).to_have_text("草稿已存 09:00")
    # and a post that the page knows to come too late is held back, then sent
    page.evaluate("document.dispatchEvent(new CustomEvent('session-over'))")
    desk.send()
    expect(page.locator(".flash")).to_contain_text("已办理")
    # a step that is done does not come back half filled
    desk.open("/new/petition_main")
    desk.fill({**LETTER, "title": "填过又返回"})
    desk.send()
    page.go_back()
    expect(page.locator("#form[data-ready='1']")).to_be_visible()
    expect(page.locator("#form [id$='-Field_title']")).to_have_value("")


def test_a_wrong_identity_number_is_said_at_the_field(desk_of: DeskOf) -> None:
    desk = desk_of("jiedai")
    desk.open("/new/petition_main")
    desk.fill({**LETTER, "id_number": "110101199001011234"})
    desk.page.click("#completion button[type=submit]")
    errors = desk.page.locator("#error-list")
    expect(errors).to_be_visible()
    expect(errors).to_contain_text("证件号码")
    expect(desk.page.locator(".fjs-form-field-error")).to_have_count(1)
    field = desk.page.locator("#form [id$='-Field_id_number']")
    errors.get_by_role("link").first.click()
    expect(field).to_be_focused()
    expect(desk.page.locator("#form [id$='-Field_title']")).to_have_value(LETTER["title"])
    field.fill("11010519491231002X")
    desk.send()
    expect(desk.page.locator("h1")).to_have_text(str(LETTER["title"]))


def test_the_second_of_two_reads_who_was_first(office: Office, desk_of: DeskOf) -> None:
    a_letter(office, "反映征地补偿")
    answer = {"entered": "yes", "legal_path": "petition", "contactable": True, "screen_reason": "属于职权范围"}
    desk = desk_of("jiedai")
    desk.do("甄别", answer)
    desk.page.go_back()
    desk.page.goto(desk.page.url)
    expect(desk.page.locator(".flash")).to_contain_text("已经办完，只能查看")


def test_a_double_click_registers_once(office: Office, desk_of: DeskOf) -> None:
    desk = desk_of("jiedai")
    desk.open("/new/petition_main")
    desk.fill(LETTER)
    desk.page.dblclick("#completion button[type=submit]")
    desk.page.wait_for_url("**/cases/*")
    desk.open("/cases")
    expect(desk.page.locator("tbody tr")).to_have_count(1)


def test_the_rail_is_a_drawer_on_a_small_screen(desk_of: DeskOf) -> None:
    page = desk_of("jiedai").open("/inbox")
    page.set_viewport_size({"width": 390, "height": 844})
    rail = page.locator("#rail")
    expect(rail).to_be_hidden()
    page.click("#rail-toggle")
    expect(rail).to_be_visible()
    expect(rail.locator("a").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(rail).to_be_hidden()
    expect(page.locator("#rail-toggle")).to_be_focused()
