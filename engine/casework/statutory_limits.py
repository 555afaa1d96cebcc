"""What the law allows at most: limits that no office's table and no procedure may lengthen.

An office may be quicker than the law. A window that is somebody's right (to object, to have an answer reviewed) is
neither lengthened nor shortened. Source: 信访工作条例 22, 23, 34–36; the trial rules on the simple procedure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from engine.clock.deadline import ClockKind
from engine.clock.period import Period
from engine.errors import Message

HOURS_A_DAY: Final = 24


class Ruled(Protocol):
    """A row of a table of deadline rules, as far as the law is concerned."""

    @property
    def clock(self) -> ClockKind: ...
    @property
    def amount(self) -> int | None: ...
    @property
    def period(self) -> Period | None: ...
    @property
    def after_rule(self) -> str | None: ...
    @property
    def rollover(self) -> bool: ...
    @property
    def statutory(self) -> bool: ...
    @property
    def interrupting(self) -> bool: ...
    @property
    def pause_reasons(self) -> tuple[str, ...]: ...


@dataclass(frozen=True)
class Limit:
    """`amount` of `clock` is the most; `is_right`: it is the least as well, because the window is somebody's right.

    `rolls`: the last day may roll to a working day. `may_pause` are the reasons for which the clock may stand.
    `after_rule`: the limit adds to that rule's. `interrupting`: the right ends with the window.
    """

    rule: str
    name: Message
    clock: ClockKind
    amount: int
    article: Message
    is_right: bool = False
    rolls: bool = True
    may_pause: tuple[str, ...] = ()
    after_rule: str | None = None
    interrupting: bool = False

    @property
    def words(self) -> Message:
        """The limit as a text, e.g. 60 日."""
        zh, en = _UNITS[self.clock]
        return Message(f"{self.amount} {zh}", f"{self.amount} {en}")


@dataclass(frozen=True)
class Breach:
    """A column of a row that breaks a limit, and why."""

    column: str
    message: Message


_UNITS: Final[Mapping[ClockKind, tuple[str, str]]] = {
    ClockKind.HOURS: ("小时", "hours"),
    ClockKind.DAYS: ("日", "days"),
    ClockKind.WORKING_DAYS: ("个工作日", "working days"),
}
_D, _W = ClockKind.DAYS, ClockKind.WORKING_DAYS


def _article(number: str, figure: int) -> Message:
    return Message(f"《信访工作条例》第{number}条", f"article {figure} of the Regulation on Petition Work")


_SIMPLE = Message("国家信访局《简易办理办法（试行）》", "the national office's trial rules on the simple procedure")

LIMITS: Final[Mapping[str, Limit]] = {
    limit.rule: limit
    for limit in (
        Limit("T1", Message("登记转送交办", "Register and forward"), _D, 15, _article("二十二", 22)),
        Limit(
            "T2", Message("告知是否受理", "Tell whether accepted"), _D, 15, _article("二十三", 23),
            may_pause=("supplement",),
        ),
        Limit(
            "T3", Message("转送异议期", "Objection to the transfer"), _W, 5, _article("二十三", 23),
            is_right=True, rolls=False, interrupting=True,
        ),
        Limit("T4", Message("办结", "Conclude"), _D, 60, _article("三十四", 34), may_pause=("supplement",)),
        Limit(
            "T4X", Message("延期办结", "Conclude after extension"), _D, 30, _article("三十四", 34),
            may_pause=("supplement",), after_rule="T4",
        ),
        Limit(
            "T20", Message("申请复查的期限", "Window to request a review"), _D, 30, _article("三十五", 35),
            is_right=True, interrupting=True,
        ),
        Limit("T21", Message("复查决定", "Decide the review"), _D, 30, _article("三十五", 35)),
        Limit(
            "T21R", Message("复核决定", "Decide the recheck"), _D, 30, _article("三十六", 36),
            may_pause=("hearing",),
        ),
        Limit(
            "T26", Message("简易办理", "Simple procedure"), _W, 10, _SIMPLE,
            rolls=False, may_pause=("supplement",),
        ),
    )
}  # fmt: skip


def breaches(limit: Limit, row: Ruled) -> Iterator[Breach]:
    """Every way in which a row would give longer, or a right shorter, than the law."""
    yield from _amount(limit, row)
    if row.after_rule != limit.after_rule:
        base = limit.after_rule or "—"
        yield _breach(limit, "after_rule", f"接续的期限应为 {base}", f"it must continue {base}")
    if row.rollover and not limit.rolls:
        yield _breach(limit, "rollover", "届满日不得顺延", "its last day must not roll")
    if limit.is_right and limit.rolls and not row.rollover:
        yield _breach(limit, "rollover", "届满日遇休息日应当顺延", "its last day must roll to a working day")
    if not row.statutory:
        yield _breach(limit, "statutory", "“法定”不得取消", "“statutory” must stay set")
    if row.interrupting != limit.interrupting:
        zh, en = (
            ("期满即终止", "it ends with the window")
            if limit.interrupting
            else (
                "逾期后职责仍在，不得设为期满即终止",
                "the duty outlasts its due date and cannot end with it",
            )
        )
        yield _breach(limit, "interrupting", zh, en)
    more = [reason for reason in row.pause_reasons if reason not in limit.may_pause]
    if more:
        listed = "、".join(more)
        yield _breach(
            limit, "pause_reasons", f"不得因 {listed} 暂停", f"the clock must not stand for {', '.join(more)}"
        )


def missing(limit: Limit, days: Message) -> Message:
    """No row of the rule is in force on these days."""
    return Message(
        f"{limit.rule}“{limit.name.zh}”在{days.zh}没有施行的一行。{limit.article.zh}规定了这条期限，不得删去。",
        f"No row of {limit.rule} “{limit.name.en}” is in force {days.en}. "
        f"The limit of {limit.article.en} cannot be taken away.",
    )


def _amount(limit: Limit, row: Ruled) -> Iterator[Breach]:
    most = limit.words
    if limit.is_right:
        if row.clock is not limit.clock or row.amount != limit.amount:
            column = "amount" if row.clock is limit.clock else "clock"
            yield _breach(
                limit,
                column,
                f"当事人的这项权利期限为 {most.zh}，不得改动",
                f"this right lasts {most.en}, no more, no less",
            )
        return
    comparable = {
        ClockKind.HOURS: limit.amount * HOURS_A_DAY,
        ClockKind.DAYS: limit.amount,
        ClockKind.WORKING_DAYS: limit.amount if limit.clock is _W else None,
    }
    longest = comparable.get(row.clock)
    if longest is None:
        yield _breach(
            limit,
            "clock",
            f"按这种计时方式会超过法定的 {most.zh}",
            f"by this clock it would exceed the {most.en} of the law",
        )
    elif row.amount is None or row.amount > longest:
        yield _breach(
            limit,
            "amount",
            f"法定最长 {most.zh}，可以缩短，不得延长",
            f"the law gives {most.en} at most; shorten it, never lengthen it",
        )


def _breach(limit: Limit, column: str, zh: str, en: str) -> Breach:
    return Breach(
        column,
        Message(
            f"{limit.rule}“{limit.name.zh}”：{zh}（{limit.article.zh}）。",
            f"{limit.rule} “{limit.name.en}”: {en} ({limit.article.en}).",
        ),
    )
