"""One field's submitted JSON to the value of a variable, or what the person should do about it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from engine.errors import Message
from engine.kernel.forms_files import BadUpload, uploads_of
from engine.kernel.forms_numbers import CHECKS, BadNumber, phone
from engine.kernel.forms_schema import CHOICES, MULTIPLE, TEXTS, Schema
from engine.values import Value

MOST_DIGITS: Final = 15
LONGEST_NUMBER: Final = 40
LONGEST_OPTION: Final = 200
_EMAIL: Final = re.compile(r"[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-zA-Z0-9-]{1,63}(\.[a-zA-Z0-9-]{1,63}){0,8}")
_NUMBER: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_BLANK: Final = "\t\n\v\f\r \u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff" + "".join(
    map(chr, range(0x2000, 0x200B))
)
"""What a browser trims."""
_FORBIDDEN: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_UNSEEN: Final = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
"""What comes along from an address book or a chat when one copies: it hides in numbers and turns lines around."""
_SHAPES: Final[Mapping[str, re.Pattern[str]]] = {
    "date": re.compile(r"(\d{4})-(\d\d)-(\d\d)"),
    "time": re.compile(r"(\d\d):(\d\d)(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)?"),
    "datetime": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)?"),
}
_EXAMPLES: Final = {"date": "2026-03-01", "time": "09:30", "datetime": "2026-03-01T09:30"}


class Refused(Exception):
    """The value cannot be taken; `message` does not yet name the field."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh)
        self.message = Message(zh, en)


@dataclass(frozen=True)
class Rules:
    """What a field's value must fulfil, with FEEL limits already evaluated (None: no such limit)."""

    minimum: Decimal | None
    maximum: Decimal | None
    shortest: int | None
    longest: int
    options: Collection[Any] | None
    """The permitted values; None where the form does not know them."""
    now: datetime
    zone: ZoneInfo


def convert(field: Schema, raw: Any, rules: Rules) -> Value:
    """The value; None where nothing was filled in. Raises Refused."""
    kind = field["type"]
    if kind in TEXTS:
        return _text(field, raw, rules)
    if kind == "number":
        return _number(field, raw, rules)
    if kind == "checkbox":
        if not isinstance(raw, bool | None):
            raise Refused("只能勾选或不勾选。", "can only be checked or not.")
        return bool(raw)
    if kind == "datetime":
        return _temporal(field, raw, rules)
    if kind in CHOICES:
        return None if raw in (None, "") else _option(raw, rules)
    if kind in MULTIPLE:
        return _several(raw, rules)
    if kind == "filepicker":
        return _files(field, raw)
    raise TypeError(f"no conversion for {kind}")


def _text(field: Schema, raw: Any, rules: Rules) -> str | None:
    if raw is None:
        return None
    if not isinstance(raw, str):
        raise Refused("应为文字。", "must be text.")
    raw = _UNSEEN.sub("", raw)
    if len(raw) > rules.longest:
        raise Refused(
            f"最多 {rules.longest} 个字，现有 {len(raw)} 个。请删减，长材料请作为附件上传。",
            f"takes at most {rules.longest} characters and has {len(raw)}. Shorten it, or attach a file.",
        )
    if _FORBIDDEN.search(raw):
        raise Refused(
            "含有不可见的控制字符。请重新输入或粘贴为纯文本。", "has control characters; paste plain text."
        )
    text = raw.strip(_BLANK)
    if not text:
        return None
    if rules.shortest is not None and len(text) < rules.shortest:
        raise Refused(
            f"至少 {rules.shortest} 个字，现有 {len(text)} 个。",
            f"needs at least {rules.shortest} characters and has {len(text)}.",
        )
    return _checked(field, text, rules)


def _checked(field: Schema, text: str, rules: Rules) -> str:
    kind = (field.get("validate") or {}).get("validationType")
    if kind == "email" and not _EMAIL.fullmatch(text):
        raise Refused("不是有效的电子邮箱，例如 name@example.cn。", "is no address such as name@example.cn.")
    check = CHECKS.get(str((field.get("properties") or {}).get("check", "")))
    today = rules.now.astimezone(rules.zone).date()
    try:
        if kind == "phone":
            phone(text, today)
        return text if check is None else check(text, today)
    except BadNumber as bad:
        raise Refused(bad.message.zh, bad.message.en) from bad


