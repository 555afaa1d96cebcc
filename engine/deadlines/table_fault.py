"""What is wrong with a cell of an office's table."""

from __future__ import annotations

from dataclasses import dataclass

from engine.errors import EngineError, Message


@dataclass(frozen=True)
class TableFault:
    """`row_id` "" is the table as a whole, `column` "" a whole row; `line` counts from 1 in the file."""

    row_id: str
    column: str
    message: Message
    line: int | None = None


class InvalidTable(EngineError):
    """A version of a table that cannot hold. `faults` lists everything found."""

    def __init__(self, faults: tuple[TableFault, ...]) -> None:
        first = faults[0].message
        super().__init__(
            Message(
                f"这张表有 {len(faults)} 处错误，未保存：{first.zh}",
                f"The table has {len(faults)} error(s) and was not saved: {first.en}",
            )
        )
        self.faults = faults
