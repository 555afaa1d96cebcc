"""Instants that hang on a deadline: of lights, reminders and escalations. Written as short texts in tables.

| text | instant |
|---|---|
| `share 0.5` | that part of the time from start to due; time for which the clock stood does not count |
| `before 1 W` | 00:00 of the n-th working day before the due day |
| `before 2 D` | 00:00 of the n-th day before the due day; n × 24 hours before it for clocks that count hours |
| `before 3 H`, `before 30 M` | hours, minutes before the due instant |
| `due` | the due instant itself |
| `after 3 D` | 24:00 of the n-th day after the due day; n × 24 hours after it for clocks that count hours |
| `after 3 W` | 24:00 of the n-th working day after the due day |
| `after 2 H`, `after 30 M` | hours, minutes after the due instant |
| `light yellow` | when that light comes on (`blue`, `yellow`, `red`) |

None of them rolls to a working day: only a duty's due date does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from engine.clock.calendar import ONE_DAY, ImpossibleTime, WorkCalendar, out_of_range
from engine.clock.deadline import MOST_DAYS, Dues, end_of, share_of, start_of
from engine.errors import Message

if TYPE_CHECKING:
    from engine.clock.lights import Lights

MOST_MINUTES = MOST_DAYS * 24 * 60
_SHARE = re.compile(r"share (\d{1,2}(?:\.\d{1,6})?)")
_OFFSET = re.compile(r"(before|after) (\d{1,9}) ([WDHM])")
_LIGHT = re.compile(r"light (blue|yellow|red)")
_MOST = {"W": MOST_DAYS, "D": MOST_DAYS, "H": MOST_DAYS * 24, "M": MOST_MINUTES}
_SPAN = {"H": timedelta(hours=1), "M": timedelta(minutes=1)}


class MomentKind(Enum):
    """What a moment is reckoned from."""

    SHARE = "share"
    BEFORE = "before"
    DUE = "due"
    AFTER = "after"
    LIGHT = "light"


@dataclass(frozen=True)
class Moment:
    """An instant relative to a deadline. `amount` is the part of SHARE (0 to 99) or a count of `unit` (W, D, H, M).

    `light` is blue, yellow or red.
    """

    kind: MomentKind
    amount: Decimal = Decimal(0)
    unit: str = ""
    light: str = ""

    @property
    def text(self) -> str:
        """As tables write it; `parse_moment` reads it back."""
        match self.kind:
            case MomentKind.DUE:
                return "due"
            case MomentKind.LIGHT:
                return f"light {self.light}"
            case MomentKind.SHARE:
                return f"share {self.amount}"
            case _:
                return f"{self.kind.value} {self.amount} {self.unit}"


def parse_moment(text: str) -> Moment:
    """Spaces and letter case do not matter. Raises ImpossibleTime, naming the text and the allowed forms."""
    words = " ".join(text.split()).lower()
    if words == "due":
        return Moment(MomentKind.DUE)
    if light := _LIGHT.fullmatch(words):
        return Moment(MomentKind.LIGHT, light=light[1])
    if share := _SHARE.fullmatch(words):
        return Moment(MomentKind.SHARE, Decimal(share[1]))
    offset = _OFFSET.fullmatch(words[:-1] + words[-1:].upper())
    if offset and int(offset[2]) <= _MOST[offset[3]]:
        return Moment(MomentKind(offset[1]), Decimal(int(offset[2])), offset[3])
    raise ImpossibleTime(
        Message(
            f"“{text}”不是可用的时点。可用的写法：share 0.5、before 1 W、before 2 D、before 3 H、before 30 M、"
            "due、after 3 D、after 3 W、after 2 H、after 30 M、light yellow。",
            f"“{text}” is no moment of a deadline. Write share 0.5, before 1 W, before 2 D, before 3 H, "
            "before 30 M, due, after 3 D, after 3 W, after 2 H, after 30 M or light yellow.",
        )
    )


def moment_at(
    moment: Moment, dues: Dues, lights: Lights | None, calendar: WorkCalendar, zone: ZoneInfo
) -> datetime:
    """The instant, aware UTC; it may lie before the start. Raises ImpossibleTime for a light without `lights`."""
    match moment.kind:
        case MomentKind.DUE:
            return dues.legal_due
        case MomentKind.SHARE:
            return share_of(dues, float(moment.amount))
        case MomentKind.LIGHT:
            return _light_at(moment, lights)
        case MomentKind.BEFORE:
            return _offset(moment, dues, calendar, zone, forward=False)
        case MomentKind.AFTER:
            return _offset(moment, dues, calendar, zone, forward=True)


def _offset(moment: Moment, dues: Dues, calendar: WorkCalendar, zone: ZoneInfo, *, forward: bool) -> datetime:
    amount = int(moment.amount)
    counts_hours = dues.legal_due != end_of(dues.due_on, zone)
    try:
        if moment.unit in _SPAN or (moment.unit == "D" and counts_hours):
            span = _SPAN.get(moment.unit, ONE_DAY) * amount
            return dues.legal_due + span if forward else dues.legal_due - span
        if moment.unit == "D":
            day = dues.due_on + ONE_DAY * (amount if forward else -amount)
        elif forward:
            day = calendar.count_on(dues.due_on, amount)
        else:
            day = calendar.count_back(dues.due_on, amount)
    except OverflowError as error:
        raise out_of_range() from error
    return end_of(day, zone) if forward else start_of(day, zone)


def _light_at(moment: Moment, lights: Lights | None) -> datetime:
    if lights is None:
        raise ImpossibleTime(
            Message(
                f"“{moment.text}”不能用来规定灯本身何时亮起。请改用 share、before 或 after。",
                f"“{moment.text}” cannot say when a light itself comes on. Use share, before or after.",
            )
        )
    at: dict[str, datetime] = {"blue": lights.blue_at, "yellow": lights.yellow_at, "red": lights.red_at}
    return at[moment.light]
