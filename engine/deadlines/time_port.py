"""Gives the kernel's time requests their meaning: rules, the real calendar, the office's zone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from engine.clock.calendar import ImpossibleTime, WorkCalendar
from engine.clock.deadline import HOURS_A_YEAR, ClockKind, Dues, Term, dues_of, share_of, start_of
from engine.clock.lights import Lights, lights_of
from engine.clock.period import Period
from engine.deadlines.calendar import load_calendar
from engine.deadlines.life import PAUSE_REASONS, WITHDRAWN, is_undone
from engine.deadlines.office_tables import RULES, OfficeTables, load_tables
from engine.deadlines.own import SOURCE, own_rule
from engine.deadlines.rules import DeadlineRule, DeadlineRules, rules_from
from engine.deadlines.rungs import Ground, first_firings
from engine.deadlines.terms import (
    DEFAULT_LIGHTS,
    DeadlineTerms,
    RungPlan,
    TermLights,
    lights_in,
    term_data,
    term_of,
)
from engine.errors import Message
from engine.kernel.changes import ResolvedTime
from engine.kernel.ports import Duty, TimeKind, TimeRequest
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.time import Deadline
from engine.values import Data, Value

PLAIN = {
    TimeKind.WORKING_DAYS: ClockKind.WORKING_DAYS,
    TimeKind.CALENDAR_DAYS: ClockKind.DAYS,
    TimeKind.HOURS: ClockKind.HOURS,
}
_STANDS_FOR = {ClockKind.WORKING_DAYS: tuple(PAUSE_REASONS), ClockKind.DAYS: tuple(PAUSE_REASONS)}
"""What a procedure gives itself may stand for every reason; hours never stand."""


def _none_earlier(_rules: Sequence[str]) -> Sequence[Deadline]:
    return ()


class OfficeTime:
    """The `TimePort` of one instance. The calendar and the tables are fetched when first needed, then kept.

    The office's own rules win; `rules` are the procedure's, for what those lack. `earlier` finds deadlines of the
    instance by rule: a duty that goes on from its old start keeps the term that it began with. `goes_back`: the
    step goes back, and why.
    """

    def __init__(
        self,
        rules: Callable[[], DeadlineRules | None],
        calendar: Callable[[], WorkCalendar],
        zone: ZoneInfo,
        office: Callable[[], OfficeTables | None] = lambda: None,
        *,
        earlier: Callable[[Sequence[str]], Sequence[Deadline]] = _none_earlier,
        goes_back: str | None = None,
    ) -> None:
        self._goes_back = goes_back
        self._fetch_rules = rules
        self._fetch_calendar = calendar
        self._fetch_office = office
        self._fetch_earlier = earlier
        self._begun: dict[tuple[str, datetime], Deadline | None] = {}
        self._newest: dict[str, Deadline | None] = {}
        self._zone = zone

    def resolve(self, request: TimeRequest, data: Data, now: datetime) -> ResolvedTime:
        """The instant; with `DeadlineTerms` where it is a whole `deadline("RULE")`, or a whole span on an activity.

        Raises ImpossibleTime for an unknown rule, an unusable start or amount, a missing date.
        """
        if request.kind is TimeKind.DEADLINE:
            return self._resolve_rule(request, data, now)
        started_at = self._start(request.start, now)
        if request.kind is TimeKind.HOURS and (request.amount or 0) > HOURS_A_YEAR:
            return ResolvedTime(started_at + timedelta(hours=request.amount or 0))
        term = _plain_term(request)
        if request.duty is not None and request.kind in PLAIN:
            own = _own_rule(request.duty, term)
            # a reminder of a span counts from where the span itself does
            term, started_at = self._gone_on(own, term, started_at)
            if request.share == 1:
                return self._whole(self._terms_of(own, term, started_at, now, self._lights(own)), 1.0)
        dues = dues_of(term, started_at, self._calendar, self._zone)
        basis = {"kind": request.kind.value, "amount": request.amount, "start": started_at, "share": request.share}
        return ResolvedTime(_at(dues, request.share), basis=basis)

    def terms(self, rule_id: str, start: Value, data: Data, now: datetime) -> DeadlineTerms:
        """A rule applied to a start (date, date and time, or None for now). Raises ImpossibleTime."""
        rule = self._rule(rule_id, now, self._day_of(start, now))
        if rule.clock is ClockKind.FIXED:
            # `start` is then the due date: the rule is that of today
            rule = self._rule(rule_id, now, self._day_of(None, now))
        term, started_at = self._gone_on(rule, *self._term(rule, start, data, now))
        kept = None if rule.from_variable is not None else self._begun_as(rule.rule, started_at, now)
        if kept is not None:
            term = term_of(kept.term)
            rule = replace(
                rule,
                clock=ClockKind(kept.clock),
                pause_reasons=tuple(kept.term.get("pause_reasons") or ()),
                version=kept.rule_version,
            )
        moments = self._lights(rule) if kept is None else lights_in(kept.term)
        return self._terms_of(rule, term, started_at, now, moments)

    def _terms_of(
        self, rule: DeadlineRule, term: Term, started_at: datetime, now: datetime, moments: TermLights
    ) -> DeadlineTerms:
        dues = dues_of(term, started_at, self._calendar, self._zone)
        lights = lights_of(term.kind, dues, self._calendar, self._zone, blue=moments.blue, yellow=moments.yellow)
        return DeadlineTerms(
            rule=rule.rule,
            name=rule.name,
            name_en=rule.name_en,
            source=rule.source,
            clock=rule.clock.value,
            amount=rule.amount if rule.clock is ClockKind.FIXED else term.grace or term.amount,
            dues=dues,
            lights=lights,
            calendar_version=self._calendar.version,
            rule_version=rule.version,
            term=term_data(term, moments, rule.pause_reasons),
            rungs=self._rungs(rule, dues, lights, now),
            after_rule=rule.after_rule,
        )

    def _rungs(self, rule: DeadlineRule, dues: Dues, lights: Lights, now: datetime) -> tuple[RungPlan, ...]:
        rungs = self._office.ladders.of(rule.rule) if self._office is not None else ()
        return first_firings(rungs, Ground(dues, lights, self._calendar, self._zone), now)

    def _lights(self, rule: DeadlineRule) -> TermLights:
        if self._office is None:
            return DEFAULT_LIGHTS
        row = self._office.lights.get(rule.rule, rule.clock.value)
        return TermLights(row.blue, row.yellow)

    def _resolve_rule(self, request: TimeRequest, data: Data, now: datetime) -> ResolvedTime:
        return self._whole(self.terms(request.rule or "", request.start, data, now), request.share)

    @staticmethod
    def _whole(terms: DeadlineTerms, share: float) -> ResolvedTime:
        basis = {"rule": terms.rule, "share": share, "term": terms.term, "start": terms.dues.started_at}
        return ResolvedTime(_at(terms.dues, share), terms if share == 1 else None, basis)

    def _term(self, rule: DeadlineRule, start: Value, data: Data, now: datetime) -> tuple[Term, datetime]:
        given = data.get(rule.from_variable) if rule.from_variable else None
        if rule.clock is ClockKind.FIXED:
            fixed_on = self._day(given if start is None else start, rule)
            return Term(rule.clock, fixed_on=fixed_on, rollover=rule.rollover), now
        started_at = self._start(start, now)
        amount = _amount(rule, given)
        if rule.after_rule is None:
            return Term(rule.clock, amount, rule.period, rollover=rule.rollover), started_at
        begun = self._begun_as(rule.after_rule, started_at, now)
        if begun is not None:
            return replace(term_of(begun.term), rollover=rule.rollover, grace=amount), started_at
        base = self._rule(rule.after_rule, now, self._day_of(start, now))
        first = _amount(base, data.get(base.from_variable) if base.from_variable else None)
        return Term(base.clock, first, base.period, rollover=rule.rollover, grace=amount), started_at

    def _gone_on(self, rule: DeadlineRule, term: Term, started_at: datetime) -> tuple[Term, datetime]:
        """The start of the same limit, where the case goes or went back over it: going back lengthens no limit.

        Of the law's limits, and of those that fall on a date; of every limit where somebody takes back what has
        just been done. A statement at most. Source: 信访工作条例 art. 22, 32, 34 (from receipt or acceptance).
        """
        is_bound = rule.statutory or rule.clock is ClockKind.FIXED
        if not is_bound and self._goes_back != WITHDRAWN:
            return term, started_at
        if rule.rule not in self._newest:
            self._newest[rule.rule] = next(iter(self._fetch_earlier((rule.rule,))), None)
        last = self._newest[rule.rule]
        if last is None or not last.term or not (self._goes_back or is_undone(last)):
            return term, started_at
        before = term_of(last.term)
        if before.fixed_on is not None and term.fixed_on is not None:
            return replace(term, fixed_on=min(term.fixed_on, before.fixed_on)), last.started_at
        return term, min(started_at, last.started_at)

    def _begun_as(self, rule_id: str, started_at: datetime, now: datetime) -> Deadline | None:
        """The same duty as it began, where the office's rules may have changed since. A statement at most."""
        if started_at >= now or self._office is None or not self._office.version(RULES):
            return None
        key = rule_id, started_at
        if key not in self._begun:
            found = self._fetch_earlier((rule_id,))
            same = (
                d for d in found if d.rule == rule_id and d.started_at == started_at and "pause_reasons" in d.term
            )
            self._begun[key] = next(same, None)
        return self._begun[key]

    def rule_in_force(self, rule_id: str, now: datetime) -> DeadlineRule:
        """The row that a deadline begun now would follow. Raises ImpossibleTime."""
        return self._rule(rule_id, now, self._day_of(None, now))

    def _rule(self, rule_id: str, now: datetime, on: date) -> DeadlineRule:
        """The row in force on a local date. Raises ImpossibleTime."""
        own = self._office.rules.find(rule_id, now, on) if self._office and self._office.rules else None
        if own is not None:
            return own
        rules = self._rules
        if rules is None:
            raise ImpossibleTime(
                Message(
                    "本流程没有期限规则表（deadline_rules）。请把该表放入流程文件夹或 shared 文件夹。",
                    "The procedure has no table deadline_rules. Put it into the procedure's folder or into shared.",
                )
            )
        return rules.get(rule_id, now, on)

    def _day_of(self, start: Value, now: datetime) -> date:
        """The local date on which a duty starts: the law in force on that day holds for it."""
        if isinstance(start, date) and not isinstance(start, datetime):
            return start
        return (self._start(start, now) if isinstance(start, datetime) else now).astimezone(self._zone).date()

    def _start(self, start: Value, now: datetime) -> datetime:
        """A date is its 00:00; a naive local time is read in the office's zone; None is now."""
        match start:
            case None:
                return now
            case datetime():
                return start if start.tzinfo is not None else start.replace(tzinfo=self._zone)
            case date():
                return start_of(start, self._zone)
            case _:
                raise _unusable_date("起算日", "start", start)

    def _day(self, given: Value, rule: DeadlineRule) -> date:
        match given:
            case datetime():
                return given.date() if given.tzinfo is None else given.astimezone(self._zone).date()
            case date():
                return given
            case _:
                raise _unusable_date(f"“{rule.name}”的届满日", f"due date of “{rule.name_en}”", given)

    @cached_property
    def _rules(self) -> DeadlineRules | None:
        return self._fetch_rules()

    @cached_property
    def _office(self) -> OfficeTables | None:
        return self._fetch_office()

    @cached_property
    def _calendar(self) -> WorkCalendar:
        return self._fetch_calendar()


