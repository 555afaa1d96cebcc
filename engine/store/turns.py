"""Turns: who writes next to a database that has one writer at a time.

SQLite lets a waiting connection ask again every so often; a sweep that writes batch after batch would hardly ever
let it through. Within a process the threads queue here instead, first come, first served.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager


class Turns:
    """A queue of threads. After `seconds` of waiting a thread goes on all the same: the database then decides."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._queue: deque[threading.Event] = deque()
        self._lock = threading.Lock()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Waits for one's turn; the block is the turn."""
        mine = threading.Event()
        with self._lock:
            self._queue.append(mine)
            self._queue[0].set()
        mine.wait(self._seconds)
        try:
            yield
        finally:
            with self._lock:
                self._queue.remove(mine)
                if self._queue:
                    self._queue[0].set()
