"""One V8 isolate with the FEEL runtime: text in, text out, within limits of time and memory.

Owns the thread and memory of V8. Knows JSON text only; `feel.py` knows values and errors.
"""

from __future__ import annotations

import atexit
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from time import process_time
from typing import Any

from py_mini_racer import JSEvalException, JSTimeoutException, MiniRacer, init_mini_racer

# V8 lets only those threads touch its memory that descend from the one that started it: so it starts at import,
# before any other thread. Started by a request's thread, it would crash under the next one's.
init_mini_racer(ignore_duplicate_init=True)


@dataclass(frozen=True)
class Limits:
    """What one crossing into V8 may cost.

    `seconds` bounds an evaluation: it may hold a case's lock, and everybody else's evaluation waits behind it.
    `reading_seconds` bounds the parsing of a whole procedure at once, when it is checked. Both are wall time;
    a crossing that hit one while the machine was busy elsewhere is tried again, up to `longest_wait`.
    """

    seconds: float = 1.0
    reading_seconds: float = 5.0
    longest_wait: float = 10.0
    memory_bytes: int = 96 * 1024 * 1024


class Exhausted(Exception):
    """A crossing hit a limit; `what` is "time" or "memory". The isolate works on."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class Isolate:
    """Thread-safe: crossings queue at a lock. After a crossing that hit a limit V8 is replaced, garbage and all."""

    def __init__(self, zone: str, limits: Limits) -> None:
        self._zone = zone
        self._limits = limits
        self._lock = threading.Lock()
        self._racer: MiniRacer | None = None
        self._functions: dict[str, Callable[..., Any]] = {}
        # Left to the interpreter's own shutdown, V8's thread would be joined after it was frozen: a deadlock.
        atexit.register(self.close)

    def close(self) -> None:
        """Frees V8; the next call opens it again."""
        with self._lock:
            self._discard()

    def call(self, function: str, payload: str) -> str:
        """What the bundle's `function` answers to `payload`. Raises Exhausted."""
        seconds = self._limits.seconds if function == "run" else self._limits.reading_seconds
        with self._lock:
            while True:
                if self._racer is None:
                    self._open()
                began = process_time()
                try:
                    return str(self._functions[function](payload, timeout_sec=seconds))
                except JSTimeoutException as error:
                    self._discard()
                    # a machine that has no time for us is not the expression's fault: more patience
                    if process_time() - began < seconds / 2 and seconds < self._limits.longest_wait:
                        seconds *= 4
                        continue
                    raise Exhausted("time") from error
                except JSEvalException as error:
                    # The bundle answers every fault of an expression as JSON: what escapes is a limit of V8's own.
                    self._discard()
                    raise Exhausted("depth" if "call stack" in str(error) else "memory") from error

    def _open(self) -> None:
        racer: Any = MiniRacer()
        racer.set_hard_memory_limit(self._limits.memory_bytes)
        racer.eval(_bundle())
        racer.eval("feelin.setZone")(self._zone)
        self._functions = {name: racer.eval(f"feelin.{name}") for name in ("describe", "run")}
        self._racer = racer

    def _discard(self) -> None:
        racer, self._racer, self._functions = self._racer, None, {}
        if racer is not None:
            with suppress(JSEvalException):
                racer.eval("0")  # waits until the stopped crossing is over: its last word must find the loop open
            racer.close()


def isolate_for(zone: str, limits: Limits) -> Isolate:
    """The process's isolate for a zone and limits. A forked child gets its own: threads do not survive a fork."""
    return _isolate(zone, limits, os.getpid())


@cache
def _isolate(zone: str, limits: Limits, _process_id: int) -> Isolate:
    return Isolate(zone, limits)


@cache
def _bundle() -> str:
    return files("engine.kernel").joinpath("feelin.js").read_text(encoding="utf-8")
