"""Worlds for the use cases. One file of a migrated, set-up office is made for the session and copied."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.config import Settings
from tests.worlds import World, a_world, enter_world, two_step_forms, two_steps


@pytest.fixture(scope="session")
def office_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation with the sample office, and nothing deployed."""
    home = tmp_path_factory.mktemp("office")
    a_world(home).close()
    return home


@pytest.fixture
def world(tmp_path: Path, office_home: Path) -> World:
    """The sample office, nothing deployed."""
    home = tmp_path / "home"
    shutil.copytree(office_home, home)
    return enter_world(home)


@pytest.fixture
def either(settings: Settings) -> Iterator[World]:
    """The sample office with `two_steps`, once on SQLite and once on PostgreSQL."""
    world = a_world(settings.home, database_url=settings.database_url)
    world.deploy(two_steps(), **two_step_forms())
    yield world
    world.close()


@pytest.fixture
def two(world: World) -> World:
    """The sample office with the procedure `two_steps`."""
    world.deploy(two_steps(), **two_step_forms())
    return world
