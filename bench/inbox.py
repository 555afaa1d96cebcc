"""Pages of the inbox in a county with a million tasks, and in one with ten thousand, taken in turn.

A page is the whole request: session, person, statements, template. Each is asked for as a member of staff would.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from time import perf_counter

from flask.testing import FlaskClient

from bench.backlog import Office, office_on
from bench.county import PETITIONER, RARE, person_of, populate
from bench.drain import DATABASES
from bench.report import Row, at_most, progress, share, typical
from engine.org.sessions import begin_session
from web.app import create_app

FEW, MANY = 10_000, 1_000_000
REPETITIONS = 40
MORNING = 10
"""How often each page was asked for before, by the same connection: PostgreSQL keeps plans by what it has met."""
TARGET = 60.0
"""Milliseconds, p95."""
TIMES = 1.5
_ORIGIN = "https://localhost"
"""The session's cookie goes over TLS only."""
FULL: tuple[tuple[str, str, str], ...] = (
    ("mine", "jingban", "/inbox"),
    ("mine, rows alone", "jingban", "/inbox/rows"),
    ("mine, 300 of them, by light", "juzhang", "/inbox?order=light"),
    ("claimable, a tenth of all that is open", "dengji", "/inbox?box=claimable"),
    ("claimable, page 3", "dengji", "/inbox?box=claimable&page=3"),
    ("claimable, newest", "dengji", "/inbox?box=claimable&order=newest"),
    ("claimable, one light", "dengji", "/inbox?box=claimable&light=blue"),
    ("claimable, of a unit", "t03.banli", "/inbox?box=claimable"),
    ("done", "dengji", "/inbox?box=done"),
    ("done, one category, rows alone", "dengji", "/inbox/rows?box=done&category=land"),
    (
        "done, five filters",
        "dengji",
        "/inbox?box=done&channel=web&procedure=petition_main&unit=xfj&received_from=2020-01-01&due_until=2027-01-01",
    ),
    ("started", "jiedai", "/inbox?box=started"),
    ("copied", "juzhang", "/inbox?box=copied"),
    ("followed", "juzhang", "/inbox?box=followed"),
    ("deputised", "zhiban", "/inbox?box=deputised"),
    ("search, a common character in what is done", "dengji", "/inbox?box=done&q=的"),
    ("search, a word that all have", "dengji", "/inbox?box=claimable&q=群众反映"),
    ("search, two words that all have", "dengji", "/inbox?box=claimable&q=群众 反映"),
    ("search, initials", "dengji", "/inbox?box=claimable&q=fy"),
    ("search, a step", "dengji", "/inbox?box=done&q=归档"),
    ("search, nothing", "dengji", "/inbox?box=claimable&q=龘靐"),
)
"""Name, who asks, address. Both counties fill the page (or neither has a line for it)."""
SPARSE: tuple[tuple[str, str, str], ...] = (
    (
        "claimable, five filters that leave few",
        "dengji",
        "/inbox?box=claimable&category=land&channel=web&purpose=request&procedure=petition_main&due=days7",
    ),
    ("search, a number", "dengji", "/inbox?box=claimable&q=XF2025-000450"),
    ("search, a rare character", "dengji", f"/inbox?box=done&q={RARE}"),
    ("search, a word of one case in twenty", "dengji", "/inbox?box=claimable&q=补偿"),
    ("search, two words of few cases", "dengji", "/inbox?box=claimable&q=清河 工资"),
    ("search, initials of one case in twenty", "dengji", "/inbox?box=claimable&q=zdbc"),
    ("search, a petitioner", "dengji", f"/inbox?box=done&q={PETITIONER}"),
)
"""What the smaller county has fewer lines of, so that their times are of pages that are not alike."""


def rows(
    many: int = MANY,
    few: int = FEW,
    repetitions: int = REPETITIONS,
    *,
    databases: Sequence[str] = DATABASES,
    full: Sequence[tuple[str, str, str]] = FULL,
    sparse: Sequence[tuple[str, str, str]] = SPARSE,
) -> Iterator[Row]:
    for database in databases:
        with ExitStack() as stack:
            offices = [stack.enter_context(office_on(database)) for _ in range(2)]
            for office, count in zip(offices, (many, few), strict=True):
                populate(office, count, f"inbox, {database}, {count} tasks")
            browsers = [_Browsers(office) for office in offices]
            pages = [
                (words, who, address, [each.asking(who, address) for each in browsers])
                for words, who, address in (*full, *sparse)
            ]
            for _ in progress(f"inbox, {database}: a morning's pages", range(MORNING)):
                for *_, asks in pages:
                    for ask in asks:
                        ask()
            for words, who, address, asks in pages:
                big, small = _taken(f"inbox, {database}, {words}", asks, repetitions)
                yield at_most(f"inbox, {database}, {words}: p95", "ms", p95(big), TARGET)
                if (words, who, address) not in full:
                    continue
                figures = (typical(big), typical(small))
                yield share(f"inbox, {database}, {words}", "ms", figures, f"{few} tasks", TIMES)


def p95(milliseconds: Sequence[float]) -> float:
    return sorted(milliseconds)[int(len(milliseconds) * 0.95)]


class _Browsers:
    """One for each person, logged in."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._app = create_app(office.engine, testing=True)
        self._open: dict[str, FlaskClient] = {}

    def asking(self, username: str, address: str) -> Callable[[], object]:
        client = self._open.setdefault(username, self._entered(username))

        def ask() -> None:
            answer = client.get(address, base_url=_ORIGIN)
            assert answer.status_code == 200, (answer.status, answer.location)

        return ask

    def _entered(self, username: str) -> FlaskClient:
        client = self._app.test_client()
        actor = person_of(self._office, username)
        opened = begin_session(self._office.engine, actor)
        with client.session_transaction(base_url=_ORIGIN) as session:
            session["_user_id"] = actor.person_id
            session["since"] = self._office.engine.clock.now().timestamp()
            session["sid"], session["generation"] = opened.session_id, opened.generation
        return client


def _taken(name: str, asks: Sequence[Callable[[], object]], repetitions: int) -> list[list[float]]:
    """Milliseconds of each, in turn; the first two rounds do not count."""
    times: list[list[float]] = [[] for _ in asks]
    for done in progress(name, range(-2, repetitions)):
        for taken, ask in zip(times, asks, strict=True):
            begun = perf_counter()
            ask()
            if done >= 0:
                taken.append((perf_counter() - begun) * 1000)
    return times
