"""Refusals of the scenario room."""

from __future__ import annotations

from dataclasses import dataclass

from engine.errors import EngineError, Message


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong in a file: `line` counts from 1, `key` is the key at fault, if one is."""

    line: int
    key: str | None
    message: Message


class InvalidScenario(EngineError):
    """A scenario file that cannot be run. `faults` lists everything found, in the order of the lines."""

    def __init__(self, path: str, faults: list[Fault]) -> None:
        self.path = path
        self.faults = tuple(sorted(faults, key=lambda fault: fault.line))
        super().__init__(
            Message(
                "\n".join(f"{path} 第 {f.line} 行{_key(f, '“', '”')}：{f.message.zh}" for f in self.faults),
                "\n".join(f"{path} line {f.line}{_key(f, ', “', '”')}: {f.message.en}" for f in self.faults),
            )
        )


def _key(fault: Fault, before: str, after: str) -> str:
    return f"{before}{fault.key}{after}" if fault.key else ""
