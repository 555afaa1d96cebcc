"""What people keep beside their tasks: views, copies, followed cases, phrases, comments, links, recusals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine.values import Data


@dataclass(frozen=True)
class SavedView:
    """A named filter of a list. `page` names the list (inbox, register). `unit`: shared with that unit's people."""

    view_id: str
    owner: str
    page: str
    name: str
    query: Data
    created_at: datetime
    unit: str | None = None


@dataclass(frozen=True)
class CopyNote:
    """A case (or a step of it) brought to somebody's attention, who need not do anything."""

    copy_id: str
    case_id: str
    task_id: str | None
    sender: str
    receiver: str
    note: str
    at: datetime
    read_at: datetime | None = None


@dataclass(frozen=True)
class Follow:
    """A person who wants to hear of a case."""

    person_id: str
    case_id: str
    since: datetime


@dataclass(frozen=True)
class Phrase:
    """A phrase of one's own for opinions. `position` counts from 0."""

    phrase_id: str
    person_id: str
    text: str
    position: int


@dataclass(frozen=True)
class Comment:
    """A remark on a case. `mentions` are person ids; `author_for` whom the author stood in for."""

    comment_id: str
    case_id: str
    task_id: str | None
    author: str
    author_for: str | None
    text: str
    mentions: tuple[str, ...]
    at: datetime


@dataclass(frozen=True)
class CaseLink:
    """Two cases that belong together, seen from `case_id`; each pair is stored from both sides.

    `kind` is related, repeat, joint, merged_into or merged_from.
    """

    case_id: str
    other_id: str
    kind: str
    note: str
    at: datetime
    by: str


@dataclass(frozen=True)
class Recusal:
    """A person who stands aside from a case. Source: 信访工作条例 art. 28."""

    case_id: str
    person_id: str
    reason: str
    at: datetime
    by: str


@dataclass(frozen=True)
class Evaluation:
    """What the petitioner thinks of one office's work on a case, given once.

    `subject` is office (the petition office) or unit (the responsible unit); `score` is satisfied, fair or
    dissatisfied.
    """

    case_id: str
    subject: str
    score: str
    text: str
    at: datetime
