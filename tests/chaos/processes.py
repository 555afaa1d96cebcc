"""The system under test: real commands in processes of their own, that can be killed and come back."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).parents[2]
_patience = threading.Event()


def pause(seconds: float) -> None:
    """Lets the others work."""
    _patience.wait(seconds)


class Member:
    """One process, with its log in a file. `ready` is the text in the log that says it works."""

    def __init__(self, name: str, command: Sequence[str], log: Path, ready: str) -> None:
        self.name = name
        self.kills = 0
        self.stops = 0
        self._command = command
        self._log = log
        self._ready = ready
        self._seen_from = 0
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, environment: Mapping[str, str]) -> None:
        self._seen_from = self._log.stat().st_size if self._log.exists() else 0
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, cwd=ROOT, env=dict(environment), stdout=log, stderr=log, start_new_session=True
            )

    @property
    def is_ready(self) -> bool:
        """Whether it has said so since it was started. Raises AssertionError where it ended by itself."""
        assert self._process is not None
        code = self._process.poll()
        assert code is None, f"{self.name} ended by itself with {code}:\n{self.log_tail()}"
        with self._log.open("rb") as log:
            log.seek(self._seen_from)
            return self._ready.encode() in log.read()

    def wait_until_ready(self, seconds: float = 120) -> None:
        deadline = perf_counter() + seconds
        while not self.is_ready:
            assert perf_counter() < deadline, f"{self.name} did not become ready:\n{self.log_tail()}"
            pause(0.05)

    def kill(self) -> None:
        """SIGKILL, to its children too: as when the machine loses power."""
        self._signal(signal.SIGKILL)
        self.kills += 1
        self._process = None

    def freeze(self) -> None:
        """SIGSTOP: it holds whatever it holds."""
        self._signal(signal.SIGSTOP)
        self.stops += 1

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def terminate(self) -> int:
        """SIGTERM; returns the exit code once it has finished what it held."""
        assert self._process is not None
        self._process.terminate()
        return self._process.wait(timeout=60)

    def discard(self) -> None:
        """Whatever is left of it is ended."""
        if self._process is not None and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGCONT)
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def log_tail(self, characters: int = 3000) -> str:
        return self._log.read_text(errors="replace")[-characters:] if self._log.exists() else ""

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        os.killpg(self._process.pid, number)
        if number is signal.SIGKILL:
            self._process.wait()


def duban(name: str, log: Path, *arguments: str, ready: str) -> Member:
    return Member(name, [sys.executable, "-m", "engine.cli", *arguments], log, ready)


def gunicorn(name: str, log: Path, port: int) -> Member:
    options = ["--worker-class=gthread", "--threads=4", f"--bind=127.0.0.1:{port}", "--no-control-socket"]
    command = [sys.executable, "-m", "gunicorn", *options, "web.wsgi:application"]
    return Member(name, command, log, "Booting worker")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
