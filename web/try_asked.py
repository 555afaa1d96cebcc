"""What the page of a simulation asks for: when it starts, how long things lie, who is away, what is answered."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from werkzeug.datastructures import MultiDict

from engine.errors import FieldError, InvalidForm, Message
from engine.kernel.forms_paths import replaced
from engine.simulation.model import Act, Answer, Answers, Away, Delay

PACES: Final = (0, 1, 2, 3, 5)
"""Working days."""
AWAY_ROWS: Final = 3
MOST_GIVEN: Final = 300
MOST_DAYS: Final = 400
OPEN, USUAL = "never", ""


@dataclass(frozen=True)
class Given:
    """What was said of one opening of a task: only what differs from what the play enters by itself.

    `lies` is a number of working days, OPEN, or USUAL.
    """

    data: Mapping[str, Any] = field(default_factory=dict)
    username: str = ""
    lies: str = USUAL


@dataclass(frozen=True)
class Asked:
    """`basis` is the path of the scenario whose answers are taken, "" for none; `against` a version's id."""

    start: datetime
    pace: int = 1
    basis: str = ""
    against: str = ""
    away: tuple[Away, ...] = ()
    given: Mapping[tuple[str, int], Given] = field(default_factory=dict)

    def answers(self, basis: Answers | None) -> Answers:
        """Everything said of the tasks, over the answers of the scenario."""
        usual = Delay(self.pace, "W")
        under = basis or Answers(otherwise=usual, tolerant=True)
        tasks = dict(under.tasks)
        for key in {key for key, _ in self.given if key != START}:
            process, _, element = key.partition("/")
            last = max(nth for known, nth in self.given if known == key)
            own = [
                self._answer(under.of(element, nth, process), self.given.get((key, nth)), usual)
                for nth in range(last + 1)
            ]
            rest = under.given(element, process)[last + 1 :]
            tasks[key] = (*own, *(rest or (Answer(after=usual),)))
        start = self._answer(under.start, self.given.get((START, 0)), Delay())
        return replace(under, start=replace(start, after=Delay(), never=False), tasks=tasks, otherwise=usual)

    def _answer(self, under: Answer | None, given: Given | None, usual: Delay) -> Answer:
        answer = under or Answer(after=usual)
        if given is None:
            return answer
        data: dict[str, Any] = dict(answer.data)
        for path, value in given.data.items():
            data = replaced(data, path, value)
        after = Delay(int(given.lies), "W") if given.lies.isdecimal() else answer.after
        return replace(
            answer,
            data=data,
            username=given.username or answer.username,
            after=after,
            never=given.lies == OPEN,
        )


START: Final = "start"


def read_asked(form: MultiDict[str, str], zone: ZoneInfo, now: datetime) -> Asked:
    """Raises InvalidForm, by field."""
    pace = form.get("pace", "1")
    return Asked(
        start=_instant(form.get("start", ""), zone) if form.get("start") else usual_start(now, zone),
        pace=int(pace) if pace.isdecimal() and int(pace[:3]) in PACES else 1,
        basis=form.get("basis", "")[:120],
        against=form.get("against", "")[:80],
        away=tuple(_away(form, zone)),
        given=dict(_given(form)),
    )


def usual_start(now: datetime, zone: ZoneInfo) -> datetime:
    """Nine o'clock of the day."""
    return datetime.combine(now.astimezone(zone).date(), time(9), zone)


def key_of(act: Act) -> str:
    """How the page names a task: an element of one drawing."""
    return START if act.element == START else f"{act.procedure}/{act.element}"


def shown(value: Any) -> list[str]:
    """A field's value as a browser sends it back; its lines end as a browser ends them."""
    if value is None or value is False or value == "":
        return []
    if isinstance(value, list | tuple):
        return [str(item) for item in value]
    return ["true"] if value is True else [str(value).replace("\n", "\r\n")]


def packed(act: Act, given: Given | None) -> str:
    """What the page keeps of an answer, to tell afterwards what the person has changed."""
    kept = given or Given()
    return json.dumps(
        {
            "k": key_of(act),
            "n": act.nth,
            "g": dict(kept.data),
            "s": {f.path: shown(f.value) for f in act.fields},
            "y": {f.path: f.kind for f in act.fields},
        },
        ensure_ascii=False,
    )


def _given(form: MultiDict[str, str]) -> Iterator[tuple[tuple[str, int], Given]]:
    for row, text in enumerate(form.getlist("t")[:MOST_GIVEN]):
        try:
            packed = json.loads(text)
            key, nth = str(packed["k"]), int(packed["n"])
            data, before, kinds = dict(packed["g"]), dict(packed["s"]), dict(packed["y"])
        except (ValueError, KeyError, TypeError, RecursionError):
            continue
        for path, shown_before in before.items():
            now = [text for text in form.getlist(f"f{row}:{path}") if text != ""]
            if now != shown_before:
                data[path] = _value(str(kinds.get(path, "")), now)
        given = Given(data, form.get(f"who{row}", "")[:80], form.get(f"lies{row}", "")[:5])
        if given != Given() and 0 <= nth < MOST_GIVEN:
            yield (key, nth), given


def _value(kind: str, texts: list[str]) -> Any:
    match kind:
        case "checkbox":
            return bool(texts)
        case "checklist" | "taglist":
            return texts
        case "number":
            return _number(texts[0]) if texts else None
        case _:
            return texts[0] if texts else None


def _number(text: str) -> Any:
    try:
        return int(text) if text.lstrip("-").isdecimal() else float(text)
    except ValueError:
        return text


def _away(form: MultiDict[str, str], zone: ZoneInfo) -> Iterator[Away]:
    for row in range(AWAY_ROWS):
        username = form.get(f"away{row}", "").strip()[:80]
        if not username:
            continue
        first, last = _day(form, f"from{row}"), _day(form, f"to{row}")
        if last < first or (last - first).days > MOST_DAYS:
            raise _refused(f"to{row}", "请假的末日早于首日，或超过一年。", "The last day is before the first one.")
        yield Away(
            username=username,
            starts_at=datetime.combine(first, time(), zone),
            ends_at=datetime.combine(last + timedelta(days=1), time(), zone),
            deputy=form.get(f"deputy{row}", "").strip()[:80],
        )


def _day(form: MultiDict[str, str], name: str) -> date:
    try:
        return date.fromisoformat(form.get(name, ""))
    except ValueError as error:
        raise _refused(name, "请写明不在岗的首日和末日。", "Give the first and the last day away.") from error


def _instant(text: str, zone: ZoneInfo) -> datetime:
    try:
        local = datetime.fromisoformat(text).replace(tzinfo=zone)
    except ValueError as error:
        raise _refused("start", "请写明从何时开始。", "Say when it starts.") from error
    if not 2000 <= local.year <= 2100:
        raise _refused("start", "开始时刻应在 2000 年至 2100 年之间。", "Start between 2000 and 2100.")
    return local


def _refused(path: str, zh: str, en: str) -> InvalidForm:
    return InvalidForm([FieldError(path, Message(zh, en))])