def _number(field: Schema, raw: Any, rules: Rules) -> int | Decimal | None:
    if raw is None or raw == "":
        return None
    number = _read_number(raw)
    digits = field.get("decimalDigits")
    if isinstance(digits, int) and number != round(number, digits):
        zh = "应为整数。" if digits == 0 else f"最多 {digits} 位小数。"
        raise Refused(zh, "must be a whole number." if digits == 0 else f"takes at most {digits} decimal digits.")
    if rules.minimum is not None and number < rules.minimum:
        raise Refused(f"不能小于 {rules.minimum}。", f"must not be less than {rules.minimum}.")
    if rules.maximum is not None and number > rules.maximum:
        raise Refused(f"不能大于 {rules.maximum}。", f"must not be more than {rules.maximum}.")
    increment = _decimal(field.get("increment"))
    if increment and number % increment != 0:
        raise Refused(f"应为 {increment} 的倍数。", f"must be a multiple of {increment}.")
    if number == number.to_integral_value():
        return int(number)
    return round(number, 9).normalize() if -number.as_tuple().exponent > 9 else number  # type: ignore[operator]


def _read_number(raw: Any) -> Decimal:
    """Judged by its length before it is converted: `1e999999999` and a million digits cost nothing."""
    too_large = Refused("数字太大。", "is too large.")
    if isinstance(raw, str) and len(raw) > LONGEST_NUMBER:
        raise too_large
    if isinstance(raw, int) and not isinstance(raw, bool) and abs(raw) >= 10**MOST_DIGITS:
        raise too_large
    number = _decimal(raw) if isinstance(raw, str | int | float) and not isinstance(raw, bool) else None
    if number is None or not number.is_finite():
        raise Refused("应为数字。", "must be a number.")
    if number.adjusted() >= MOST_DIGITS:
        raise too_large
    return number


def _decimal(value: Any) -> Decimal | None:
    written = str(value).strip(_BLANK)
    return Decimal(written) if _NUMBER.fullmatch(written) else None


def _temporal(field: Schema, raw: Any, rules: Rules) -> date | time | datetime | None:
    if raw is None or raw == "":
        return None
    subtype = str(field.get("subtype"))
    noun, en = {"date": ("日期", "date"), "time": ("时间", "time")}.get(subtype, ("日期时间", "date and time"))
    if not isinstance(raw, str) or not _SHAPES[subtype].fullmatch(raw):
        example = _EXAMPLES[subtype]
        raise Refused(f"不是有效的{noun}，应写作 {example}。", f"is no {en}; write it as {example}.")
    try:
        value = _parsed(subtype, raw, rules.zone)
    except ValueError as error:
        raise Refused(f"没有“{raw}”这个{noun}。请重新选择。", f"“{raw}” does not exist. Choose again.") from error
    today = rules.now.astimezone(rules.zone).date()
    if field.get("disallowPassedDates") and not isinstance(value, time):
        day = value.astimezone(rules.zone).date() if isinstance(value, datetime) else value
        if day < today:
            raise Refused(f"不能早于今天（{today}）。", f"must not be before today ({today}).")
    return value


def _parsed(subtype: str, raw: str, zone: ZoneInfo) -> date | time | datetime:
    if subtype == "date":
        return date.fromisoformat(raw)
    if subtype == "time":
        return time.fromisoformat(raw)
    moment = datetime.fromisoformat(raw)
    return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment.astimezone(zone)


def _option(raw: Any, rules: Rules) -> Value:
    plain = isinstance(raw, str | int | float | bool)
    if rules.options is not None:
        if not any(type(raw) is type(option) and raw == option for option in rules.options):
            raise Refused("所选的值不在选项之中。请重新选择。", "is not one of the options. Choose again.")
    elif not plain or len(str(raw)) > LONGEST_OPTION or _FORBIDDEN.search(str(raw)):
        raise Refused("所选的值无效。请重新选择。", "is not a valid choice. Choose again.")
    return raw


def _several(raw: Any, rules: Rules) -> list[Value]:
    if raw is None:
        return []
    if not isinstance(raw, list):
        raise Refused("应为多个选项的列表。", "must be a list of options.")
    if len(raw) > 200:
        raise Refused("最多选择 200 项。", "takes at most 200 options.")
    chosen: list[Value] = []
    for item in raw:
        value = _option(item, rules)
        if value not in chosen:
            chosen.append(value)
    return chosen


def _files(field: Schema, raw: Any) -> list[Value]:
    try:
        return uploads_of(field, raw)
    except BadUpload as bad:
        raise Refused(bad.message.zh, bad.message.en) from bad
