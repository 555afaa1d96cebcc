"""FEEL, the only language of diagrams: checked, compiled once, memoised, within limits.

FEEL is pure but for now() and today(), so that an answer is kept for the expression and the values of the
names that it reads. Only those variables cross into V8. What FEEL's reference would turn into a silent null
(an unknown name, a wrong type, a date that does not exist) is an error here.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from engine.errors import Message
from engine.kernel.feel_error import FeelError, fault
from engine.kernel.feel_values import Originals, copied, decode, encode, frozen
from engine.kernel.isolate import Exhausted, Limits, isolate_for
from engine.values import Data, Value

__all__ = ["Feel", "FeelError", "Limits", "UnaryTest"]

LONGEST_EXPRESSION: Final = 20_000
DEEPEST_NESTING: Final = 100
LARGEST_DATA: Final = 4 * 1024 * 1024
MEMO_SIZE: Final = 8192
OFFICE_ZONE: Final = ZoneInfo("Asia/Shanghai")

UnaryTest = tuple[str, Value]
"""A unary tests text and the value that it tests."""


@dataclass(frozen=True)
class _Plan:
    """What an expression needs. `names` must exist; `reads` adds what may be entries of filtered items."""

    names: frozenset[str]
    reads: tuple[str, ...]
    is_volatile: bool
    variable: str | None


_Test = tuple[str, bool]
"""Text, and whether it is unary tests."""

_Job = tuple[str, _Plan, tuple[Value, ...]]
"""Text, plan, and the tested value as a 1-tuple, or () for an expression."""


class Feel:
    """Thread-safe. All instances of a process with the same zone and limits share one V8 isolate."""

    def __init__(self, zone: ZoneInfo = OFFICE_ZONE, *, limits: Limits = Limits()) -> None:  # noqa: B008 (frozen)
        self._zone = zone
        self._limits = limits
        self._plans: dict[tuple[str, bool], _Plan] = {}
        self._wholes: dict[Hashable, _Plan] = {}
        self._memo: dict[Hashable, Value] = {}
        self._lock = threading.Lock()

    @property
    def zone(self) -> ZoneInfo:
        """The zone that "local" means."""
        return self._zone

    def check(self, text: str, *, unary: bool = False) -> None:
        """Raises FeelError, with the position, where `text` is not FEEL."""
        self._plan(text, unary)

    def check_many(self, tests: Sequence[_Test]) -> list[FeelError | None]:
        """What is wrong with each (text, is unary), None where nothing is; in one crossing."""
        read = self._read(tests)
        return [answer if isinstance(answer, FeelError) else None for answer in map(read.__getitem__, tests)]

    def names(self, text: str, *, unary: bool = False) -> frozenset[str]:
        """The variables that `text` needs: no built-ins, no locals, no bare names in a filter. Raises FeelError."""
        return self._plan(text, unary).names

    def evaluate(self, text: str, data: Data, now: datetime) -> Value:
        """The value of an expression. Raises FeelError."""
        plan = self._plans.get((text, False)) or self._plan(text, False)
        if plan.variable is not None:
            return self._variable(text, plan.variable, data)
        key = self._key(text, plan, (), data, now)
        if key is not None:
            answer = self._memo.get(key, _MISSING)
            if answer is not _MISSING:
                return copied(answer)
        return self._answers([(text, plan, ())], data, now)[0]

    def evaluate_many(self, texts: Sequence[str], data: Data, now: datetime) -> list[Value]:
        """The values of expressions, in one crossing. Raises the FeelError of the first that fails."""
        return self._answers([(text, self._plan(text, False), ()) for text in texts], data, now)

    def matches(self, unary_text: str, value: Value, data: Data, now: datetime) -> bool:
        """Whether `value` passes the unary tests. Raises FeelError."""
        return self.matches_many([(unary_text, value)], data, now)[0]

    def matches_many(self, tests: Sequence[UnaryTest], data: Data, now: datetime) -> list[bool]:
        """Whether each value passes its unary tests, in one crossing. Raises the first FeelError."""
        return self._answers([(text, self._plan(text, True), (value,)) for text, value in tests], data, now)

    def remember(
        self, subject: Hashable, tests: Sequence[_Test], data: Data, now: datetime, work: Callable[[], Value]
    ) -> Value:
        """What `work` answers, kept for `subject` and the values of all names that its `tests` read.

        For a whole decision table: one look-up instead of one for each cell.
        """
        plan = self._wholes.get(subject)
        if plan is None:
            plan = _whole([self._plan(text, unary) for text, unary in tests])
            _keep(self._wholes, subject, plan, self._lock)
        key = self._key(subject, plan, (), data, now)
        answer = _MISSING if key is None else self._memo.get(key, _MISSING)
        if answer is _MISSING:
            answer = work()
            if key is not None:
                _keep(self._memo, key, answer, self._lock)
        return copied(answer)

    def _variable(self, text: str, name: str, data: Data) -> Value:
        if name not in data:
            raise fault(text, {"code": "unknown", "names": [name], "at": {"from": 0, "to": len(text)}})
        return copied(data[name])

    def _plan(self, text: str, unary: bool) -> _Plan:
        plan = self._plans.get((text, unary))
        if plan is not None:
            return plan
        answer = self._read([(text, unary)])[text, unary]
        if isinstance(answer, FeelError):
            raise answer
        return answer

    def _read(self, tests: Sequence[_Test]) -> dict[_Test, _Plan | FeelError]:
        read: dict[_Test, _Plan | FeelError] = {}
        for test in tests:
            known = self._plans.get(test) or _excess(test[0])
            if known is not None:
                read[test] = known
        fresh = [test for test in dict.fromkeys(tests) if test not in read]
        answers = json.loads(self._cross("describe", fresh, fresh[0][0])) if fresh else []
        for test, answer in zip(fresh, answers, strict=True):
            if "e" in answer:
                read[test] = fault(test[0], answer["e"])
            else:
                read[test] = plan = _plan_of(answer)
                _keep(self._plans, test, plan, self._lock)
        return read

    def _key(
        self, subject: Hashable, plan: _Plan, tested: tuple[Value, ...], data: Data, now: datetime
    ) -> Hashable | None:
        """None where the values are too large to be worth keeping."""
        try:
            values = tuple([frozen(data[name]) if name in data else _ABSENT for name in plan.reads])
            against = tuple([frozen(value) for value in tested])
        except ValueError:
            return None
        return (subject, values, against, now) if plan.is_volatile else (subject, values, against)

    def _answers(self, jobs: Sequence[_Job], data: Data, now: datetime) -> list[Value]:
        keys = [self._key(text, plan, tested, data, now) for text, plan, tested in jobs]
        answers = [_MISSING if key is None else self._memo.get(key, _MISSING) for key in keys]
        missing = [index for index, answer in enumerate(answers) if answer is _MISSING]
        if missing:
            for index, answer in zip(missing, self._run([jobs[i] for i in missing], data, now), strict=True):
                answers[index] = answer
                if keys[index] is not None:
                    _keep(self._memo, keys[index], answer, self._lock)
        return [copied(answer) for answer in answers]

    def _run(self, jobs: Sequence[_Job], data: Data, now: datetime) -> list[Value]:
        if now.tzinfo is None:
            raise ValueError("now must be aware")
        originals = Originals(self._zone)
        originals.note(now)
        payload = {
            "now": now.isoformat(),
            "data": _crossing(jobs, data, originals),
            "jobs": [[text, *(encode(value, originals) for value in tested)] for text, _, tested in jobs],
        }
        texts = [text for text, _, _ in jobs]
        answers = []
        for text, answer in zip(texts, json.loads(self._cross("run", payload, texts[0])), strict=True):
            if "e" in answer:
                raise fault(text, answer["e"])
            answers.append(decode(answer["v"], originals))
        return answers

    def _cross(self, function: str, payload: object, text: str) -> str:
        crossing = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
        if len(crossing) > LARGEST_DATA:
            reason = Message("数据太大，不能在表达式中使用。", "the data is too large for an expression.")
            raise FeelError(reason, text, code="size")
        try:
            return isolate_for(self._zone.key, self._limits).call(function, crossing)
        except Exhausted as exhausted:
            raise fault(text, {"code": exhausted.what}) from exhausted


_ABSENT: Final = ("absent",)
_MISSING: Final = object()


def _crossing(jobs: Sequence[_Job], data: Data, originals: Originals) -> dict[str, Any]:
    crossing: dict[str, Any] = {}
    for text, plan, _ in jobs:
        for name in plan.reads:
            if name in data and name not in crossing:
                try:
                    crossing[name] = encode(data[name], originals)
                except TypeError as error:
                    raise fault(text, {"code": "value", "detail": name}) from error
    return crossing


def _plan_of(described: Mapping[str, Any]) -> _Plan:
    return _Plan(
        names=frozenset(described["names"]),
        reads=tuple(described["reads"]),
        is_volatile=described["volatile"],
        variable=described["variable"] or None,
    )


def _whole(plans: Sequence[_Plan]) -> _Plan:
    return _Plan(
        names=frozenset().union(*(plan.names for plan in plans)),
        reads=tuple(dict.fromkeys(name for plan in plans for name in plan.reads)),
        is_volatile=any(plan.is_volatile for plan in plans),
        variable=None,
    )


def _excess(text: str) -> FeelError | None:
    if len(text) > LONGEST_EXPRESSION:
        reason = Message(
            f"表达式有 {len(text)} 个字符，最多 {LONGEST_EXPRESSION} 个。",
            f"it has {len(text)} characters; at most {LONGEST_EXPRESSION} are allowed.",
        )
        return FeelError(reason, text, code="size")
    depth = 0
    for character in text:
        depth += (character in "([{") - (character in ")]}")
        if depth > DEEPEST_NESTING:
            return fault(text, {"code": "depth"})
    return None


def _keep(memory: dict[Any, Any], key: Hashable, value: Any, lock: threading.Lock) -> None:
    with lock:
        if len(memory) >= MEMO_SIZE:
            memory.clear()
        memory[key] = value
