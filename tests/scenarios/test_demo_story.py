"""The demo's past goes as written, whatever the day and the hour at which it is told."""

from __future__ import annotations

from datetime import datetime

import pytest

from engine.commands.demo_story import story_at
from engine.config import Settings
from engine.scenarios.template import Template

ZONE = Settings().timezone


@pytest.mark.parametrize(
    "now",
    [
        pytest.param(datetime(2026, 2, 24, 0, 20, tzinfo=ZONE), id="after midnight, after the Spring Festival"),
        pytest.param(datetime(2027, 1, 3, 15, 0, tzinfo=ZONE), id="in a year that nobody announced"),
    ],
)
def test_the_story_goes_as_written(now: datetime, template: Template) -> None:
    story = story_at(now, Settings())
    result = template.run(story)
    assert [result.told(failure, ZONE) for failure in result.failures] == []
