"""The chain: known hash, links, and that every kind of tampering shows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
import sqlalchemy as sa

from engine.audit.chain import hash_of, seal_entries
from engine.audit.record import record_event
from engine.audit.verify import Break, broken_links, verify_all, verify_chain
from engine.ports.engine import Engine
from engine.records.step import AuditEntry
from engine.store import SqlStore
from tests.builders import add_case, add_office, next_step
from tests.conftest import START

EVENTS = [("CaseStarted", {}), ("TaskCompleted", {"步骤": "登记", "金额": Decimal("12.50")}), ("CaseClosed", {})]


def a_chain() -> tuple[AuditEntry, ...]:
    return seal_entries(EVENTS, case_id="c1", at=START, actor="p1", previous="")


def test_the_hash_is_sm3_over_the_canonical_form() -> None:
    entry = AuditEntry(
        "e1", "c1", datetime(2026, 1, 31, 8, tzinfo=UTC), "p1", "TaskCompleted", {"b": "信", "a": 1}, "", ""
    )
    # computed once with `openssl dgst -sm3` over one line:
    # {"actor":"p1","at":"2026-01-31T08:00:00.000000+00:00","case_id":"c1","detail":{"a":1,"b":"信"},
    #  "entry_id":"e1","event":"TaskCompleted","previous":""}
    assert hash_of(entry) == "2e16c8946890078025169875d4a037586bd7cdd91a2e26581ea10d0d29a5c9ca"
    in_shanghai = entry.at.astimezone(timezone(timedelta(hours=8)))
    assert hash_of(replace(entry, at=in_shanghai)) == hash_of(entry)


def test_each_entry_continues_the_one_before() -> None:
    chain = a_chain()
    assert [entry.previous for entry in chain] == ["", chain[0].hash, chain[1].hash]
    assert broken_links(chain) == []


@pytest.mark.parametrize(
    "changed",
    [
        {"detail": {"步骤": "登记", "金额": Decimal("12.5")}},
        {"actor": "p2"},
        {"event": "TaskClaimed"},
        {"at": START + timedelta(microseconds=1)},
        {"case_id": "c2"},
        {"entry_id": "other"},
    ],
)
def test_any_change_of_content_shows(changed: dict[str, object]) -> None:
    first, second, third = a_chain()
    links = broken_links([first, replace(second, **changed), third])  # type: ignore[arg-type]
    assert [link.kind for link in links] == [Break.CHANGED]


def test_a_missing_a_foreign_and_a_swapped_entry_show() -> None:
    first, second, third = a_chain()
    assert [link.entry_id for link in broken_links([first, third])] == [third.entry_id]
    assert [link.entry_id for link in broken_links([second, third])] == [second.entry_id]
    assert len(broken_links([first, third, second])) == 2


@pytest.fixture
def cased(office: Engine, sqlite_store: SqlStore) -> SqlStore:
    """A case whose chain a step began and a reveal continued."""
    with sqlite_store.write() as work:
        work.connection.execute(sa.text("DELETE FROM unit"))
    add_office(sqlite_store)
    instance = add_case(sqlite_store)
    chain = a_chain()
    with sqlite_store.write() as work:
        work.instances.save_step(next_step(replace(instance, audit_head=chain[-1].hash), audit=chain))
        record_event(work, "PartiesRevealed", {"purpose": "联系"}, actor="p1", at=START, case_id="c1")
    return sqlite_store


def test_a_stored_chain_verifies(office: Engine, cased: SqlStore) -> None:
    with cased.write() as work:
        record_event(work, "LoggedIn", {}, actor="p1", at=START)
    assert verify_chain(office, "c1") == []
    assert verify_all(office) == (5, [])


@pytest.mark.parametrize(
    ("tampering", "kind"),
    [
        ("UPDATE audit_entry SET actor = 'p9' WHERE event = 'CaseStarted'", Break.CHANGED),
        ("DELETE FROM audit_entry WHERE event = 'TaskCompleted'", Break.NOT_CONTINUED),
        ("DELETE FROM audit_entry WHERE event = 'PartiesRevealed'", Break.CUT_OFF),
        ("DELETE FROM audit_entry", Break.CUT_OFF),
    ],
)
def test_tampering_behind_the_programs_back_shows(
    office: Engine, cased: SqlStore, tampering: str, kind: Break
) -> None:
    with cased.write() as work:
        for trigger in ("audit_entry_not_updated", "audit_entry_not_deleted"):
            work.connection.execute(sa.text(f"DROP TRIGGER {trigger}"))
        work.connection.execute(sa.text(tampering))
    _, links = verify_all(office)
    assert [link.kind for link in links] == [kind]
    assert "c1" in str(links[0])
