"""What reports count, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from engine.errors import InvalidState
from engine.records.step import ScoreEvent
from engine.records.time import DeadlineState
from engine.store import SqlStore
from tests.builders import a_case, a_deadline, add_case, add_office, an_actor
from tests.conftest import START

SUPERVISOR = an_actor("duban", "xfj", "supervisor")
YEAR = {"start": START - timedelta(days=100), "end": START + timedelta(days=100), "now": START + timedelta(days=1)}


@pytest.fixture
def office(store: SqlStore) -> SqlStore:
    add_office(store)
    return store


def test_receptions_are_counted_by_kind(office: SqlStore) -> None:
    late = replace(a_deadline("l1", "c1", "i1"), state=DeadlineState.MET_LATE)
    add_case(office, a_case("c1", channel="visit", purpose="3", persons_count=12), deadlines=(late,))
    add_case(office, a_case("c2", channel="visit", purpose="3", persons_count=1, closed_at=START))
    add_case(office, a_case("c3", channel="letter", purpose="1"))
    add_case(office, a_case("c4", channel="visit", purpose="4", confidential=True))
    add_case(office, a_case("c5", channel="visit", purpose="2", accused_units=("xfj",)))
    add_case(office, a_case("c6", channel="visit", purpose="3", created_at=START - timedelta(days=800)))
    with office.read() as work:
        visits = work.reports.receptions(SUPERVISOR, "purpose", channel="visit", **YEAR)
        channels = work.reports.receptions(SUPERVISOR, "channel", channel=None, **YEAR)
        others = work.reports.receptions(an_actor("zjj.banli", "zjj", "resp_dept"), "unit", channel=None, **YEAR)
        with pytest.raises(InvalidState):
            work.reports.receptions(SUPERVISOR, "facts", channel=None, **YEAR)
    assert [(c.key, c.cases, c.persons, c.closed, c.late) for c in visits] == [("3", 2, 13, 1, 1)]
    assert [(c.key, c.cases) for c in channels] == [("letter", 1), ("visit", 2)]
    assert others == ()


def test_scores_of_a_period(office: SqlStore) -> None:
    scores = [ScoreEvent(f"s{i}", "c1", unit, "19", -3.0, START, "迟") for i, unit in enumerate(("zjj", "nyj"))]
    add_case(office, a_case("c1", number="XF-1"), scores=tuple(scores))
    add_case(
        office, a_case("c2", accused_units=("xfj",)), scores=(replace(scores[0], event_id="s9", case_id="c2"),)
    )
    span = {"start": YEAR["start"], "end": YEAR["end"]}
    with office.read() as work:
        everything = work.reports.scores(SUPERVISOR, unit=None, limit=10, **span)
        one = work.reports.scores(SUPERVISOR, unit="nyj", limit=10, **span)
        none = work.reports.scores(SUPERVISOR, unit=None, limit=10, start=YEAR["end"], end=YEAR["end"])
    assert [(line.unit, line.points, line.case_number) for line in everything] == [
        ("zjj", -3.0, "XF-1"),
        ("nyj", -3.0, "XF-1"),
    ]
    assert [line.unit for line in one] == ["nyj"]
    assert none == ()
