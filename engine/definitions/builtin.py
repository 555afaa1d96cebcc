"""The procedures that come with Duban: the folders of `workflows/`, read from wherever it is installed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from engine.definitions.content import executable_files, is_scenario

_SHARED = "shared"
_OFFICE_WIDE = frozenset({"lights.dmn", "escalations.dmn", "duties.dmn"})
"""Tables of the office, not of a procedure: they belong to no version of one."""


def builtin_procedures() -> Mapping[str, Mapping[str, bytes]]:
    """Files by path, by procedure key. Only folders that hold a diagram of their own name are procedures."""
    return {
        folder.name: found
        for folder in sorted(_root().iterdir(), key=lambda entry: entry.name)
        if folder.is_dir() and folder.name != _SHARED
        for found in [executable_files(dict(_walk(folder, "")))]
        if f"{folder.name}.bpmn" in found
    }


def builtin_scenarios(key: str) -> Mapping[str, bytes]:
    """The scenarios that come with a procedure, by path; none where it does not come with Duban."""
    folder = _root() / key
    if key not in {entry.name for entry in _root().iterdir() if entry.is_dir()}:
        return {}
    return {path: content for path, content in _walk(folder, "") if is_scenario(path)}


@cache
def shared_tables() -> Mapping[str, bytes]:
    """The decision tables that every procedure sees, by file name."""
    return {path: content for path, content in _shared_files().items() if path not in _OFFICE_WIDE}


def shipped_table(table_id: str) -> bytes | None:
    """The DMN file of an office's table as it comes with Duban, None where there is none of that name."""
    return _shared_files().get(f"{table_id}.dmn")


@cache
def _shared_files() -> Mapping[str, bytes]:
    folder = _root() / _SHARED
    return executable_files(dict(_walk(folder, ""))) if folder.is_dir() else {}


def _root() -> Path:
    """`workflows/` lies beside the `engine` package, in a checkout and in an installed wheel alike."""
    return Path(__file__).resolve().parents[2] / "workflows"


def _walk(folder: Path, prefix: str) -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        path = f"{prefix}{entry.name}"
        if entry.is_dir():
            yield from _walk(entry, f"{path}/")
        else:
            yield path, entry.read_bytes()
