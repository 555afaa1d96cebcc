"""A day with somebody away: the deputy does the work, the leader sees who did, the petitioner asks and answers."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from engine.cases.read import register
from engine.records.case import CaseFile
from engine.records.views import RegisterQuery
from tests.browser.axe import violations
from tests.browser.chromium import a_context
from tests.browser.desk import Desk
from tests.browser.office import Office

pytestmark = pytest.mark.browser


def test_a_deputy_does_the_work_and_every_trace_says_so(told: Office, told_desk_of: Callable[[str], Desk]) -> None:
    handler = told_desk_of("zrzyj.banli")
    handler.open("/profile/absence")
    handler.page.fill("#starts_on", "2025-10-11")
    handler.page.fill("#ends_on", "2025-10-17")
    handler.page.select_option("#deputy_id", label="田野")
    handler.page.locator("main form button.is-main").click()
    expect(handler.page.locator("main")).to_contain_text("田野")

    deputy = told_desk_of("zrzyj.lingdao")
    deputy.open("/inbox?box=deputised")
    row = deputy.page.locator("tr[data-task]").filter(has_text="逐项办理").first
    row.locator("a.title").click()
    expect(deputy.page.locator("main")).to_contain_text("高原")
    values = {"order_outcome": "done", "item_results": [{"item": "核对测绘面积", "result": "已核对"}]}
    deputy.fill(values)
    deputy.send()
    expect(deputy.page.locator(".flash")).to_contain_text("已办理")

    case = _case(told, "zrzyj.lingdao", "征地补偿款少付")
    leader = told_desk_of("zhiban")
    leader.open(f"/cases/{case.case_id}/timeline")
    expect(leader.page.locator("main")).to_contain_text("代高原")

    handler.open("/handover")
    expect(handler.page.locator("main")).to_contain_text("田野")


def test_a_petitioner_asks_and_answers_and_the_case_is_looked_at_again(
    told: Office, browser: Browser, told_desk_of: Callable[[str], Desk]
) -> None:
    case = _case(told, "dengji", "过期种子")
    context = a_context(browser)
    page = context.new_page()
    _ask(page, told, "AAAAAAAAAA", "0001")
    refused = page.locator("main").inner_text()
    _ask(page, told, case.query_code or "", "9999")
    expect(page.locator("main")).to_have_text(refused, use_inner_text=True)
    _ask(page, told, case.query_code or "", "0001")
    expect(page.locator(".nodes")).to_contain_text("处理意见书")
    expect(page.locator("body")).not_to_contain_text(case.title)
    assert violations(page) == []
    page.check("input[name=score_office][value=satisfied]")
    page.check("input[name=score_unit][value=dissatisfied]")
    page.get_by_role("button", name="提交").click()
    expect(page.locator(".is-thanks")).to_be_visible()
    _ask(page, told, case.query_code or "", "0001")
    expect(page.locator("input[name=score_unit]")).to_have_count(0)
    context.close()

    officer = told_desk_of("jingban")
    officer.find("逐案评查", title="过期种子")


def test_a_clerk_takes_the_file_along(told: Office, told_desk_of: Callable[[str], Desk]) -> None:
    case = _case(told, "dengji", "过期种子")
    clerk = told_desk_of("dengji")
    clerk.open(f"/cases/{case.case_id}/papers")
    clerk.page.locator(".grid-table a").first.click()
    with clerk.page.expect_download() as word:
        clerk.page.get_by_role("link", name="Word").click()
    with zipfile.ZipFile(io.BytesIO(word.value.path().read_bytes())) as document:
        assert "word/document.xml" in document.namelist()


def _ask(page: Page, office: Office, code: str, factor: str) -> None:
    page.goto(f"{office.url}/query")
    page.fill("#code", code)
    page.fill("#factor", factor)
    with page.expect_navigation():
        page.locator("section:has(#code) button").click()


def _case(office: Office, username: str, title: str) -> CaseFile:
    rows = register(
        office.engine, office.actor(username), RegisterQuery(procedure="petition_main", text=title)
    ).rows
    return rows[0].case
