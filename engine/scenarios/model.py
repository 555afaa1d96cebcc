"""A scenario as read: steps in order, each with what must be true after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

from engine.scenarios.instants import When


class Verb(Enum):
    """What a step does; the value is its key in the file."""

    START = "start"
    COMPLETE = "complete"
    CLAIM = "claim"
    RELEASE = "release"
    RETURN = "return"
    WITHDRAW = "withdraw"
    SAVE = "save"
    READ = "read"
    LOOK = "look"
    REVEAL = "reveal"
    EVALUATE = "evaluate"
    ATTACH = "attach"
    RETRY = "retry"
    PAUSE = "pause"
    RESUME = "resume"
    FOLLOW = "follow"
    DOWN = "down until"


@dataclass(frozen=True)
class Entry:
    """One thing looked for: only the keys that were written, instants already read."""

    line: int
    values: Mapping[str, Any]

    def __getitem__(self, key: str) -> Any:
        return self.values[key]


@dataclass(frozen=True)
class Expectation:
    """One key of an `expect` block. `wanted` is a tuple of entries, one entry, or a plain value."""

    line: int
    key: str
    wanted: Any


@dataclass(frozen=True)
class Refusal:
    """`error` is a key of `engine.scenarios.refusals.KINDS`; `fields` must all be reported, `says` be contained."""

    error: str
    fields: tuple[str, ...] = ()
    says: str | None = None


@dataclass(frozen=True)
class Step:
    """`target` is the verb's value: a procedure, an element, a purpose, a file name."""

    line: int
    at: When | None = None
    actor: str | None = None
    verb: Verb | None = None
    target: str = ""
    until: When | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    unit: str | None = None
    case: str | None = None
    refused: Refusal | None = None
    note: str = ""
    expect: tuple[Expectation, ...] = ()


@dataclass(frozen=True)
class Scenario:
    """A whole file. `path` is as it was given, for messages."""

    path: str
    procedure: str
    title: str
    title_en: str
    source: str
    start: datetime
    steps: tuple[Step, ...]
