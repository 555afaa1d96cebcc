"""The schema: migrations and tables agree, upgrades are whole, and lists have their indexes."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa
import sqlalchemy.exc
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from engine.config import Settings
from engine.records.org import Grant, Principal
from engine.records.views import InboxQuery, RegisterQuery
from engine.store import SqlStore, count_statements
from engine.store.connection import make_engine
from engine.store.migrate import upgrade
from engine.store.tables import metadata
from engine.store.tables.register import system_mark
from engine.store.types import Codes, UtcDateTime
from tests.builders import a_task, a_timer, add_case, add_office, an_actor
from tests.conftest import START
from tests.postgres import administer, url_of

Opener = Callable[[Settings], SqlStore]


def test_migrations_and_tables_agree(store: SqlStore) -> None:
    with store.engine.connect() as connection:
        # the search's tables are the databases' own, and made by hand
        opts = {
            "compare_type": True,
            "include_name": lambda name, *_: not str(name).startswith(("case_words", "ix_case_words")),
        }
        context = MigrationContext.configure(connection, opts=opts)
        assert compare_metadata(context, metadata) == []


def test_a_migration_of_an_empty_database_runs_once(tmp_path: Path, postgres_cluster: str) -> None:
    administer(postgres_cluster, "CREATE DATABASE duban_empty")
    for url in (f"sqlite:///{tmp_path / 'empty.sqlite3'}", url_of(postgres_cluster, "duban_empty")):
        engine = make_engine(url)
        upgrade(engine)
        with engine.begin() as connection:
            connection.execute(sa.insert(system_mark), {"name": "kept", "value": 1})
        upgrade(engine)
        with engine.connect() as connection:
            assert connection.scalar(sa.select(system_mark.c.value)) == 1
        engine.dispose()
    administer(postgres_cluster, "DROP DATABASE duban_empty")


def test_a_new_installation_has_everything(tmp_path: Path, open_another: Opener) -> None:
    store = open_another(Settings(home=tmp_path / "new" / "home"))
    with store.read() as work:
        assert work.org.people() == ()
    assert (tmp_path / "new" / "home" / "duban.sqlite3").exists()


def test_other_databases_are_refused_by_name(tmp_path: Path, open_another: Opener) -> None:
    with pytest.raises(ValueError, match="DUBAN_DATABASE_URL: mysql"):
        open_another(Settings(home=tmp_path, database_url="mysql://localhost/duban"))


def test_sqlite_runs_with_wal_and_foreign_keys(sqlite_store: SqlStore) -> None:
    with sqlite_store.engine.connect() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "foreign_keys", "synchronous", "busy_timeout")
        }
    assert pragmas == {"journal_mode": "wal", "foreign_keys": 1, "synchronous": 1, "busy_timeout": 15_000}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET actor = 'other'",
        "DELETE FROM audit_entry",
        "DELETE FROM case_file",
        "INSERT INTO person SELECT 'p2', 'u2', 'n', 'no-such-unit', '-', active, 'zh', 0, NULL, active, '',"
        " 0, '', NULL FROM person LIMIT 1",
    ],
)
def test_the_database_itself_refuses(store: SqlStore, statement: str) -> None:
    add_office(store)
    add_case(store)
    with store.write() as work:
        work.connection.execute(
            sa.text(
                "INSERT INTO audit_entry (entry_id, case_id, at, actor, event, detail, previous, hash)"
                " VALUES ('e', 'c1', :at, 'p', 'E', '{}', '', 'h')"
            ).bindparams(sa.bindparam("at", START, UtcDateTime()))
        )
    with pytest.raises(sqlalchemy.exc.DBAPIError), store.write() as work:
        work.connection.execute(sa.text(statement))


@pytest.mark.parametrize(
    "at",
    [
        datetime(2026, 1, 31, 23, 59, 59, 999_999, tzinfo=UTC),
        datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
        datetime(2026, 2, 1, 8, 0, 0, 1, tzinfo=timezone(timedelta(hours=8))),
        datetime(9999, 12, 31, tzinfo=UTC),
    ],
)
def test_instants_keep_their_microseconds_and_come_back_in_utc(store: SqlStore, at: datetime) -> None:
    with store.write() as work:
        found = work.connection.scalar(sa.select(sa.literal(at, UtcDateTime())))
    assert found == at
    assert found.tzinfo is UTC


def test_what_must_not_be_stored_is_refused(store: SqlStore) -> None:
    naive = datetime(2026, 1, 31, tzinfo=UTC).replace(tzinfo=None)
    for value, kind in ((naive, UtcDateTime()), (("a|b",), Codes()), (("",), Codes())):
        with pytest.raises(sqlalchemy.exc.StatementError), store.write() as work:
            work.connection.execute(sa.select(sa.literal(value, kind)))


def plans(store: SqlStore, texts: list[str]) -> list[str]:
    """SQLite's plan of each statement, one line a table."""
    lines = []
    with store.engine.connect() as connection:
        for text in texts:
            filled = text.replace("?", "'x'")
            lines += [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {filled}")]
    return lines


@pytest.mark.parametrize("narrowed", [{}, {"category": "k", "unit": "xfj", "light": "red", "order": "newest"}])
@pytest.mark.parametrize(
    ("box", "indexes"),
    [
        ("mine", ("ix_user_task_mine",)),
        ("claimable", ("ix_user_task_claimable", "ix_user_task_offered")),
        ("done", ("ix_user_task_done",)),
        ("deputised", ("ix_user_task_mine", "ix_user_task_claimable", "ix_user_task_offered")),
    ],
)
def test_a_box_is_counted_and_cut_without_looking_at_a_row(
    sqlite_store: SqlStore, box: str, indexes: tuple[str, ...], narrowed: dict[str, str]
) -> None:
    away = Principal("q", "q", frozenset({Grant("resp_dept", "zrzyj")}), frozenset({"zrzyj"}))
    actor = replace(an_actor("p", "xfj", "registrar", "chief"), principals=(away,))
    with count_statements(sqlite_store) as statements, sqlite_store.read() as work:
        work.tasks.inbox(actor, InboxQuery(box=box, **narrowed), START)  # type: ignore[arg-type]

    lines = plans(sqlite_store, statements.texts[1:])  # the first counts all boxes
    by_key = "USING INDEX sqlite_autoindex_user_task_1 (task_id=?)"
    others = [line for line in lines if " user_task " in line and by_key not in line]
    assert others
    assert all(line.startswith("SEARCH") and "COVERING" in line for line in others), lines
    assert all(any(index in line for index in indexes) for line in others), lines


@pytest.mark.parametrize("box", ["started", "copied", "followed", "delegated", "mine"])
def test_no_list_scans_a_table(sqlite_store: SqlStore, box: str) -> None:
    add_office(sqlite_store)
    add_case(sqlite_store, None, tasks_opened=(a_task(),))
    actor = an_actor("p", "xfj", "registrar", "chief")
    with count_statements(sqlite_store) as statements, sqlite_store.read() as work:
        work.tasks.inbox(actor, InboxQuery(box=box), START)
        work.tasks.inbox(actor, InboxQuery(box=box, text="征地 补偿"), START)
        work.cases.register(actor, RegisterQuery(text="征地", category="k"), START)
        work.cases.register(actor, RegisterQuery(unit="xfj", light="red"), START)

    lines = plans(sqlite_store, statements.texts)
    small = ("SCAN unit", "SCAN task_name", "SCAN CONSTANT ROW", "SCAN case_words VIRTUAL TABLE")
    derived = re.compile(r"SCAN (found|anon_\d+|\(subquery-\d+\))")
    scans = [line for line in lines if line.startswith("SCAN") and not line.startswith(small)]
    assert [line for line in scans if not derived.match(line)] == [], lines


def test_a_heartbeat_and_a_step_never_scan(sqlite_store: SqlStore) -> None:
    add_office(sqlite_store)
    add_case(sqlite_store, None, tasks_opened=(a_task(),), timers_armed=(a_timer(),))
    with count_statements(sqlite_store) as statements, sqlite_store.write() as work:
        work.timers.due(START, 100)
        work.timers.next_due_at()
        work.timers.due_of_instance("i1", START)
        work.timers.claim("m1")
        work.instances.lock("i1")
        work.instances.lock_by_task("t1")
        work.instances.open_deadlines("i1")
        work.messages.pending(10)
        work.registers.unread_count("p")
        work.registers.audit_head("c1")

    lines = plans(sqlite_store, statements.texts)
    covering = ("ix_timer_next", "ix_outgoing_message_pending")  # in order, from the first due row
    scans = [line for line in lines if line.startswith("SCAN") and not line.endswith(covering)]
    assert scans == [], lines
    assert any("ix_timer_next (next_at<?)" in line for line in lines), lines
    assert any("ix_deadline_running" in line for line in lines), lines
