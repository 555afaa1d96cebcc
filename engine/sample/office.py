"""An office written down in YAML: units, people, and the roles they hold.

The file has two lists. `units`: `code`, `name`, and optionally `name_en`, `kind`, `parent` (a code). `people`:
`username`, `name`, `unit` and `grants`, each grant written `role@unit`, and optionally `email`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from engine.errors import InvalidFile, Message
from engine.org.addresses import is_mail_address
from engine.records.org import Grant, Unit


@dataclass(frozen=True)
class Member:
    """A person as an office file names them; a password is not part of the file."""

    username: str
    name: str
    unit: str
    grants: tuple[Grant, ...]
    email: str = ""


@dataclass(frozen=True)
class Office:
    """Units before the units they contain, and the people."""

    units: tuple[Unit, ...]
    people: tuple[Member, ...]


def sample_office() -> Office:
    """The office of the demo, the tests and the scenarios."""
    return parse_office(
        files("engine.sample").joinpath("sample_office.yaml").read_text("utf-8"), "sample_office.yaml"
    )


def load_office(path: Path) -> Office:
    """Raises InvalidFile naming the entry that is wrong."""
    return parse_office(path.read_text("utf-8"), path.name)


def parse_office(text: str, name: str) -> Office:
    """Raises InvalidFile naming the entry that is wrong."""
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise _invalid(name, "不是有效的 YAML", "is not valid YAML", str(error)) from error
    if not isinstance(document, Mapping):
        raise _invalid(name, "顶层应有 units 和 people 两个列表", "needs the lists units and people", "")
    units = tuple(_unit(name, item) for item in _list(name, document, "units"))
    people = tuple(_member(name, item) for item in _list(name, document, "people"))
    _check_references(name, units, people)
    return Office(units, people)


def _list(name: str, document: Mapping[str, Any], key: str) -> list[Any]:
    value = document.get(key, [])
    if not isinstance(value, list):
        raise _invalid(name, f"{key} 应是列表", f"{key} must be a list", "")
    return value


def _unit(name: str, item: Any) -> Unit:
    code, label = _text(name, item, "code"), _text(name, item, "name")
    return Unit(code, label, str(item.get("name_en", label)), item.get("parent"), str(item.get("kind", "")))


def _member(name: str, item: Any) -> Member:
    grants = []
    for text in item.get("grants", []) if isinstance(item, Mapping) else []:
        role, separator, unit = str(text).partition("@")
        if not (role and separator and unit):
            raise _invalid(name, "授权应写作 角色@单位", "a grant reads role@unit", str(text))
        grants.append(Grant(role, unit))
    username, label, unit = _text(name, item, "username"), _text(name, item, "name"), _text(name, item, "unit")
    email = _text(name, item, "email") if item.get("email") is not None else ""
    if email and not is_mail_address(email):
        raise _invalid(name, "email 应是一个电子邮件地址", "email must be an e-mail address", username)
    return Member(username, label, unit, tuple(grants), email)


def _text(name: str, item: Any, key: str) -> str:
    value = item.get(key) if isinstance(item, Mapping) else None
    if not isinstance(value, str) or not value.strip():
        raise _invalid(name, f"缺少 {key}", f"{key} is missing", str(item))
    return value.strip()


def _check_references(name: str, units: tuple[Unit, ...], people: tuple[Member, ...]) -> None:
    codes = {unit.code for unit in units}
    named = [(unit.parent, unit.code) for unit in units if unit.parent]
    named += [(person.unit, person.username) for person in people]
    named += [(grant.unit, person.username) for person in people for grant in person.grants]
    for code, where in named:
        if code not in codes:
            raise _invalid(name, f"单位 {code} 不存在", f"there is no unit {code}", where)


def _invalid(name: str, zh: str, en: str, where: str) -> InvalidFile:
    at = f"（{where}）" if where else ""
    at_en = f" ({where})" if where else ""
    return InvalidFile(Message(f"机关文件 {name}：{zh}{at}。", f"Office file {name}: {en}{at_en}."))
