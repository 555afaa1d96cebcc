"""Accounting after the storm: for every case, what its diagram demands against what the database and the mail say.

The books: timers, audit, scores, outbox, deliveries, instances, numbers, incidents. Every finding names its row.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

import sqlalchemy as sa

from engine.audit.verify import verify_all
from engine.definitions.sources import load_procedure
from engine.kernel.run import Ports
from engine.ports.engine import Engine
from engine.records.case import InstanceState
from engine.records.delivery import DeliveryState
from engine.records.task import TaskState
from engine.records.time import TimerState
from engine.store.tables import case as cases
from engine.store.tables import exchange, journal, task, time
from engine.store.unit_of_work import SqlStore
from tests.chaos.workload import LEADERS, NOTICE_OF, RUNG, RUNG_SECONDS, SCORE_OF, TELLS

SECOND = timedelta(seconds=1)
_FIRINGS = ("TimerFired", "RungClimbed")
"""Events of the audit that name the timer that fired."""
Row = Any


@dataclass
class Books:
    """All rows of one installation, by case where they belong to one."""

    cases: Mapping[str, Row]
    instances: Mapping[str, Sequence[Row]]
    tasks: Mapping[str, Sequence[Row]]
    timers: Mapping[str, Sequence[Row]]
    audit: Mapping[str, Sequence[Row]]
    scores: Mapping[str, Sequence[Row]]
    outbox: Sequence[Row]
    deliveries: Sequence[Row]
    messages: Sequence[Row]
    incidents: Sequence[Row]


@dataclass
class Findings:
    """What does not add up, and what was counted."""

    wrong: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    lateness: list[float] = field(default_factory=list)

    def check(self, holds: bool, what: str) -> None:
        if not holds:
            self.wrong.append(what)


def read_books(engine: Engine) -> Books:
    assert isinstance(engine.store, SqlStore)
    with engine.store.engine.connect() as connection:

        def rows(table: sa.Table, *order: str) -> list[Row]:
            return list(connection.execute(sa.select(table).order_by(*(table.c[name] for name in order))))

        return Books(
            cases={row.case_id: row for row in rows(cases.case_file)},
            instances=_by_case(rows(cases.instance, "started_at")),
            tasks=_by_case(rows(task.user_task)),
            timers=_by_case(rows(time.timer, "due_at")),
            audit=_by_case(rows(journal.audit_entry, "seq")),
            scores=_by_case(rows(journal.score_event)),
            outbox=rows(exchange.outbox, "seq"),
            deliveries=rows(exchange.delivery),
            messages=rows(exchange.outgoing_message, "seq"),
            incidents=rows(journal.incident),
        )


def audit_everything(engine: Engine, mailed: Iterable[str]) -> Findings:
    """`mailed` are the ids of the mails that arrived, once for each time. Call it when nothing moves any more."""
    books = read_books(engine)
    findings = Findings()
    for case_id, case in books.cases.items():
        _CaseAccount(books, findings, case_id).check(case.procedure)
    _check_mail(books, findings, Counter(mailed))
    _check_numbers(books, findings)
    for message in books.messages:
        findings.check(message.state == "delivered", f"message {message.message_id} is {message.state}")
    for incident in books.incidents:
        findings.wrong.append(f"incident {incident.incident_id} at {incident.element_id}: {incident.reason_en}")
    entries, broken = verify_all(engine)
    findings.counts["audit entries"] = entries
    findings.wrong += [str(link) for link in broken]
    findings.counts["messages"] = len(books.messages)
    findings.counts["cases"] = len(books.cases)
    return findings


@dataclass
class _CaseAccount:
    books: Books
    findings: Findings
    case_id: str

    def check(self, procedure: str) -> None:
        tasks = self.books.tasks[self.case_id]
        self._say(len(tasks) == 1, f"{len(tasks)} tasks instead of one")
        if len(tasks) != 1:
            return
        if procedure == "storm":
            self._storm(tasks[0])
        else:
            self._calm(tasks[0])
        self._effects()
        for instance in self.books.instances[self.case_id]:
            self._say(
                instance.state is InstanceState.COMPLETED, f"instance {instance.instance_id} {instance.state}"
            )

    def _storm(self, handled: Row) -> None:
        by_person = handled.state is TaskState.COMPLETED
        closes = self._one("closes", handled.opened_at + 14 * SECOND)
        if not by_person:
            self._say(
                closes is not None and closes.state is TimerState.FIRED, "the window neither closed nor was used"
            )
        self._one("remind", handled.opened_at + 2 * SECOND)
        rungs = [row.due_at for row in self.books.timers[self.case_id] if row.rung == RUNG]
        self._say(rungs == [handled.opened_at + RUNG_SECONDS * SECOND], f"the rung is due {rungs}")
        again = self._of("again")
        fired = [row for row in again if row.state is TimerState.FIRED]
        expected = [handled.opened_at + n * SECOND for n in range(1, min(len(fired) + 1, 3) + 1)]
        self._say([row.due_at for row in again] == expected, f"again is due at {[str(r.due_at) for r in again]}")
        end = self._end(handled, closes)
        if end is not None:
            ladder = [row for row in self.books.timers[self.case_id] if row.rung is not None]
            for row in (*self._of("remind"), *again, *self._of("closes"), *self._of("three_hours"), *ladder):
                self._fired_as_demanded(row, *end)
        sends = self._of(TELLS)
        self._say(len(sends) == int(by_person), f"{len(sends)} timers {TELLS}, completed by a person: {by_person}")
        instances = self.books.instances[self.case_id]
        self._say(len(instances) == 1 + int(by_person), f"{len(instances)} instances, the echo included")
        for row in (*sends, *self._of("echo_wait")):
            self._say(row.state is TimerState.FIRED, f"timer {row.timer_id} ({row.element_id}) is {row.state}")
        self._say(len(self._of("echo_wait")) == int(by_person), "the echo waits once")

    def _calm(self, waiting: Row) -> None:
        self._say(waiting.state is TaskState.COMPLETED, "the calm task was not completed")
        self._one("nudge", waiting.opened_at + 3 * SECOND)
        for row in self._of("nudge"):
            self._fired_as_demanded(row, waiting.closed_at, self._position("TaskCompleted"))

    def _end(self, handled: Row, closes: Row | None) -> tuple[datetime, int] | None:
        """When the task ended, and where in the audit."""
        if handled.state is TaskState.COMPLETED:
            return handled.closed_at, self._position("TaskCompleted")
        return (closes.due_at, self._position("TimerFired", closes.timer_id)) if closes is not None else None

    def _fired_as_demanded(self, row: Row, ended_at: datetime, ended: int) -> None:
        """Due by the end: fired. Due later: cancelled, or fired before the end came to be written."""
        fired = self._position("TimerFired", row.timer_id)
        if row.due_at <= ended_at:
            self._say(
                0 <= fired <= ended,
                f"timer {row.timer_id} ({row.element_id}) due {row.due_at} not fired by {ended_at}: {row.state}, "
                f"attempts {row.attempts}, at {fired} of {ended}; {self._story()}",
            )
        elif fired < 0:
            self._say(row.state is TimerState.CANCELLED, f"timer {row.timer_id} ({row.element_id}) is {row.state}")
        else:
            self._say(fired < ended, f"timer {row.timer_id} ({row.element_id}) fired after its task had ended")

    def _effects(self) -> None:
        expected: Counter[str] = Counter()
        told: Counter[str] = Counter()
        for row in self.books.timers[self.case_id]:
            firings = sum(1 for e in self._events(*_FIRINGS) if e.detail["timer_id"] == row.timer_id)
            is_fired = row.state is TimerState.FIRED
            self._say(firings == int(is_fired), f"timer {row.timer_id} ({row.element_id}) fired {firings} times")
            if is_fired:
                self.findings.counts["timers fired"] += 1
                self.findings.lateness.append(row.late_seconds)
                self.findings.counts["rungs climbed"] += row.rung is not None
                expected["rung"] += row.rung == RUNG
                expected.update({SCORE_OF[row.element_id]: 1} if row.element_id in SCORE_OF else {})
                told.update({NOTICE_OF[row.element_id]: len(LEADERS)} if row.element_id in NOTICE_OF else {})
                expected["echo"] += row.element_id == TELLS
                told["echo"] += len(LEADERS) * (row.element_id == TELLS)
            else:
                self.findings.counts["timers cancelled"] += 1
        scores = Counter(row.code for row in self.books.scores[self.case_id])
        self._say(scores == +expected, f"scores {dict(scores)} instead of {dict(+expected)}")
        notices = Counter(
            row.topic for row in self.books.outbox if row.case_id == self.case_id and row.topic != "task"
        )
        self._say(notices == +told, f"notices {dict(notices)} instead of {dict(+told)}")
        self.findings.counts["scores"] += scores.total()
        self.findings.counts["notices"] += notices.total()

    def _one(self, element: str, due_at: datetime) -> Row | None:
        rows = self._of(element)
        self._say([row.due_at for row in rows] == [due_at], f"{element} is due {[str(r.due_at) for r in rows]}")
        return rows[0] if rows else None

    def _of(self, element: str) -> list[Row]:
        return [row for row in self.books.timers[self.case_id] if row.element_id == element and row.rung is None]

    def _events(self, *events: str) -> list[Row]:
        return [entry for entry in self.books.audit[self.case_id] if entry.event in events]

    def _position(self, event: str, timer_id: str | None = None) -> int:
        """Of the entry in the order of writing, -1 where there is none."""
        events = _FIRINGS if timer_id is not None else (event,)
        found = [e.seq for e in self._events(*events) if timer_id is None or e.detail["timer_id"] == timer_id]
        return found[0] if found else -1

    def _story(self) -> str:
        told = [
            f"{e.seq} {e.at:%H:%M:%S.%f} {e.event} {e.detail.get('element', '')}"
            for e in self.books.audit[self.case_id]
        ]
        rows = [
            f"{r.element_id} {r.due_at:%H:%M:%S.%f} {r.state.value} by {r.worker} at {r.fired_at}"
            for r in self.books.timers[self.case_id]
        ]
        return "; ".join((*told, *rows))

    def _say(self, holds: bool, what: str) -> None:
        self.findings.check(holds, f"case {self.case_id}: {what}")


def _check_mail(books: Books, findings: Findings, mailed: Counter[str]) -> None:
    """Each entry goes out by itself or in its digest, and arrives; nothing arrives that is not in the outbox."""
    sent = {row.entry_id for row in books.deliveries if row.state is DeliveryState.SENT}
    known = {mail_id(row.idempotency_key) for row in books.outbox}
    for row in books.outbox:
        carrier = row.digest_id or row.entry_id
        findings.check(row.dispatched_at is not None, f"outbox {row.entry_id} ({row.topic}) was never dispatched")
        findings.check(carrier in sent, f"outbox {row.entry_id} ({row.topic}) was not sent, nor its digest")
        if row.digest_id is None:
            arrived = mailed[mail_id(row.idempotency_key)]
            findings.check(
                arrived >= 1, f"outbox {row.entry_id} ({row.topic}) is marked as sent, but never arrived"
            )
            findings.counts["mails"] += 1
            findings.counts["mails sent again under the same key"] += max(0, arrived - 1)
    for phantom in mailed.keys() - known:
        findings.wrong.append(f"mail {phantom} arrived {mailed[phantom]} times and is not in the outbox")
    for row in books.deliveries:
        findings.check(row.state is DeliveryState.SENT, f"delivery of {row.entry_id} is {row.state}: {row.error}")


def _check_numbers(books: Books, findings: Findings) -> None:
    numbers = sorted(row.number for row in books.cases.values() if row.number)
    taken = [int(number.rpartition("-")[2]) for number in numbers]
    findings.check(taken == list(range(1, len(taken) + 1)), f"the numbers have gaps or doubles: {numbers}")


def mail_id(idempotency_key: str) -> str:
    """What the mail's Message-ID begins with."""
    return hashlib.sha256(idempotency_key.encode()).hexdigest()[:40]


def load_every_instance(engine: Engine) -> int:
    """Raises what keeps one from being loaded. Returns how many there are."""
    idle = Ports(time=cast(Any, None), actions=cast(Any, None))
    rows = [row for of_case in read_books(engine).instances.values() for row in of_case]
    with engine.store.read() as work:
        for row in rows:
            engine.kernel.load(load_procedure(work, row.definition_id).source, idle, row.snapshot)
    return len(rows)


def _by_case(rows: Iterable[Row]) -> Mapping[str, list[Row]]:
    grouped: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row.case_id].append(row)
    return grouped
