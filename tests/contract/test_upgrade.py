"""A database of an earlier release moves on with its data."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

import engine.store.migrate
from engine.store.connection import WRITING, make_engine
from engine.store.migrate import upgrade
from engine.store.tables.exchange import outbox
from engine.store.tables.org import person, unit
from tests.builders import a_notice, a_person
from tests.conftest import START
from tests.postgres import administer, url_of

LATER = {"seq", "dispatched_at", "level", "digest_id"}


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
    staff = {c.name: getattr(a_person(), c.name) for c in person.columns if c.name != "email"}
    notice = a_notice("old", case_id=None)
    sent = {c.name: getattr(notice, c.name) for c in outbox.columns if c.name not in LATER}
    with database.begin() as connection:
        connection.execute(sa.insert(unit), {"code": "xfj", "name": "信访局", "name_en": "Office", "kind": ""})
        connection.execute(sa.insert(person).values(**staff))
        connection.execute(sa.insert(outbox).values(**sent))


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_people_get_no_address_and_old_messages_are_not_sent(
    tmp_path: Path, kind: str, postgres_cluster: str
) -> None:
    url = f"sqlite:///{tmp_path / 'old.sqlite3'}"
    if kind == "postgres":
        administer(postgres_cluster, "CREATE DATABASE duban_old")
        url = url_of(postgres_cluster, "duban_old")
    database = at_revision(url, "0002")
    try:
        fill(database)
        upgrade(database)
        with database.connect() as connection:
            assert connection.execute(sa.select(person.c.username, person.c.email)).all() == [("jingban", "")]
            assert connection.scalars(sa.select(outbox.c.dispatched_at)).all() == [START]
    finally:
        database.dispose()
        if kind == "postgres":
            administer(postgres_cluster, "DROP DATABASE duban_old")
