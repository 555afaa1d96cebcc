"""Logging in: who may, what others learn, and the pause after failures."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import argon2
import pytest

from engine.clock.fixed import ManualClock
from engine.errors import Forbidden
from engine.org import passwords
from engine.org.login import authenticate, load_actor
from engine.org.people import add_person
from engine.ports.engine import Engine
from engine.records.org import Grant, Person

PASSWORD = "duban-demo-2026"


@pytest.fixture
def clerk(office: Engine) -> Person:
    return add_person(
        office,
        None,
        username="jiedai",
        name="接待员",
        unit="xfj",
        password=PASSWORD,
        grants=[Grant("receptionist", "xfj")],
    )


def refusal(office: Engine, username: str, password: str) -> str:
    with pytest.raises(Forbidden) as refused:
        authenticate(office, username, password)
    return refused.value.message.zh


def audited(office: Engine) -> list[tuple[str, str, object]]:
    with office.store.read() as work:
        chain = work.registers.audit_of(None)
    return [(entry.actor, entry.event, entry.detail.get("reason")) for entry in chain]


def stored(office: Engine, person: Person) -> Person:
    with office.store.read() as work:
        found = work.org.person(person.person_id)
    assert found is not None
    return found


@pytest.mark.parametrize("typed", ["jiedai", " JieDai "])
def test_the_right_password_gives_the_actor_with_its_grants(office: Engine, clerk: Person, typed: str) -> None:
    actor = authenticate(office, typed, PASSWORD)

    assert actor == load_actor(office, clerk.person_id)
    assert actor.holds("receptionist", "xfj")
    assert audited(office)[-1] == (clerk.person_id, "LoggedIn", None)


@pytest.mark.parametrize("username", ["nobody", "", "a\x00b", "接待", "x" * 10_000, "' OR 1=1 --"])
def test_all_failures_read_the_same(office: Engine, clerk: Person, username: str) -> None:
    assert refusal(office, username, PASSWORD) == refusal(office, "jiedai", "wrong \ud800")
    assert [event for _, event, _ in audited(office)[-2:]] == ["LoginFailed", "LoginFailed"]


def test_an_unknown_name_costs_the_work_of_a_comparison(office: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    worked: list[str] = []
    monkeypatch.setattr(passwords, "pretend", worked.append)
    refusal(office, "nobody", PASSWORD)
    assert worked == [PASSWORD]


def test_the_fifth_failure_starts_a_pause_of_fifteen_minutes(
    office: Engine, clerk: Person, clock: ManualClock
) -> None:
    for _ in range(4):
        refusal(office, "jiedai", "wrong")
    assert not stored(office, clerk).locked_until
    refusal(office, "jiedai", "wrong")

    assert stored(office, clerk).locked_until == clock.now() + timedelta(minutes=15)
    clock.advance(timedelta(minutes=15) - timedelta(microseconds=1))
    refusal(office, "jiedai", PASSWORD)
    assert audited(office)[-1] == (clerk.person_id, "LoginFailed", "locked")

    clock.advance(timedelta(microseconds=1))
    authenticate(office, "jiedai", PASSWORD)
    assert stored(office, clerk).locked_until is None


def test_a_success_forgets_the_failures_before_it(office: Engine, clerk: Person) -> None:
    for _ in range(3):
        for _ in range(4):
            refusal(office, "jiedai", "wrong")
        authenticate(office, "jiedai", PASSWORD)
    assert stored(office, clerk).failed_logins == 0


def test_an_inactive_person_is_refused_and_no_longer_an_actor(office: Engine, clerk: Person) -> None:
    with office.store.write() as work:
        work.org.save_person(replace(stored(office, clerk), active=False))
    refusal(office, "jiedai", PASSWORD)
    assert load_actor(office, clerk.person_id) is None


def test_a_hash_with_other_costs_is_renewed_at_the_next_login(
    office: Engine, clerk: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = stored(office, clerk).password_hash
    monkeypatch.setattr(passwords, "HASHER", argon2.PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    authenticate(office, "jiedai", PASSWORD)

    after = stored(office, clerk).password_hash
    assert after != before
    assert "m=16,t=2,p=1" in after
    authenticate(office, "jiedai", PASSWORD)
    assert stored(office, clerk).password_hash == after


def test_the_shipped_cost_is_not_below_the_recommendation() -> None:
    # RFC 9106 section 4, second recommended option: 64 MiB, 3 passes, 4 lanes
    shipped = argon2.PasswordHasher()
    assert (shipped.memory_cost, shipped.time_cost, shipped.parallelism) >= (65536, 3, 4)
    assert shipped.type is argon2.Type.ID


def test_nobody_logs_in_as_a_person_without_password(office: Engine) -> None:
    add_person(office, None, username="ghost", name="无", unit="xfj", password=None)
    refusal(office, "ghost", passwords.NO_PASSWORD)
