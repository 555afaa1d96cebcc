"""What is typed about people and units: checked here, the same on the page and from a file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from engine.errors import FieldError, Message
from engine.org.addresses import is_mail_address
from engine.records.org import Grant, Unit

LONGEST_NAME: Final = 60
LONGEST_REASON: Final = 200
CODE: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")
ROLE: Final = re.compile(r"[a-z][a-z0-9_]{1,39}")


def wrong_name(field: str, name: str, *, needed: bool = True) -> Iterator[FieldError]:
    if needed and not name.strip():
        yield FieldError(field, Message("请填写名称。", "A name is needed."))
    elif len(name.strip()) > LONGEST_NAME:
        yield FieldError(field, Message(f"最多 {LONGEST_NAME} 字。", f"At most {LONGEST_NAME} characters."))
    elif not name.isprintable():
        yield FieldError(field, Message("有不能显示的字符。请重新输入。", "It holds unprintable characters."))


def wrong_email(email: str) -> Iterator[FieldError]:
    if email and not is_mail_address(email):
        yield FieldError(
            "email",
            Message(
                f"“{email[:64]}”不是一个电子邮件地址。请填写如 name@example.gov.cn 的地址，或留空。",
                f"“{email[:64]}” is not an e-mail address. Give one like name@example.gov.cn, or none.",
            ),
        )


def wrong_unit(field: str, code: str, units: Mapping[str, Unit]) -> Iterator[FieldError]:
    """A unit that people may be put into: known, and not closed."""
    unit = units.get(code)
    if unit is None:
        yield FieldError(field, Message("请选择单位。", "Choose a unit."))
    elif unit.closed_at is not None:
        yield FieldError(
            field,
            Message(f"“{unit.name}”已停用。请选择其他单位。", f"“{unit.name}” is closed. Choose another unit."),
        )


def wrong_grant(grant: Grant, units: Mapping[str, Unit]) -> Iterator[FieldError]:
    if not grant.role:
        yield FieldError("role", Message("请选择角色。", "Choose a role."))
    elif not ROLE.fullmatch(grant.role):
        message = Message(
            "角色代码由小写字母、数字和下划线组成，以字母开头，2 至 40 个字符。",
            "A role's key has 2 to 40 lower-case letters, digits and underlines, and begins with a letter.",
        )
        yield FieldError("role", message)
    yield from wrong_unit("role_unit", grant.unit, units)
