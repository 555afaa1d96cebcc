"""A whole office behind a real waitress server on a loopback port, on SQLite, with a clock moved by hand."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import waitress
from waitress import wasyncore

from engine.bootstrap import build
from engine.clock.fixed import ManualClock
from engine.config import Settings
from engine.deadlines.fire import fire_due_timers
from engine.ports.engine import Engine
from engine.records.org import Actor
from engine.sample.setup import SAMPLE_PASSWORD, set_up_sample
from engine.store.unit_of_work import SqlStore
from web.app import create_app

PASSWORD = SAMPLE_PASSWORD
LONG_SESSION_HOURS = 24 * 400


@dataclass(frozen=True)
class Office:
    """`url` has no trailing slash."""

    engine: Engine
    clock: ManualClock
    url: str = ""

    def actor(self, username: str) -> Actor:
        with self.engine.store.read() as work:
            person = work.org.person_by_username(username)
            actor = work.org.actor(person.person_id) if person else None
        assert actor is not None, username
        return actor

    def move_to(self, instant: datetime) -> None:
        """Moves the clock, and fires what fell due on the way, as the heartbeat would."""
        self.clock.move_to(instant)
        fire_due_timers(self.engine, worker="test")

    def close(self) -> None:
        assert isinstance(self.engine.store, SqlStore)
        self.engine.store.close()


def enter_office(home: Path, start: datetime, *, demo: bool = False) -> Office:
    """An installation that is set up already."""
    clock = ManualClock(start)
    settings = Settings(home=home, session_hours=LONG_SESSION_HOURS, demo=demo, max_upload_bytes=2 * 1024 * 1024)
    return Office(build(settings, clock), clock)


def an_office(home: Path, start: datetime, *, demo: bool = False) -> Office:
    """A fresh installation: the sample office with its passwords, and the procedures that ship."""
    office = enter_office(home, start, demo=demo)
    set_up_sample(office.engine)
    return office


@contextmanager
def served(office: Office) -> Iterator[Office]:
    """The office on a free loopback port, until the block ends."""
    server = waitress.create_server(create_app(office.engine, testing=True), host="127.0.0.1", port=0, threads=6)
    stop = threading.Event()

    def run() -> None:
        while not stop.is_set():
            wasyncore.loop(timeout=0.2, map=server._map, count=1)
        server.task_dispatcher.shutdown()
        wasyncore.close_all(server._map)

    thread = threading.Thread(target=run, name="office")
    thread.start()
    try:
        yield Office(office.engine, office.clock, f"http://127.0.0.1:{server.effective_port}")
    finally:
        stop.set()
        thread.join(timeout=10)
