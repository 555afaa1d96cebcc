"""A process that sweeps, as `duban worker` and the heartbeat do: `python -m bench.sweeper HOME URL NAME`.

It says `ready` when its engine stands, begins at the first line that it is given, and sweeps until nothing is due
that can fire; then it says how many timers it fired. With a fourth argument, seconds, it beats for so long.
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import structlog

from engine.bootstrap import build
from engine.clock.elapsed import elapsed
from engine.clock.system import SystemClock
from engine.config import Settings
from engine.deadlines.outage import workers_of
from engine.edge.timer_sweep import TimerSweep

BEAT = 0.25


def main(home: str, url: str, name: str, seconds: str = "0") -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    engine = build(Settings(home=Path(home), database_url=url, heartbeat_seconds=BEAT), SystemClock())
    sweep = TimerSweep(engine, name)
    print("ready", flush=True)
    sys.stdin.readline()
    until = elapsed() + float(seconds)
    pause = threading.Event()
    sweep()
    while elapsed() < until:
        pause.wait(BEAT)
        sweep()
    with engine.store.read() as work:
        fired = sum(mark.fired for mark in workers_of(work) if mark.worker == name)
    engine.store.close()
    print(fired, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
