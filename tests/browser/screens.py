"""Writes docs/screens/*.png: every page, wide and narrow, each under 200 KB. Run by `make screens`."""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext

from tests.browser.chromium import NARROW, WIDE, a_context, chromium
from tests.browser.desk import Desk
from tests.browser.office import Office, served
from tests.browser.palette import indexed
from tests.browser.story import office_of_the_story, tell_story
from tests.browser.tour import Stop, tour_of

FOLDER = Path(__file__).parents[2] / "docs" / "screens"
LIMIT = 200 * 1024
DARK = ("inbox", "task", "case-diagram")
"""Shown in the dark as well."""


@dataclass(frozen=True)
class View:
    """A window. `label` ends the picture's name."""

    label: str
    size: dict[str, int]
    scheme: str = "light"


def main() -> None:
    """Fails where a picture is too large."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        tell_story(home)
        office = office_of_the_story(home)
        with served(office) as running, chromium() as browser:
            stops = tour_of(running)
            for view in (View("wide", WIDE), View("narrow", NARROW)):
                _shoot(browser, running, stops, view)
            _shoot(browser, running, [s for s in stops if s.name in DARK], View("dark", WIDE, "dark"))
        office.close()


def _shoot(browser: Browser, office: Office, stops: list[Stop], view: View) -> None:
    painter = browser.new_page()
    known: dict[str | None, BrowserContext] = {}
    for stop in stops:
        if stop.username not in known:
            known[stop.username] = a_context(browser, size=view.size, scheme=view.scheme)
            if stop.username:
                Desk(known[stop.username].new_page(), office.url).enter(stop.username)
        page = known[stop.username].new_page()
        page.goto(office.url + stop.path)
        if stop.act:
            stop.act(page)
        path = FOLDER / f"{stop.name}-{view.label}.png"
        path.write_bytes(indexed(painter, page.screenshot(animations="disabled", caret="hide")))
        assert path.stat().st_size < LIMIT, f"{path.name} has {path.stat().st_size} bytes"
        sys.stdout.write(f"{path.name} {path.stat().st_size // 1024} KB\n")
        page.close()
    painter.close()
    for context in known.values():
        context.close()


if __name__ == "__main__":
    main()
