"""What belongs to a version of a procedure, and the hash that identifies it."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

SHARED = "shared/"
"""Where a version keeps its copy of the tables that several procedures share."""
DOCUMENTS = "documents/"
"""Where a version keeps the Word templates of the papers that it issues."""
SCENARIOS = "scenarios/"
"""Where a draft keeps its scenarios; they are no part of a version."""
_SUFFIXES = (".bpmn", ".dmn", ".form.json")


def executable_files(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The diagrams, tables, forms and templates among the files of a folder; READMEs and scenarios stay outside."""
    return {path: content for path, content in sorted(files.items()) if _is_executable(path)}


def _is_executable(path: str) -> bool:
    return path.endswith(_SUFFIXES) or (path.startswith(DOCUMENTS) and path.endswith(".docx"))


def is_scenario(path: str) -> bool:
    return path.startswith(SCENARIOS) and path.endswith((".yaml", ".yml"))


def content_hash(files: Mapping[str, bytes], calls: Mapping[str, str]) -> str:
    """SHA-256 over all files (shared ones included) and the hashes of what is called, by process id."""
    digest = sha256()
    for path, content in sorted(files.items()):
        digest.update(f"{path}\0{len(content)}\0".encode())
        digest.update(content)
    for process_id, called in sorted(calls.items()):
        digest.update(f"{process_id}\0{called}\0".encode())
    return digest.hexdigest()


def template_path(kind: str) -> str:
    """The path of a kind's Word template in its version: `F04` means `documents/F04.docx`."""
    return f"{DOCUMENTS}{kind}.docx"


def form_path(form: str) -> str:
    """The path of a form in its version: `screen` means `forms/screen.form.json`."""
    return form if form.endswith(".json") else f"forms/{form}.form.json"
