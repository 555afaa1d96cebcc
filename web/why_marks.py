"""The marks of the small card: start, what has happened, what comes next, the due instant, the end. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.deadlines.explanation import Event, Explanation
from engine.records.time import Deadline, DeadlineState
from web.why_lines import Teller, second_of

MOST_AHEAD = 4
"""Coming events that the small card shows; the full one shows all."""
MOST_BEHIND = 3


@dataclass(frozen=True)
class Mark:
    """A moment on the way. `kind` is past, ahead, due (missed) or due-ahead; `to` whom it reaches."""

    at: str
    words: str
    kind: str
    to: str = ""


def marks_of(explained: Explanation, teller: Teller) -> Iterator[Mark]:
    """Start, what has happened lately, what comes next, the due instant, the end; in order, one line an instant."""
    deadline, time = explained.deadline, teller.time
    found: list[tuple[datetime, Mark]] = [
        (deadline.started_at, Mark(time.mark(deadline.started_at), teller.t("why.started"), "past"))
    ]
    told = [*_hanging(explained, explained.fired)[-MOST_BEHIND:], *_hanging(explained, explained.next)[:MOST_AHEAD]]
    instants = {second_of(event.at) for event in told}
    if deadline.state is DeadlineState.RUNNING:
        for light in explained.lights[:2]:
            if second_of(light.at) not in instants:
                kind = "past" if light.has_come else "ahead"
                found.append((light.at, Mark(time.mark(light.at), teller.said(light.threshold), kind)))
    for event in told:
        kind = "past" if event.at <= time.now else "ahead"
        at = time.due(second_of(event.at)) if event.at >= deadline.legal_due else time.mark(event.at)
        found.append((second_of(event.at), Mark(at, teller.said(event.name), kind, teller.audience(event.to))))
    if deadline.state is not DeadlineState.PAUSED:
        found.append((deadline.legal_due, _due_mark(deadline, teller)))
    if deadline.ended_at is not None:
        ended = "why.ended_void" if deadline.state is DeadlineState.VOIDED else "why.ended"
        found.append((deadline.ended_at, Mark(time.mark(deadline.ended_at), teller.t(ended), "past")))
    yield from _merged(found, teller)


def _hanging(explained: Explanation, events: Sequence[Event]) -> list[Event]:
    """Rungs, and timers of the diagram but for the one that is the due instant itself."""
    due = explained.deadline.legal_due
    return [event for event in events if event.kind == "rung" or (event.kind == "timer" and event.at != due)]


def _due_mark(deadline: Deadline, teller: Teller) -> Mark:
    is_missed = teller.time.now >= deadline.legal_due and deadline.state is DeadlineState.RUNNING
    at = teller.time.due(second_of(deadline.legal_due))
    return Mark(at, teller.t("why.due"), "due" if is_missed else "due-ahead")


def _merged(found: list[tuple[datetime, Mark]], teller: Teller) -> Iterator[Mark]:
    """Marks of one instant become one line; the due instant's look wins."""
    found.sort(key=lambda pair: (second_of(pair[0]), not pair[1].kind.startswith("due")))
    comma, semicolon = teller.t("common.comma"), teller.t("common.semicolon")
    last: tuple[datetime, Mark] | None = None
    for at, mark in found:
        if last is not None and second_of(last[0]) == second_of(at):
            words = f"{last[1].words}{semicolon}{mark.words}" if mark.words != last[1].words else mark.words
            to = comma.join(filter(None, dict.fromkeys((last[1].to, mark.to))))
            last = (at, Mark(last[1].at, words, last[1].kind, to))
            continue
        if last is not None:
            yield last[1]
        last = (at, mark)
    if last is not None:
        yield last[1]
