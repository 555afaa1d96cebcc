"""Findings: what is wrong with a diagram, a table or a form, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from engine.errors import Message


class Severity(Enum):
    """An error blocks deployment, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Finding:
    """One finding. `line` counts from 1 in `file`; `message` says what is wrong and where.

    `hint` says how it is mended in the editor, `article` names the provision that a legal finding rests on.
    """

    severity: Severity
    rule: str
    message: Message
    file: str = ""
    line: int | None = None
    element_id: str | None = None
    element_name: str | None = None
    hint: Message | None = None
    article: Message | None = None

    @property
    def is_error(self) -> bool:
        return self.severity is Severity.ERROR
