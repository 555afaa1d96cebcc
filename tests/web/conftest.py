"""The sample office behind Flask's test client; each test works in a copy of a set-up installation."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from engine.definitions.deploy import deploy_procedure
from tests.browser.office import Office, an_office, enter_office
from tests.web.visitor import Visitor
from tests.worlds import a_field, a_form, files_of, two_step_forms, two_steps
from web.app import create_app

START = datetime(2025, 9, 26, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The procedures that ship, and `two_steps` (来访 → 核对 → 签批) with a date in its second form."""
    home = tmp_path_factory.mktemp("installed")
    office = an_office(home, START)
    forms = two_step_forms()
    forms["intake"]["components"] += [a_field("accused_units", "taglist", valuesKey="units")]
    forms["check"] = a_form(
        a_field("opinion", "textarea", label="意见", required=True),
        a_field("visit_on", "datetime", subtype="date", dateLabel="回访日期", label="回访日期"),
    )
    deploy_procedure(office.engine, None, "two_steps", files_of(two_steps(), **forms))
    office.close()
    return home


@pytest.fixture
def office(tmp_path: Path, installed: Path) -> Iterator[Office]:
    home = tmp_path / "home"
    shutil.copytree(installed, home)
    office = enter_office(home, START)
    yield office
    office.close()


@pytest.fixture
def visit(office: Office) -> Callable[[str], Visitor]:
    """Logs a person in, in a browser of their own."""
    app = create_app(office.engine, testing=True)
    return lambda username: Visitor(app.test_client()).log_in(username)


@pytest.fixture
def stranger(office: Office) -> Visitor:
    """Nobody yet."""
    return Visitor(create_app(office.engine, testing=True).test_client())
