"""A search as conditions of a list: the words that were typed, and the cases that the full-text engine has."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY

from engine.casework.initials import initials_of
from engine.store.case_words import INITIALS, LEAST_PREFIX, PAIR, PARTS, doc, pairs_of, units_of
from engine.store.party_tokens import PartyTokens
from engine.store.tables.org import unit
from engine.store.tables.work import party_token

HITS: Final = 500
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
    units: tuple[str, ...] = ()
    ids: tuple[str, ...] | None = ()


@dataclass(frozen=True)
class Search:
    """`ids` are the cases that have all words, newest first; None where there are too many.

    `of_party` are the cases with a party of exactly that name, number or telephone: for their handlers only.
    Without `words` nothing that could be found was typed.
    """

    dialect: str
    words: tuple[Word, ...] = ()
    ids: tuple[str, ...] | None = ()
    of_party: tuple[str, ...] = field(default=(), repr=False)

    @property
    def is_common(self) -> bool:
        return self.ids is None

    def names(self, case_id: sa.ColumnElement[str], handled: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
        """The case was found; where the condition `handled` holds, it may have been by the name of a party."""
        said = self._among(case_id, self.ids or ())
        if not self.of_party:
            return said
        # what an index can look up, and only then the alternative
        either = self._among(case_id, (*(self.ids or ()), *self.of_party))
        return sa.and_(either, sa.or_(said, handled))

    def has_all(self, case_id: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
        """Looks into the case: for walking a list when the words are common."""
        if self.dialect == "sqlite":
            said = sa.and_(*(sa.or_(*map(_in_doc, word.phrases)) for word in self.words))
        else:
            query = sa.cast(sa.literal(_tsquery(self.words), sa.Text), TSQUERY)
            said = sa.column("words").bool_op("@@")(query)
        return sa.exists(sa.select(doc.c.case_id).where(doc.c.case_id == case_id, said).correlate_except(doc))

    def says_all(
        self, case_id: sa.ColumnElement[str], unit: sa.ColumnElement[str | None], *more: sa.ColumnElement[str]
    ) -> sa.ColumnElement[bool]:
        """Each word is in one of `more`, names the unit, or is in the case (unless too many have it)."""
        return sa.and_(*(sa.or_(*self._alternatives(word, case_id, unit, more)) for word in self.words))

    def _alternatives(
        self,
        word: Word,
        case_id: sa.ColumnElement[str],
        unit: sa.ColumnElement[str | None],
        more: Sequence[sa.ColumnElement[str]],
    ) -> list[sa.ColumnElement[bool]]:
        said = [sa.false(), *(text.icontains(word.text, autoescape=True) for text in more)]
        if word.units:
            said.append(unit.in_(word.units))
        if word.ids and len(self.words) > 1:
            said.append(self._among(case_id, word.ids))
        return said

    def _among(self, column: sa.ColumnElement[str], ids: Sequence[str]) -> sa.ColumnElement[bool]:
        """One parameter, however many ids."""
        if not ids:
            return sa.false()
        if self.dialect == "sqlite":
            each = sa.func.json_each(sa.literal(json.dumps(list(ids)), sa.Text)).table_valued("value")
            return column.in_(sa.select(each.c.value))
        return column == sa.any_(sa.literal(list(ids), ARRAY(sa.Text)))


def search_for(connection: sa.Connection, text: str, tokens: PartyTokens) -> Search:
    """Three statements."""
    dialect = connection.dialect.name
    typed = text.replace("\0", " ").split()[:_MOST_WORDS]
    words = [Word(word, phrases) for word in typed if (phrases := _phrases(word))]
    if not words:
        return Search(dialect)
    found = _hits(connection, words)
    units = _units(connection, [word.text for word in words])
    known = tuple(
        Word(w.text, w.phrases, units[n], found[n + 1] if len(words) > 1 else found[0]) for n, w in enumerate(words)
    )
    return Search(dialect, known, found[0], _of_party(connection, tokens.of_text(text)))


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
    return tuple(phrases)


def _hits(connection: sa.Connection, words: Sequence[Word]) -> list[tuple[str, ...] | None]:
    """For all words together, then for each one; None where there are too many."""
    asked = [list(words), *([word] for word in words if len(words) > 1)]
    write, select = (_fts5, _FROM_SQLITE) if connection.dialect.name == "sqlite" else (_tsquery, _FROM_POSTGRESQL)
    statement = " UNION ALL ".join(select.format(n=n, most=HITS + 1) for n in range(len(asked)))
    found: list[list[str]] = [[] for _ in asked]
    for n, case_id in connection.execute(
        sa.text(statement), {f"q{n}": write(each) for n, each in enumerate(asked)}
    ):
        found[n].append(case_id)
    return [None if len(ids) > HITS else tuple(ids) for ids in found]


_FROM_SQLITE: Final = (
    "SELECT * FROM (SELECT {n} AS n, d.case_id FROM case_words JOIN case_words_doc d ON d.doc = case_words.rowid"
    " WHERE case_words MATCH :q{n} ORDER BY case_words.rowid DESC LIMIT {most})"
)
_FROM_POSTGRESQL: Final = (
    "SELECT * FROM (SELECT {n} AS n, case_id FROM case_words_doc"
    " WHERE words @@ CAST(:q{n} AS tsquery) LIMIT {most}) AS found{n}"
)


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


def _in_doc(phrase: _Phrase) -> sa.ColumnElement[bool]:
    """The phrase in the tokens as SQLite keeps them, each between blanks."""
    said = f" {' '.join(phrase.tokens)}{'' if phrase.is_open else ' '}"
    parts = ("title",) if phrase.tokens[0].startswith(INITIALS) else PARTS
    return sa.or_(*(sa.func.instr(doc.c[part], said) > 0 for part in parts))


def _of_party(connection: sa.Connection, tokens: Sequence[str]) -> tuple[str, ...]:
    c = party_token.c
    asked = sa.select(c.case_id).where(c.token.in_(tokens)).distinct().limit(_PARTIES)  # the primary key
    return tuple(connection.scalars(asked))


def _units(connection: sa.Connection, texts: Sequence[str]) -> list[tuple[str, ...]]:
    """Codes of the units whose name holds the text, or the initials of whose name do."""
    every = [(code, name.casefold(), initials_of(name)) for code, name in connection.execute(_UNITS)]
    return [
        tuple(code for code, name, letters in every if word in name or (len(word) > 1 and word in letters))
        for word in (text.casefold() for text in texts)
    ]


_UNITS: Final = sa.select(unit.c.code, unit.c.name)
