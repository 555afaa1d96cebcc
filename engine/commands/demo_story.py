"""Plays the demo's past: a scenario whose days count back from today, through the same use cases as the pages."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any

import yaml
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from engine.bootstrap import build
from engine.clock.fixed import ManualClock
from engine.clock.system import SystemClock
from engine.config import Settings
from engine.ports.engine import Engine
from engine.sample.setup import set_up_sample
from engine.scenarios.load import read_scenario
from engine.scenarios.model import Scenario
from engine.scenarios.run import run_scenario

STORY = "demo_story.yaml"


def play_story(settings: Settings, console: Console) -> None:
    """Fills the empty database of the demo, and marks it as filled.

    Raises RuntimeError where the story does not go as written: a defect of the release.
    """
    scenario = story_at(SystemClock().now(), settings)

    def engine_on(clock: ManualClock) -> Engine:
        return build(settings, clock)

    columns = (TextColumn("准备示例案件 / preparing the sample cases"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console) as progress:
        bar = progress.add_task("", total=len(scenario.steps))
        result = run_scenario(
            scenario, engine_on, set_up=set_up_sample, watch=lambda: progress.update(bar, advance=1)
        )
    if not result.has_passed:
        raise RuntimeError("\n".join(result.told(failure, settings.timezone) for failure in result.failures))
    engine = build(settings, SystemClock())
    with engine.store.write() as work:
        work.registers.set_mark("demo", {"filled_at": engine.clock.now()})


def story_at(now: datetime, settings: Settings) -> Scenario:
    """The story as it leads up to `now`, its cases' steps in the order of their instants."""
    text = files("engine.commands").joinpath(STORY).read_text("utf-8")
    cases = yaml.safe_load(_dated(text, now.astimezone(settings.timezone)))["cases"]
    steps: list[dict[str, Any]] = [{**step, "case": case["case"]} for case in cases for step in case["steps"]]
    steps.sort(key=lambda step: str(step["at"]))
    document = {"procedure": "petition_main", "title": "演示", "start": steps[0]["at"], "steps": steps}
    return read_scenario(yaml.safe_dump(document, allow_unicode=True).encode(), STORY, settings.timezone)


def _dated(story: str, now: datetime) -> str:
    """`D-3`: the day three days before `now`; `H-2`: the minute two hours before, `I-2` the same in ISO 8601."""
    patterns = {
        r"\bD([+-]\d+)(?=\b|T)": lambda m: f"{(now + timedelta(days=int(m[1]))).date():%Y-%m-%d}",
        r"\bH-([\d.]+)": lambda m: f"{now - timedelta(hours=float(m[1])):%Y-%m-%d %H:%M}",
        r"\bI-([\d.]+)": lambda m: f"'{(now - timedelta(hours=float(m[1]))).isoformat(timespec='minutes')}'",
    }
    for pattern, replacement in patterns.items():
        story = re.sub(pattern, replacement, story)
    return story
