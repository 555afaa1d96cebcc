"""The score sheet (form F20): confirmed delays and merits of offices, each with its case. Never a ranking."""

from __future__ import annotations

from dataclasses import dataclass

from engine.audit.record import record_refusal
from engine.errors import Forbidden, Message
from engine.ports.engine import Engine
from engine.records.org import Actor
from engine.records.report import ScoreLine
from engine.reports.period import Period

OVERSEERS = ("supervisor", "chief", "deputy", "case_officer", "auditor")
"""Roles whose holders in a keeping office may see every office's sheet; others see their own unit's."""
MOST_LINES = 2_000


@dataclass(frozen=True)
class ScoreSheet:
    """`units` are the codes that the actor may choose from, None: all. `is_cut`: there are more lines.

    `unit` is the one that is shown, None for all.
    """

    lines: tuple[ScoreLine, ...]
    total: float
    units: frozenset[str] | None
    is_cut: bool
    unit: str | None


def may_read_scores(actor: Actor) -> bool:
    """Whether there is a sheet that the actor may see."""
    return any(actor.holds(role) for role in (*OVERSEERS, "unit_leader"))


def score_sheet(engine: Engine, actor: Actor, period: Period, *, unit: str | None) -> ScoreSheet:
    """The sheet of one unit, or of all that the actor may see. Raises Forbidden (audited)."""
    if any(actor.holds(role) for role in OVERSEERS):
        units = None
    elif actor.holds("unit_leader"):
        units = frozenset(grant.unit for grant in actor.grants if grant.role == "unit_leader")
        unit = unit if unit is not None else min(units)
    else:
        units = frozenset()
    if units is not None and unit not in units:
        record_refusal(engine, actor, "score_sheet", {"unit": unit})
        raise Forbidden(
            Message(
                "考核计分表由督查、领导和审计人员查看，单位负责人查看本单位的。请向督查人员了解。",
                "Score sheets are for supervisors, leaders and auditors; a unit's head sees its own unit's.",
            )
        )
    zone = engine.settings.timezone
    with engine.store.read() as work:
        lines = work.reports.scores(
            actor, start=period.start(zone), end=period.end(zone), unit=unit, limit=MOST_LINES + 1
        )
    shown = lines[:MOST_LINES]
    return ScoreSheet(shown, sum(line.points for line in shown), units, len(lines) > MOST_LINES, unit)
