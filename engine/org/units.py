"""Units: added, renamed, moved below another, closed once nothing is left in them, and opened again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from engine.audit.record import record_event
from engine.errors import FieldError, InvalidForm, InvalidState, Message
from engine.org.fields import CODE, wrong_name
from engine.org.keeping import keep_unit, refusals_audited, require_keeper, require_still_keeper
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.directory import UnitTies
from engine.records.org import Actor, Unit
from engine.values import Data


@dataclass(frozen=True)
class UnitFields:
    """What is typed about a unit. `parent` "" for the top; `name_en` "" reads as the Chinese name."""

    name: str
    name_en: str = ""
    kind: str = ""
    parent: str = ""

    def on(self, unit: Unit) -> Unit:
        name = self.name.strip()
        return replace(
            unit,
            name=name,
            name_en=self.name_en.strip() or name,
            kind=self.kind.strip(),
            parent=self.parent or None,
        )


def add_unit(engine: Engine, actor: Actor, code: str, given: UnitFields) -> Unit:
    """Raises Forbidden (audited), InvalidForm."""
    require_keeper(engine, actor, "OfficeUnitAdded", {"unit": code})
    code, now = code.strip().lower(), engine.clock.now()
    with refusals_audited(engine, actor, "OfficeUnitAdded", {"unit": code}), engine.store.write() as work:
        require_still_keeper(work, actor)
        units = _units(work)
        errors = [*_wrong_code(code, units), *_wrong(given, code, units)]
        if errors:
            raise InvalidForm(errors)
        unit = given.on(Unit(code, "", "", changed_by=actor.person_id, changed_at=now))
        work.org.add_units([unit])
        detail: Data = {"unit": code, "name": unit.name, "parent": unit.parent}
        record_event(work, "OfficeUnitAdded", detail, actor=actor.person_id, at=now)
    return unit


def change_unit(engine: Engine, actor: Actor, code: str, given: UnitFields, *, seen: int) -> Unit:
    """Name, kind and place; its code stays. Raises as `keep_unit`, and InvalidForm."""

    def act(work: UnitOfWork, unit: Unit, _now: datetime) -> tuple[Unit, Data]:
        errors = list(_wrong(given, code, _units(work)))
        if errors:
            raise InvalidForm(errors)
        changed = given.on(unit)
        was: Data = {"name": [unit.name, changed.name], "parent": [unit.parent, changed.parent]}
        return changed, {key: pair for key, pair in was.items() if pair[0] != pair[1]}

    return keep_unit(engine, actor, code, "OfficeUnitChanged", act, seen=seen)


def close_unit(engine: Engine, actor: Actor, code: str, *, seen: int) -> Unit:
    """It stays in every list of what was. Raises as `keep_unit`, InvalidState naming what is left in it."""

    def act(work: UnitOfWork, unit: Unit, now: datetime) -> tuple[Unit, Data]:
        if unit.closed_at is not None:
            raise InvalidState(Message(f"“{unit.name}”已经停用。", f"“{unit.name}” is closed already."))
        below = [each.name for each in work.org.units() if each.parent == code and each.closed_at is None]
        ties = work.directory.ties_of(code)
        if below or is_tied(ties):
            raise _left(unit, ties, len(below))
        return replace(unit, closed_at=now), {}

    return keep_unit(engine, actor, code, "OfficeUnitClosed", act, seen=seen)


def reopen_unit(engine: Engine, actor: Actor, code: str, *, seen: int) -> Unit:
    """Raises as `keep_unit`, InvalidState where the unit above it is closed."""

    def act(work: UnitOfWork, unit: Unit, _now: datetime) -> tuple[Unit, Data]:
        above = _units(work).get(unit.parent or "")
        if above is not None and above.closed_at is not None:
            message = Message(
                f"上级单位“{above.name}”已停用。请先恢复上级单位。",
                f"“{above.name}” above it is closed. Open that one first.",
            )
            raise InvalidState(message)
        return replace(unit, closed_at=None), {}

    return keep_unit(engine, actor, code, "OfficeUnitReopened", act, seen=seen)


def is_tied(ties: UnitTies) -> bool:
    return any((ties.people, ties.roles, ties.tasks, ties.cases))


def _units(work: UnitOfWork) -> dict[str, Unit]:
    return {unit.code: unit for unit in work.org.units()}


def _wrong_code(code: str, units: Mapping[str, Unit]) -> Iterator[FieldError]:
    if not CODE.fullmatch(code):
        message = Message(
            "代码由小写字母、数字、- 和 _ 组成，最多 32 个字符，以后不能改。",
            "A code has at most 32 lower-case letters, digits, - and _. It cannot be changed later.",
        )
        yield FieldError("code", message)
    elif code in units:
        message = Message(
            f"代码已用于“{units[code].name}”。请换一个。", f"“{units[code].name}” has this code. Choose another."
        )
        yield FieldError("code", message)


def _wrong(given: UnitFields, code: str, units: Mapping[str, Unit]) -> Iterator[FieldError]:
    yield from wrong_name("name", given.name)
    yield from wrong_name("name_en", given.name_en, needed=False)
    yield from wrong_name("kind", given.kind, needed=False)
    if any(u.name == given.name.strip() and u.code != code and u.closed_at is None for u in units.values()):
        yield FieldError("name", Message("已有同名单位。请换一个名称。", "Another unit has this name."))
    above: str | None = given.parent or None
    known = units.get(code)
    if above is not None and above != (known.parent if known else None):
        parent = units.get(above)
        if parent is None or parent.closed_at is not None:
            yield FieldError("parent", Message("请选择在用的上级单位。", "Choose a unit above that is open."))
    while above is not None:
        if above == code:
            message = Message("不能归到自己或自己的下级之下。", "A unit is not below itself.")
            yield FieldError("parent", message)
            return
        above = units[above].parent if above in units else None


def _left(unit: Unit, ties: UnitTies, below: int) -> InvalidState:
    parts = (
        (below, "个在用的下级单位", "open unit(s) below it"),
        (ties.people, "名在用人员", "active people"),
        (ties.roles, "个由外单位人员持有的角色", "role(s) held there by people of other units"),
        (ties.tasks, "件在办任务", "open task(s)"),
        (ties.cases, "件未办结的案件", "open case(s)"),
    )
    zh = "、".join(f"{many} {what}" for many, what, _ in parts if many)
    en = ", ".join(f"{many} {what}" for many, _, what in parts if many)
    return InvalidState(
        Message(
            f"“{unit.name}”还有{zh}，不能停用。请先调出人员、收回角色、办结或转办。",
            f"“{unit.name}” still has {en}. Move people, take roles back, finish or hand over first.",
        )
    )
