"""FEEL cut into the pieces of a list or a context, without being evaluated."""

from __future__ import annotations

from collections.abc import Iterator


def pieces_of(text: str) -> Iterator[str]:
    """The pieces between the commas that stand outside of brackets and texts."""
    depth, begun, is_text = 0, 0, False
    for index, character in enumerate(text):
        if character == '"' and text[index - 1 : index] != "\\":
            is_text = not is_text
        elif is_text:
            continue
        elif character in "{[(":
            depth += 1
        elif character in "}])":
            depth -= 1
        elif character == "," and depth == 0:
            yield text[begun:index]
            begun = index + 1
    if text[begun:].strip():
        yield text[begun:]
