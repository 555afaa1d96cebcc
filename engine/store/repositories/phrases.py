"""Which cases say a few short phrases: looked up in the full-text index, each no further than a bound."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import sqlalchemy as sa

from engine.store.case_words import PAIR, pairs_of, units_of
from engine.store.connection import PLANNED_EACH_TIME

_FROM_SQLITE: Final = (
    "SELECT * FROM (SELECT {n} AS n, d.case_id FROM case_words JOIN case_words_doc d ON d.doc = case_words.rowid"
    " WHERE case_words MATCH :q{n} ORDER BY case_words.rowid DESC LIMIT {most})"
)
_FROM_POSTGRESQL: Final = (
    "(SELECT {n} AS n, case_id FROM case_words_doc WHERE words @@ CAST(:q{n} AS tsquery) LIMIT {most})"
)


def cases_saying(connection: sa.Connection, phrases: Sequence[str], most: int) -> Mapping[str, tuple[str, ...]]:
    """By phrase the ids of the cases that say it, whoever asks.

    One that more than `most` cases say tells nothing and is left out, as is what is shorter than two units. One
    statement, none where nothing is left.
    """
    is_sqlite = connection.dialect.name == "sqlite"
    asked = {phrase: pairs for phrase in phrases if (pairs := pairs_of(PAIR, units_of(phrase)))}
    if not asked:
        return {}
    select = _FROM_SQLITE if is_sqlite else _FROM_POSTGRESQL
    statement = " UNION ALL ".join(select.format(n=n, most=most + 1) for n in range(len(asked)))
    given = {
        f"q{n}": f'"{" ".join(pairs)}"' if is_sqlite else " <-> ".join(f"'{pair}'" for pair in pairs)
        for n, pairs in enumerate(asked.values())
    }
    found: list[list[str]] = [[] for _ in asked]
    for n, case_id in connection.execute(sa.text(statement).execution_options(**{PLANNED_EACH_TIME: True}), given):
        found[n].append(case_id)
    return {phrase: tuple(ids) for phrase, ids in zip(asked, found, strict=True) if len(ids) <= most}
