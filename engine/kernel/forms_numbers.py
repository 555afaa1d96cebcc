"""Numbers that people and organisations bear: identity, credit code, telephone. The browser has the same rules.

Source: GB 11643-1999 (resident identity number), GB 32100-2015 (unified social credit code); python-stdnum.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from stdnum.cn import ric, uscc
from stdnum.exceptions import ValidationError

from engine.errors import Message

PHONE: Final = re.compile(r"1[3-9]\d{9}|0\d{2,3}-?\d{7,8}(-\d{1,6})?|(\+|00)[1-9]\d{6,18}", re.ASCII)
_MOBILE: Final = re.compile(r"((\+|00)?86)?(1[3-9]\d{9})", re.ASCII)
_RESIDENT: Final = re.compile(r"\d{17}[\dX]", re.ASCII)
_CREDIT: Final = re.compile(r"[0-9A-HJ-NP-RTUW-Y]{2}\d{6}[0-9A-HJ-NP-RTUW-Y]{10}", re.ASCII)
_PROVINCES: Final = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]")
"""First two digits; counties come and go, and an old number stays good, so that they are not looked at."""
_GAPS: Final = re.compile(r"[\s-]+")


class BadNumber(Exception):
    """`message` says what is wrong; it does not yet name the field."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh)
        self.message = Message(zh, en)


def resident_id(text: str, today: date) -> str:
    """The number without gaps, X in upper case. Raises BadNumber."""
    number = _GAPS.sub("", text).upper()
    if not _RESIDENT.fullmatch(number):
        raise BadNumber(
            f"不是居民身份证号码：应为 17 位数字加 1 位校验码（数字或 X），现有 {len(number)} 位。请对照证件核对。",
            f"is no identity number: it has 18 digits, the last may be X, not {len(number)}. Compare the card.",
        )
    if not _PROVINCES.fullmatch(number[:2]) or not _is_birthday(number, today):
        raise BadNumber(
            "不是居民身份证号码：第 1—2 位的地区或第 7—14 位的出生日期不存在。请对照证件核对。",
            "is no identity number: no such place (digits 1–2) or date of birth (7–14). Compare the card.",
        )
    if ric.calc_check_digit(number) != number[-1]:
        raise BadNumber(
            "不是居民身份证号码：最后一位校验码不符，有数字写错。请对照证件核对。",
            "is no identity number: the last digit does not fit, so some digit is wrong. Compare the card.",
        )
    return number


def _is_birthday(number: str, today: date) -> bool:
    try:
        return date(1850, 1, 1) <= ric.get_birth_date(number) <= today
    except (ValidationError, ValueError):
        return False


def credit_code(text: str, _today: date) -> str:
    """The code without gaps, in upper case. Raises BadNumber."""
    code = _GAPS.sub("", text).upper()
    if not _CREDIT.fullmatch(code):
        raise BadNumber(
            f"不是统一社会信用代码：应为 18 位数字和大写字母（无 I、O、S、V、Z），现有 {len(code)} 位。请核对。",
            f"is no unified social credit code: 18 digits and capitals (no I, O, S, V, Z), not {len(code)}.",
        )
    if uscc.calc_check_digit(code) != code[-1]:
        raise BadNumber(
            "不是统一社会信用代码：最后一位校验码不符，有字符写错。请对照证照核对。",
            "is no unified social credit code: the last character does not fit. Compare the licence.",
        )
    return code


def mobile(text: str, _today: date) -> str:
    """Eleven digits, without +86. Raises BadNumber."""
    found = _MOBILE.fullmatch(_GAPS.sub("", text))
    if found is None:
        raise BadNumber(
            "不是手机号码：应为 11 位，例如 13800138000。", "is no mobile number: 11 digits, such as 13800138000."
        )
    return found.group(3)


def phone(text: str, _today: date) -> str:
    """As it was given: mobile, landline or international. Raises BadNumber."""
    if not PHONE.fullmatch(text):
        raise BadNumber(
            "不是有效的电话号码，例如 13800138000、010-12345678 或 +8613800138000。",
            "is no telephone number, such as 13800138000, 010-12345678 or +8613800138000.",
        )
    return text


CHECKS: Final[Mapping[str, Callable[[str, date], str]]] = {
    "resident_id": resident_id,
    "credit_code": credit_code,
    "mobile": mobile,
    "phone": phone,
    # as they were called first
    "id_number": resident_id,
    "uscc": credit_code,
}
"""What a field's property `check` may name."""