def time_port(
    engine: Engine,
    work: UnitOfWork,
    files: Mapping[str, bytes],
    sha256: str,
    *,
    earlier: Callable[[Sequence[str]], Sequence[Deadline]] = _none_earlier,
    goes_back: str | None = None,
) -> OfficeTime:
    """The time port of an instance whose definition has these files; `sha256` is the definition's hash.

    `earlier` finds the instance's deadlines by rule, ended ones too, the newest first. `goes_back` says
    that the step goes back, and why (`engine.deadlines.life.GOINGS_BACK`).
    """
    return OfficeTime(
        rules=lambda: _cached_rules(engine, files, sha256),
        calendar=lambda: load_calendar(engine, work),
        zone=engine.settings.timezone,
        office=lambda: load_tables(engine, work),
        earlier=earlier,
        goes_back=goes_back,
    )


_rules_by_hash: dict[str, DeadlineRules | None] = {}


def _cached_rules(engine: Engine, files: Mapping[str, bytes], sha256: str) -> DeadlineRules | None:
    if sha256 not in _rules_by_hash:
        _rules_by_hash[sha256] = rules_from(files, engine.kernel.feel)
    return _rules_by_hash[sha256]


def _plain_term(request: TimeRequest) -> Term:
    if request.kind is TimeKind.END_OF_MONTH:
        return Term(ClockKind.PERIOD, 1, Period.MONTH)
    if request.amount is None:
        raise ImpossibleTime(Message("没有写明天数。请填写天数。", "The number of days is missing. Enter it."))
    return Term(PLAIN[request.kind], request.amount)


