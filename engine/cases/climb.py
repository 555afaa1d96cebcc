"""A firing of a rung: inside the step's transaction, reads what it needs and returns what is to be written."""

from __future__ import annotations

from datetime import datetime

from engine.cases.advance import Held
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.step import StepBatch
from engine.records.time import Timer


def climb(
    engine: Engine,
    work: UnitOfWork,
    held: Held,
    timer: Timer,
    now: datetime,
    *,
    worker: str = "step",
    by_outage: bool = False,
) -> StepBatch:
    """The rows of one firing of a rung; the caller saves them, and delivers `batch.messages` after the commit.

    `timer` is claimed, `held` its instance. A rung whose deadline has ended, or whose row is gone, is cancelled.
    Raises StepFailed where the row cannot be carried out.
    """
    raise NotImplementedError  # filled in before release
