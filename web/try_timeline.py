"""A simulation for its page: days with what happens on them, days between, and what two plays differ in. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Final
from zoneinfo import ZoneInfo

from engine.simulation.model import Act, DayNote, Entry, Simulation
from engine.simulation.simulation_json import written
from web.i18n import text
from web.try_asked import START, key_of

ICONS: Final[Mapping[str, str]] = {
    "started": "play-circle",
    "due": "exclamation-octagon-fill",
    "light": "stopwatch",
    "fired": "bell",
    "escalated": "megaphone",
    "answered": "check2",
    "met": "check-circle",
    "closed": "x-lg",
    "paper": "file-earmark-text",
    "notified": "envelope",
    "opened": "inbox",
    "deadline": "hourglass-split",
    "blocked": "pause-circle",
    "note": "info-circle",
    "ended": "check-circle-fill",
}
COMPARED: Final = ("opened", "answered", "deadline", "due", "escalated", "paper", "ended")
QUIET: Final = frozenset({"notified", "light", "deadline", "met"})
"""Kinds that a reader may fold away."""
MOST_DIFFERENCES: Final = 60


@dataclass(frozen=True)
class Line:
    """One entry. `nth_act` is the number of the answer that it shows, None where it shows none."""

    hour: str
    kind: str
    icon: str
    words: str
    to: str
    element: str
    process: str
    case: str
    is_late: bool
    act: Act | None = None
    nth_act: int | None = None

    @property
    def is_quiet(self) -> bool:
        return self.kind in QUIET


@dataclass(frozen=True)
class Day:
    """`rests`: its mark in the calendar, "" for a plain working day. Without lines: a run of days with nothing."""

    first: date
    last: date
    heading: str
    note: str
    is_rest: bool
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True)
class Difference:
    """`kind` is added, removed or moved: in words, with the instants."""

    kind: str
    words: str
    element: str
    process: str


def days_of(simulation: Simulation, language: str, zone: ZoneInfo) -> tuple[Day, ...]:
    """Every day from the first to the last; days on which nothing happens as runs of the same sort."""
    by_day: dict[date, list[Line]] = defaultdict(list)
    for line, entry in _lines(simulation, language, zone):
        by_day[written(entry.at, zone, ends_day=entry.ends_day)[0]].append(line)
    for lines in by_day.values():
        lines.sort(key=lambda line: line.hour)
    days = sorted({*by_day, *map(date.fromisoformat, simulation.calendar)})

    def run_of(day: date) -> tuple[bool, str]:
        return (True, day.isoformat()) if day in by_day else (False, str(_note(simulation, day).is_workday))

    runs = [list(run) for _, run in groupby(days, run_of)]
    return tuple(_day(simulation, run, tuple(by_day.get(run[0], ())), language) for run in runs)


def differences(left: Simulation, right: Simulation, language: str, zone: ZoneInfo) -> tuple[Difference, ...]:
    """What happens in `right` and not, or at another instant, in `left`."""
    before, after = _keyed(left), _keyed(right)
    found = []
    for key in dict.fromkeys([*after, *before]):
        one, other = before.get(key), after.get(key)
        if one and other and _when(one, zone) == _when(other, zone):
            continue
        entry = other or one
        if entry is None:
            continue
        kind = "moved" if one and other else "added" if other else "removed"
        words = text(
            f"studio_try.differs_{kind}",
            language,
            what=_said_once(entry, text(f"studio_try.kind_{entry.kind}", language), language),
            left=_when(one, zone) if one else "",
            right=_when(other, zone) if other else "",
        )
        found.append(Difference(kind, words, entry.element, entry.process))
    return tuple(found[:MOST_DIFFERENCES])


def _said_once(entry: Entry, kind: str, language: str) -> str:
    """What happened, below the word for its kind where it does not begin with that itself."""
    what = entry.message.in_language(language).partition("，")[0]
    colon = "：" if language == "zh" else ": "
    return what if what.lower().startswith(kind.lower()) else f"{kind}{colon}{what}"


def _keyed(simulation: Simulation) -> dict[tuple[str, str, str, int], Entry]:
    seen: Counter[tuple[str, str, str]] = Counter()
    keyed = {}
    for entry in simulation.entries:
        if entry.kind in COMPARED:
            key = entry.kind, entry.process, entry.rule or entry.element
            keyed[*key, seen[key]] = entry
            seen[key] += 1
    return keyed


def _when(entry: Entry, zone: ZoneInfo) -> str:
    """When it happens; of a deadline, when it is due."""
    at = entry.due_at if entry.kind == "deadline" and entry.due_at else entry.at
    day, hour = written(at, zone, ends_day=entry.ends_day or entry.kind == "deadline")
    return f"{day:%m-%d} {hour}"


def _lines(simulation: Simulation, language: str, zone: ZoneInfo) -> Iterator[tuple[Line, Entry]]:
    acts = _acts_by_place(simulation)
    main = simulation.acts[0].case_id if simulation.acts else ""
    numbers = {act.case for act in simulation.acts if act.case_id == main}
    for entry in simulation.entries:
        place = _place(entry)
        nth = acts[place].pop(0) if acts.get(place) else None
        _, hour = written(entry.at, zone, ends_day=entry.ends_day)
        yield (
            Line(
                hour=hour,
                kind=entry.kind,
                icon=ICONS["due" if entry.is_late else entry.kind],
                words=_words(entry, language, zone),
                to="；".join(_recipient(entry, language)),
                element=entry.element,
                process=entry.process,
                case="" if entry.case in numbers else entry.case,
                is_late=entry.is_late or entry.kind in {"due", "escalated", "blocked"},
                act=None if nth is None else simulation.acts[nth],
                nth_act=nth,
            ),
            entry,
        )


def _acts_by_place(simulation: Simulation) -> dict[tuple[str, str, datetime | None], list[int]]:
    """Numbers of acts by the entry at which they show: where they were done, or where they were not."""
    found: dict[tuple[str, str, datetime | None], list[int]] = defaultdict(list)
    for nth, act in enumerate(simulation.acts):
        if act.element == START:
            found["started", START, None].append(nth)
        else:
            found["answered" if act.username else "blocked", key_of(act), _second(act.at)].append(nth)
    return found


def _place(entry: Entry) -> tuple[str, str, datetime | None]:
    if entry.kind == "started":
        return "started", START, None
    return entry.kind, f"{entry.process}/{entry.element}", _second(entry.at)


def _second(at: datetime) -> datetime:
    return at.replace(microsecond=0)


def _words(entry: Entry, language: str, zone: ZoneInfo) -> str:
    said = entry.message.in_language(language)
    if entry.kind == "opened" and entry.due_at is not None:
        day, hour = written(entry.due_at, zone, ends_day=True)
        said += text("studio_try.due_by", language, at=f"{day:%m-%d} {hour}")
    return said


def _recipient(entry: Entry, language: str) -> Iterator[str]:
    for to in entry.to:
        names = ("、" if language == "zh" else ", ").join(to.names)
        yield names or text("studio_try.nobody", language)


def _day(simulation: Simulation, run: Sequence[date], lines: tuple[Line, ...], language: str) -> Day:
    first, last = run[0], run[-1]
    note = _note(simulation, first)
    names = list(dict.fromkeys(n for day in run if (n := _note(simulation, day).note)))
    weekend = first.weekday() >= 5
    mark = "、".join(names)
    if not lines:
        said = text("studio_try.gap_work" if note.is_workday else "studio_try.gap_rest", language, n=len(run))
        mark = f"{mark} · {said}" if mark and not note.is_workday else said
    elif not note.is_workday:
        mark = mark or text("studio_try.rest", language)
    elif weekend:
        mark = text("studio_try.makeup", language)
    else:
        mark = ""
    weekday = text(f"day.weekday{first.weekday()}", language)
    heading = f"{first.isoformat()} {weekday}"
    if last != first:
        heading = f"{first:%m-%d} – {last:%m-%d}"
    return Day(first, last, heading, mark, is_rest=not note.is_workday, lines=lines)


def _note(simulation: Simulation, day: date) -> DayNote:
    key = day.isoformat()
    return simulation.calendar.get(key) or simulation.days.get(key) or DayNote(day.weekday() < 5, "")
