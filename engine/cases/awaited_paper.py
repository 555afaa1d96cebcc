"""A task may wait for a paper: with the property `awaits_paper` it is not completed before the paper is served.

The property is FEEL and gives the paper's kind, or null where there is nothing to wait for (nobody can be reached).
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from engine.documents.kinds import declared_kinds
from engine.documents.paper_states import REACHED, WORDS, named, state_of
from engine.errors import InvalidState, Message
from engine.kernel.feel import FeelError
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.task import UserTask

PROPERTY: Final = "awaits_paper"


def require_served(engine: Engine, work: UnitOfWork, task: UserTask, now: datetime) -> None:
    """Raises InvalidState naming the paper and what to do. No statement for a task without the property."""
    refusal = awaited(engine, work, task, now)
    if refusal is not None:
        raise InvalidState(refusal)


def awaited(engine: Engine, work: UnitOfWork, task: UserTask, now: datetime) -> Message | None:
    """What this task still waits for; None where it may be completed."""
    kind = awaited_kind(engine, task, now)
    if kind is None:
        return None
    paper = work.papers.newest(task.case_id, kind)
    if paper is not None and state_of(paper) in REACHED:
        return None
    declared = declared_kinds().get(kind)
    zh, en = (declared.name.zh, declared.name.en) if declared else (kind, kind)
    if paper is None:
        return Message(
            f"“{task.name}”要等“{zh}”送达后才能提交，但本案还没有有效的“{zh}”。请先印发（作废的可在文书页重新印发），再登记送达。",
            f"“{task.name}” waits until the {en} has been served, but this case has none in force. Issue it first "
            "(a void one can be issued anew on its page), then record its service.",
        )
    return Message(
        f"“{task.name}”要等“{named(paper)}”送达后才能提交，它现在是“{WORDS[state_of(paper)].zh}”。"
        "请在案件的“文书”中打开它，登记送达时间和方式，再提交。",
        f"“{task.name}” waits until “{named(paper)}” has been served; it is {WORDS[state_of(paper)].en}. Open it "
        "under Papers, record when and how it was served, then submit again.",
    )


def awaited_kind(engine: Engine, task: UserTask, now: datetime) -> str | None:
    """The kind of paper that the task waits for. Raises InvalidState where the expression fails."""
    text = task.properties.get(PROPERTY, "").strip()
    if not text:
        return None
    try:
        kind = engine.kernel.feel.evaluate(text, task.data, now)
    except FeelError as error:
        raise InvalidState(
            Message(
                f"“{task.name}”的 {PROPERTY} 无法计算：{error.message.zh}。请在流程图中更正。",
                f"{PROPERTY} of “{task.name}” cannot be computed: {error.message.en}. Correct it in the diagram.",
            )
        ) from error
    return str(kind) if kind else None
