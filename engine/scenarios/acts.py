"""What each verb does: one use case each, as the acting person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.cases.incidents import retry_incident
from engine.cases.pausing import pause_deadline, resume_deadline
from engine.cases.read import open_case, reveal_parties
from engine.cases.returning import return_task
from engine.cases.start import start_case
from engine.cases.withdrawing import withdraw_task
from engine.documents.attachments import add_attachment
from engine.errors import EngineError, Message
from engine.ports.engine import Engine
from engine.public.evaluation import Given, evaluate
from engine.records.org import Actor
from engine.records.task import TaskState, UserTask
from engine.records.time import Deadline
from engine.records.views import CaseView
from engine.scenarios.model import Step, Verb
from engine.tasks.claim import claim_task, unclaim_task
from engine.tasks.complete import complete_task
from engine.tasks.drafts import save_draft
from engine.tasks.read import open_task


class NothingToActOn(EngineError):
    """The step names a task or an incident that the case does not have."""


@dataclass(frozen=True)
class Act:
    """A step about to be done. `view` is the case as it stands, None before the first start."""

    engine: Engine
    actor: Actor
    step: Step
    data: Mapping[str, Any]
    procedure: str
    view: CaseView | None

    @property
    def case(self) -> CaseView:
        if self.view is None:
            raise NothingToActOn(Message("还没有发起案件。", "No case has been started yet."))
        return self.view


def do(act: Act) -> str | None:
    """Does the step; the new case's id where it starts one. Raises what the use case raises."""
    verb = act.step.verb
    if verb is Verb.START:
        procedure = act.step.target or act.procedure
        return start_case(act.engine, act.actor, procedure, act.data).case_id
    if verb is not None and verb in ACTS:
        ACTS[verb](act)
    return None


def find_task(act: Act) -> UserTask:
    """The open task of that element; where none is open, the newest closed one, so that refusals can be tried."""
    fitting = [
        task
        for task in act.case.tasks
        if act.step.target in (task.element_id, task.name) and act.step.unit in (None, task.unit)
    ]
    opened = [task for task in fitting if task.state is TaskState.OPEN]
    if opened:
        return opened[0]
    if fitting and act.step.refused is not None:
        return max(fitting, key=lambda task: task.opened_at)
    listed = [task for task in act.case.tasks if task.state is TaskState.OPEN]
    names = "、".join(f"{task.name}（{task.element_id}）" for task in listed) or "无"
    names_en = ", ".join(task.element_id for task in listed) or "none"
    raise NothingToActOn(
        Message(
            f"没有待办任务“{act.step.target}”。当前待办：{names}",
            f"There is no open task “{act.step.target}”. Open: {names_en}",
        )
    )


def _complete(act: Act) -> None:
    complete_task(act.engine, act.actor, find_task(act).task_id, act.data)


def _claim(act: Act) -> None:
    claim_task(act.engine, act.actor, find_task(act).task_id)


def _release(act: Act) -> None:
    unclaim_task(act.engine, act.actor, find_task(act).task_id)


def _return(act: Act) -> None:
    given = act.data
    to, reason = str(given.get("to", "")), str(given.get("reason", ""))
    straight_back = given.get("straight_back") is True
    return_task(act.engine, act.actor, find_task(act).task_id, to=to, reason=reason, straight_back=straight_back)


def _withdraw(act: Act) -> None:
    """The last one of that element that was completed."""
    fitting = [task for task in act.case.tasks if act.step.target in (task.element_id, task.name)]
    done = [task for task in fitting if task.state is TaskState.COMPLETED]
    if not done:
        raise NothingToActOn(
            Message(f"“{act.step.target}”还没有办结过。", f"“{act.step.target}” has not been completed yet.")
        )
    last = max(done, key=lambda task: (task.closed_at or task.opened_at, task.task_id))
    withdraw_task(act.engine, act.actor, last.task_id, str(act.data.get("reason", "")))


def _save(act: Act) -> None:
    save_draft(act.engine, act.actor, find_task(act).task_id, act.data)


def _read(act: Act) -> None:
    open_task(act.engine, act.actor, find_task(act).task_id)


def _look(act: Act) -> None:
    open_case(act.engine, act.actor, act.case.case.case_id)


def _reveal(act: Act) -> None:
    reveal_parties(act.engine, act.actor, act.case.case.case_id, act.step.target)


def _evaluate(act: Act) -> None:
    """As the petitioner does on the public page, whoever the step names."""
    given = Given(str(act.data.get("score", "")), str(act.data.get("text", "")))
    evaluate(act.engine, act.case.case.case_id, {act.step.target: given})


def _attach(act: Act) -> None:
    content = str(act.data.get("text", "")).encode()
    add_attachment(act.engine, act.actor, act.case.case.case_id, act.step.target, content)


def _retry(act: Act) -> None:
    for incident in act.case.incidents:
        if incident.state == "open":
            retry_incident(act.engine, act.actor, incident.incident_id)
            return
    raise NothingToActOn(Message("案件没有未处理的故障。", "The case has no open incident."))


def _pause(act: Act) -> None:
    reason, note = str(act.data.get("reason", "")), str(act.data.get("note", ""))
    pause_deadline(act.engine, act.actor, _find_deadline(act).deadline_id, reason, note)


def _resume(act: Act) -> None:
    resume_deadline(act.engine, act.actor, _find_deadline(act).deadline_id, str(act.data.get("note", "")))


def _find_deadline(act: Act) -> Deadline:
    """The newest deadline of that rule, an open one first."""
    found = [deadline for deadline in act.case.deadlines if deadline.rule == act.step.target]
    if not found:
        raise NothingToActOn(
            Message(f"案件没有期限 {act.step.target}。", f"The case has no deadline {act.step.target}.")
        )
    return max(found, key=lambda deadline: (deadline.is_open, deadline.started_at))


ACTS: Mapping[Verb, Callable[[Act], None]] = {
    Verb.COMPLETE: _complete,
    Verb.CLAIM: _claim,
    Verb.RELEASE: _release,
    Verb.RETURN: _return,
    Verb.WITHDRAW: _withdraw,
    Verb.SAVE: _save,
    Verb.READ: _read,
    Verb.LOOK: _look,
    Verb.REVEAL: _reveal,
    Verb.EVALUATE: _evaluate,
    Verb.ATTACH: _attach,
    Verb.RETRY: _retry,
    Verb.PAUSE: _pause,
    Verb.RESUME: _resume,
}
