"""Who follows a case is told when its state changes: returned, overdue, closed. In neutral words."""

from __future__ import annotations

from engine.cases.collector import Collector
from engine.cases.standing import Event
from engine.kernel.changes import Changes
from engine.ports.store import UnitOfWork
from engine.tasks.rights import is_accused

TOPIC = "followed"

_WORDS = {
    "closed": ("已办结", "is closed"),
    "returned": ("已退回前一环节", "has been returned to an earlier step"),
    "overdue": ("有期限已超期", "has a deadline overdue"),
}


def tell_of_step(work: UnitOfWork, collector: Collector, changes: Changes, event: Event, *, is_own: bool) -> None:
    """After a step. No statement where it neither returned the case nor closed it.

    `is_own`: the instance is the case's own procedure; the end of one that runs beside it closes nothing.
    """
    if changes.ended is not None and is_own:
        tell_followers(work, collector, "closed", collector.instance_id)
    elif event.name == "TaskReturned":
        tell_followers(work, collector, "returned", str(event.detail.get("task_id", "")))


def tell_followers(work: UnitOfWork, collector: Collector, what: str, source: str) -> None:
    """Once for each `source`. Who may not see the case any more hears nothing. One statement where nobody does."""
    case = collector.case
    followers = work.desk.followers(case.case_id)
    meant = [
        each.person_id
        for each in followers
        if each.person_id != collector.actor
        and not is_accused(each, case)
        and work.cases.may_see(each, case.case_id)
    ]
    if not meant:
        return
    zh, en = _WORDS[what]
    number = case.number or ""
    collector.notify(
        work.org.addressees((), meant),
        source_id=f"{TOPIC}:{what}:{source}",
        topic=TOPIC,
        zh=f"您关注的案件 {number} {zh}。" if number else f"您关注的案件{zh}。",
        en=f"The case {number} that you follow {en}." if number else f"A case that you follow {en}.",
    )
