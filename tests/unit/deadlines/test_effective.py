from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.deadlines.effective import Span, gaps_between, span_of

DAY = date(2026, 7, 1)
days = st.dates(date(2025, 1, 1), date(2027, 12, 31)) | st.none()
spans = st.builds(Span, days, days).filter(lambda span: not span.is_empty)


@given(spans)
def test_a_span_is_what_its_test_says(span: Span) -> None:
    assert span_of(span.test) == span


@pytest.mark.parametrize("test", ["> 5", 'date("2026-07-01")', "[1..2]", '>= date("2026-7-1")', "", "today()"])
def test_other_tests_are_no_span(test: str) -> None:
    assert span_of(test) is None


def test_a_day_that_does_not_exist() -> None:
    with pytest.raises(ValueError, match="day"):
        span_of('>= date("2026-02-30")')


@given(spans, spans)
def test_spans_overlap_where_a_day_lies_in_both(one: Span, other: Span) -> None:
    edges = [day for day in (one.first, one.last, other.first, other.last) if day is not None] or [DAY]
    tried = [day + timedelta(days=step) for day in edges for step in (-1, 0, 1)]
    assert one.overlaps(other) == any(one.holds(day) and other.holds(day) for day in tried)


@given(st.lists(spans, max_size=4))
def test_gaps_are_the_days_that_no_span_holds(given_spans: list[Span]) -> None:
    gaps = list(gaps_between(given_spans))
    edges = [day for span in given_spans for day in (span.first, span.last) if day is not None] or [DAY]
    for day in {day + timedelta(days=step) for day in edges for step in (-1, 0, 1)}:
        is_held = any(span.holds(day) for span in given_spans)
        assert is_held != any(gap.holds(day) for gap in gaps), day
