"""What is kept of one instance's move, so that a page can say it: places, deadlines, timers, reasons.

`detail` holds `places` (`task`, `from`, `from_name`, `kind`, `to`, `to_name`, `moved`, `zh`, `en`), `deadlines`
(`engine.cases.moving.clocks.effects`), `timers` (`name`, `effect`: kept, ended, begun), `reasons` (`zh`, `en`),
`goes_on` with `opens` (names of tasks), where the instance does not wait any more where it stands.

`gist` is one line for each thing that instances of a group share, its parts separated by tabs: of `unchanged` and
`moves` names before and after, of `choice` id, name and kind of the missing element, else the reason in both
languages.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from engine.errors import Message
from engine.kernel.changes import Changes
from engine.kernel.migrate_values import Move, Place
from engine.records.moving import Outcome
from engine.values import Data

_BESIDE: Final = frozenset(
    {"subProcess", "transaction", "callActivity", "parallelGateway", "inclusiveGateway", "endEvent"}
)
"""Where a token stands only because another stands inside, or is still on its way."""
_LONGEST: Final = 400
"""Characters of one part of a gist."""


def outcome_of(move: Move) -> Outcome:
    """The forecast, before anybody has tried."""
    if move.problems or any(p.problem is not None and not p.is_gone for p in move.places):
        return Outcome.CANNOT
    if any(place.is_gone for place in move.places):
        return Outcome.CHOICE
    return Outcome.MOVES if any(place.has_moved for place in move.places) else Outcome.UNCHANGED


def detail_of(move: Move, changes: Changes | None, deadlines: Sequence[Data]) -> Data:
    """`changes` None: the instance stays as it is."""
    reasons = [{"zh": problem.zh, "en": problem.en} for problem in move.problems]
    detail: Data = {"places": [_place(p) for p in move.places], "deadlines": list(deadlines), "reasons": reasons}
    if changes is None:
        return detail
    timers: list[Data] = [
        {"name": w.name, "effect": "kept" if w.target is not None else "ended"}
        for w in move.watches
        if w.timer_id is not None
    ]
    timers += [{"name": armed.name or armed.element_id, "effect": "begun"} for armed in changes.armed]
    return {**detail, "timers": timers, "goes_on": goes_on(changes), "opens": [o.name for o in changes.opened]}


def goes_on(changes: Changes) -> bool:
    """Whether the instance moved by itself: then nobody can take the move back."""
    return bool(changes.passed or changes.opened or changes.closed or changes.thrown or changes.ended)


def gist_of(outcome: Outcome, move: Move) -> str:
    match outcome:
        case Outcome.CHOICE:
            gone = [place for place in move.places if place.is_gone]
            return _lines([(p.element, p.name, p.kind) for p in gone])
        case Outcome.CANNOT:
            reasons = [p.problem for p in move.places if p.problem is not None] + list(move.problems)
            return gist_of_reasons(reasons)
        case _:
            shown = [p for p in move.places if p.kind not in _BESIDE or p.has_moved] or list(move.places)
            return _lines([(p.name, p.target_name) for p in shown])


def gist_of_reasons(reasons: Sequence[Message]) -> str:
    return _lines([(reason.zh, reason.en) for reason in reasons])


def _lines(parts: Sequence[tuple[str, ...]]) -> str:
    lines = ("\t".join(" ".join(part.split())[:_LONGEST] for part in each) for each in parts)
    return "\n".join(dict.fromkeys(lines))


def _place(place: Place) -> Data:
    problem = place.problem
    return {
        "task": place.task_id,
        "from": place.element,
        "from_name": place.name,
        "kind": place.kind,
        "to": place.target,
        "to_name": place.target_name,
        "moved": place.has_moved,
        "zh": "" if problem is None else problem.zh,
        "en": "" if problem is None else problem.en,
    }
