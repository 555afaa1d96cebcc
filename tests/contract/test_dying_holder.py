"""Whoever holds a timer may die: those who wait for it get it, those who pass it over find it again."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from engine.records.time import Timer
from engine.store import SqlStore
from tests.builders import a_timer, add_case, add_office


class Died(Exception):
    """In the middle of a step."""


@pytest.mark.parametrize("dies", [True, False])
def test_a_claim_that_waits_knows_how_it_ended(store: SqlStore, dies: bool) -> None:
    add_office(store)
    add_case(store, timers_armed=(a_timer(),))
    held, asked = threading.Event(), threading.Event()

    def hold() -> None:
        with store.write() as work:
            assert work.timers.claim("m1") is not None
            held.set()
            asked.wait()
            if dies:
                raise Died
            work.timers.fail("m1", attempts=1, retry_at=a_timer().due_at)

    def wait() -> Timer | None:
        held.wait()
        asked.set()
        with store.write() as work:
            return work.timers.claim("m1", wait=True)

    with ThreadPoolExecutor(2) as pool:
        holding, waiting = pool.submit(hold), pool.submit(wait)
        claimed = waiting.result()
    assert claimed is not None
    assert claimed.attempts == (0 if dies else 1), "what the other wrote is seen"
    assert isinstance(holding.exception(), Died) is dies
