"""Expectations about tasks and lights."""

from __future__ import annotations

from engine.clock.lights import light_at
from engine.errors import Message
from engine.records.task import UserTask
from engine.scenarios.matching import AnyOf, Found, Matcher
from engine.scenarios.model import Expectation
from engine.scenarios.scene import Scene


def check_open(scene: Scene, expectation: Expectation) -> list[Message]:
    found = [found_task(scene, task) for task in scene.open_tasks]
    return Matcher("open", "task", scene.zone).all(expectation.wanted, found)


def check_not_open(scene: Scene, expectation: Expectation) -> list[Message]:
    return [
        Message(f"不应待办：{task.name}", f"{task.element_id} must not be open")
        for task in scene.open_tasks
        if task.element_id in expectation.wanted or task.name in expectation.wanted
    ]


def check_lights(scene: Scene, expectation: Expectation) -> list[Message]:
    messages = []
    for name, wanted in expectation.wanted.values.items():
        lights = [task_light(scene, task) for task in scene.open_tasks if name in (task.element_id, task.name)]
        if wanted not in lights:
            actual = ", ".join(lights) or "—"
            messages.append(
                Message(f"lights：{name} 应为 {wanted}，实际是 {actual}", f"lights: {name}: {actual}, not {wanted}")
            )
    return messages


def found_task(scene: Scene, task: UserTask) -> Found:
    return {
        "task": AnyOf((task.element_id, task.name)),
        "candidates": f"{task.role}@{task.unit}",
        "assignee": scene.username(task.assignee),
        "due": task.due_at,
        "light": task_light(scene, task),
    }


def task_light(scene: Scene, task: UserTask) -> str:
    return light_at(scene.now, blue_at=task.blue_at, yellow_at=task.yellow_at, red_at=task.red_at)
