"""Moments and terms in words, as an office says them. Pure."""

from __future__ import annotations

from decimal import Decimal
from functools import cache

from engine.clock.calendar import ImpossibleTime
from engine.clock.moment import Moment, MomentKind, parse_moment
from engine.errors import Message
from engine.records.time import Deadline

_UNITS = {"W": ("个工作日", "working day"), "D": ("日", "day"), "H": ("小时", "hour"), "M": ("分钟", "minute")}
_LIGHTS = {
    "blue": ("蓝灯亮起时", "when blue"),
    "yellow": ("黄灯亮起时", "when yellow"),
    "red": ("超期时", "when red"),
}
_PERIODS = {
    "halfmonth": ("半月末", "end of the half-month"),
    "month": ("月末", "end of the month"),
    "quarter": ("季末", "end of the quarter"),
    "halfyear": ("半年末", "end of the half-year"),
    "year": ("年末", "end of the year"),
}
RED = Message("届满之后的下一瞬", "the instant after the due instant")


@cache
def told_moment(text: str) -> Message:
    """`before 1 W` as 届满日前 1 个工作日的 00:00; the text itself where it is no moment."""
    try:
        moment = parse_moment(text)
    except ImpossibleTime:
        return Message(text, text)
    match moment.kind:
        case MomentKind.DUE:
            return Message("届满时", "at the due instant")
        case MomentKind.LIGHT:
            return Message(*_LIGHTS[moment.light])
        case MomentKind.SHARE:
            return _share(moment.amount)
        case _:
            return _offset(moment)


@cache
def told_limit(clock: str, amount: int | None, period: str | None, first: int | None) -> Message:
    """`15 日`, `5 个工作日`, `60 日之后另加 30 日`; a date that was set where there is no amount."""
    if clock == "P":
        zh, en = _PERIODS.get(period or "", ("期末", "end of the period"))
        return Message(f"本{zh}", en) if amount in (None, 1) else Message(f"第 {amount} 个{zh}", f"{amount} × {en}")
    if clock == "fixed" or amount is None:
        return Message("指定日期", "a date that was set")
    zh, en = _UNITS[clock if clock in _UNITS else "D"]
    if first is None:
        return Message(f"{amount} {zh}", _counted(amount, en))
    return Message(f"{first} {zh}之后另加 {amount} 日", f"{_counted(first, en)} and {_counted(amount, 'day')} more")


def limit_of(deadline: Deadline) -> Message:
    """How long the duty has, in words."""
    term = deadline.term
    grace = term.get("grace")
    clock = str(term.get("clock", deadline.clock))
    if grace:
        return told_limit(clock, int(grace), term.get("period"), term["amount"])
    return told_limit(clock, deadline.amount, term.get("period"), None)


def _share(share: Decimal) -> Message:
    if share == Decimal("0.5"):
        return Message("时间过半", "at half of the time")
    percent = f"{(share * 100).normalize():f}%"
    return Message(f"时间用去 {percent}", f"at {percent} of the time")


def _offset(moment: Moment) -> Message:
    zh, en = _UNITS[moment.unit]
    amount = int(moment.amount)
    if moment.kind is MomentKind.BEFORE:
        at = "的 00:00" if moment.unit in "WD" else ""
        at_en = "00:00, " if moment.unit in "WD" else ""
        return Message(
            f"届满前第 {amount} {zh}{at}" if at else f"届满前 {amount} {zh}",
            f"{at_en}{_counted(amount, en)} before due",
        )
    at = "的 24:00" if moment.unit in "WD" else ""
    at_en = "24:00, " if moment.unit in "WD" else ""
    return Message(
        f"届满后第 {amount} {zh}{at}" if at else f"届满后 {amount} {zh}", f"{at_en}{_counted(amount, en)} after due"
    )


def _counted(amount: int, unit: str) -> str:
    return f"{amount} {unit}" + ("" if amount == 1 else "s")
