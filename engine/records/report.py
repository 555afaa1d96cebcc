"""Lines of registers and reports, and imports that wait for their confirmation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from engine.values import Data


@dataclass(frozen=True)
class RegisterImport:
    """Lines of a register that were checked. `lines` are what the start's form would be given, one a case."""

    import_id: str
    owner: str
    procedure: str
    name: str
    at: datetime
    # petitioners' data: never in a log by way of a repr
    lines: Sequence[Data] = field(repr=False)


@dataclass(frozen=True)
class ScoreLine:
    """An office's confirmed delay or merit, with the number of its case."""

    at: datetime
    unit: str | None
    code: str
    points: float
    reason: str
    case_id: str
    case_number: str | None


@dataclass(frozen=True)
class ReceptionCount:
    """Cases of one kind that were registered in a period. `persons` is the number of people they speak for."""

    key: str | None
    cases: int
    persons: int
    closed: int
    late: int
