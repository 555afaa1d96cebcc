"""Which other petitions may be the same matter: by party, by place, by wording. Candidates only; people decide.

Looked through are the cases with a party of the same name, number or contact, the newest ones that the same office
keeps, and of all others those in which the full-text index finds several of the phrases that are this case's own: a
bounded number, however many there are. What the reader may not see is neither shown nor counted.
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
ASKED, RARE, ELSEWHERE = 24, 300, 150
"""Phrases that the index is asked for, the cases that may say one of them, and those that are then compared."""
LIKE_ENOUGH = 0.28
FEW_SAY = 4
"""Of the newest cases: what more of them say is hardly rare among all."""
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
        texts = {i: pairs_of_text(c) for i, c in known.items() if i != case_id}
        said = work.dossier.saying(telling_phrases(case, texts.values()), RARE)
        others = dict.fromkeys((*shared, *sharing_several(said)))
        known |= {c.case_id: c for c in work.dossier.visible(actor, [i for i in others if i not in known])}
        links = work.dossier.links(actor, case_id)
    linked: dict[str, list[str]] = defaultdict(list)
    for link in links:
        linked[link.link.other_id].append(link.link.kind)
    known.pop(case_id, None)
    kinds = {i: tuple(each) for i, each in linked.items()}
    return ranked(case, ((c, texts.get(i) or pairs_of_text(c)) for i, c in known.items()), shared, kinds)


def ranked(
    case: CaseFile,
    others: Iterable[tuple[CaseFile, frozenset[str]]],
    shared: Mapping[str, frozenset[str]],
    linked: Mapping[str, tuple[str, ...]],
) -> tuple[Candidate, ...]:
    """Pure. `others` come with `pairs_of_text`; `shared` maps case ids to what a party of both has in common."""
    texts = tuple(others)
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


def telling_phrases(case: CaseFile, others: Iterable[frozenset[str]]) -> tuple[str, ...]:
    """Pairs of characters of the case that few other texts have, at most `ASKED`: half of them of its title."""
    counted = Counter(pair for pairs in others for pair in pairs)
    ordered = sorted(pairs_of_text(case), key=lambda pair: (counted[pair], pair))
    rare = [pair for pair in ordered if not pair.isascii() and counted[pair] <= FEW_SAY]
    title = [pair for pair in rare if pair in case.title]
    told = [pair for pair in rare if pair not in case.title]
    chosen = title[: max(ASKED // 2, ASKED - len(told))]
    return (*chosen, *told[: ASKED - len(chosen)])


def sharing_several(said: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Ids of the cases that say two of the phrases or more, those that say the most first, at most `ELSEWHERE`."""
    counted = Counter(case_id for ids in said.values() for case_id in ids)
    return tuple(case_id for case_id, many in counted.most_common(ELSEWHERE) if many > 1)


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
