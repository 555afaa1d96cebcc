"""What is known of variables on a path through a diagram, from the answers of its gateways and from its scripts.

Only what is written as `name = literal` (or a bare flag) is understood; any other condition is remembered by its
text, until one of its variables is set again. Not knowing is always safe: more paths are thought possible.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from engine.kernel.feel_pieces import pieces_of

Fact = tuple[str, str, str]
"""(`is` | `not`, variable, literal) or (`true` | `false`, condition, "")."""
Facts = frozenset[Fact]

_MOST: Final = 4000
NOTHING: Final[Facts] = frozenset()
_NAME: Final = r"[^\W\d]\w*"
_ATOM: Final = re.compile(rf'^({_NAME})\s*(=|!=)\s*("(?:[^"\\]|\\.)*"|true|false|null|-?\d+(?:\.\d+)?)$')
_FLAG: Final = re.compile(rf"^(?:not\(\s*({_NAME})\s*\)|({_NAME}))$")
_TEXT: Final = re.compile(r'"(?:[^"\\]|\\.)*"')
_WORD: Final = re.compile(_NAME)
_AND: Final = re.compile(r"\s+and\s+")
_LITERAL: Final = re.compile(r'^("(?:[^"\\]|\\.)*"|true|false|null|-?\d+(?:\.\d+)?)$')


def holds(condition: str, facts: Facts) -> bool | None:
    """Whether a condition is true, false, or unknown (None) where these facts hold."""
    answers = [_atom_holds(atom, facts) for atom in _atoms(condition)]
    if any(answer is False for answer in answers):
        return False
    return True if all(answers) else None


def assume(condition: str, answer: bool, facts: Facts) -> Facts:
    """The facts with the answer of a gateway added."""
    atoms = _atoms(condition)
    if answer:
        for atom in atoms:
            facts = _with(atom, True, facts)
        return facts
    unknown = [atom for atom in atoms if _atom_holds(atom, facts) is not True]
    if len(unknown) == 1:
        return _with(unknown[0], False, facts)
    return facts | {("false", _text(condition), "")}


def forget(names: frozenset[str], facts: Facts) -> Facts:
    """The facts without what is said of variables that have been set again."""
    if not names or not facts:
        return facts
    return frozenset(fact for fact in facts if not names & _of(fact))


def keep(names: frozenset[str], facts: Facts) -> Facts:
    """Only the facts about variables that are still asked for."""
    return frozenset(fact for fact in facts if _of(fact) <= names)


def mentioned(facts: Facts) -> frozenset[str]:
    """The variables of which something is known."""
    return frozenset(name for fact in facts for name in _of(fact))


def learn(values: tuple[tuple[str, str], ...], facts: Facts) -> Facts:
    """The facts after a script has set variables to literals."""
    return facts | {("is", name, value) for name, value in values}


def denies(variable: str, facts: Facts) -> bool:
    """Whether a gateway has answered that the flag is not set."""
    return ("not", variable, "true") in facts or ("is", variable, "false") in facts


@lru_cache(maxsize=4096)
def reads(text: str) -> frozenset[str]:
    """The names that stand in an expression, outside of its texts."""
    return frozenset(_WORD.findall(_TEXT.sub(" ", text)))


@lru_cache(maxsize=1024)
def entries(text: str) -> tuple[tuple[str, str], ...]:
    """Keys and expressions of a FEEL context as it is written; none where the text is another expression."""
    text = text.strip()
    if not (text.startswith("{") and text.endswith("}")):
        return ()
    pairs = (piece.partition(":") for piece in pieces_of(text[1:-1]))
    return tuple((key.strip().strip('"'), value.strip()) for key, colon, value in pairs if colon)


def literals(text: str) -> tuple[tuple[str, str], ...]:
    """The entries of a context that are plain values."""
    return tuple((key, value) for key, value in entries(text) if _LITERAL.match(value))


def _atom_holds(atom: str, facts: Facts) -> bool | None:
    parsed = _parsed(atom)
    if parsed is None:
        text = _text(atom)
        if text in {"true", "false"}:
            return text == "true"
        if ("true", text, "") in facts:
            return True
        return False if ("false", text, "") in facts else None
    name, value, is_equal = parsed
    answer = _is(name, value, facts)
    return answer if is_equal or answer is None else not answer


def _is(name: str, value: str, facts: Facts) -> bool | None:
    if ("is", name, value) in facts:
        return True
    if ("not", name, value) in facts:
        return False
    return False if any(kind == "is" and about == name for kind, about, _ in facts) else None


def _with(atom: str, answer: bool, facts: Facts) -> Facts:
    parsed = _parsed(atom)
    if parsed is None:
        return facts | {("true" if answer else "false", _text(atom), "")}
    name, value, is_equal = parsed
    if answer != is_equal:
        return facts | {("not", name, value)}
    others = frozenset(fact for fact in facts if not (fact[0] == "not" and fact[1] == name))
    return others | {("is", name, value)}


@lru_cache(maxsize=4096)
def _parsed(atom: str) -> tuple[str, str, bool] | None:
    found = _ATOM.match(atom)
    if found is not None:
        return found.group(1), found.group(3), found.group(2) == "="
    flag = _FLAG.match(atom)
    if flag is None or atom in {"true", "false"}:
        return None
    return flag.group(1) or flag.group(2), "true", flag.group(1) is None


@lru_cache(maxsize=4096)
def _atoms(condition: str) -> tuple[str, ...]:
    """The parts of a conjunction; an expression that only *contains* one stays whole."""
    text = condition.strip()
    if len(text) > _MOST:
        return (text,)
    bare = _TEXT.sub("", text)
    if " and " not in bare or re.search(r"\b(or|if|some|every|for|satisfies|between)\b|[({\[]", bare):
        return (text,)
    kept: list[str] = []

    def hide(found: re.Match[str]) -> str:
        kept.append(found.group())
        return f"\0{len(kept) - 1}\0"

    parts = _AND.split(_TEXT.sub(hide, text))
    return tuple(re.sub(r"\0(\d+)\0", lambda m: kept[int(m.group(1))], part.strip()) for part in parts)


@lru_cache(maxsize=4096)
def _of(fact: Fact) -> frozenset[str]:
    kind, about, _ = fact
    return frozenset({about}) if kind in {"is", "not"} else reads(about)


def _text(condition: str) -> str:
    return " ".join(condition.split())
