"""One browser and one set-up installation for the session; each test works in a copy of its own."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser

from tests.browser.chromium import a_context, chromium
from tests.browser.desk import Desk
from tests.browser.office import Office, an_office, enter_office, served
from tests.browser.story import office_of_the_story, tell_story

ZONE = ZoneInfo("Asia/Shanghai")
TIMEOUT_MS = 15_000
START = datetime(2025, 9, 26, 9, 0, tzinfo=ZONE)


LONGEST = ("test_axe_finds_nothing", "test_a_letter_becomes", "test_a_step_is_added", "test_a_task_through_many")
"""Tests that take a minute or more. They go first, so that two processes end together."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not item.name.startswith(LONGEST))


@pytest.fixture(scope="session")
def browser(office_home: Path) -> Iterator[Browser]:
    """After the first office: FEEL's isolate must be made while no event loop runs in this thread."""
    with chromium() as found:
        yield found


@pytest.fixture(scope="session")
def office_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation with the sample office and the procedures that ship."""
    home = tmp_path_factory.mktemp("office")
    an_office(home, START).close()
    return home


@pytest.fixture
def office(tmp_path: Path, office_home: Path) -> Iterator[Office]:
    home = tmp_path / "home"
    shutil.copytree(office_home, home)
    fresh = enter_office(home, START)
    with served(fresh) as running:
        yield running
    fresh.close()


@pytest.fixture(scope="session")
def told_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation in the middle of its work."""
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


@pytest.fixture
def desk_of(browser: Browser, office: Office) -> Iterator[Callable[[str], Desk]]:
    """Opens a person's own browser, logged in; errors of the page's scripts fail the test."""
    yield from _desks(browser, office)


@pytest.fixture
def told_desk_of(browser: Browser, told: Office) -> Iterator[Callable[[str], Desk]]:
    """As `desk_of`, in the office that is in the middle of its work."""
    yield from _desks(browser, told)


def _desks(browser: Browser, office: Office) -> Iterator[Callable[[str], Desk]]:
    troubles: list[str] = []
    with ExitStack() as stack:
        known: dict[str, Desk] = {}

        def desk_of_(username: str) -> Desk:
            if username not in known:
                context = stack.enter_context(a_context(browser))
                context.set_default_timeout(TIMEOUT_MS)
                page = context.new_page()
                page.on("pageerror", lambda error: troubles.append(str(error)))
                page.on("console", lambda m: troubles.append(m.text) if "Content Security" in m.text else None)
                known[username] = Desk(page, office.url).enter(username)
            return known[username]

        yield desk_of_
    assert troubles == []
