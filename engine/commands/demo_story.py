"""Plays the demo's past: a scenario whose days count back from today, through the same use cases as the pages."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from importlib.resources import files

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from engine.bootstrap import build
from engine.clock.fixed import ManualClock
from engine.clock.system import SystemClock
from engine.commands.sample import set_up_sample
from engine.config import Settings
from engine.ports.engine import Engine
from engine.scenarios.load import read_scenario
from engine.scenarios.run import run_scenario

STORY = "demo_story.yaml"


def play_story(settings: Settings, console: Console) -> None:
    """Fills the empty database of the demo, and marks it as filled.

    Raises RuntimeError where the story does not go as written: a defect of the release.
    """
    now = SystemClock().now().astimezone(settings.timezone)
    scenario = read_scenario(dated(_story(), now).encode(), STORY, settings.timezone)
    columns = (TextColumn("准备示例案件 / preparing the sample cases"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console) as progress:
        bar = progress.add_task("", total=len(scenario.steps))

        def engine_on(clock: ManualClock) -> Engine:
            return build(settings, clock)

        for_each_step = replace(scenario)
        result = run_scenario(for_each_step, engine_on, set_up=set_up_sample)
        progress.update(bar, completed=len(scenario.steps))
    if not result.has_passed:
        raise RuntimeError("\n".join(result.told(failure, settings.timezone) for failure in result.failures))
    engine = build(settings, SystemClock())
    with engine.store.write() as work:
        work.registers.set_mark("demo", {"filled_at": engine.clock.now()})


def dated(story: str, now: datetime) -> str:
    """The story with `D-3` as the date three days before `now`, `H-2` as the minute two hours before."""
    story = re.sub(r"\bD([+-]\d+)\b", lambda m: f"{(now + timedelta(days=int(m[1]))).date():%Y-%m-%d}", story)
    return re.sub(r"\bH-(\d+(?:\.\d+)?)\b", lambda m: f"{now - timedelta(hours=float(m[1])):%Y-%m-%d %H:%M}", story)


def _story() -> str:
    return files("engine.commands").joinpath(STORY).read_text("utf-8")
