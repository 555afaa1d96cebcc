"""Pinyin initials: words and surnames decide between readings."""

from __future__ import annotations

import pytest

from engine.casework.initials import initials_of, initials_of_name


@pytest.mark.parametrize(
    ("text", "initials"),
    [
        ("青山县信访局", "qsxxfj"),
        ("重庆市长江", "cqszj"),
        ("征地补偿［２０２５］号 A-b", "zdbc2025hab"),
        ("", ""),
        ("，。%_", ""),
    ],
)
def test_initials_of_text(text: str, initials: str) -> None:
    assert initials_of(text) == initials


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("曾小红", "zxh"),
        ("单雄", "sx"),
        ("仇英", "qy"),
        ("解珍", "xz"),
        ("查良", "zl"),
        ("区少", "os"),
        ("盖叫天", "gjt"),
        ("朴正", "pz"),
        ("尉迟恭", "ycg"),
        ("王重阳", "wcy"),
        ("欧阳修", "oyx"),
    ],
)
def test_a_surname_is_read_as_a_surname(name: str, initials: str) -> None:
    assert initials_of_name(name) == initials


def test_only_the_first_character_is_a_surname() -> None:
    assert initials_of("简单") == "jd"
    assert initials_of_name("王单") == "wd"
