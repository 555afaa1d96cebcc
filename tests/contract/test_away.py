"""A database that is not there, or goes away in the middle: it is said so, and nothing is half done."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from engine.bootstrap import build, build_patiently
from engine.clock.fixed import ManualClock
from engine.config import Settings
from engine.errors import Conflict, InvalidState, StoreAway
from engine.store import SqlStore, open_store
from engine.store.connection import conninfo_of, make_engine
from engine.store.migrate import upgrade
from tests.builders import add_case, add_office, next_step
from tests.conftest import START
from tests.postgres import administer

CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'duban' AND pid <> pg_backend_pid()"


@pytest.fixture
def store(tmp_path: Path, postgres_url: str) -> Iterator[SqlStore]:
    store = open_store(Settings(home=tmp_path, database_url=postgres_url, stall_seconds=0.4), ManualClock(START))
    yield store
    store.close()


def test_a_step_that_is_cut_off_leaves_no_trace(store: SqlStore, postgres_cluster: str) -> None:
    add_office(store)
    instance = add_case(store)

    def half_a_step() -> None:
        with store.write() as work:
            work.instances.save_step(next_step(instance))
            administer(postgres_cluster, CUT)
            work.registers.next_number("XF", 2025)

    with pytest.raises(StoreAway):
        half_a_step()
    with store.write() as work:
        locked = work.instances.lock(instance.instance_id)
        assert locked is not None
        assert locked[0].version == instance.version
        work.instances.save_step(next_step(instance))


def test_connections_that_were_cut_while_idle_are_replaced(store: SqlStore, postgres_cluster: str) -> None:
    with store.read() as work:
        work.org.people()
    administer(postgres_cluster, CUT)
    with store.read() as work:
        work.org.people()


def test_who_falls_silent_in_a_transaction_loses_its_locks(store: SqlStore) -> None:
    """A worker that is suspended in the middle of a step must not keep the case locked."""
    add_office(store)
    instance = add_case(store)
    locked, go_on = threading.Event(), threading.Event()
    outcome: list[BaseException] = []

    def hang() -> None:
        try:
            with store.write() as work:
                work.instances.lock(instance.instance_id)
                locked.set()
                go_on.wait()
                work.instances.save_step(next_step(instance))
        except StoreAway as away:
            outcome.append(away)

    thread = threading.Thread(target=hang)
    thread.start()
    locked.wait()
    with store.write() as work:  # waits for the lock, and gets it
        assert work.instances.lock(instance.instance_id) is not None
        work.instances.save_step(next_step(instance))
    go_on.set()
    thread.join()
    assert [type(error) for error in outcome] == [StoreAway]


def test_a_password_is_in_no_message(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, database_url="postgresql://u:s3cret@127.0.0.1:1/duban")
    with pytest.raises(StoreAway) as caught:
        build(settings, ManualClock(START))
    assert "s3cret" not in str(caught.value) + caught.value.reason


def test_a_start_waits_for_a_database_that_is_away(tmp_path: Path, postgres_url: str) -> None:
    settings = Settings(home=tmp_path, database_url=postgres_url.replace("host=", "host=/nowhere"))
    waits: list[float] = []

    class Enough(Exception):
        """Ends a wait that would have no end."""

    def wait(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 7:
            raise Enough

    with pytest.raises(Enough):
        build_patiently(settings, ManualClock(START), wait)
    assert waits == [0.25, 0.5, 1, 2, 4, 5, 5]


def test_what_libpq_reads(postgres_url: str) -> None:
    with psycopg.connect(conninfo_of(postgres_url)) as connection:
        assert connection.info.dbname == "duban"
    told = conninfo_of("postgresql+psycopg://u:p%40ss@db.example:5433/duban?sslmode=require&connect_timeout=3")
    assert psycopg.conninfo.conninfo_to_dict(told) | {} == {
        "user": "u",
        "password": "p@ss",
        "host": "db.example",
        "port": "5433",
        "dbname": "duban",
        "sslmode": "require",
        "connect_timeout": "3",
        "keepalives_idle": "20",
        "keepalives_interval": "5",
        "keepalives_count": "3",
        "tcp_user_timeout": "35000",
    }
    with pytest.raises(ValueError, match="sqlite"):
        conninfo_of("sqlite:///x")


def test_a_lock_is_not_waited_for_for_ever(postgres_url: str) -> None:
    engine = make_engine(postgres_url)
    with engine.connect() as connection:
        shown = connection.exec_driver_sql("SHOW lock_timeout").scalar_one()
        silent = connection.exec_driver_sql("SHOW idle_in_transaction_session_timeout").scalar_one()
    engine.dispose()
    assert (shown, silent) == ("15s", "30s")
    assert issubclass(StoreAway, InvalidState | Conflict) is False, "sweeps must not take it for either"


def test_an_older_version_says_so_to_a_newer_database(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'x.sqlite3'}")
    upgrade(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'r9999'")
    with pytest.raises(InvalidState, match="newer version"):
        upgrade(engine)
    engine.dispose()


@pytest.mark.parametrize("url", ["", "sqlite:///x.sqlite3"])
def test_a_cluster_needs_postgresql(url: str) -> None:
    environ = {"DUBAN_CLUSTER": "1", "DUBAN_DATABASE_URL": url}
    with pytest.raises(ValueError, match=r"DUBAN_DATABASE_URL=postgresql://.*主机.*HOST"):
        Settings.from_environment({**os.environ, **environ})
