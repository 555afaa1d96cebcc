"""A process that dies in the middle of a step: `python -m tests.contract.crashing HOME URL`.

Writes most of a step, says so on standard output, and waits to be killed before the commit.
"""

from __future__ import annotations

import sys
from pathlib import Path

from engine.clock.fixed import ManualClock
from engine.config import Settings
from engine.records.step import CaseUpdate
from engine.records.task import TaskClosure, TaskState
from engine.store import open_store
from tests.builders import a_notice, a_task, next_step
from tests.conftest import START


def main(home: str, url: str) -> None:
    store = open_store(Settings(home=Path(home), database_url=url), ManualClock(START))
    with store.write() as work:
        locked = work.instances.lock_by_task("t1")
        assert locked is not None
        work.registers.next_number("XF", 2025)
        work.instances.save_step(
            next_step(
                locked.instance,
                case_update=CaseUpdate("c1", state="half-way"),
                tasks_opened=(a_task("t2"),),
                tasks_closed=(TaskClosure("t1", TaskState.COMPLETED, START, "p-jingban", {}),),
                outbox=(a_notice(),),
            )
        )
        print("written, not committed", flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main(*sys.argv[1:])
