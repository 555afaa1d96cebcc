"""Numbers of papers: counted by word (发文字) and year, without gaps or doubles."""

from __future__ import annotations

from dataclasses import replace

from engine.documents.kinds import Kind
from engine.ports.store import UnitOfWork
from engine.records.step import Paper

SERIES = "paper:"


def word_of(kind: Kind, title: str, given: str | None = None) -> str:
    """What a number begins with: the word given, else the kind's own; else the kind, for a mere code the title."""
    if given:
        return given
    if kind.is_declared:
        return kind.word or kind.name.zh
    return title if kind.code.isascii() else kind.code


def numbered(work: UnitOfWork, paper: Paper, word: str, year: int) -> Paper:
    """The paper with the next number: 督办令〔2025〕37 号. Rolled back with the transaction, never given twice."""
    sequence = work.registers.next_number(f"{SERIES}{word}", year)
    number = f"{word}〔{year}〕{sequence} 号"
    return replace(paper, number=number, series=f"{SERIES}{word}", year=year, sequence=sequence)
