"""What a database refuses, in the words of the error tree; whatever is not named here is a defect.

Somebody else was first: `Conflict`. The database is not there: `StoreAway`. A value that no column can hold (a NUL
character, half a surrogate pair, a number beyond 64 bits): `InvalidState`.
"""

from __future__ import annotations

import sqlite3

import psycopg
import sqlalchemy.exc

from engine.errors import Conflict, InvalidState, Message, StoreAway

_RACES = {"40001", "40P01", "55P03"}
"""PostgreSQL: serialization failure, deadlock, lock not available."""
_AWAY = {"25P03", "53300", "57P01", "57P02", "57P03"}
"""PostgreSQL: ended for idling in a transaction, no connection left, shut down, crashed, starting."""
_CONNECTION = "08"
_UNIQUE = "23505"
_OUT_OF_RANGE = "22003"


def conflict_of(error: Exception) -> Conflict | None:
    """The conflict behind a database error, None where it is none."""
    cause = error.orig if isinstance(error, sqlalchemy.exc.DBAPIError) else error
    state = getattr(cause, "sqlstate", None)
    if state == _UNIQUE or getattr(cause, "sqlite_errorcode", None) in {
        sqlite3.SQLITE_CONSTRAINT_UNIQUE,
        sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY,
    }:
        return Conflict(
            Message(
                "同样的内容刚刚已由他人（或另一次提交）保存。请刷新页面，查看最新情况。",
                "The same was just saved by somebody else, or by another submission. Reload the page to see it.",
            )
        )
    if state in _RACES or getattr(cause, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY:
        return Conflict(
            Message(
                "系统正忙，另一项操作正在进行，本次未作任何改动。请稍后重试。",
                "The system is busy with another operation; nothing was changed. Try again in a moment.",
            )
        )
    return None


def away_of(error: BaseException | None) -> StoreAway | None:
    """The lost or refused connection behind an error, None where it is something else."""
    if not isinstance(error, psycopg.Error):
        return None
    state = error.sqlstate
    is_lost = isinstance(error, psycopg.OperationalError) if state is None else state.startswith(_CONNECTION)
    if not is_lost and state not in _AWAY:
        return None
    return StoreAway(" ".join(str(error).split()))


def unstorable_of(error: BaseException | None) -> InvalidState | None:
    """The refusal behind an error that a statement's values caused, None where it is something else."""
    is_nul = isinstance(error, psycopg.DataError) and "NUL" in str(error)
    is_too_large = getattr(error, "sqlstate", None) == _OUT_OF_RANGE
    if not (is_nul or is_too_large or isinstance(error, UnicodeEncodeError | OverflowError)):
        return None
    return InvalidState(
        Message(
            "内容含有无法保存的字符或过大的数字，未作任何改动。请更正后重新提交。",
            "The content has characters or numbers that cannot be stored; nothing was changed. Correct it.",
        )
    )
