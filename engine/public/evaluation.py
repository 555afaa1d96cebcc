"""满意度评价: what the petitioner thinks of the office and of the responsible unit, each once, for good.

Dissatisfaction starts a review of the case (逐案评查), whatever the state of the case.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import NAMESPACE_OID, uuid5

from engine.audit.record import record_event
from engine.cases.messages import deliver_message
from engine.errors import InvalidState, Message
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.public.progress import SUBJECTS, Progress, progress_of
from engine.records.org import Actor
from engine.records.public import PublicMatter
from engine.records.step import OutgoingMessage
from engine.records.work import Evaluation
from engine.tasks.rights import is_accused

SCORES = ("satisfied", "fair", "dissatisfied")
LONGEST_TEXT = 500
PETITIONER = "petitioner"
"""The actor of what a petitioner does on the public page."""
DISSATISFIED = "petition.dissatisfied"
"""The message that starts the procedure `case_review` in the same case."""


@dataclass(frozen=True)
class Given:
    """`score` is one of SCORES, or "" for no evaluation of this subject."""

    score: str
    text: str = ""


def evaluate(engine: Engine, case_id: str, given: Mapping[str, Given]) -> Progress:
    """Keeps what was given, by subject; returns what the page shows then. `case_id` was proved by a query before.

    Raises InvalidState where there is nothing in it, it was given before, or the time for it is over.
    """
    now = engine.clock.now()
    chosen = {subject: given[subject] for subject in SUBJECTS if subject in given and given[subject].score}
    _check(chosen, given)
    message_id = None
    with engine.store.write() as work:
        matter = work.public.matter_of(case_id)
        known = progress_of(matter, now, engine.settings.timezone) if matter else None
        if matter is None or known is None or known.is_withheld:
            raise _over()
        if any(subject not in known.open_subjects for subject in chosen):
            raise _over() if not known.evaluated else _given_before()
        for subject, each in chosen.items():
            text = each.text.strip()
            if not work.public.add_evaluation(Evaluation(case_id, subject, each.score, text, now)):
                raise _given_before()
        scores: dict[str, str] = {subject: each.score for subject, each in chosen.items()}
        record_event(work, "PetitionerEvaluated", scores, actor=PETITIONER, at=now, case_id=case_id)
        first_time = all(e.score != "dissatisfied" for e in matter.evaluations)
        if first_time and "dissatisfied" in scores.values():
            message_id = _ask_for_review(work, matter, scores)
        after = work.public.matter_of(case_id)
        shown = progress_of(after or matter, now, engine.settings.timezone)
    if message_id is not None:
        deliver_message(engine, message_id)
    return shown


def shown_again(engine: Engine, case_id: str) -> Progress | None:
    """What the page shows of a case that was proved by a query before."""
    with engine.store.read() as work:
        matter = work.public.matter_of(case_id)
    return progress_of(matter, engine.clock.now(), engine.settings.timezone) if matter else None


def evaluations_of(engine: Engine, actor: Actor, case_id: str) -> tuple[Evaluation, ...]:
    """For those who may see the case; nothing for others."""
    with engine.store.read() as work:
        case = work.cases.get(case_id)
        if case is None or is_accused(actor, case) or not work.cases.may_see(actor, case_id):
            return ()
        return work.public.evaluations(case_id)


def _ask_for_review(work: UnitOfWork, matter: PublicMatter, scores: Mapping[str, str]) -> str | None:
    """Written with the evaluation; what a crash leaves over the heartbeat delivers."""
    case_id = matter.case.case_id
    instance_id = work.public.instance_of(case_id)
    if instance_id is None:
        return None
    message_id = str(uuid5(NAMESPACE_OID, f"{DISSATISFIED}:{case_id}"))
    given_at = next(iter(e.at for e in work.public.evaluations(case_id)))
    work.public.add_message(
        OutgoingMessage(
            message_id=message_id,
            instance_id=instance_id,
            case_id=case_id,
            element_id="evaluation",
            message=DISSATISFIED,
            key=None,
            payload={"review_of": [s for s, score in scores.items() if score == "dissatisfied"]},
            created_at=given_at,
        )
    )
    return message_id


def _check(chosen: Mapping[str, Given], given: Mapping[str, Given]) -> None:
    if not chosen:
        raise InvalidState(Message("请至少选择一项评价。", "Choose at least one evaluation."))
    if any(given[s].text.strip() and s not in chosen for s in SUBJECTS if s in given):
        # what somebody has to say is not dropped without a word
        raise InvalidState(
            Message(
                "您写了意见，还没有选满意、基本满意或不满意。请选择后再提交。",
                "You wrote something without an answer beside it. Choose one, then send it.",
            )
        )
    for each in chosen.values():
        if each.score not in SCORES:
            raise InvalidState(Message("请选择满意、基本满意或不满意。", "Choose one of the three answers."))
        if len(each.text.strip()) > LONGEST_TEXT or "\0" in each.text:
            raise InvalidState(
                Message(
                    f"意见最多 {LONGEST_TEXT} 个字。请缩短。", f"At most {LONGEST_TEXT} characters. Shorten it."
                )
            )


def _over() -> InvalidState:
    return InvalidState(Message("现在不能评价。", "It cannot be evaluated now."))


def _given_before() -> InvalidState:
    return InvalidState(
        Message("已经评价过了。每项只能评价一次，不能修改。", "It has been evaluated already: once each, for good.")
    )
