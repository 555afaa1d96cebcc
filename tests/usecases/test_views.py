"""Saved views: a name and a filter, one's own or shared; only the owner changes them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.errors import Forbidden, InvalidForm, InvalidState, NotFound
from engine.tasks.views import (
    LONGEST_NAME,
    MOST_VIEWS,
    change_view,
    delete_view,
    list_views,
    open_view,
    save_view,
)
from tests.worlds import World


def names(world: World, username: str) -> list[str]:
    return [found.view.name for found in list_views(world.engine, world.actor(username), "inbox")]


def test_a_view_is_kept_renamed_shared_and_deleted(either: World) -> None:
    me, colleague, stranger = (either.actor(name) for name in ("jiedai", "dengji", "zjj.zhiban"))
    assert me.unit == colleague.unit != stranger.unit
    view = save_view(either.engine, me, "inbox", "  本周 到期 ", {"box": "mine", "due": "week", "category": ""})
    assert (view.name, view.query) == ("本周 到期", {"box": "mine", "due": "week"})
    assert names(either, "jiedai") == ["本周 到期"]
    assert names(either, "dengji") == []
    with pytest.raises(NotFound):
        open_view(either.engine, colleague, view.view_id)
    change_view(either.engine, me, view.view_id, name="本周", query={"due": "week", "light": "red"}, shared=True)
    found = open_view(either.engine, colleague, view.view_id)
    assert (found.view.name, found.is_own, found.owner_name) == ("本周", False, me.name)
    assert found.view.query == {"due": "week", "light": "red"}
    assert names(either, "dengji") == ["本周"]
    assert names(either, "zjj.zhiban") == []
    with pytest.raises(NotFound):
        open_view(either.engine, stranger, view.view_id)
    change_view(either.engine, me, view.view_id, shared=False)
    assert names(either, "dengji") == []
    assert delete_view(either.engine, me, view.view_id).name == "本周"
    assert names(either, "jiedai") == []


def test_only_the_owner_changes_a_shared_view(world: World) -> None:
    view = save_view(world.engine, world.actor("jiedai"), "inbox", "急件", {"light": "red"}, shared=True)
    colleague = world.actor("dengji")
    for change in (
        lambda: change_view(world.engine, colleague, view.view_id, name="我的"),
        lambda: delete_view(world.engine, colleague, view.view_id),
    ):
        with pytest.raises(Forbidden):
            change()
    assert names(world, "jiedai") == ["急件"]
    with world.engine.store.read() as work:
        refused = [e for e in work.registers.audit_of(None) if e.event == "AccessRefused"]
    assert {e.detail["attempted"] for e in refused} == {"change_view", "delete_view"}


@pytest.mark.parametrize(
    ("page", "name", "query"),
    [
        ("inbox", "", {}),
        ("inbox", "　\u200b ", {}),
        ("inbox", "长" * (LONGEST_NAME + 1), {}),
        ("inbox", "未知条件", {"assignee": "somebody"}),
        ("inbox", "过长", {"q": "长" * 300}),
        ("elsewhere", "别处", {"box": "mine"}),
    ],
)
def test_what_is_no_view_is_refused(world: World, page: str, name: str, query: dict[str, str]) -> None:
    with pytest.raises(InvalidForm):
        save_view(world.engine, world.actor("jiedai"), page, name, query)


def test_there_are_not_endlessly_many(world: World) -> None:
    me = world.actor("jiedai")
    template = save_view(world.engine, me, "inbox", "第一个", {})
    with world.engine.store.write() as work:
        for n in range(MOST_VIEWS - 1):
            work.views.add(replace(template, view_id=f"v{n}", name=f"第{n}个"))
    with pytest.raises(InvalidState):
        save_view(world.engine, me, "inbox", "再一个", {})
    save_view(world.engine, me, "register", "另一个列表", {"state": "open"})