def _own_rule(duty: Duty, term: Term) -> DeadlineRule:
    """The limit that a drawing gives to a step, as if a table had it."""
    unnamed = Message("本环节期限", "time for this step")
    return DeadlineRule(
        rule=own_rule(duty.key),
        name=duty.name or unnamed.zh,
        name_en=duty.name or unnamed.en,
        clock=term.kind,
        amount=term.amount,
        period=None,
        after_rule=None,
        from_variable=None,
        rollover=term.rollover,
        statutory=False,
        interrupting=False,
        source=SOURCE.zh,
        escalate_role=None,
        pause_reasons=_STANDS_FOR.get(term.kind, ()),
    )


def _amount(rule: DeadlineRule, given: Value) -> int:
    """The rule's own amount, or a smaller one that the case gives; none may be longer."""
    own = rule.amount or 0
    if given is None:
        return own
    if isinstance(given, bool) or not _is_whole(given) or not 1 <= int(given) <= own:
        raise ImpossibleTime(
            Message(
                f"“{rule.name}”的天数 {given} 不可用。请填写 1 到 {own} 之间的整数。",
                f"{given} cannot be the length of “{rule.name_en}”. Enter a whole number from 1 to {own}.",
            )
        )
    return int(given)


def _is_whole(given: Value) -> bool:
    try:
        return bool(int(given) == given)
    except (TypeError, ValueError):
        return False


def _at(dues: Dues, share: float) -> datetime:
    return dues.legal_due if share == 1 else share_of(dues, share)


def _unusable_date(what: str, what_en: str, given: Value) -> ImpossibleTime:
    return ImpossibleTime(
        Message(
            f"{what}{'没有填写' if given is None else f' {given!r} 不是日期'}。请填写日期。",
            f"The {what_en} is {'missing' if given is None else f'{given!r}, no date'}. Enter a date.",
        )
    )
