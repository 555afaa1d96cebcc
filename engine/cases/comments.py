"""Comments on a case: added, never changed or deleted; who is mentioned is told, if it may see the case at all.

The audit trail keeps a comment's hash, so that a changed one is found out. A mistake is put right by another one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import uuid4

from engine.audit.record import record_event, record_refusal
from engine.cases.file_read import visible_case
from engine.cases.handling import Right, file_right
from engine.errors import Forbidden, InvalidState, Message
from engine.notifications.receivers import told_of
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.case import CaseFile
from engine.records.org import Actor
from engine.records.step import OutboxEntry
from engine.records.work import Comment
from engine.tasks.rights import is_accused

LONGEST_COMMENT = 2000
MOST_MENTIONS = 20
TOPIC = "mention"


def add_comment(
    engine: Engine,
    actor: Actor,
    case_id: str,
    text: str,
    mentions: Sequence[str] = (),
    *,
    task_id: str | None = None,
) -> Comment:
    """Adds a comment and tells those whom it mentions (person ids).

    Raises NotFound, Forbidden (audited) for who only reads the case, InvalidState for a text that is empty or too
    long, and naming the persons who may not see the case.
    """
    text = _checked(text)
    mentioned = tuple(dict.fromkeys(person_id for person_id in mentions if person_id != actor.person_id))
    if len(mentioned) > MOST_MENTIONS:
        raise InvalidState(
            Message(
                f"一条批注最多提请 {MOST_MENTIONS} 人阅看。请减少人数。",
                f"A comment mentions at most {MOST_MENTIONS} people. Choose fewer.",
            )
        )
    try:
        with engine.store.write() as work:
            given = _Comment(work, actor, visible_case(work, actor, case_id), engine.clock.now())
            return given.add(text, mentioned, task_id)
    except Forbidden:
        record_refusal(engine, actor, "add_comment", {}, case_id=case_id)
        raise


@dataclass(frozen=True)
class _Comment:
    work: UnitOfWork
    actor: Actor
    case: CaseFile
    now: datetime

    def add(self, text: str, mentions: tuple[str, ...], task_id: str | None) -> Comment:
        tasks = self.work.dossier.tasks_of_case(self.case.case_id)
        comment = Comment(
            comment_id=str(uuid4()),
            case_id=self.case.case_id,
            task_id=task_id if any(t.task_id == task_id for t in tasks) else None,
            author=self.actor.person_id,
            author_for=self._right(file_right(self.actor, self.case, tasks)).acted_for,
            text=text,
            mentions=mentions,
            at=self.now,
        )
        self._check_mentions(mentions)
        self.work.dossier.add_comment(comment)
        self._record(comment)
        self._tell(comment)
        return comment

    def _right(self, right: Right | None) -> Right:
        """Who was asked may answer, though it only reads the case."""
        if right is not None:
            return right
        asked = self.work.dossier.comments(self.case.case_id)
        if any(self.actor.person_id in comment.mentions for comment in asked):
            return Right()
        raise Forbidden(
            Message(
                "只有本案的经办人员、主管单位的登记、经办、督查人员和被提请阅看的人可以批注。",
                "Only those who handle this case, its keepers, and who is asked in a comment may comment.",
            )
        )

    def _check_mentions(self, mentions: tuple[str, ...]) -> None:
        blind = [self._name(person_id) for person_id in mentions if not self._may_see(person_id)]
        if blind:
            names = "、".join(blind)
            raise InvalidState(
                Message(
                    f"{names}不能查看本案，不能提请其阅看。请去掉后再发表。",
                    f"{names} may not see this case and cannot be mentioned. Leave them out.",
                )
            )

    def _may_see(self, person_id: str) -> bool:
        person = self.work.org.actor(person_id)
        if person is None or is_accused(person, self.case):
            return False
        return self.work.cases.may_see(person, self.case.case_id)

    def _name(self, person_id: str) -> str:
        person = self.work.org.person(person_id)
        return person.name if person else person_id

    def _record(self, comment: Comment) -> None:
        detail = {"comment_id": comment.comment_id, "sha256": sha256(comment.text.encode()).hexdigest()}
        more = {"mentions": list(comment.mentions), "acted_for": comment.author_for, "task_id": comment.task_id}
        record_event(
            self.work,
            "CommentMentioned" if comment.mentions else "CommentAdded",
            {**detail, **{key: value for key, value in more.items() if value}},
            actor=comment.author,
            at=comment.at,
            case_id=comment.case_id,
        )

    def _tell(self, comment: Comment) -> None:
        if not comment.mentions:
            return
        people = told_of(self.work, self.work.org.addressees((), comment.mentions), self.case, self.now)
        number = f"{self.case.number} " if self.case.number else ""
        self.work.deliveries.add(
            [
                OutboxEntry(
                    entry_id=str(uuid4()),
                    idempotency_key=f"{TOPIC}:{comment.comment_id}:{person.person_id}",
                    recipient=person.person_id,
                    case_id=comment.case_id,
                    task_id=comment.task_id,
                    topic=TOPIC,
                    text_zh=f"{number}{self.actor.name}在批注中请您阅看。",
                    text_en=f"{number}{self.actor.name} asks you to read a comment.",
                    created_at=comment.at,
                )
                for person in people
                if person.person_id != self.actor.person_id
            ]
        )


def _checked(text: str) -> str:
    text = text.replace("\r\n", "\n").strip()
    if not text or len(text) > LONGEST_COMMENT or "\0" in text:
        raise InvalidState(
            Message(
                f"请填写批注（1 至 {LONGEST_COMMENT} 字）。",
                f"Write the comment (1 to {LONGEST_COMMENT} characters).",
            )
        )
    return text
