"""Saved views: a list's filter under a name, one's own or shared with one's unit.

A view holds names and values of filters, never what they find: opened by a colleague, it shows what that colleague
may see.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace

from engine.audit.record import record_event, record_refusal
from engine.errors import FieldError, Forbidden, InvalidForm, InvalidState, Message, NotFound
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.org import Actor
from engine.records.work import SavedView

FILTERS: Mapping[str, frozenset[str]] = {
    "inbox": frozenset(
        {"box", "procedure", "element", "unit", "purpose", "category", "light", "channel", "q", "order"}
        | {"due", "due_from", "due_until", "received", "received_from", "received_until"}
    ),
    "register": frozenset(
        {"form", "procedure", "state", "unit", "purpose", "category", "channel", "light", "since", "until", "q"}
    ),
}
"""By the list's name, what a view of it may hold."""
LONGEST_NAME = 30
LONGEST_VALUE = 200
MOST_VIEWS = 30
"""Of one person, for one list."""
MOST_SHOWN = 60


@dataclass(frozen=True)
class OpenView:
    """A view as its reader finds it. `owner_name` is "" for one's own."""

    view: SavedView
    is_own: bool
    owner_name: str = ""


def list_views(engine: Engine, actor: Actor, page: str) -> tuple[OpenView, ...]:
    """The actor's own and those shared with its units, for the list `page`."""
    with engine.store.read() as work:
        return tuple(
            OpenView(view, view.owner == actor.person_id)
            for view in work.views.open_to(actor.person_id, sorted(actor.units), page, MOST_SHOWN)
        )


def open_view(engine: Engine, actor: Actor, view_id: str) -> OpenView:
    """Raises NotFound, also for somebody else's that is not shared with a unit of the actor."""
    with engine.store.read() as work:
        view = _known(work, actor, view_id)
        is_own = view.owner == actor.person_id
        owner = None if is_own else work.org.person(view.owner)
        return OpenView(view, is_own, owner.name if owner else "")


def save_view(
    engine: Engine, actor: Actor, page: str, name: str, query: Mapping[str, str], *, shared: bool = False
) -> SavedView:
    """A new view of the actor's own. `shared`: with the actor's unit.

    Raises InvalidForm for a name or a filter that will not do, InvalidState where the actor has too many.
    """
    view = SavedView(
        view_id=str(uuid.uuid4()),
        owner=actor.person_id,
        page=page,
        name=_checked_name(name),
        query=_checked_query(page, query),
        created_at=engine.clock.now(),
        unit=actor.unit if shared else None,
    )
    with engine.store.write() as work:
        if work.views.count_of(actor.person_id, page) >= MOST_VIEWS:
            raise InvalidState(
                Message(
                    f"最多保存 {MOST_VIEWS} 个视图。请先删除不用的。",
                    f"At most {MOST_VIEWS} views can be kept. Delete one that is no longer used.",
                )
            )
        work.views.add(view)
        _record(engine, work, actor, "ViewSaved", view)
    return view


def change_view(
    engine: Engine,
    actor: Actor,
    view_id: str,
    *,
    name: str | None = None,
    query: Mapping[str, str] | None = None,
    shared: bool | None = None,
) -> SavedView:
    """Renames a view, gives it another filter, shares it with the actor's unit or takes it back.

    Raises NotFound, Forbidden (audited) for others than its owner, InvalidForm.
    """
    checked_name = None if name is None else _checked_name(name)
    try:
        with engine.store.write() as work:
            view = _own(work, actor, view_id)
            changed = replace(
                view,
                name=view.name if checked_name is None else checked_name,
                query=view.query if query is None else _checked_query(view.page, query),
                unit=view.unit if shared is None else actor.unit if shared else None,
            )
            if changed != view:
                work.views.save(changed)
                _record(engine, work, actor, "ViewChanged", changed)
    except Forbidden:
        record_refusal(engine, actor, "change_view", {"view_id": view_id})
        raise
    return changed


def delete_view(engine: Engine, actor: Actor, view_id: str) -> SavedView:
    """Returns what was deleted. Raises NotFound, Forbidden (audited) for others than its owner."""
    try:
        with engine.store.write() as work:
            view = _own(work, actor, view_id)
            work.views.drop(view_id)
            _record(engine, work, actor, "ViewDeleted", view)
    except Forbidden:
        record_refusal(engine, actor, "delete_view", {"view_id": view_id})
        raise
    return view


def _known(work: UnitOfWork, actor: Actor, view_id: str) -> SavedView:
    view = work.views.get(view_id)
    if view is None or (view.owner != actor.person_id and view.unit not in actor.units):
        raise NotFound(Message("视图", "view"), view_id[:64])
    return view


def _own(work: UnitOfWork, actor: Actor, view_id: str) -> SavedView:
    view = _known(work, actor, view_id)
    if view.owner != actor.person_id:
        raise Forbidden(
            Message(
                f"视图“{view.name}”是同事共享的，只能由本人修改。可以按它的条件另存一个自己的视图。",
                f"The view “{view.name}” was shared by a colleague, who alone may change it. "
                "Save its filter under a name of your own instead.",
            )
        )
    return view


def _checked_name(name: str) -> str:
    tidy = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    if not tidy or len(tidy) > LONGEST_NAME:
        message = Message(
            f"请为视图取一个名称，最多 {LONGEST_NAME} 个字。",
            f"Give the view a name of at most {LONGEST_NAME} characters.",
        )
        raise InvalidForm([FieldError("name", message)])
    return tidy


def _checked_query(page: str, query: Mapping[str, str]) -> dict[str, str]:
    """Filters without a value are left out. A name that the list does not know would silently find more."""
    given = {key: value for key, value in query.items() if value != ""}
    known = FILTERS.get(page, frozenset())
    for key, value in given.items():
        if key not in known:
            message = Message(
                f"这个列表没有名为“{key[:40]}”的条件，视图未保存。请从页面上选择条件。",
                f"This list has no filter “{key[:40]}”, so the view was not saved. Choose filters on the page.",
            )
            raise InvalidForm([FieldError(key[:40], message)])
        if len(value) > LONGEST_VALUE:
            message = Message(
                f"条件最多 {LONGEST_VALUE} 个字。请缩短后再保存。",
                f"A filter may have at most {LONGEST_VALUE} characters. Shorten it, then save again.",
            )
            raise InvalidForm([FieldError(key, message)])
    return given


def _record(engine: Engine, work: UnitOfWork, actor: Actor, event: str, view: SavedView) -> None:
    """Who shared which filter, and when; what was searched for is nobody's business."""
    detail = {"view_id": view.view_id, "page": view.page, "unit": view.unit, "filters": sorted(view.query)}
    record_event(work, event, detail, actor=actor.person_id, at=engine.clock.now())
