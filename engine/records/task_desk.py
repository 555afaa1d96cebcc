"""What a person can do with a task and what stands in the way, as its page shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from engine.records.task import SignMode, UserTask


@dataclass(frozen=True)
class Signer:
    """Somebody asked for an opinion. `state` is waiting (for the submission), asked, agree, disagree or removed."""

    task_id: str
    person_id: str
    mode: SignMode
    state: str
    opinion: str
    asked_by: str | None
    request: str
    at: datetime

    @property
    def is_open(self) -> bool:
        return self.state in {"waiting", "asked"}


@dataclass(frozen=True)
class TaskDesk:
    """`acts` are the names of what this actor may do now; `people` maps person ids to names.

    `lock` says why the form cannot be filled in or sent by who has the task: suspended, held (submitted, signers
    still to come) or signing (signers are asked first); None where nothing stands in the way. `step`: of a signer's
    task the step that it belongs to. `acts_for`: id of whom the actor would stand in for.
    """

    acts: frozenset[str] = frozenset()
    lock: str | None = None
    is_suspended: bool = False
    signers: tuple[Signer, ...] = ()
    step: UserTask | None = None
    is_following: bool = False
    urge_again_at: datetime | None = None
    acts_for: str | None = None
    people: Mapping[str, str] = field(default_factory=dict)

    def may(self, act: str) -> bool:
        return act in self.acts

    def name(self, person_id: str | None) -> str:
        return self.people.get(person_id or "", "")

    @property
    def waiting_for(self) -> tuple[Signer, ...]:
        """The signers who have still to answer."""
        return tuple(signer for signer in self.signers if signer.is_open)
