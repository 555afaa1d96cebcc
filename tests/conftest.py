"""The clock and the databases that tests share. A test that takes `store` runs on SQLite and on PostgreSQL."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import argon2
import pytest

from engine.clock.fixed import ManualClock
from engine.config import Settings
from engine.org import passwords
from engine.store import SqlStore, open_store
from engine.store.connection import make_engine
from engine.store.migrate import upgrade
from tests.cheap_pages import pages_compiled_once
from tests.cheap_statements import statements_compiled_once
from tests.postgres import administer, empty, running_cluster, url_of

START = datetime(2025, 9, 26, 1, 0, tzinfo=UTC)
"""Friday 2025-09-26, 09:00 in Shanghai."""


def pytest_collection_finish() -> None:
    """Modules and tests live to the end: the collector of garbage need not look at them again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True, scope="session")
def cheap_passwords() -> Iterator[None]:
    """Passwords cost little in tests; the shipped cost is checked by a test of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "HASHER", argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


@pytest.fixture(scope="session")
def common_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all processes of this run, for what costs too much to be made in each of them."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(autouse=True, scope="session")
def cheap_pages(common_folder: Path) -> Iterator[None]:
    with pages_compiled_once(common_folder / "templates"):
        yield


@pytest.fixture(autouse=True, scope="session")
def cheap_statements() -> Iterator[None]:
    with statements_compiled_once():
        yield


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START)


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[str]:
    """The socket directory of the session's own cluster, with the migrated database `duban`."""
    with running_cluster() as directory:
        administer(directory, "CREATE DATABASE duban")
        engine = make_engine(url_of(directory, "duban"))
        upgrade(engine)
        engine.dispose()
        yield directory


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file to copy."""
    path = tmp_path_factory.mktemp("template") / "duban.sqlite3"
    engine = make_engine(f"sqlite:///{path}")
    upgrade(engine)
    engine.dispose()
    return path


@pytest.fixture
def postgres_url(postgres_cluster: str) -> Iterator[str]:
    """The URL of a migrated database of the session's cluster that holds no rows."""
    yield url_of(postgres_cluster, "duban")
    empty(postgres_cluster, "duban")


@pytest.fixture(params=["sqlite", "postgres"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings of an installation with a fresh, migrated database: one for each kind of database."""
    if request.param == "postgres":
        return Settings(home=tmp_path, database_url=request.getfixturevalue("postgres_url"))
    return request.getfixturevalue("sqlite_settings")


@pytest.fixture
def sqlite_settings(tmp_path: Path, sqlite_template: Path) -> Settings:
    """Settings of an installation with a fresh, migrated SQLite database: for tests that need one only."""
    shutil.copyfile(sqlite_template, tmp_path / "duban.sqlite3")
    return Settings(home=tmp_path)


@pytest.fixture
def open_another(clock: ManualClock) -> Iterator[Callable[[Settings], SqlStore]]:
    """Opens further stores on an installation, as another process would; closes them at the end."""
    opened: list[SqlStore] = []

    def open_(settings: Settings) -> SqlStore:
        opened.append(open_store(settings, clock))
        return opened[-1]

    yield open_
    for store in opened:
        store.close()


@pytest.fixture
def store(settings: Settings, open_another: Callable[[Settings], SqlStore]) -> SqlStore:
    return open_another(settings)


@pytest.fixture
def sqlite_store(sqlite_settings: Settings, open_another: Callable[[Settings], SqlStore]) -> SqlStore:
    return open_another(sqlite_settings)
