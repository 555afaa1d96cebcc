"""The statistics of receptions (form F03): how many matters came, of what kind, and what became of them.

Counts of matters and of the office's own timeliness, never of persons by name. Source: seed forms F02, F03.
"""

from __future__ import annotations

from engine.ports.engine import Engine
from engine.records.org import Actor
from engine.records.report import ReceptionCount
from engine.reports.period import Period


def count_receptions(
    engine: Engine, actor: Actor, period: Period, *, by: str, channel: str | None
) -> tuple[ReceptionCount, ...]:
    """Of the actor's own offices (an auditor: of all), by purpose, category, channel or unit.

    Confidential matters are not counted, nor those that accuse a unit of the actor. Raises InvalidState.
    """
    zone = engine.settings.timezone
    start, end, now = period.start(zone), period.end(zone), engine.clock.now()
    with engine.store.read() as work:
        return work.reports.receptions(actor, by, start=start, end=end, now=now, channel=channel)
