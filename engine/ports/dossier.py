"""What belongs to a case file beside its steps: comments, links, versions of attachments, tokens of its parties."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from engine.records.case import CaseFile, Instance
from engine.records.dossier import LinkedCase
from engine.records.org import Actor
from engine.records.step import MessageSubscription
from engine.records.task import UserTask
from engine.records.time import Deadline
from engine.records.work import CaseLink, Comment


class DossierRepository(Protocol):
    def party_tokens(self, text: str) -> tuple[str, ...]:
        """The tokens of a text read as a party's name, contact and ID number; none for a blank text.

        No statement. Only for handlers: to learn that a token is known is to learn who petitioned.
        """
        ...

    def cases_of_party(self, tokens: Sequence[str], limit: int = 200) -> tuple[str, ...]:
        """Ids of cases with a party that has one of the tokens, in no order. One statement; asks for no rights."""
        ...

    def fill_party_tokens(self, after: str) -> str | None:
        """Writes the missing tokens of the next parties by id; returns the last id, None where none is left."""
        ...

    def sharing_parties(self, case_id: str, limit: int = 200) -> Mapping[str, frozenset[str]]:
        """Other cases with a party in common: what they share (name, contact, id_number), whoever asks.

        One statement.
        """
        ...

    def newest_of_unit(self, actor: Actor, unit: str, limit: int) -> tuple[CaseFile, ...]:
        """Of the newest `limit` cases that a unit keeps those that the actor may see. One statement."""
        ...

    def saying(self, phrases: Sequence[str], most: int) -> Mapping[str, tuple[str, ...]]:
        """By phrase (two characters or more) the ids of the cases that say it, whoever asks.

        Without phrases that more than `most` cases say. At most one statement.
        """
        ...

    def visible(self, actor: Actor, case_ids: Sequence[str]) -> tuple[CaseFile, ...]:
        """Those of them that the actor may see. One statement, none for no ids."""
        ...

    def tasks_of_case(self, case_id: str) -> tuple[UserTask, ...]:
        """All of them, open or not, the oldest first. One statement."""
        ...

    def begin_series(self, attachment_id: str) -> None:
        """The attachment becomes the first version of a document of its own id."""
        ...

    def instances(self, case_id: str) -> tuple[Instance, ...]:
        """Oldest first. One statement."""
        ...

    def deadlines(self, case_id: str) -> tuple[Deadline, ...]:
        """All of them, the oldest first. One statement."""
        ...

    def subscriptions(self, task_ids: Sequence[str]) -> tuple[MessageSubscription, ...]:
        """What these tasks of diagrams wait for. One statement."""
        ...

    def reopen_steps(
        self, task_ids: Sequence[str], timer_ids: Sequence[str], deadline_ids: Sequence[str], ended_at: datetime
    ) -> None:
        """What ended at that instant is open again: tasks with their signers, timers, rungs of the deadlines."""
        ...

    def reopen_case(self, case_id: str, state: str) -> None:
        """Neither closed nor merged any more."""
        ...

    def comments(self, case_id: str) -> tuple[Comment, ...]:
        """Oldest first. One statement."""
        ...

    def add_comment(self, comment: Comment) -> None: ...
    def links(self, actor: Actor, case_id: str) -> tuple[LinkedCase, ...]:
        """Oldest first; only to cases that the actor may see. One statement."""
        ...

    def taken_in(self, case_id: str) -> tuple[CaseFile, ...]:
        """The cases that were merged into this one, whoever asks. One statement."""
        ...

    def link(self, case_id: str, other_id: str, kind: str) -> CaseLink | None: ...
    def add_links(self, links: Sequence[CaseLink]) -> None:
        """A link that stands already stays as it is. One statement."""
        ...

    def drop_links(self, links: Sequence[CaseLink]) -> None:
        """By the cases and the kind. A statement for each."""
        ...
