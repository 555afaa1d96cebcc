"""A search as conditions of a list: the words that were typed, and the cases that the full-text engine has."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY

from engine.casework.case_numbers import filled
from engine.casework.initials import initials_of
from engine.store.case_words import INITIALS, LEAST_PREFIX, PAIR, PARTS, doc, pairs_of, units_of
from engine.store.connection import PLANNED_EACH_TIME
from engine.store.party_tokens import PartyTokens
from engine.store.tables.org import unit
from engine.store.tables.task import task_name
from engine.store.tables.work import party_token

HITS: Final = 300
"""Cases that are taken from the full-text engine; a search that has more of them is *common*."""
_MOST_WORDS: Final = 8
_PARTIES: Final = 200


@dataclass(frozen=True)
class _Phrase:
    """Tokens one after another; the last one by its beginning only, where `is_open`."""

    tokens: tuple[str, ...]
    is_open: bool


@dataclass(frozen=True)
class Word:
    """A word that was typed. It is in a case where one of the `phrases` is."""

    text: str
    phrases: tuple[_Phrase, ...]


@dataclass(frozen=True)
class _WordShape:
    """What of a word decides how a condition is put: in what parts of a case each phrase may be; what it names."""

    parts: tuple[tuple[str, ...], ...]
    has_units: bool
    has_steps: bool


@dataclass(frozen=True)
class Search:
    """Conditions with parameters: equal for texts of one shape, so that a list puts its statement together once.

    Without `words` nothing that could be found was typed. `is_common`: too many cases have all words.
    """

    dialect: str
    words: tuple[_WordShape, ...] = ()
    is_common: bool = False
    has_ids: bool = False
    has_parties: bool = False

    @property
    def has_names(self) -> bool:
        """Whether `names` can hold for any case."""
        return self.has_ids or self.has_parties

    def names(self, case_id: sa.ColumnElement[str], handled: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
        """The case was found; where the condition `handled` holds, it may have been by the name of a party."""
        said = self._among(case_id, "found") if self.has_ids else sa.false()
        if not self.has_parties:
            return said
        # what an index can look up, and only then the alternative
        return sa.and_(self._among(case_id, "found_or_party"), sa.or_(said, handled))

    def has_all(self, case_id: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
        """Looks into the case: for walking a list when the words are common."""
        return self._has(case_id, range(len(self.words)))

    @property
    def has_units(self) -> bool:
        """Whether a word names a unit."""
        return any(word.has_units for word in self.words)

    @property
    def has_steps(self) -> bool:
        """Whether a word is in the name of a task."""
        return any(word.has_steps for word in self.words)

    def says_all(
        self,
        case_id: sa.ColumnElement[str],
        unit: sa.ColumnElement[str | None],
        step: sa.ColumnElement[str] | None = None,
    ) -> sa.ColumnElement[bool]:
        """Some word names the unit or the step, and so does each other one, or it is in the case.

        Looks into the case only where the first holds.
        """
        named = [self._named(n, word, unit, step) for n, word in enumerate(self.words)]
        if len(named) < 2:
            return sa.and_(sa.true(), *named)
        return sa.and_(sa.or_(*named), *(sa.or_(said, self._has(case_id, [n])) for n, said in enumerate(named)))

    def _named(
        self, n: int, word: _WordShape, unit: sa.ColumnElement[str | None], step: sa.ColumnElement[str] | None
    ) -> sa.ColumnElement[bool]:
        said = [self._among(unit, f"word{n}_units")] if word.has_units else []
        if word.has_steps and step is not None:
            said.append(self._among(step, f"word{n}_steps"))
        return sa.or_(sa.false(), *said)

    def _has(self, case_id: sa.ColumnElement[str], which: Iterable[int]) -> sa.ColumnElement[bool]:
        """These words are in the case."""
        if self.dialect == "sqlite":
            said = (
                sa.or_(*(_in_doc(f"word{n}_{m}", parts) for m, parts in enumerate(self.words[n].parts)))
                for n in which
            )
        else:
            asked = (sa.cast(sa.bindparam(f"word{n}_query", type_=sa.Text), TSQUERY) for n in which)
            said = (sa.column("words").bool_op("@@")(query) for query in asked)
        return sa.exists(sa.select(doc.c.case_id).where(doc.c.case_id == case_id, *said).correlate_except(doc))

    def _among(self, column: sa.ColumnElement[Any], name: str) -> sa.ColumnElement[bool]:
        """One parameter, however many ids."""
        if self.dialect == "sqlite":
            each = sa.func.json_each(sa.bindparam(name, type_=sa.Text)).table_valued("value")
            return column.in_(sa.select(each.c.value))
        return column == sa.any_(sa.bindparam(name, type_=ARRAY(sa.Text)))


@dataclass(frozen=True)
class Searched:
    """A search and the values of its parameters, which each execution takes."""

    search: Search
    given: Mapping[str, Any] = field(repr=False)


def search_for(connection: sa.Connection, text: str, tokens: PartyTokens) -> Searched:
    """Three statements.

    Found are the cases that have all words, newest first; by a party, those that have one of exactly that name,
    number or telephone: for their handlers only.
    """
    dialect = connection.dialect.name
    typed = text.replace("\0", " ").split()[:_MOST_WORDS]
    words = [Word(word, phrases) for word in typed if (phrases := _phrases(word))]
    if not words:
        return Searched(Search(dialect), {})
    found = _hits(connection, words)
    named = _named(connection, [word.text for word in words])
    parties = _of_party(connection, tokens.of_text(text))
    shape = Search(
        dialect,
        tuple(
            _WordShape(tuple(map(_parts_of, word.phrases)), bool(names.units), bool(names.steps))
            for word, names in zip(words, named, strict=True)
        ),
        is_common=found is None,
        has_ids=bool(found),
        has_parties=bool(parties),
    )
    return Searched(shape, _given(dialect, words, named, found or (), parties))


def _given(
    dialect: str, words: Sequence[Word], named: Sequence[_Names], found: Sequence[str], parties: Sequence[str]
) -> Mapping[str, Any]:
    def several(ids: Sequence[str]) -> Any:
        return json.dumps(ids) if dialect == "sqlite" else list(ids)

    given: dict[str, Any] = {"found": several(found), "found_or_party": several((*found, *parties))}
    for n, (word, names) in enumerate(zip(words, named, strict=True)):
        given |= {f"word{n}_units": several(names.units), f"word{n}_steps": several(names.steps)}
        if dialect == "sqlite":
            given |= {f"word{n}_{m}": _as_in_doc(phrase) for m, phrase in enumerate(word.phrases)}
        else:
            given[f"word{n}_query"] = _tsquery([word])
    return given


def _phrases(word: str) -> tuple[_Phrase, ...]:
    units = units_of(word)
    if not units:
        return ()
    is_latin = units[-1].isascii()
    if len(units) > 1:
        phrases = [_Phrase(tuple(pairs_of(PAIR, units)), is_latin)]
    else:
        phrases = [_Phrase((units[0],), is_latin and len(units[0]) >= LEAST_PREFIX)]
    letters = "".join(units)
    if letters.isascii() and len(letters) > 1:
        phrases.append(_Phrase(tuple(pairs_of(INITIALS, letters)), is_open=False))
    if units[-1].isdecimal() and (count := filled(units[-1])) != units[-1]:
        tokens = pairs_of(PAIR, [*units[:-1], count]) if len(units) > 1 else [count]
        phrases.append(_Phrase(tuple(tokens), is_open=False))
    return tuple(phrases)


def _hits(connection: sa.Connection, words: Sequence[Word]) -> tuple[str, ...] | None:
    """The cases that have all words, the newest first on SQLite; None where there are too many."""
    write, select = (_fts5, _FROM_SQLITE) if connection.dialect.name == "sqlite" else (_tsquery, _FROM_POSTGRESQL)
    found = tuple(connection.scalars(select, {"query": write(words), "most": HITS + 1}))
    return None if len(found) > HITS else found


_FROM_SQLITE: Final = sa.text(
    "SELECT d.case_id FROM case_words JOIN case_words_doc d ON d.doc = case_words.rowid"
    " WHERE case_words MATCH :query ORDER BY case_words.rowid DESC LIMIT :most"
)
_FROM_POSTGRESQL: Final = sa.text(
    "SELECT case_id FROM case_words_doc WHERE words @@ CAST(:query AS tsquery) LIMIT :most"
).execution_options(**{PLANNED_EACH_TIME: True})


def _fts5(words: Sequence[Word]) -> str:
    return " AND ".join(
        "(" + " OR ".join(f'"{" ".join(p.tokens)}"{" *" if p.is_open else ""}' for p in word.phrases) + ")"
        for word in words
    )


def _tsquery(words: Sequence[Word]) -> str:
    return " & ".join("(" + " | ".join(map(_in_tsquery, word.phrases)) + ")" for word in words)


def _in_tsquery(phrase: _Phrase) -> str:
    marks = [*([""] * (len(phrase.tokens) - 1)), ":*" if phrase.is_open else ""]
    return "(" + " <-> ".join(f"'{token}'{mark}" for token, mark in zip(phrase.tokens, marks, strict=True)) + ")"


def _as_in_doc(phrase: _Phrase) -> str:
    """The phrase in the tokens as SQLite keeps them, each between blanks."""
    return f" {' '.join(phrase.tokens)}{'' if phrase.is_open else ' '}"


def _parts_of(phrase: _Phrase) -> tuple[str, ...]:
    return ("title",) if phrase.tokens[0].startswith(INITIALS) else tuple(PARTS)


def _in_doc(name: str, parts: Sequence[str]) -> sa.ColumnElement[bool]:
    said = sa.bindparam(name, type_=sa.Text)
    return sa.or_(*(sa.func.instr(doc.c[part], said) > 0 for part in parts))


def _of_party(connection: sa.Connection, tokens: Sequence[str]) -> tuple[str, ...]:
    c = party_token.c
    asked = sa.select(c.case_id).where(c.token.in_(tokens)).distinct().limit(_PARTIES)  # the primary key
    return tuple(connection.scalars(asked))


@dataclass(frozen=True)
class _Names:
    """What a word names: codes of units, and names of tasks."""

    units: tuple[str, ...]
    steps: tuple[str, ...]


def _named(connection: sa.Connection, texts: Sequence[str]) -> list[_Names]:
    """The units and the tasks in whose name each text is, or in its initials."""
    every = [
        (row.key, row.is_unit, row.name.casefold(), initials_of(row.name)) for row in connection.execute(_NAMES)
    ]
    named = []
    for text in (text.casefold() for text in texts):
        told = [
            (key, is_unit)
            for key, is_unit, name, letters in every
            if text in name or (len(text) > 1 and text in letters)
        ]
        units, steps = (tuple(key for key, is_unit in told if is_unit == kind) for kind in (True, False))
        named.append(_Names(units, steps))
    return named


_NAMES: Final = sa.union_all(
    sa.select(unit.c.code.label("key"), sa.true().label("is_unit"), unit.c.name.label("name")),
    sa.select(task_name.c.name, sa.false(), task_name.c.name),
)
