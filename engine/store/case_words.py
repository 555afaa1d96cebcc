"""The words of cases as the databases' own full-text engines hold them: FTS5, and tsvector with GIN.

Neither cuts Chinese into words, so we do: a text becomes its *units* (a Han character, a Latin word, a number),
and the tokens are

- every two neighbouring units as one token, in order: a phrase of these finds any run of two characters or more;
- every unit once: finds a single character, and a Latin word or a number by its beginning;
- of titles, the pinyin initials, again two by two.

What is typed is plain text: tokens hold letters and digits only, so no operator of an engine gets through.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSVECTOR

from engine.casework.initials import initials_of

LONGEST: Final = 6_000
"""Characters of a case's facts that are searched; a tsvector counts positions no further than 16 383."""
_LONGEST_UNIT: Final = 40
PAIR, INITIALS = "·", "¶"
"""Begin the tokens of pairs and of initials; no unit has these characters. Not ASCII: FTS5 would drop them."""
_UNIT: Final = re.compile(r"[0-9]+|[a-z]+|[^\W_]")
LEAST_PREFIX: Final = 3
PARTS: Final = ("number", "title", "facts")

doc: Final = sa.table("case_words_doc", *(sa.column(name, sa.Text) for name in ("case_id", *PARTS)))
"""On SQLite the tokens as text, indexed by `case_words` (FTS5); on PostgreSQL tsvectors, `words` all of them."""

CREATE_SQLITE: Final = (
    """CREATE TABLE case_words_doc (doc INTEGER PRIMARY KEY, case_id TEXT NOT NULL UNIQUE REFERENCES case_file,
       number TEXT NOT NULL, title TEXT NOT NULL, facts TEXT NOT NULL)""",
    """CREATE VIRTUAL TABLE case_words USING fts5(number, title, facts,
       content='case_words_doc', content_rowid='doc', tokenize='ascii', columnsize=0)""",
    """CREATE TRIGGER case_words_added AFTER INSERT ON case_words_doc
       BEGIN INSERT INTO case_words (rowid, number, title, facts)
             VALUES (NEW.doc, NEW.number, NEW.title, NEW.facts); END""",
    """CREATE TRIGGER case_words_changed AFTER UPDATE ON case_words_doc
       BEGIN INSERT INTO case_words (case_words, rowid, number, title, facts)
             VALUES ('delete', OLD.doc, OLD.number, OLD.title, OLD.facts);
             INSERT INTO case_words (rowid, number, title, facts)
             VALUES (NEW.doc, NEW.number, NEW.title, NEW.facts); END""",
)
CREATE_POSTGRESQL: Final = (
    """CREATE TABLE case_words_doc (case_id text PRIMARY KEY REFERENCES case_file,
       number tsvector NOT NULL, title tsvector NOT NULL, facts tsvector NOT NULL,
       words tsvector NOT NULL GENERATED ALWAYS AS (number || title || facts) STORED)""",
    "CREATE INDEX ix_case_words ON case_words_doc USING gin (words)",
)


def units_of(text: str) -> list[str]:
    """`XF〔2025〕37 征地` gives xf, 2025, 37, 征, 地."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return [unit[:_LONGEST_UNIT] for unit in _UNIT.findall(plain)]


def tokens_of(text: str) -> list[str]:
    units = units_of(text)
    return [*pairs_of(PAIR, units), *dict.fromkeys(units)]


def title_tokens(title: str) -> list[str]:
    return [*tokens_of(title), *_initial_tokens(initials_of(title))]


def facts_tokens(facts_text: str) -> list[str]:
    return tokens_of(facts_text[:LONGEST])


def pairs_of(mark: str, units: Iterable[str]) -> list[str]:
    return [f"{mark}{first}{mark}{second}" for first, second in pairwise(units)]


def _initial_tokens(initials: str) -> list[str]:
    return pairs_of(INITIALS, initials)


def doc_row(
    connection: sa.Connection, case_id: str, number: str | None, title: str, facts_text: str
) -> dict[str, Any]:
    """What `insert_doc` takes."""
    parts = {
        "number": tokens_of(number or ""),
        "title": title_tokens(title),
        "facts": facts_tokens(facts_text),
    }
    return {"case_id": case_id, **{name: stored(connection, tokens) for name, tokens in parts.items()}}


def stored(connection: sa.Connection, tokens: Sequence[str]) -> str:
    if connection.dialect.name == "sqlite":
        # a blank around each, so that a walk finds whole tokens in it
        return f" {' '.join(tokens)} "
    return " ".join(f"'{token}':{place}" for place, token in enumerate(tokens, 1))


def insert_doc(connection: sa.Connection) -> sa.Insert:
    if connection.dialect.name == "sqlite":
        return sa.insert(doc)
    values = {name: _vector(sa.bindparam(name, type_=sa.Text)) for name in PARTS}
    return sa.insert(doc).values(case_id=sa.bindparam("case_id"), **values)


def change_docs(connection: sa.Connection, changes: Sequence[Mapping[str, Any]]) -> None:
    """`changes` hold the case's id and those of `number`, `title` and `facts_text` that are new; None: stays.

    One statement. What says the same as before is not indexed again.
    """
    tokens = {"number": tokens_of, "title": title_tokens, "facts": facts_tokens}
    names = {"number": "number", "title": "title", "facts": "facts_text"}
    rows = [
        {
            "of_case": change["case_id"],
            **{
                f"new_{part}": None if change.get(name) is None else stored(connection, tokens[part](change[name]))
                for part, name in names.items()
            },
        }
        for change in changes
        if any(change.get(name) is not None for name in names.values())
    ]
    if not rows:
        return
    given: dict[str, Any] = {part: sa.bindparam(f"new_{part}", type_=sa.Text) for part in PARTS}
    if connection.dialect.name != "sqlite":
        given = {part: _vector(text) for part, text in given.items()}
    new = {part: sa.func.coalesce(text, doc.c[part]) for part, text in given.items()}
    differs = sa.or_(*(doc.c[part] != text for part, text in new.items()))
    statement = sa.update(doc).where(doc.c.case_id == sa.bindparam("of_case"), differs).values(new)
    connection.execute(statement, rows if len(rows) > 1 else rows[0])


def _vector(text: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    return sa.cast(text, TSVECTOR)
