"""Escalation ladders: what happens on a deadline beside its own timer, when, and to whom. Pure.

A ladder is the rows of the table `escalations` that name a rule; a row is a rung. Escalation adds people and
papers; it takes no duty away from whoever holds it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from engine.clock.calendar import WorkCalendar
from engine.clock.deadline import ClockKind, Dues, Term, dues_of
from engine.clock.lights import Lights
from engine.clock.moment import Moment, moment_at, parse_moment
from engine.deadlines.terms import RungPlan
from engine.errors import Message
from engine.values import Data

PUNCTUAL = timedelta(minutes=1)
"""A firing within this of its instant counts as at it: a heartbeat's jitter must not add up over repetitions."""

_SPANS = {"H": timedelta(hours=1), "M": timedelta(minutes=1)}
_DAYS = {"D": ClockKind.DAYS, "W": ClockKind.WORKING_DAYS}


class What(Enum):
    """What a rung does."""

    NOTIFY = "notify"
    TASK = "task"
    PAPER = "paper"
    START = "start"
    SCORE = "score"


@dataclass(frozen=True)
class Every:
    """The time between two firings of a rung: `amount` of W, D, H or M."""

    amount: int
    unit: str

    @property
    def text(self) -> str:
        return f"{self.amount} {self.unit}"

    def after(self, instant: datetime, calendar: WorkCalendar, zone: ZoneInfo) -> datetime:
        """24:00 of the n-th (working) day after the instant's own; n hours or minutes later to the second."""
        if self.unit in _SPANS:
            return instant + _SPANS[self.unit] * self.amount
        return dues_of(Term(_DAYS[self.unit], self.amount, rollover=False), instant, calendar, zone).legal_due


@dataclass(frozen=True)
class Receiver:
    """One entry of the column `to`: `holder`, or a role and where it is held.

    `at` is `unit` (the responsible one), `keeping` (the unit that keeps the case), `any`, or a unit's code.
    """

    role: str
    at: str

    @property
    def is_holder(self) -> bool:
        """Whoever has the task under the deadline: who claimed it, else all who may."""
        return self.role == HOLDER


HOLDER = "holder"

WORDS = ("case_id", "case_number", "case_unit", "resp_unit", "rule", "duty", "legal_due", "due_on", "nth", "times")
"""What a payload may read."""


@dataclass(frozen=True)
class Rung:
    """One row. `rules` are the deadlines that it stands on; `rung` is its id, unique in the table.

    `when` is None for a rung that another one names in `then`: it follows that one's last firing after its
    `every`. `times` counts all firings. NOTIFY needs `to` and `text`; TASK these and `days`; PAPER `kind` and
    `title`; START `message`, and may have a `payload` (FEEL context over `WORDS`); SCORE `code` and `points`.
    """

    rung: str
    rules: tuple[str, ...]
    name: Message
    when: Moment | None
    what: What
    every: Every | None = None
    times: int = 1
    then: tuple[str, ...] = ()
    to: tuple[Receiver, ...] = ()
    level: str = "info"
    topic: str = ""
    text: Message | None = None
    kind: str | None = None
    title: str | None = None
    word: str | None = None
    message: str | None = None
    payload: str | None = None
    code: str | None = None
    points: float | None = None
    days: int | None = None


@dataclass(frozen=True)
class Ladders:
    """The table, in its order."""

    rungs: tuple[Rung, ...] = ()
    _by_rule: Mapping[str, tuple[Rung, ...]] = field(init=False, repr=False, compare=False)
    _by_id: Mapping[str, Rung] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_rule: dict[str, tuple[Rung, ...]] = {}
        for rung in self.rungs:
            for rule in rung.rules:
                by_rule[rule] = (*by_rule.get(rule, ()), rung)
        object.__setattr__(self, "_by_rule", by_rule)
        object.__setattr__(self, "_by_id", {rung.rung: rung for rung in self.rungs})

    def of(self, rule: str) -> tuple[Rung, ...]:
        """The rungs on a rule, those that follow others included."""
        return self._by_rule.get(rule, ())

    def get(self, rung: str) -> Rung | None:
        return self._by_id.get(rung)


@dataclass(frozen=True)
class Ground:
    """What instants of a deadline are reckoned on."""

    dues: Dues
    lights: Lights | None
    calendar: WorkCalendar
    zone: ZoneInfo


def first_firings(rungs: Iterable[Rung], ground: Ground, now: datetime) -> tuple[RungPlan, ...]:
    """The first firing of each rung that starts by itself, in the order of the table.

    A reminder whose instant has passed when the deadline starts is left out: it would remind of nothing. What
    belongs to lateness never is.
    """
    plans = []
    for rung in rungs:
        if rung.when is None:
            continue
        at = moment_at(rung.when, ground.dues, ground.lights, ground.calendar, ground.zone)
        if at <= now and at < ground.dues.legal_due:
            continue
        plans.append(RungPlan(rung.rung, rung.name.zh, at, {"moment": rung.when.text}))
    return tuple(plans)


def rung_instant(basis: Data, ground: Ground) -> datetime:
    """The instant of a rung's firing, from the basis that its timer keeps. Raises ImpossibleTime.

    A repetition counts from the firing before it (`after`), so that its receiver has the whole time to answer, and
    never comes before its rung's own moment, which moves with the deadline.
    """
    first = moment_at(parse_moment(str(basis["moment"])), ground.dues, ground.lights, ground.calendar, ground.zone)
    if "after" not in basis:
        return first
    return max(first, every_of(str(basis["every"])).after(basis["after"], ground.calendar, ground.zone))


def every_of(text: str) -> Every:
    """Reads `3 W`, `1 D`, `24 H`, `30 M`. Raises ValueError."""
    amount, _, unit = text.strip().partition(" ")
    every = Every(int(amount), unit.strip().upper())
    if every.amount < 1 or every.unit not in {*_SPANS, *_DAYS}:
        raise ValueError(text)
    return every


def next_basis(rung: Rung, basis: Data, fired_due: datetime, fired_at: datetime) -> tuple[int, Data] | None:
    """The number and basis of the firing after this one, None where the rung has fired as often as it may."""
    nth = nth_of(basis) + 1
    if rung.every is None or nth > rung.times:
        return None
    return nth, {**_following(rung.every, basis, fired_due, fired_at), "nth": nth}


def follower_basis(rung: Rung, basis: Data, fired_due: datetime, fired_at: datetime) -> Data | None:
    """The basis of the rungs that `then` names, None while the rung itself still repeats."""
    if rung.every is None or not rung.then or nth_of(basis) < rung.times:
        return None
    return _following(rung.every, basis, fired_due, fired_at)


def nth_of(basis: Data | None) -> int:
    """Which firing of its rung a basis belongs to, from 1."""
    return int((basis or {}).get("nth", 1))


def _following(every: Every, basis: Data, fired_due: datetime, fired_at: datetime) -> Data:
    after = fired_due if fired_at - fired_due < PUNCTUAL else fired_at
    return {"moment": basis["moment"], "every": every.text, "after": after}


def unused(rungs: Sequence[Rung]) -> tuple[str, ...]:
    """Ids of rungs that neither start by themselves nor follow another."""
    named = {name for rung in rungs for name in rung.then}
    return tuple(rung.rung for rung in rungs if rung.when is None and rung.rung not in named)
