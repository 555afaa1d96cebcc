from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from engine.clock.fixed import ManualClock
from engine.clock.system import SystemClock
from tests.unit.clock.days import ZONE


def test_the_manual_clock_stands_still_until_it_is_moved() -> None:
    clock = ManualClock(datetime(2026, 1, 5, 9, tzinfo=ZONE))
    assert clock.now() == clock.now() == datetime(2026, 1, 5, 1, tzinfo=UTC)
    assert clock.advance(timedelta(hours=3)) == datetime(2026, 1, 5, 4, tzinfo=UTC)
    assert clock.move_to(datetime(2026, 1, 6, tzinfo=ZONE)) == clock.now() == datetime(2026, 1, 5, 16, tzinfo=UTC)


def test_it_never_goes_back() -> None:
    clock = ManualClock(datetime(2026, 1, 5, 9, tzinfo=ZONE))
    with pytest.raises(ValueError, match="does not go back"):
        clock.advance(timedelta(seconds=-1))
    assert clock.now() == datetime(2026, 1, 5, 1, tzinfo=UTC)


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        ManualClock(datetime(2026, 1, 5, 9))  # noqa: DTZ001


def test_the_system_clock_is_aware_and_in_utc() -> None:
    earlier = SystemClock().now()
    assert earlier.tzinfo is UTC
    assert SystemClock().now() >= earlier
