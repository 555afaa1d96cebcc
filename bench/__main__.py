"""`python -m bench [NAME …] [--scale N]`: JSON lines, then a table; exit code 1 where a target is missed."""

from __future__ import annotations

import argparse
import sys

from bench import (
    drain,
    editor,
    explain,
    heartbeat,
    inbox,
    kernel_memory,
    kernel_step,
    lateness,
    lint,
    moving,
    store_step,
)
from bench.report import print_row, print_table, say

BENCHMARKS = {
    "memory": kernel_memory.rows,
    "step": kernel_step.rows,
    "durable": store_step.rows,
    "explain": explain.rows,
    "heartbeat": heartbeat.rows,
    "lateness": lateness.rows,
    "drain": drain.rows,
    "inbox": inbox.rows,
    "moving": moving.rows,
    "editor": editor.rows,
    "lint": lint.rows,
}
SCALED = ("heartbeat", "lateness", "drain", "inbox", "moving")
"""Those that `--scale` makes smaller: how many timers, tasks or cases."""


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Ratios within one run.")
    parser.add_argument("name", nargs="*", help=f"which to run: {', '.join(BENCHMARKS)} (default: all)")
    parser.add_argument("--scale", type=int, help=f"timers or tasks, for a smaller run of {', '.join(SCALED)}")
    given = parser.parse_args(arguments)
    names = given.name or list(BENCHMARKS)
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"no benchmark {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
    rows = []
    for name in names:
        say(f"{name} …")
        for row in BENCHMARKS[name](*([given.scale] if given.scale and name in SCALED else [])):
            print_row(row)
            rows.append(row)
    print_table(rows)
    return 0 if all(row.is_met for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
