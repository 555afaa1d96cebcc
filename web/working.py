"""Longer work for one page: done in a thread of its own, told line by line as it goes on, ended with its reader."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from typing import Any, Final, TypeVar

from engine.errors import Conflict, Message

MOST_AT_ONCE: Final = 2
"""In one process: whoever waits for an inbox comes first."""
_room = threading.BoundedSemaphore(MOST_AT_ONCE)

T = TypeVar("T")
Tell = Callable[[Any], None]


class Left(Exception):
    """Whoever asked for the work has gone away."""


def worked(work: Callable[[Tell], T]) -> Iterator[tuple[str, Any]]:
    """`("told", …)` for everything that `work` tells, then `("done", result)`, or raises what it raised.

    `work` is not in a request: it is given all that it needs. Raises Conflict where too much is going on already.
    """
    if not _room.acquire(blocking=False):
        raise Conflict(
            Message(
                "已经有两项试运行在进行，请等它们结束再试。",
                "Two trials are running already. Try again when they have ended.",
            )
        )
    told: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
    left = threading.Event()

    def tell(line: Any) -> None:
        if left.is_set():
            raise Left
        told.put(("told", line))

    def run() -> None:
        try:
            told.put(("done", work(tell)))
        except Exception as error:  # noqa: BLE001 - the boundary of one job: whoever asked gets what went wrong
            told.put(("failed", error))
        finally:
            _room.release()

    thread = threading.Thread(target=run, name="trial", daemon=True)
    thread.start()
    try:
        while True:
            kind, what = told.get()
            if kind == "failed":
                raise what
            yield kind, what
            if kind == "done":
                return
    finally:
        left.set()
        thread.join()
