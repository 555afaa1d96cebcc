"""Shows how far a simulation has come, where it takes longer than a second. On standard error."""

from __future__ import annotations

from datetime import datetime
from time import monotonic
from types import TracebackType

from rich.console import Console
from rich.status import Status

PATIENCE = 1.0
"""Seconds before anything is shown."""


class Progress:
    """`with Progress() as progress: simulate(…, watch=progress.watch)`."""

    def __init__(self) -> None:
        self._begun = monotonic()
        self._status: Status | None = None

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._status is not None:
            self._status.stop()

    def watch(self, now: datetime, instants: int) -> None:
        """Called after each instant."""
        if self._status is None:
            if monotonic() - self._begun < PATIENCE:
                return
            self._status = Console(stderr=True).status("")
            self._status.start()
        self._status.update(f"推演到 / simulated to {now.astimezone():%Y-%m-%d %H:%M} · {instants}")
