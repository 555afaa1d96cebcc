"""A process that moves cases and dies in the middle of one: `python -m tests.chaos.migrating HOME AFTER`.

It moves the first cases of the run that is under way, writes the whole step of the one after `AFTER`, says so, and
waits to be killed before the commit.
"""

from __future__ import annotations

import sys
from pathlib import Path

from engine.cases.moving import carry
from engine.cases.moving.progress import advance_runs
from engine.cases.moving.whole import check_whole
from engine.definitions.sources import Procedure
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.case import Instance
from tests.worlds import enter_world


def main(home: str, after: str) -> None:
    world = enter_world(Path(home))
    seen = 0

    def halt(engine: Engine, work: UnitOfWork, procedure: Procedure, instance: Instance) -> None:
        nonlocal seen
        check_whole(engine, work, procedure, instance)
        seen += 1
        if seen > int(after):
            print("written, not committed", flush=True)
            sys.stdin.read()

    carry.check_whole = halt  # type: ignore[attr-defined]
    advance_runs(world.engine)


if __name__ == "__main__":
    main(*sys.argv[1:])
