"""What is refused while a halt is in force, and how it is said."""

from __future__ import annotations

from engine.errors import InvalidState, Message
from engine.ports.store import UnitOfWork
from engine.records.operating import Halt, HaltScope

_WHAT = {
    HaltScope.INSTANCE: Message("本案的流程", "This case"),
    HaltScope.PROCEDURE: Message("本流程的全部案件", "All cases of this procedure"),
    HaltScope.EVERYTHING: Message("全部流程", "All procedures"),
}


class Halted(InvalidState):
    """The instance or the procedure is halted; `halt_id` says by what."""

    def __init__(self, message: Message, halt_id: str) -> None:
        super().__init__(message)
        self.halt_id = halt_id


def refuse_halted(work: UnitOfWork, halt_id: str | None) -> None:
    """Raises Halted where there is a halt. No statement where there is none."""
    if halt_id is not None:
        raise halted(work.operating.halt(halt_id), halt_id)


def refuse_halted_start(work: UnitOfWork, procedure: str) -> None:
    """Raises Halted where no case of the procedure starts now. One statement."""
    refuse_halted(work, work.operating.halt_of_procedure(procedure))


def halted(halt: Halt | None, halt_id: str) -> Halted:
    """The refusal. Whoever asked loses nothing: what was typed is kept as a draft."""
    what = _WHAT[halt.scope if halt is not None else HaltScope.INSTANCE]
    reason, reason_en = (f"原因：{halt.reason}。", f" Reason: {halt.reason}.") if halt is not None else ("", "")
    return Halted(
        Message(
            f"{what.zh}已由流程管理员暂停，本次操作未生效。{reason}法定期限照常计算；恢复后请再办理，"
            "紧急事项请联系流程管理员。",
            f"{what.en} has been suspended by a process admin; nothing was changed.{reason_en} Statutory deadlines "
            "run on. Try again once it is resumed, or ask a process admin where it is urgent.",
        ),
        halt_id,
    )
