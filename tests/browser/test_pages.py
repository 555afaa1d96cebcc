"""Every page: no violation that axe finds, light and dark, wide and narrow; nothing refused by the policy."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import violations
from tests.browser.chromium import NARROW, WIDE, a_context
from tests.browser.desk import Desk
from tests.browser.office import Office, served
from tests.browser.story import office_of_the_story, tell_story
from tests.browser.tour import tour_of

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def told_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("told")
    tell_story(home)
    return home


@pytest.fixture
def told(tmp_path: Path, told_home: Path) -> Iterator[Office]:
    home = tmp_path / "home"
    shutil.copytree(told_home, home)
    office = office_of_the_story(home)
    with served(office) as running:
        yield running
    office.close()


def watch(page: Page, troubles: list[str]) -> Page:
    """Notes errors of scripts and refusals of the content security policy."""
    page.on("pageerror", lambda error: troubles.append(f"{page.url}: {error}"))
    page.on("console", lambda m: troubles.append(f"{page.url}: {m.text}") if "Content Security" in m.text else None)
    return page


@pytest.mark.parametrize(("size", "scheme"), [(WIDE, "light"), (WIDE, "dark"), (NARROW, "light")])
def test_axe_finds_nothing_on_any_page(told: Office, browser: Browser, size: dict[str, int], scheme: str) -> None:
    troubles: list[str] = []
    pages: dict[str | None, Page] = {}
    for stop in tour_of(told):
        if stop.username not in pages:
            pages[stop.username] = watch(a_context(browser, size=size, scheme=scheme).new_page(), troubles)
            if stop.username:
                Desk(pages[stop.username], told.url).log_in(stop.username)
        page = pages[stop.username]
        page.goto(told.url + stop.path)
        if stop.act:
            stop.act(page)
        troubles += [f"{stop.name} ({scheme}): {found}" for found in violations(page)]
        too_wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if too_wide > 0:
            troubles.append(f"{stop.name}: {too_wide} px wider than the window of {size['width']} px")
    for page in pages.values():
        page.context.close()
    assert not troubles, "\n".join(troubles)


def test_the_page_is_english_when_asked(told: Office, browser: Browser) -> None:
    context = a_context(browser)
    desk = Desk(context.new_page(), told.url).log_in("jingban")
    desk.page.get_by_role("button", name="English").click()
    expect(desk.page.locator("h1")).to_have_text("To do")
    assert desk.page.locator("html").get_attribute("lang") == "en"
    troubles = violations(desk.page)
    context.close()
    assert troubles == []
