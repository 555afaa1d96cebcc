"""The count of unread messages keeps itself up to date, and never gets into anybody's way."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from engine.records.step import OutboxEntry
from tests.browser.desk import Desk
from tests.browser.office import Office

pytestmark = pytest.mark.browser
DeskOf = Callable[[str], Desk]


def tell(office: Office, key: str) -> None:
    person = office.actor("dengji").person_id
    entry = OutboxEntry(
        f"o-{key}", key, person, None, None, "t", "【提醒】请查看", "[Note] look", office.clock.now()
    )
    with office.engine.store.write() as work:
        work.deliveries.add([entry])


def test_the_badge_counts_without_a_reload_and_a_lost_session_takes_nothing_away(
    office: Office, desk_of: DeskOf
) -> None:
    desk = desk_of("dengji")
    desk.page.clock.install()
    page = desk.open("/profile/absence")
    badge = page.locator(".bar [data-unread]")
    expect(badge).to_be_hidden()
    page.fill("#note", "正在填写")
    tell(office, "one")
    page.clock.fast_forward(15_000)
    expect(badge).to_be_hidden()
    page.clock.fast_forward(16_000)
    expect(badge).to_have_text("1")
    expect(page.locator(".rail [data-unread]")).to_have_text("1")
    expect(page.locator("#unread-words")).to_have_text("1 条未读消息")

    page.context.clear_cookies()
    tell(office, "two")
    with page.expect_request(re.compile("/messages/unread")):
        page.clock.fast_forward(31_000)
    expect(badge).to_have_text("1")
    expect(page.locator("#note")).to_have_value("正在填写")
    assert page.url.endswith("/profile/absence")
