"""The legal check of a procedure: what the law demands of its diagram, as `workflows/shared/legal.yaml` says it.

Errors block publication and name the article; warnings may stand where somebody says why.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from engine.deadlines.calendar import load_calendar
from engine.deadlines.office_tables import load_tables
from engine.deadlines.rules import DeadlineRule, rules_from
from engine.deadlines.time_port import OfficeTime
from engine.definitions.builtin import shared_tables
from engine.definitions.legal_accused import accused_are_kept_out
from engine.definitions.legal_clocks import duties_outlast, limits_stand, none_is_longer, tasks_are_timed
from engine.definitions.legal_findings import LegalSubject
from engine.definitions.legal_graph import MOST_STEPS, graph_of
from engine.definitions.legal_limits import Reckoning, Rules, limits_by_step
from engine.definitions.legal_longest import sum_keeps_the_limit
from engine.definitions.legal_marks import certain, is_bound, possible
from engine.definitions.legal_papers import paper_paths
from engine.definitions.legal_rules import Law, the_law
from engine.definitions.legal_source import Source, read_source
from engine.errors import Message
from engine.kernel.findings import Finding, Severity
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork


def legal_findings(
    engine: Engine, work: UnitOfWork, key: str, files: Mapping[str, bytes], at: datetime
) -> tuple[Finding, ...]:
    """Every legal finding of the procedure as it would begin at the moment; none where it cannot be read.

    The called procedures are those in force at that moment.
    """
    source = _source(work, key, files, at)
    if source is None:
        return ()
    own = {**shared_tables(), **files}
    office = OfficeTime(
        rules=lambda: rules_from(own, engine.kernel.feel),
        calendar=lambda: load_calendar(engine, work),
        zone=engine.settings.timezone,
        office=lambda: load_tables(engine, work),
    )
    known: dict[str, DeadlineRule] = {}

    def rules(rule_id: str) -> DeadlineRule:
        if rule_id not in known:
            known[rule_id] = office.rule_in_force(rule_id, at)
        return known[rule_id]

    reckoning = Reckoning(load_calendar(engine, work), engine.settings.timezone, at)
    return tuple(check_law(source, the_law(), rules, reckoning))


def check_law(source: Source, law: Law, rules: Rules, reckoning: Reckoning) -> Iterator[Finding]:
    """The findings, by rule. Pure."""
    if len(source.diagram.elements) > MOST_STEPS:
        yield Finding(Severity.ERROR, "legal-too-large", _TOO_LARGE, source.path)
        return
    graph = graph_of(source)
    subject = LegalSubject(
        source=source,
        graph=graph,
        law=law,
        marked={name: certain(marks, graph) for name, marks in law.marks.items()},
        closing=possible(law.marks["closed"], graph),
        limits=limits_by_step(graph, rules),
        rules=rules,
        reckoning=reckoning,
    )
    checks = (*_OF_PETITIONS, *_OF_ALL) if is_bound(source, law.binds) else _OF_ALL
    for check in checks:
        yield from check(subject)


_TOO_LARGE = Message(
    f"流程图超过 {MOST_STEPS} 个元素，无法逐条核对法定要求。请拆成几个流程。",
    f"The diagram has more than {MOST_STEPS} elements: the law cannot be checked on its paths. Split it.",
)
_OF_PETITIONS = (paper_paths, limits_stand, sum_keeps_the_limit)
_OF_ALL = (duties_outlast, none_is_longer, tasks_are_timed, accused_are_kept_out)


@dataclass
class _Called:
    """The called procedures, each read once."""

    work: UnitOfWork
    at: datetime
    found: dict[str, Source | None]

    def __call__(self, key: str) -> Source | None:
        if key not in self.found:
            self.found[key] = None
            definition = self.work.definitions.current(key, self.at)
            if definition is not None:
                files = {file.path: file.content for file in definition.files}
                self.found[key] = read_source(files, shared_tables(), self)
        return self.found[key]


def _source(work: UnitOfWork, key: str, files: Mapping[str, bytes], at: datetime) -> Source | None:
    return read_source(files, shared_tables(), _Called(work, at, {key: None}))
