"""The pages of a small office, entered without a password: sessions are written, not logged in to."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from engine.cases.start import start_case
from engine.records.case import CaseFile
from tests.security.entering import entered
from tests.usecases.conftest import office_home, two, world  # noqa: F401
from tests.worlds import World
from web.app import create_app

Enter = Callable[[str], FlaskClient]


@pytest.fixture
def app(two: World) -> Iterator[Flask]:  # noqa: F811
    yield create_app(two.engine, testing=True)
    two.close()


@pytest.fixture
def enter(app: Flask, two: World) -> Enter:  # noqa: F811
    """The browser of a member of staff, by user name."""
    return lambda username: entered(app, two, username)


@pytest.fixture
def case(two: World) -> CaseFile:  # noqa: F811
    """A case of the office, at its first task."""
    data = {"title": "反映征地补偿", "demand": "补发", "name": "陈某某", "contact": "13800138000"}
    return start_case(two.engine, two.actor("jiedai"), "two_steps", data)
