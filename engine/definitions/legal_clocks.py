"""Time in a diagram against the law: the limits that must be there, none longer, no task without one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.casework.statutory_limits import LIMITS
from engine.clock.calendar import ImpossibleTime
from engine.clock.deadline import Term
from engine.definitions.legal_findings import LegalSubject, named
from engine.definitions.legal_forward import forward_ways
from engine.definitions.legal_graph import Step
from engine.definitions.legal_limits import Limit, Reckoning
from engine.definitions.legal_longest import days_from
from engine.definitions.legal_source import Source
from engine.errors import Message
from engine.kernel.diagram import Element
from engine.kernel.findings import Finding

BY_PEOPLE = frozenset({"userTask", "manualTask"})
EXCUSE = "no_deadline"
"""The property of a task that says why it needs no deadline."""
Limits = Mapping[str, tuple[Limit, ...]]
"""Limits by the key of their step."""


def limits_stand(subject: LegalSubject) -> Iterator[Finding]:
    """The law's limit stands on the step, or on an activity around it."""
    for clock in subject.law.clocks:
        for key in sorted(subject.marked[clock.step]):
            step = subject.graph.steps[key]
            over = {limit.rule for around in step.around for limit in subject.limits.get(around, ())}
            if over.isdisjoint(clock.under):
                law_limit = LIMITS[clock.under[0]]
                listed = "、".join(clock.under)
                message = Message(
                    f"“{named(step.element)}”不在“{law_limit.name.zh}”的期限 {listed} 之下。"
                    f"法定 {law_limit.words.zh}。",
                    f"“{named(step.element)}” does not stand under the limit {', '.join(clock.under)}. "
                    f"The law gives {law_limit.words.en} to “{law_limit.name.en}”.",
                )
                yield subject.error("legal-limit-missing", step.own, message, law_limit.article)


def duties_outlast(subject: LegalSubject) -> Iterator[Finding]:
    """A duty of the law goes on when its time is over: its timer does not interrupt."""
    for key, found in subject.limits.items():
        step = subject.graph.steps[key]
        for limit in found:
            law_limit = LIMITS.get(limit.rule or "")
            if law_limit is None or law_limit.interrupting or not limit.event.interrupting:
                continue
            message = Message(
                f"“{named(limit.event)}”期满会中断“{named(step.element)}”：逾期后职责仍在。",
                f"“{named(limit.event)}” interrupts “{named(step.element)}” when its time is over; the duty "
                f"goes on.",
            )
            place = limit.event if step.own is step.element else step.own
            yield subject.error("legal-duty-ends", place, message, law_limit.article)


def none_is_longer(subject: LegalSubject) -> Iterator[Finding]:
    """No step is given longer than the law's limit around it, from whatever day on."""
    for key, own in subject.limits.items():
        step = subject.graph.steps[key]
        for limit in own:
            outer = _outer(step, subject.limits, limit)
            if limit.term is None or outer is None or limit.most_days <= LIMITS[outer].amount:
                continue
            worst = _longer(limit.term, outer, subject.reckoning)
            if worst is None:
                continue
            start, due, lawful = worst
            law_limit = LIMITS[outer]
            message = Message(
                f"“{named(step.element)}”的期限（{limit.words.zh}）比法定的 {law_limit.words.zh}长："
                f"{start} 开始的到 {due}，法定最迟 {lawful}。",
                f"The deadline of “{named(step.element)}” ({limit.words.en}) is longer than the law's "
                f"{law_limit.words.en}: begun on {start} it is due on {due}, by law on {lawful}.",
            )
            place = limit.event if step.own is step.element else step.own
            yield subject.error("legal-limit-longer", place, message, law_limit.article)


def tasks_are_timed(subject: LegalSubject) -> Iterator[Finding]:
    """A task between registration and reply stands under a deadline; elsewhere somebody says why it does not."""
    span, marked, limits = subject.law.timed, subject.marked, subject.limits
    if _is_called_only(subject.source):
        return  # the callers' deadlines hold, and their check sees these tasks
    between = forward_ways(subject.graph, marked[span.begins], marked[span.ends])
    within = {key for key, _ in between} - marked[span.begins]
    reported: set[str] = set()
    for key, step in subject.graph.steps.items():
        over = (limit for around in step.around for limit in limits.get(around, ()))
        if step.element.kind not in BY_PEOPLE or any(limit.is_deadline for limit in over):
            continue
        if step.own.id in reported or (step.own is not step.element and key not in within):
            continue
        if key not in within and step.element.properties.get(EXCUSE, "").strip():
            continue
        reported.add(step.own.id)
        yield _untimed(subject, step, is_within=key in within)


def _untimed(subject: LegalSubject, step: Step, *, is_within: bool) -> Finding:
    name = named(step.element)
    inside = step.own is not step.element
    zh_in, en_in = (f"“{named(step.own)}”里的", f" in “{named(step.own)}”") if inside else ("", "")
    if is_within:
        article = subject.law.timed.article
        message = Message(
            f"{zh_in}任务“{name}”没有期限：从登记到答复，每一步都要在期限之下。",
            f"The task “{name}”{en_in} has no deadline: from registration to reply every step stands under one.",
        )
        return subject.error("legal-task-without-deadline", step.own, message, article)
    message = Message(
        f"任务“{name}”没有期限，没有人会被提醒。请加上边界定时器，或说明理由（属性 {EXCUSE}）。",
        f"The task “{name}” has no deadline: nobody is reminded. Put a timer onto it, or say why in {EXCUSE}.",
    )
    return subject.warning("task-without-deadline", step.own, message, None)


def _outer(step: Step, limits: Limits, limit: Limit) -> str | None:
    """The longest of the law's limits around the step, without extensions."""
    if limit.rule in LIMITS:
        return None
    around = [each.rule or "" for key in step.around for each in limits.get(key, ()) if each is not limit]
    lawful = [r for r in around if r in LIMITS and LIMITS[r].after_rule is None and not LIMITS[r].is_right]
    return max(lawful, key=lambda rule: LIMITS[rule].amount, default=None)


def _longer(term: Term, outer: str, reckoning: Reckoning) -> tuple[str, str, str] | None:
    law_limit = LIMITS[outer]
    lawful = Term(law_limit.clock, law_limit.amount, rollover=law_limit.rolls)
    for start in days_from(reckoning):
        try:
            due, latest = reckoning.due(term, start), reckoning.due(lawful, start)
        except ImpossibleTime:
            return None
        if due > latest:
            return reckoning.day(start), reckoning.day(due), reckoning.day(latest)
    return None


def _is_called_only(source: Source) -> bool:
    """Callers start it: its starts say what they bring, or nobody has the role to start it by hand."""
    return all(
        not start.events
        and "form" not in start.properties
        and ("inputs" in start.properties or not _has_role(source, start))
        for start in source.diagram.starts
    )


def _has_role(source: Source, start: Element) -> bool:
    lane = source.diagram.lanes.get(start.lane or "")
    return bool(start.properties.get("role") or (lane is not None and lane.role))
