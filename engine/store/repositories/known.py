"""What one repository has read in passing and another of the same transaction need not ask for again."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field

from engine.records.org import Person
from engine.records.task import UserTask


@dataclass
class Known:
    """Belongs to one transaction. None: not known yet."""

    calendar_version: int | None = None
    tables_revision: int | None = None
    open_tasks: dict[str, tuple[UserTask, ...]] = field(default_factory=dict)
    """By case: foreseen for steps that are saved together; forgotten once any step is saved."""
    people: dict[Hashable, tuple[Person, ...]] = field(default_factory=dict)
    """Answers about who holds what and who stands in; forgotten once the office changes."""
    standing: dict[Hashable, tuple[tuple[Person, ...], frozenset[str]]] = field(default_factory=dict)
    """Who is told beside somebody, and who stands aside from the case."""
    halts: dict[str, str | None] = field(default_factory=dict)
    """What halts an instance that was locked (a halt's id), by instance id."""
