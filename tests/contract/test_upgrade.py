"""A database of an earlier release moves on with its data."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

import engine.store.migrate
from engine.store.case_words import doc_row, insert_doc
from engine.store.connection import WRITING, make_engine
from engine.store.migrate import upgrade
from engine.store.tables.case import case_file, instance
from engine.store.tables.definition import definition
from engine.store.tables.exchange import outbox
from engine.store.tables.org import person, person_word, role_grant, unit
from engine.store.tables.task import task_name, user_task
from engine.store.tables.time import deadline, timer
from tests.builders import a_case, a_deadline, a_definition, a_notice, a_person, a_task, a_timer, an_instance
from tests.conftest import START
from tests.postgres import administer, url_of

LATER = {"seq", "dispatched_at", "level", "digest_id"}
LATER_OF_PEOPLE = {"email", "revision", "changed_by", "changed_at"}


def at_revision(url: str, revision: str) -> sa.Engine:
    """A database as a release of that revision left it."""
    made = make_engine(url)
    config = Config()
    config.set_main_option("script_location", str(Path(engine.store.migrate.__file__).parent / "migrations"))
    with made.execution_options(**{WRITING: True}).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    return made


def fill(database: sa.Engine) -> None:
    """A unit, a person and a message, in the columns of the first release."""
    staff = {c.name: getattr(a_person(), c.name) for c in person.columns if c.name not in LATER_OF_PEOPLE}
    notice = a_notice("old", case_id=None)
    sent = {c.name: getattr(notice, c.name) for c in outbox.columns if c.name not in LATER}
    with database.begin() as connection:
        connection.execute(sa.insert(unit), {"code": "xfj", "name": "信访局", "name_en": "Office", "kind": ""})
        connection.execute(sa.insert(person).values(**staff))
        connection.execute(sa.insert(outbox).values(**sent))


@contextmanager
def old_database(kind: str, directory: Path, cluster: str, revision: str) -> Iterator[sa.Engine]:
    url = f"sqlite:///{directory / 'old.sqlite3'}"
    if kind == "postgres":
        administer(cluster, "CREATE DATABASE duban_old")
        url = url_of(cluster, "duban_old")
    database = at_revision(url, revision)
    try:
        yield database
    finally:
        database.dispose()
        if kind == "postgres":
            administer(cluster, "DROP DATABASE duban_old")


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_people_get_no_address_and_old_messages_are_not_sent(
    tmp_path: Path, kind: str, postgres_cluster: str
) -> None:
    with old_database(kind, tmp_path, postgres_cluster, "0002") as database:
        fill(database)
        upgrade(database)
        with database.connect() as connection:
            assert connection.execute(sa.select(person.c.username, person.c.email)).all() == [("jingban", "")]
            assert connection.scalars(sa.select(outbox.c.dispatched_at)).all() == [START]


def add(connection: sa.Connection, table: sa.Table, record: Any, **more: Any) -> None:
    """A row in the columns that the table has at its revision."""
    known = {column["name"] for column in sa.inspect(connection).get_columns(table.name)}
    row = {c.name: getattr(record, c.name) for c in table.columns if c.name in known and hasattr(record, c.name)}
    connection.execute(sa.insert(table).values(**row, **more))


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_running_deadlines_keep_their_dates_and_can_be_computed_again(
    tmp_path: Path, kind: str, postgres_cluster: str
) -> None:
    day_15 = datetime(2025, 10, 11, 16, tzinfo=UTC)  # 24:00 in Shanghai
    days = replace(a_deadline(), raw_due=day_15, legal_due=day_15)
    with old_database(kind, tmp_path, postgres_cluster, "0003") as database:
        fill(database)
        with database.begin() as connection:
            add(connection, definition, a_definition())
            add(connection, case_file, a_case(), facts_text="")
            add(connection, instance, an_instance())
            add(connection, deadline, days)
            add(connection, deadline, a_deadline("l2", clock="W", amount=5))
            add(connection, timer, a_timer(), next_at=START)
        upgrade(database)
        with database.connect() as connection:
            found = connection.execute(sa.select(deadline).order_by(deadline.c.deadline_id)).all()
            assert (found[0].legal_due, found[0].stale, found[0].pauses) == (day_15, False, ())
            assert [row.term for row in found] == [
                {"clock": "fixed", "fixed_on": date(2025, 10, 11), "rollover": True},
                {"clock": "W", "amount": 5, "rollover": False},
            ]
            assert [row.history[0]["at"] for row in found] == [START, START]
            assert connection.execute(sa.select(timer.c.kind.cast(sa.Text), timer.c.stale)).all() == [
                ("bpmn", False)
            ]


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_an_office_that_grew_keeps_its_people_finds_them_and_has_an_administrator(
    tmp_path: Path, kind: str, postgres_cluster: str
) -> None:
    with old_database(kind, tmp_path, postgres_cluster, "0007") as database:
        with database.begin() as connection:
            for code in ("xfj", "lxb"):
                connection.execute(
                    sa.text("INSERT INTO unit (code, name, name_en, kind) VALUES (:c, :c, :c, '')"), {"c": code}
                )
            for name in ("单小红", "林某"):
                add(connection, person, a_person(f"u{len(name)}", name=name))
            held = [("p-u3", "process_admin", "xfj"), ("p-u3", "process_admin", "lxb"), ("p-u2", "chief", "xfj")]
            columns = "person_id", "role", "unit"
            connection.execute(sa.insert(role_grant), [dict(zip(columns, row, strict=True)) for row in held])
        upgrade(database)
        with database.connect() as connection:
            found = sa.select(person_word.c.person_id).where(person_word.c.word.in_(["sxh", "红"]))
            assert set(connection.scalars(found)) == {"p-u3"}
            admins = sa.select(role_grant.c.person_id, role_grant.c.unit).where(role_grant.c.role == "office_admin")
            assert connection.execute(admins).all() == [("p-u3", "lxb")]
            kept = connection.execute(sa.select(person.c.revision, person.c.changed_by, person.c.changed_at)).all()
            assert set(kept) == {(0, "", None)}
            assert connection.scalars(sa.select(unit.c.closed_at)).all() == [None, None]


def test_the_words_of_a_case_come_into_its_row_on_postgresql(tmp_path: Path, postgres_cluster: str) -> None:
    facts = "".join(chr(0x4E00 + n) for n in range(200))
    with old_database("postgres", tmp_path, postgres_cluster, "0008") as database:
        with database.begin() as connection:
            connection.execute(sa.text("SET session_replication_role = replica"))  # a document without its case
            connection.execute(insert_doc(connection), doc_row(connection, "c1", "XF2026-00015", "补偿款", facts))
            words = connection.scalar(sa.text("SELECT words FROM case_words_doc"))
        assert _in_the_row(database) < 1_000
        upgrade(database)
        assert _in_the_row(database) > 1_000
        with database.connect() as connection:
            assert connection.scalar(sa.text("SELECT words FROM case_words_doc")) == words


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_the_names_that_tasks_have_are_gathered(tmp_path: Path, kind: str, postgres_cluster: str) -> None:
    with old_database(kind, tmp_path, postgres_cluster, "0009") as database:
        fill(database)
        with database.begin() as connection:
            add(connection, definition, a_definition())
            add(connection, case_file, a_case(), facts_text="")
            add(connection, instance, an_instance())
            for n, name in enumerate(("登记", "办理", "登记")):
                add(connection, user_task, a_task(f"t{n}", name=name))
        upgrade(database)
        with database.connect() as connection:
            names = connection.scalars(sa.select(task_name.c.name)).all()
        assert sorted(names) == sorted(["登记", "办理"])


def _in_the_row(database: sa.Engine) -> int:
    """Bytes of the newest row itself, without what lies beside the table."""
    with database.connect() as connection:
        connection.execute(sa.text("CREATE EXTENSION IF NOT EXISTS pageinspect"))
        lengths = "SELECT lp_len FROM heap_page_items(get_raw_page('case_words_doc', 0)) ORDER BY lp DESC LIMIT 1"
        return connection.scalar(sa.text(lengths)) or 0
