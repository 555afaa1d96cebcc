"""YAML read so that every key keeps its line, and dates and times stay the text that was written."""

from __future__ import annotations

import re
from typing import Any

import yaml

from engine.errors import Message
from engine.scenarios.errors import Fault, InvalidScenario

LARGEST = 512 * 1024
"""Bytes; a scenario is a page or two."""


class LinedMapping(dict[str, Any]):
    """A mapping that knows its own line and that of each key."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}

    def line_of(self, key: str) -> int:
        return self.lines.get(key, self.line)


class _Loader(yaml.SafeLoader):
    """Knows null, true, false and numbers; `2025-09-26`, `09:00`, `on` and `no` stay text."""

    yaml_implicit_resolvers: dict[str, list[Any]] = {}  # noqa: RUF012 - PyYAML's own attribute


_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:~|null|)$"), ["~", "n", ""])
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), ["t", "f"])
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^-?(?:0|[1-9][0-9]*)$"), list("-0123456789"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(r"^-?[0-9]+\.[0-9]+$"), list("-0123456789"))


def _mapping(loader: _Loader, node: yaml.MappingNode) -> LinedMapping:
    made = LinedMapping(node.start_mark.line + 1)
    for key_node, value_node in node.value:
        key = str(loader.construct_object(key_node, deep=True))
        if key in made:
            raise yaml.constructor.ConstructorError(
                None, None, f"the key “{key}” is written twice", key_node.start_mark
            )
        made[key] = loader.construct_object(value_node, deep=True)
        made.lines[key] = key_node.start_mark.line + 1
    return made


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)


def read_yaml(content: bytes, path: str) -> LinedMapping:
    """The file's top mapping. Raises InvalidScenario for what is no YAML, no mapping, or too large."""
    if len(content) > LARGEST:
        raise _invalid(path, 1, "文件过大，请拆成几个情景。", "The file is too large. Split it.")
    try:
        made = yaml.load(content.decode("utf-8-sig"), _Loader)  # noqa: S506 - a SafeLoader
    except UnicodeDecodeError as error:
        raise _invalid(path, 1, "文件不是 UTF-8 编码。", "The file is not UTF-8.") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error)
        line = mark.line + 1 if mark else 1
        raise _invalid(
            path,
            line,
            f"不是正确的 YAML（{problem}）。请检查缩进和冒号。",
            f"Not valid YAML ({problem}).",
        ) from error
    if not isinstance(made, LinedMapping):
        raise _invalid(path, 1, "文件应由“键: 值”组成。", "The file must consist of “key: value” lines.")
    return made


def _invalid(path: str, line: int, zh: str, en: str) -> InvalidScenario:
    return InvalidScenario(path, [Fault(line, None, Message(zh, en))])
