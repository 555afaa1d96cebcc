"""The demo's office in the middle of its work, on a fixed day: for axe and the screenshots."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from engine.bootstrap import build
from engine.clock.fixed import ManualClock
from engine.commands.demo_story import story_at
from engine.config import Settings
from engine.ports.engine import Engine
from engine.sample.setup import set_up_sample
from engine.scenarios.load import read_scenario
from engine.scenarios.model import Scenario
from engine.scenarios.run import run_scenario
from tests.browser.office import Office, enter_office
from tests.browser.story_desks import tell_of_desks
from tests.browser.story_reach import tell_of_reach

NOW = datetime(2025, 10, 11, 11, 16, tzinfo=ZoneInfo("Asia/Shanghai"))
"""A Saturday that is a make-up working day, after the National Day holiday."""

LETTERS = (
    ("2025-09-22", "反映承包地面积登记有误", "1401", "visit"),
    ("2025-09-26", "反映临时用地到期未复垦", "1401", "letter"),
    ("2025-09-28", "反映宅基地审批超过时限的来访", "1401", "visit"),
    ("2025-09-30", "申请公开征地补偿安置方案", "1402", "online"),
    ("2025-10-09", "反映矿区道路扬尘和地面沉降", "1406", "phone"),
    ("2025-10-10", "对征收范围有不同意见的联名来信", "1402", "letter"),
    ("2025-10-11", "反映林地界线争议", "1405", "visit"),
)
"""Day, subject, category, channel."""

NIGHT_OFF = ("2025-10-10 22:40", "2025-10-11 06:50")
"""A night without power: what fell due at its midnight fired in the morning."""


def tell_story(home: Path) -> None:
    """Fills an empty installation with the story that leads up to `NOW`."""
    settings = Settings(home=home)

    def engine_on(clock: ManualClock) -> Engine:
        return build(settings, clock)

    story = story_at(NOW, settings)
    steps = sorted((*story.steps, *_more(settings).steps), key=lambda step: step.at or NOW)
    result = run_scenario(replace(story, steps=tuple(steps)), engine_on, set_up=set_up_sample)
    assert result.has_passed, [result.told(failure, settings.timezone) for failure in result.failures]
    clock = ManualClock(NOW - timedelta(minutes=5))
    engine = engine_on(clock)
    tell_of_reach(engine, clock)
    tell_of_desks(Office(engine, clock))


def _more(settings: Settings) -> Scenario:
    """A full desk for the unit that handles land, petitions at every light; and a night in which nothing runs."""
    steps = [step for index, letter in enumerate(LETTERS) for step in _letter(f"more-{index}", *letter)]
    down_from, up_at = NIGHT_OFF
    steps += [{"at": down_from, "note": "停电"}, {"at": down_from, "down until": up_at}]
    steps.append({"at": f"{NOW - timedelta(minutes=6):%Y-%m-%d %H:%M}", "note": "到此为止，定时器都按时触发"})
    steps.sort(key=lambda step: str(step["at"]))
    document = {"procedure": "petition_main", "title": "更多来信", "start": "2025-09-22 08:00", "steps": steps}
    return read_scenario(yaml.safe_dump(document, allow_unicode=True).encode(), "more.yaml", settings.timezone)


def _letter(case: str, day: str, title: str, category: str, channel: str) -> list[dict[str, Any]]:
    """A petition from reception to the unit's desk, within one morning."""
    start = {
        "title": title,
        "channel": channel,
        "purpose": "3",
        "category": category,
        "name": "李某",
        "contact": "13900000000",
        "persons_count": 1,
        "occurred_place": "青山乡",
        "claim": "请依法核查处理",
    }
    screen = {"entered": "yes", "legal_path": "petition", "contactable": True, "screen_reason": "属于职权范围"}
    forward = {"forward_note": "请依法处理，按期书面答复", "forward_mode": "system"}
    return [
        {"case": case, "at": f"{day} 08:30", "as": "jiedai", "start": "petition_main", "data": start},
        {"case": case, "at": f"{day} 08:40", "as": "jiedai", "complete": "screen", "data": screen},
        _done(case, f"{day} 08:50", "dengji", "register", {"purpose": "3", "category": category}),
        _done(
            case, f"{day} 09:00", "jingban", "propose", {"resp_unit": "zrzyj", "propose_reason": "属于该单位职责"}
        ),
        _done(case, f"{day} 09:10", "jingban", "forward", forward),
    ]


def _done(case: str, at: str, who: str, task: str, data: Mapping[str, Any]) -> dict[str, Any]:
    return {"case": case, "at": at, "as": who, "complete": task, "data": dict(data)}


def office_of_the_story(home: Path) -> Office:
    """The told installation, at that moment."""
    office = enter_office(home, NOW, demo=True)
    office.move_to(NOW)
    return office
