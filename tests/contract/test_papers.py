"""Papers in the database: what was fixed when they were written stays, and their files are kept once."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa
import sqlalchemy.exc

from engine.errors import Conflict
from engine.records.paper import PaperTemplate
from engine.records.step import Paper
from engine.store import SqlStore
from tests.builders import a_case, a_party, add_case, add_office, next_step
from tests.conftest import START

PAPER = Paper(
    "p1", "c1", "i1", "L5", "处理意见书", "处理意见书〔2025〕1 号", {"a": 1}, "issued", START, "p-jingban"
)


def a_template(version: int) -> PaperTemplate:
    return PaperTemplate(f"t{version}", "L5", version, "x.docx", f"{version:064d}", START, "p-jingban")


def test_a_paper_takes_its_template_and_its_addressee_as_they_are(store: SqlStore) -> None:
    add_office(store)
    with store.write() as work:
        work.papers.add_template(a_template(1), b"one")
        work.papers.add_template(a_template(2), b"two")
    instance = add_case(store, a_case(), a_party())
    with store.write() as work:
        work.instances.save_step(next_step(instance, papers=(PAPER, replace(PAPER, paper_id="p2", number=None))))
    with store.write() as work:
        work.papers.add_template(a_template(3), b"three")
        work.cases.add_parties([a_party(name="别人")])
    with store.read() as work:
        kept = work.papers.get("p1")
        assert kept is not None
        assert kept.template_id == "t2"
        party = work.papers.addressee("p1")
        assert party is not None
        assert party.name == a_party().name
        assert work.papers.newest_templates()["L5"].version == 3


def test_a_file_is_kept_once_and_sealed(store: SqlStore) -> None:
    add_office(store)
    add_case(store, papers=(PAPER,))
    with store.write() as work:
        assert work.papers.file("p1") is None
        assert work.papers.keep_file("p1", b"the first") == b"the first"
    with store.write() as work:
        assert work.papers.keep_file("p1", b"another") == b"the first"
    with store.read() as work:
        assert work.papers.file("p1") == b"the first"
        stored = work.connection.scalars(sa.text("SELECT content FROM attachment_content")).all()
    assert all(b"the first" not in bytes(content) for content in stored)


def test_a_state_that_has_changed_meanwhile_is_a_conflict(store: SqlStore) -> None:
    add_office(store)
    add_case(store, papers=(PAPER,))
    with store.write() as work:
        work.papers.change(replace(PAPER, state="served", served_at=START), expected="issued")
    with pytest.raises(Conflict), store.write() as work:
        work.papers.change(replace(PAPER, state="void"), expected="issued")


@pytest.mark.parametrize(
    "statement", ["DELETE FROM paper", "UPDATE paper SET number = 'other'", "UPDATE paper SET number = NULL"]
)
def test_the_database_itself_keeps_papers_and_their_numbers(store: SqlStore, statement: str) -> None:
    add_office(store)
    add_case(store, papers=(PAPER,))
    with pytest.raises(sqlalchemy.exc.DBAPIError), store.write() as work:
        work.connection.execute(sa.text(statement))
