"""Case files, their parties, and the instances that drive them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from engine.values import Data


@dataclass(frozen=True)
class CaseFile:
    """A matter. `unit` is the office that keeps it; `facts` are form fields worth showing.

    `number` (business number) is None until registration. `accused_units` may never see or be given it.
    `merged_into` is the case that carries it on.
    """

    case_id: str
    procedure: str
    title: str
    unit: str
    state: str
    created_at: datetime
    created_by: str
    number: str | None = None
    query_code: str | None = None
    channel: str | None = None
    purpose: str | None = None
    category: str | None = None
    persons_count: int | None = None
    confidential: bool = False
    occurred_place: str | None = None
    accused_units: tuple[str, ...] = ()
    facts: Data = field(default_factory=dict)
    closed_at: datetime | None = None
    light: str | None = None
    merged_into: str | None = None


@dataclass(frozen=True)
class Party:
    """A petitioner or representative. Stored encrypted; shown only to named handlers, each reveal logged."""

    party_id: str
    case_id: str
    is_primary: bool
    # never in a log by way of a repr
    name: str = field(repr=False)
    contact: str = field(repr=False)
    id_number: str = field(default="", repr=False)
    address: str = field(default="", repr=False)


class InstanceState(Enum):
    RUNNING = "running"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Instance:
    """A running procedure. `snapshot` is the kernel's bytes; `version` the optimistic lock.

    `audit_head` is the hash of the last audit entry of the case.
    """

    instance_id: str
    case_id: str
    definition_id: str
    state: InstanceState
    snapshot: bytes
    version: int
    audit_head: str
    started_at: datetime
    ended_at: datetime | None = None
    outcome: str | None = None
    outcome_name: str | None = None
