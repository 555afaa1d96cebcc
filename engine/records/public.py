"""What the public page knows of a matter, before it is decided what of it may be shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from engine.records.case import CaseFile, Party
from engine.records.step import Paper
from engine.records.work import Evaluation


@dataclass(frozen=True)
class PublicMatter:
    """A registered case as the query page finds it.

    `path` is the lawful way that the screening named, "" before it. `units` are names by code, of the office that
    keeps it and of those that its papers name.
    """

    case: CaseFile
    registered_at: datetime | None
    path: str
    papers: tuple[Paper, ...]
    evaluations: tuple[Evaluation, ...]
    units: dict[str, str]
    parties: tuple[Party, ...] = field(default=(), repr=False)
