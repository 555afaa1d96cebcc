"""Runs every benchmark and prints its rows."""

from __future__ import annotations

from bench import kernel_memory, kernel_step, store_step
from bench.report import print_rows

if __name__ == "__main__":
    print_rows([*kernel_memory.rows(), *kernel_step.rows(), *store_step.rows()])
