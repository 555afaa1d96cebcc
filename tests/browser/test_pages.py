"""Every page: no violation that axe finds, light and dark, wide and narrow; nothing refused by the policy."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import COLOURS, PLACES, violations
from tests.browser.chromium import NARROW, WIDE, a_context
from tests.browser.desk import Desk
from tests.browser.office import Office
from tests.browser.tour import tour_of

pytestmark = pytest.mark.browser


def watch(page: Page, troubles: list[str]) -> Page:
    """Notes errors of scripts and refusals of the content security policy."""
    page.on("pageerror", lambda error: troubles.append(f"{page.url}: {error}"))
    page.on("console", lambda m: troubles.append(f"{page.url}: {m.text}") if "Content Security" in m.text else None)
    return page


HALVES = (0, 1)
"""Every other page each, so that two workers share them."""


@pytest.mark.parametrize("half", HALVES)
def test_axe_finds_nothing_on_any_page(told: Office, browser: Browser, half: int) -> None:
    """Each page is opened once and looked at four times: light, dark, as printed, and on a phone.

    What an act opens on it: light and on a phone.
    """
    troubles: list[str] = []
    pages: dict[str | None, Page] = {}
    for stop in tour_of(told)[half :: len(HALVES)]:
        if stop.username not in pages:
            pages[stop.username] = watch(a_context(browser).new_page(), troubles)
            if stop.username:
                Desk(pages[stop.username], told.url).enter(stop.username)
        page = pages[stop.username]
        page.goto(told.url + stop.path)
        if stop.act:
            stop.act(page)
        troubles += [f"{stop.name}: {found}" for found in _looked_at(page, is_whole=stop.act is None)]
    for page in pages.values():
        page.context.close()
    assert not troubles, "\n".join(troubles)


def _looked_at(page: Page, *, is_whole: bool) -> Iterator[str]:
    """What an act opens has the colours of the pages, and is not printed: these are asked of whole pages."""
    yield from violations(page)
    yield from _too_wide(page, WIDE)
    if is_whole:
        page.emulate_media(color_scheme="dark")
        yield from (f"(dark) {found}" for found in violations(page, only=COLOURS))
        page.emulate_media(color_scheme="light", media="print")
        yield from (f"(print) {found}" for found in violations(page, only=COLOURS))
        page.emulate_media(media="screen")
    page.set_viewport_size({"width": NARROW["width"], "height": NARROW["height"]})
    yield from (f"(phone) {found}" for found in violations(page, only=PLACES))
    yield from _too_wide(page, NARROW)
    page.set_viewport_size({"width": WIDE["width"], "height": WIDE["height"]})


def _too_wide(page: Page, size: dict[str, int]) -> Iterator[str]:
    too_wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    if too_wide > 0:
        yield f"{too_wide} px wider than the window of {size['width']} px"


def test_the_page_is_english_when_asked(told: Office, browser: Browser) -> None:
    context = a_context(browser)
    desk = Desk(context.new_page(), told.url).log_in("jingban")
    desk.page.get_by_role("button", name="English").click()
    expect(desk.page.locator("h1")).to_have_text("To do")
    assert desk.page.locator("html").get_attribute("lang") == "en"
    troubles = violations(desk.page)
    context.close()
    assert troubles == []
