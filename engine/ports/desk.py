"""Copies, followed cases and phrases: what people keep beside their tasks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from engine.records.directory import Looking
from engine.records.org import Actor
from engine.records.task import UserTask
from engine.records.work import CopyNote, Follow, Phrase


class DeskRepository(Protocol):
    def colleagues(self, looking: Looking) -> tuple[Actor, ...]:
        """The next active staff with their grants, at most `looking.limit`.

        What they stand aside from is not among it: ask `stands_aside` of the case. At most three statements.
        """
        ...

    def stands_aside(self, case_id: str) -> frozenset[str]:
        """Ids of the persons who stand aside from the case. One statement."""
        ...

    def signers_of(self, task_id: str) -> tuple[UserTask, ...]:
        """The signers' tasks that belong to a step's task, open or not, the oldest first. One statement."""
        ...

    def begin(self, task_id: str, at: datetime) -> None:
        """Says that somebody has begun the open task, unless it was begun already. Locks its instance first."""
        ...

    def add_copies(self, copies: Sequence[CopyNote]) -> None: ...
    def copies_of(self, case_id: str) -> tuple[CopyNote, ...]:
        """Oldest first. One statement."""
        ...

    def unread_copies(self, person_id: str, case_id: str) -> tuple[CopyNote, ...]: ...
    def mark_copies(self, person_id: str, copy_ids: Sequence[str], at: datetime) -> int:
        """Marks those of the receiver's copies that are unread; says how many."""
        ...

    def follow(self, follow: Follow) -> bool:
        """False where the person follows the case already."""
        ...

    def unfollow(self, person_id: str, case_id: str) -> bool: ...
    def is_following(self, person_id: str, case_id: str) -> bool: ...
    def followers(self, case_id: str) -> tuple[Actor, ...]:
        """Active persons who follow the case, with their grants and what they stand aside from.

        One statement where nobody does, two otherwise.
        """
        ...

    def phrases(self, person_id: str) -> tuple[Phrase, ...]:
        """In the person's own order."""
        ...

    def save_phrases(self, person_id: str, phrases: Sequence[Phrase]) -> None:
        """All of them, in place of those that the person had."""
        ...
