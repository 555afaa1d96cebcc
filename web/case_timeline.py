"""The timeline's page: names for its lines, what its address asks for, and the addresses that ask for more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import url_for
from werkzeug.datastructures import MultiDict

from engine.records.dossier import FileView
from web.frame import office_time, unit_names
from web.telling import KINDS, Names
from web.timeline import TimelineQuery

LAST_PAGE = 10_000


def names_of(file: FileView) -> Names:
    return Names(
        view=file.view,
        units=unit_names(),
        time=office_time(),
        comments={c.comment_id: c for c in file.comments},
        attachments={a.attachment_id: a for a in file.attachments},
        linked={link.link.other_id: link.number or link.title for link in file.links},
    )


def query_from(args: MultiDict[str, str]) -> TimelineQuery:
    """Whatever is not understood asks for nothing."""
    page = args.get("page", "1")
    return TimelineQuery(
        kinds=frozenset(args.getlist("kind")) & frozenset(KINDS),
        person=args.get("person", "")[:80],
        oldest_first=args.get("order") == "oldest",
        page=min(int(page), LAST_PAGE) if page.isdecimal() and int(page[:9]) > 0 else 1,
    )


def timeline_links(case_id: str, asked: TimelineQuery) -> Callable[..., str]:
    """Addresses of the timeline with some of the query changed; from its first page on unless a page is given."""

    def link(*, kind: str | None = None, **change: Any) -> str:
        query = replace(asked, **{"page": 1, **change})
        kinds = query.kinds if kind is None else query.kinds ^ {kind}
        return url_for(
            "cases.show",
            case_id=case_id,
            tab="timeline",
            kind=[k for k in KINDS if k in kinds] or None,
            person=query.person or None,
            order="oldest" if query.oldest_first else None,
            page=query.page if query.page > 1 else None,
        )

    return link
