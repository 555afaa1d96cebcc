"""A simulation written down as a scenario: who did what when, and what was true afterwards.

What is written is what `engine.scenarios.load` reads; the runner holds every release to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import yaml

from engine.errors import FieldError, InvalidForm, Message
from engine.scenarios.instants import show_instant
from engine.simulation.answers import START
from engine.simulation.model import Act, Simulation

NAME: Final = re.compile(r"[a-z][a-z0-9_]{1,60}", re.ASCII)
MOST_TITLE: Final = 120


def scenario_path(name: str) -> str:
    """Where a draft keeps a scenario. Raises InvalidForm for what is no name of one."""
    if not NAME.fullmatch(name):
        raise _refused(
            "name",
            "情景名称用小写英文字母开头，只含小写字母、数字、下划线，如 national_day。",
            "Name a scenario with small letters, digits and underscores, such as national_day.",
        )
    return f"scenarios/{name}.yaml"


def checked_title(title: str) -> str:
    """On one line. Raises InvalidForm for none."""
    title = " ".join(title.split())[:MOST_TITLE]
    if not title:
        raise _refused("title", "请写明情景说的是什么。", "Say what the scenario is about.")
    return title


def recorded(simulation: Simulation, title: str, zone: ZoneInfo) -> bytes:
    """The scenario's file. Raises InvalidForm without a title, or where nothing was done."""
    title = checked_title(title)
    done = [act for act in simulation.acts if act.username]
    if not done or done[0].element != START:
        raise InvalidForm(
            [FieldError("", Message("推演没有办成任何一步。", "Nothing was done in this simulation."))]
        )
    document = {
        "procedure": simulation.procedure,
        "title": title,
        "source": "由推演录制",
        "start": _written(simulation.start, zone),
        "steps": [*_steps(done, simulation, zone)],
    }
    return yaml.dump(document, allow_unicode=True, sort_keys=False, width=110, Dumper=_Dumper).encode()


def _steps(done: list[Act], simulation: Simulation, zone: ZoneInfo) -> Iterator[dict[str, Any]]:
    labels = _labels(done)
    followed = {done[0].case_id}
    for act in done:
        if act.case_id not in followed:
            # a message has opened another case: the scenario goes over to it
            followed.add(act.case_id)
            yield {
                "at": _written(act.at, zone),
                "follow": act.case_procedure,
                "case": labels[act.case_id],
            }
        yield _step(act, labels, simulation, zone)
    if simulation.outcome:
        end: dict[str, Any] = {"at": _written(simulation.until, zone)}
        if labels:
            end["case"] = labels[done[0].case_id]
        yield {**end, "expect": {"ended": simulation.outcome}}


def _step(act: Act, labels: Mapping[str, str], simulation: Simulation, zone: ZoneInfo) -> dict[str, Any]:
    verb = {"start": simulation.procedure} if act.element == START else {"complete": act.element}
    step: dict[str, Any] = {"at": _written(act.at, zone), "as": act.username, **verb}
    if labels:
        step["case"] = labels[act.case_id]
    if act.written:
        step["data"] = _plain(act.written)
    standing = [
        {"task": each.element}
        | ({"candidates": f"{each.role}@{each.unit}"} if each.role and each.unit else {})
        | ({"due": show_instant(each.due_at, zone, is_due=True)} if each.due_at else {})
        for each in act.standing
    ]
    step["expect"] = {"open": standing}
    return step


def _labels(done: list[Act]) -> dict[str, str]:
    """None where there is but one case."""
    cases = list(dict.fromkeys(act.case_id for act in done))
    return {case_id: f"c{nth}" for nth, case_id in enumerate(cases, start=1)} if len(cases) > 1 else {}


def _plain(value: Any) -> Any:
    """As YAML writes it."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def _refused(path: str, zh: str, en: str) -> InvalidForm:
    return InvalidForm([FieldError(path, Message(zh, en))])


def _written(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"


class _Dumper(yaml.SafeDumper):
    """Writes texts so that the scenario's own reader takes them for texts: what reads as a number is quoted."""


def _text(dumper: _Dumper, value: str) -> yaml.ScalarNode:
    style = "'" if re.fullmatch(r"-?[0-9.]+|true|false|null|~|", value) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)
