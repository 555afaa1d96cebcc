"""A paper as HTML: the layout of its page, and of its PDF. All text is escaped; there is no script and no link."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from markupsafe import Markup, escape

from engine.documents.kinds import Block, Kind, Style
from engine.documents.paper_fonts import families
from engine.documents.paper_states import PaperState, state_of
from engine.documents.word_jinja import PaperLanguage
from engine.records.step import Paper


def paper_markup(kind: Kind, paper: Paper, texts: Mapping[str, str]) -> Markup:
    """The paper's sheet, to stand in a page that has `paper.css`."""
    is_void = state_of(paper) is PaperState.VOID
    void = Markup('<p class="gw-void">作废</p>') if is_void else Markup("")
    if kind.style is Style.SHEET:
        inner = Markup("").join((_title(texts), *_blocks(kind, texts)))
    else:
        inner = Markup("").join((*_head(kind, texts), *_blocks(kind, texts), *_close(kind, texts)))
    classes = f"gw gw-{kind.style.value}" + (" is-void" if is_void else "")
    return Markup('<article class="{}" lang="zh">{}{}</article>').format(classes, void, inner)


def paper_document(kind: Kind, paper: Paper, texts: Mapping[str, str]) -> str:
    """A whole document for print, without its style."""
    return Markup(
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>{}</title></head>'
        '<body class="gw-print">{}</body></html>'
    ).format(paper.title, paper_markup(kind, paper, texts))


def paper_css(fonts: Mapping[str, object]) -> str:
    """The style of `paper_document`: A4 after GB/T 9704-2012, the office's fonts before the usual ones."""
    faces = "".join(f"--gw-{role}: {family};" for role, family in families(fonts).items())
    return f":root {{ {faces} }} {_sheet()}"


@cache
def _sheet() -> str:
    return (Path(__file__).parent / "paper.css").read_text(encoding="utf-8")


def _head(kind: Kind, texts: Mapping[str, str]) -> Iterator[Markup]:
    mark = texts["发文机关"] + (texts["标题"] if kind.style is Style.ORDER else "")
    yield Markup('<p class="gw-mark">{}</p>').format(mark)
    if texts["文号"]:
        yield Markup('<p class="gw-number">{}</p>').format(texts["文号"])
    if kind.style is Style.ORDER:
        yield Markup('<h1 class="sr-only">{}</h1>').format(texts["标题"])
    else:
        yield _title(texts)
    if kind.to:
        yield Markup('<p class="gw-to">{}：</p>').format(_filled(kind.to, texts))


def _title(texts: Mapping[str, str]) -> Markup:
    return Markup('<h1 class="gw-title">{}</h1>').format(texts["标题"])


def _blocks(kind: Kind, texts: Mapping[str, str]) -> Iterator[Markup]:
    for block in kind.body or (_listed(kind),):
        if (block.when and not texts.get(block.when)) or (block.unless and texts.get(block.unless)):
            continue
        if block.table:
            rows = (_row(row, texts) for row in block.table)
            yield Markup('<table class="gw-table"><tbody>{}</tbody></table>').format(Markup("").join(rows))
        elif block.is_heading:
            yield Markup('<h2 class="gw-heading">{}</h2>').format(_filled(block.text, texts))
        else:
            yield _paragraphs(_filled(block.text, texts))


def _listed(kind: Kind) -> Block:
    """A kind without a layout of its own: its fields, one below the other."""
    rows = [("案号", "{{案号}}"), ("事由", "{{事由}}")]
    rows += [(field.name, f"{{{{{field.name}}}}}") for field in kind.fields if field.name.isidentifier()]
    return Block(table=tuple(rows))


def _row(row: tuple[str, ...], texts: Mapping[str, str]) -> Markup:
    is_wide = len(row) == 2
    cells = []
    for label, text in zip(row[::2], row[1::2], strict=True):
        span = Markup(' colspan="3"') if is_wide else Markup("")
        lines = Markup("<br>").join(_filled(text, texts).split("\n"))
        cells.append(Markup('<th scope="row">{}</th><td{}>{}</td>').format(label, span, lines))
    return Markup("<tr>{}</tr>").format(Markup("").join(cells))


def _paragraphs(text: Markup) -> Markup:
    return Markup("").join(Markup("<p>{}</p>").format(line) for line in text.split("\n") if line.strip())


def _close(kind: Kind, texts: Mapping[str, str]) -> Iterator[Markup]:
    signer = texts.get(kind.signer or "", "")
    yield Markup('<div class="gw-close">')
    if signer:
        yield Markup("<p>签发人：{}</p>").format(signer)
    yield Markup('<p class="gw-office">{}</p><p>{}</p></div>').format(texts["发文机关"], texts["成文日期"])


def _filled(text: str, texts: Mapping[str, str]) -> Markup:
    if "{{" not in text:
        return escape(text)
    return Markup(PaperLanguage().from_string(text).render(texts))  # noqa: S704 - escaped by the language
