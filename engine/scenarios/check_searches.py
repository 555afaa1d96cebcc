"""Expectations about what other people find: through the same searches as the pages use."""

from __future__ import annotations

from engine.cases.read import register
from engine.errors import Message
from engine.ports.engine import Engine
from engine.records.org import Actor
from engine.records.views import InboxQuery, RegisterQuery
from engine.scenarios.cast import actor_named
from engine.scenarios.model import Expectation
from engine.scenarios.scene import Scene
from engine.tasks.inbox import inbox

BOXES = ("mine", "claimable", "done")


def check_searches(scene: Scene, expectation: Expectation) -> list[Message]:
    messages = []
    for entry in expectation.wanted:
        actor = actor_named(scene.engine, entry["as"])
        text, place = entry.values.get("text", ""), entry.values.get("in", "register")
        hits = _hits(scene.engine, actor, text, place)
        wanted = entry.values.get("hits", 0)
        if hits != wanted:
            messages.append(
                Message(
                    f"searches：{actor.username} 在 {place} 搜“{text}”得 {hits} 件，应为 {wanted} 件",
                    f"searches: {actor.username} finds {hits} in {place} for “{text}”, not {wanted}",
                )
            )
    return messages


def _hits(engine: Engine, actor: Actor, text: str, place: str) -> int:
    if place == "inbox":
        return sum(inbox(engine, actor, InboxQuery(box=box, text=text)).total for box in BOXES)
    return register(engine, actor, RegisterQuery(text=text)).total
