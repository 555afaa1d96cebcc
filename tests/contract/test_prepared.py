"""Statements that PostgreSQL is asked again and again are planned once for a connection, not once for a page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine.clock.fixed import ManualClock
from engine.config import Settings
from engine.records.views import InboxQuery
from engine.store import SqlStore, open_store
from tests.builders import add_office, an_actor
from tests.conftest import START

PAGES = 8
"""The driver prepares what it has sent five times."""


@pytest.fixture
def store(tmp_path: Path, postgres_url: str) -> Iterator[SqlStore]:
    store = open_store(Settings(home=tmp_path, database_url=postgres_url), ManualClock(START))
    add_office(store)
    yield store
    store.close()


def test_pages_that_read_keep_what_is_prepared(store: SqlStore) -> None:
    for _ in range(PAGES):
        with store.shared_reading(), store.read() as work:
            work.org.unit_names()
    assert any("FROM unit" in statement for statement in _prepared(store))


def test_a_box_is_counted_by_a_plan_for_everybody(store: SqlStore) -> None:
    actor = an_actor("jingban", "xfj", "registrar", "case_officer")
    for _ in range(2 * PAGES):
        with store.shared_reading(), store.read() as work:
            work.tasks.box_counts(actor)
    plans = {statement: generic for statement, generic in _prepared(store).items() if "AS claimable" in statement}
    assert plans
    assert all(plans.values())


def test_a_search_is_planned_for_its_words(store: SqlStore) -> None:
    actor = an_actor("jingban", "xfj", "registrar", "case_officer")
    for _ in range(2 * PAGES):
        with store.shared_reading(), store.read() as work:
            work.tasks.inbox(actor, InboxQuery("mine", "道路"), START)
            work.dossier.saying(["道路", "积水"], 5)
    assert not [statement for statement in _prepared(store) if "case_words_doc WHERE words @@" in statement]


def _prepared(store: SqlStore) -> dict[str, int]:
    """How often a plan for all values was used, by statement."""
    with store.engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT statement, generic_plans FROM pg_prepared_statements"))
        return {row.statement: row.generic_plans for row in rows}
