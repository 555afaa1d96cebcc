"""How late timers fire under a steady load at half of what one worker drains, measured by the ledger itself."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import timedelta

from bench.backlog import office_on
from bench.drain import DATABASES, PAST, begin, drained, fired_of, line_of, miscounted, wait_for
from bench.report import Row, Unmeasured, at_most, none_of, say
from engine.clock.system import SystemClock
from engine.deadlines.ledger import LATEST, lateness_of

SCALE = 4_000
"""Timers that the drain's rate is taken from."""
SECONDS = 60
MOST_LATE = 2.0


def rows(
    scale: int = SCALE,
    seconds: int = SECONDS,
    *,
    databases: Sequence[str] = DATABASES,
    before: float = 10,
    after: float = 5,
) -> Iterator[Row]:
    """`before` and `after` the load are seconds in which the worker starts, and ends what is late."""
    for database in databases:
        with office_on(database) as office:
            office.backlog(scale, first_due=PAST, apart=timedelta(0), name=f"lateness, {database}, rate")
            rate = scale / drained(office, 1, scale, f"lateness, {database}, rate")
        load = max(1.0, rate / 2)
        count = int(load * seconds)
        with office_on(database) as office:
            name = f"lateness, {database}, {load:.0f}/s"
            begins = SystemClock().now() + timedelta(seconds=before + count / 2_000)
            office.backlog(count, first_due=begins, apart=timedelta(seconds=1 / load), name=name)
            lasts = (begins - SystemClock().now()).total_seconds() + seconds + after
            command = [
                sys.executable,
                "-m",
                "bench.sweeper",
                str(office.settings.home),
                office.settings.database_url,
            ]
            with subprocess.Popen(
                [*command, "w1", str(lasts)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            ) as sweeper:
                if line_of(sweeper) != "ready":
                    raise Unmeasured(f"{name}: the worker did not start")
                begin(sweeper)
                while sweeper.poll() is None:
                    wait_for([sweeper])
                    say(f"{name}: {fired_of(office)} of {count}")
            with office.engine.store.read() as work:
                late = lateness_of(work.ledger.lateness(begins, LATEST))
            lost, doubled = miscounted(office, count)
            yield at_most(f"{name}: p99 of {count} timers", "s", late.p99.total_seconds(), MOST_LATE)
            yield at_most("  median", "s", late.median.total_seconds(), MOST_LATE)
            yield none_of("  lost or fired twice", lost + doubled)
