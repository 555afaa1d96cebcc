"""Two threads that meet at the same point."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from engine.errors import Conflict

T = TypeVar("T")


def race(*calls: Callable[[], T]) -> list[T | Conflict]:
    """Runs the calls at the same time; a Conflict is an outcome, any other exception is raised."""

    def outcome(call: Callable[[], T]) -> T | Conflict:
        try:
            return call()
        except Conflict as conflict:
            return conflict

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(outcome, calls))
