"""Which other petitions may be the same matter: by party, by place, by wording. Candidates only; people decide.

Looked through are the cases with a party of the same name, number or contact, and the newest ones that the same
office keeps: a bounded number, however many there are. What the reader may not see is neither shown nor counted.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from engine.cases.file_read import visible_case
from engine.cases.handling import file_right
from engine.errors import Forbidden, Message
from engine.ports.engine import Engine
from engine.records.case import CaseFile
from engine.records.org import Actor

NEWEST = 400
"""How many of the office's newest cases are compared word by word."""
SHOWN = 12
LIKE_ENOUGH = 0.28
FEW, COMMON = 8, 0.15
"""What more than this part of the cases compared (at least so many) says is the office's set phrases."""
LONGEST = 600
"""Characters of a case's title and facts that are compared."""
_WEIGHTS = {"id_number": 1.2, "contact": 0.9, "name": 0.6, "place": 0.3, "category": 0.1}


@dataclass(frozen=True)
class Candidate:
    """`reasons` are id_number, contact, name, place, category, wording, the weightiest first; `likeness` 0 to 1."""

    case: CaseFile
    reasons: tuple[str, ...]
    likeness: float
    linked: tuple[str, ...] = ()


def similar_cases(engine: Engine, actor: Actor, case_id: str) -> tuple[Candidate, ...]:
    """The likeliest first, at most `SHOWN`. For those who handle or keep the case. At most nine statements.

    Raises NotFound, Forbidden.
    """
    with engine.store.read() as work:
        case = visible_case(work, actor, case_id)
        if file_right(actor, case, work.dossier.tasks_of_case(case_id)) is None:
            raise Forbidden(
                Message(
                    "只有本案的经办人员和主管单位的登记、经办、督查人员可以查找相似件。",
                    "Only those who handle this case, and its keepers, may look for similar ones.",
                )
            )
        shared = work.dossier.sharing_parties(case_id)
        known = {c.case_id: c for c in work.dossier.newest_of_unit(actor, case.unit, NEWEST)}
        known |= {c.case_id: c for c in work.dossier.visible(actor, [i for i in shared if i not in known])}
        links = work.dossier.links(actor, case_id)
    linked: dict[str, list[str]] = defaultdict(list)
    for link in links:
        linked[link.link.other_id].append(link.link.kind)
    known.pop(case_id, None)
    return ranked(case, known.values(), shared, {i: tuple(kinds) for i, kinds in linked.items()})


def ranked(
    case: CaseFile,
    others: Iterable[CaseFile],
    shared: Mapping[str, frozenset[str]],
    linked: Mapping[str, tuple[str, ...]],
) -> tuple[Candidate, ...]:
    """Pure. `shared` maps case ids to what a party of both has in common."""
    texts = [(other, pairs_of_text(other)) for other in others]
    phrases = set_phrases([pairs for _, pairs in texts])
    own = pairs_of_text(case) - phrases
    found = []
    for other, pairs in texts:
        likeness = overlap(own, pairs - phrases)
        weights = {kind: _WEIGHTS[kind] for kind in shared.get(other.case_id, frozenset())}
        if likeness >= LIKE_ENOUGH:
            weights["wording"] = likeness
        if weights:
            weights |= {kind: _WEIGHTS[kind] for kind in _alike(case, other)}
            reasons = tuple(sorted(weights, key=lambda kind: -weights[kind]))
            found.append(
                (sum(weights.values()), Candidate(other, reasons, likeness, linked.get(other.case_id, ())))
            )
    found.sort(key=lambda pair: (-pair[0], pair[1].case.created_at, pair[1].case.case_id))
    return tuple(candidate for _, candidate in found[:SHOWN])


def pairs_of_text(case: CaseFile) -> frozenset[str]:
    """Neighbouring characters of the title and of the facts that are told at length."""
    told = (str(value) for value in case.facts.values() if isinstance(value, str) and len(value) > 6)
    text = "".join(c for c in f"{case.title} {' '.join(told)}"[:LONGEST].casefold() if c.isalnum())
    return frozenset(text[i : i + 2] for i in range(len(text) - 1))


def set_phrases(texts: Sequence[frozenset[str]]) -> frozenset[str]:
    """Pairs that stand in so many of the texts that they tell none from another."""
    if len(texts) < FEW:
        return frozenset()
    counted = Counter(pair for text in texts for pair in text)
    return frozenset(pair for pair, n in counted.items() if n > max(3, COMMON * len(texts)))


def overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """How much of the shorter text is in the longer one, less where that is much longer."""
    if not one or not other:
        return 0.0
    common = len(one & other)
    return common / (0.7 * min(len(one), len(other)) + 0.3 * max(len(one), len(other)))


def _alike(case: CaseFile, other: CaseFile) -> Iterable[str]:
    if case.occurred_place and case.occurred_place == other.occurred_place:
        yield "place"
    if case.category and case.category == other.category:
        yield "category"
