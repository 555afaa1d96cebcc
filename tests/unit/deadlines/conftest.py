from __future__ import annotations

from pathlib import Path

import pytest

from engine.deadlines.rules import DeadlineRules, rules_from
from engine.deadlines.time_port import OfficeTime
from engine.kernel.feel import Feel
from tests.unit.clock.days import ZONE, announced

SHARED = Path(__file__).parents[3] / "workflows" / "shared"


@pytest.fixture(scope="session")
def feel() -> Feel:
    return Feel(ZONE)


@pytest.fixture(scope="session")
def rules(feel: Feel) -> DeadlineRules:
    """The table that is shipped."""
    found = rules_from({path.name: path.read_bytes() for path in SHARED.glob("*.dmn")}, feel)
    assert found is not None
    return found


@pytest.fixture
def office_time(rules: DeadlineRules) -> OfficeTime:
    return OfficeTime(lambda: rules, announced, ZONE)
