"""The score sheet: seen by whom. Periods."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
import sqlalchemy as sa

from engine.errors import Forbidden, InvalidState
from engine.records.org import Grant
from engine.records.step import ScoreEvent
from engine.reports.period import Period, checked_period, quarter_of
from engine.reports.scores import score_sheet
from engine.store.rows import values_of
from engine.store.tables.journal import score_event
from engine.store.unit_of_work import SqlUnitOfWork
from tests.builders import a_case
from tests.conftest import START
from tests.worlds import World

YEAR = Period(START.date().replace(month=1, day=1), START.date().replace(month=12, day=31))


def test_the_score_sheet_shows_offices_their_own(world: World) -> None:
    with world.engine.store.write() as work:
        work.cases.add(a_case("case", number="XF-1"), ())
        assert isinstance(work, SqlUnitOfWork)
        score = ScoreEvent("s1", "case", "zrzyj", "19", -3.0, START, "督办令未按时办结")
        work.connection.execute(sa.insert(score_event), values_of(score))
    sheet = score_sheet(world.engine, world.actor("duban"), YEAR, unit=None)
    assert [(line.code, line.points, line.case_number) for line in sheet.lines] == [("19", -3.0, "XF-1")]
    assert score_sheet(world.engine, world.actor("zrzyj.lingdao"), YEAR, unit=None).total == -3.0
    with pytest.raises(Forbidden):
        score_sheet(world.engine, world.actor("zrzyj.lingdao"), YEAR, unit="zjj")
    with pytest.raises(Forbidden):
        score_sheet(world.engine, world.actor("zrzyj.banli"), YEAR, unit="zrzyj")
    leader = world.actor("zrzyj.lingdao")
    of_two = replace(leader, grants=frozenset({*leader.grants, Grant("unit_leader", "zzz")}))
    assert score_sheet(world.engine, of_two, YEAR, unit=None).unit == "zrzyj", "a page to begin with, not a refusal"


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        (date(2026, 11, 22), date(2026, 10, 1), date(2026, 12, 31)),
        (date(2026, 1, 1), date(2026, 1, 1), date(2026, 3, 31)),
        (date(2024, 6, 30), date(2024, 4, 1), date(2024, 6, 30)),
    ],
)
def test_quarters(day: date, first: date, last: date) -> None:
    assert quarter_of(day) == Period(first, last)


def test_a_period_ends_after_it_begins() -> None:
    with pytest.raises(InvalidState):
        checked_period(date(2026, 2, 1), date(2026, 1, 1))
