"""Before a merger: what becomes of each clock and each open step, or why it cannot be."""

from __future__ import annotations

from dataclasses import dataclass

from engine.audit.record import record_refusal
from engine.cases.merger_clocks import MergerClock
from engine.cases.merging import clocks_of_both, kept_cases, obstacle
from engine.errors import Forbidden, Message
from engine.ports.engine import Engine
from engine.records.case import CaseFile
from engine.records.org import Actor
from engine.records.task import TaskKind, TaskState, UserTask


@dataclass(frozen=True)
class MergerPreview:
    """`refusal`: what stands against it. `ending`: the merged case's open steps; `people`: names by person id.

    `seen` is what `merge_case` is given back, so that nothing else happens than was shown.
    """

    case: CaseFile
    main: CaseFile
    refusal: Message | None
    main_clocks: tuple[MergerClock, ...]
    merged_clocks: tuple[MergerClock, ...]
    ending: tuple[UserTask, ...]
    people: dict[str, str]
    seen: str


def merger_preview(engine: Engine, actor: Actor, case_id: str, into: str) -> MergerPreview:
    """Of merging a case into another, `into` by its id or its number; changes nothing.

    For those who keep both cases. Raises NotFound, Forbidden (audited).
    """
    try:
        with engine.store.read() as work:
            case, main = kept_cases(work, actor, case_id, into)
            clocks = clocks_of_both(engine, work, case, main)
            tasks = work.dossier.tasks_of_case(case.case_id)
            ending = tuple(t for t in tasks if t.state is TaskState.OPEN and t.kind is TaskKind.STEP)
            holders = work.org.addressees((), sorted({t.assignee for t in ending if t.assignee}))
    except Forbidden:
        record_refusal(engine, actor, "merge_case", {}, case_id=case_id)
        raise
    return MergerPreview(
        case=case,
        main=main,
        refusal=obstacle(case, main),
        main_clocks=clocks.main,
        merged_clocks=clocks.merged,
        ending=ending,
        people={person.person_id: person.name for person in holders},
        seen=clocks.fingerprint,
    )
