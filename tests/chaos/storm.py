"""A storm over an installation: clerks at work while processes are killed; then calm, and the books are checked."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

from engine.bootstrap import build_patiently
from engine.clock.system import SystemClock
from engine.config import Settings
from engine.errors import StoreAway
from engine.ports.engine import Engine
from engine.records.views import InboxQuery
from engine.store.unit_of_work import SqlStore
from engine.tasks.complete import complete_task
from engine.tasks.inbox import inbox
from tests.chaos.accounts import Findings, audit_everything, load_every_instance, read_books
from tests.chaos.clerk import Clerk
from tests.chaos.processes import Member, pause
from tests.chaos.workload import CLERK, set_up
from tests.smtp_server import MailBox

CALM_CASES = 6
LEASE_SECONDS, STALL_SECONDS = 6.0, 8.0


@dataclass
class Storm:
    """One installation, its processes and its clerks. `chance` is seeded; the seed is printed."""

    engine: Engine
    environment: dict[str, str]
    members: Sequence[Member]
    clerks: Sequence[Clerk]
    mailbox: MailBox
    chance: random.Random
    began: float = field(default_factory=perf_counter)

    @property
    def kills(self) -> int:
        return sum(member.kills for member in self.members)

    def begin(self) -> None:
        """Starts every process, a few cases that nobody touches until the end, and the clerks."""
        for member in self.members:
            member.start(self.environment)
        for member in self.members:
            member.wait_until_ready()
        self.clerks[0].log_in()
        for _ in range(CALM_CASES):
            self.clerks[0].start_case("calm")
        for clerk in self.clerks:
            clerk.start()

    def strike(self, member: Member) -> None:
        """Kills one and starts it again at once, the others go on."""
        member.kill()
        member.start(self.environment)

    def settle(self, seconds: float = 120) -> None:
        """The clerks leave, what is open closes itself or is finished, everything is sent."""
        for clerk in self.clerks:
            clerk.leave()
        for member in self.members:
            member.wait_until_ready()
        complete_calm(self.engine)
        deadline = perf_counter() + seconds
        while (left := unfinished(self.engine)) and perf_counter() < deadline:
            pause(0.5)
        # what is still unfinished shows in the accounts, row by row
        print(f"  settled: {left or 'nothing left'}", flush=True)

    def account(self) -> Findings:
        """Raises AssertionError naming every row that does not add up."""
        mailed = [str(mail["Message-ID"])[1:41] for mail in self.mailbox.received]
        findings = audit_everything(self.engine, mailed)
        loaded = load_every_instance(self.engine)
        late = sorted(findings.lateness)
        counts = {**findings.counts, "instances loaded": loaded, "kills": self.kills}
        counts["submissions without an answer"] = sum(clerk.unanswered for clerk in self.clerks)
        print("  " + ", ".join(f"{name} {count}" for name, count in sorted(counts.items())))
        print(
            f"  late: median {late[len(late) // 2]:.2f} s, worst {late[-1]:.2f} s;"
            f" {perf_counter() - self.began:.0f} s in all"
        )
        started = [case_id for clerk in self.clerks for case_id in clerk.started.values()]
        books = read_books(self.engine)
        findings.check(sorted(started) == sorted(books.cases), "the answered submissions are not the cases")
        completed = {row.task_id for rows in books.tasks.values() for row in rows if row.state.value == "completed"}
        lost = {task_id for clerk in self.clerks for task_id in clerk.completed} - completed
        findings.check(not lost, f"completed by a clerk, but not in the books: {lost}")
        assert not findings.wrong, f"{len(findings.wrong)} wrong:\n" + "\n".join(findings.wrong[:40])
        return findings


@contextmanager
def storm(
    settings: Settings,
    members: Sequence[Member],
    doors: Sequence[str],
    mailbox: MailBox,
    *,
    seed: int,
    clerks: int,
    per_second: float,
) -> Iterator[Storm]:
    """Sets the office up; whatever happens, no process is left behind."""
    engine = build_patiently(settings, SystemClock(), pause)
    set_up(engine)
    environment = {
        **os.environ,
        "DUBAN_HOME": str(settings.home),
        "DUBAN_DATABASE_URL": settings.database_url,
        "DUBAN_CLUSTER": "1" if settings.cluster else "",
        "DUBAN_HEARTBEAT_SECONDS": str(settings.heartbeat_seconds),
        "DUBAN_LEASE_SECONDS": str(LEASE_SECONDS),
        "DUBAN_STALL_SECONDS": str(STALL_SECONDS),
        "DUBAN_SMTP_URL": mailbox.url,
        "DUBAN_MAIL_FROM": "duban@office.example",
    }
    staff = [Clerk(engine, doors, seed + n, per_second=per_second) for n in range(clerks)]
    try:
        yield Storm(engine, environment, members, staff, mailbox, random.Random(seed))
    finally:
        for member in members:
            member.discard()
        assert isinstance(engine.store, SqlStore)
        engine.store.close()


def unfinished(engine: Engine) -> dict[str, int]:
    """What still moves, by kind; empty when all is done. {"database": 1} while it is away."""
    try:
        books = read_books(engine)
    except StoreAway:
        return {"database": 1}
    left = {
        "instances": sum(row.ended_at is None for rows in books.instances.values() for row in rows),
        "messages": sum(row.state == "pending" for row in books.messages),
        "outbox": sum(row.dispatched_at is None for row in books.outbox),
        "deliveries": sum(row.state.value == "waiting" for row in books.deliveries),
    }
    return {kind: count for kind, count in left.items() if count}


def complete_calm(engine: Engine) -> None:
    """The cases that lay still through the storm go on."""
    with engine.store.read() as work:
        person = work.org.person_by_username(CLERK)
        actor = work.org.actor(person.person_id) if person else None
    assert actor is not None
    waiting = inbox(engine, actor, InboxQuery(box="claimable", procedure="calm", page_size=50)).rows
    assert len(waiting) == CALM_CASES
    for row in waiting:
        complete_task(engine, actor, row.task.task_id, {"opinion": "同意"})


def wait_for_one(members: Sequence[Member], seconds: float = 120) -> None:
    """Until one of those that were started works again."""
    deadline = perf_counter() + seconds
    while not any(member.is_ready for member in members):
        assert perf_counter() < deadline, f"nobody comes up again: {[member.name for member in members]}"
        pause(0.1)


def log_of(directory: Path, name: str) -> Path:
    return directory / f"{name}.log"
