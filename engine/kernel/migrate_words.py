"""Why an instance has no place in another version."""

from __future__ import annotations

from engine.errors import Message


def gone(name: str) -> Message:
    return Message(
        f"案件停在“{name}”，新版本没有这个环节。请指定由哪个环节接替。",
        f"The case stands at “{name}”, which the new version does not have. Choose the step that takes its place.",
    )


def no_target(element: str) -> Message:
    return Message(
        f"指定接替的环节“{element}”不在新版本的同一层流程中。请另选环节。",
        f"The step “{element}” that was to take its place is not in the same scope of the new version. "
        "Choose another.",
    )


def other_kind(name: str, other: str) -> Message:
    return Message(
        f"“{name}”在新版本中是另一类环节（“{other}”），不能直接接续。请另指定接替的环节。",
        f"“{name}” is another kind of element in the new version (“{other}”) and cannot go on there. "
        "Choose another step.",
    )


def lost_branch(join: str, source: str) -> Message:
    return Message(
        f"案件的一个分支已到达“{join}”，新版本中这个分支（{source}）不再通向该处。请让这些案件在原版本办结。",
        f"A branch of the case has reached “{join}”, but in the new version this branch ({source}) no longer leads "
        "there. Let these cases finish on the old version.",
    )
