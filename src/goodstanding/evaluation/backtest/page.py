"""The parts of a printed page: head, tables, figures. Text is escaped here and nowhere else.

Invariant: the page stands alone. It loads nothing, runs nothing, and says in which language it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from goodstanding.kernel.escaping import for_html

T = TypeVar("T")
#: So many rows of a chart fit on a printed page; a longer one is drawn in parts.
_ROWS_A_FIGURE = 30
#: What a drawing tells those who cannot see it, in its tags.
_LABELS = re.compile(r' (?:aria-[a-z]+|role)="[^"]*"')
_STYLE = """
@page { size: A4; margin: 18mm 16mm; }
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 46rem; padding: 2.5rem 1.25rem 4rem; color: #1f2328;
  background: #ffffff; font: 16px/1.55 "Liberation Sans", Arial, Helvetica, sans-serif; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .35rem; }
h2 { font-size: 1.2rem; line-height: 1.3; margin: 2.75rem 0 .5rem; padding-top: .9rem;
  border-top: 1px solid #c9cdd2; break-after: avoid; }
h3 { font-size: 1rem; margin: 1.75rem 0 .25rem; break-after: avoid; }
p { margin: .5rem 0; }
.lead { color: #57606a; margin-top: 0; }
.key { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1.5rem 0; padding: 0;
  list-style: none; }
.key li { flex: 1 1 9rem; border: 1px solid #c9cdd2; border-radius: 4px; padding: .7rem .9rem; }
.key b { display: block; font-size: 1.5rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
.key span { color: #57606a; font-size: .85rem; }
figure { margin: 1.25rem 0 .75rem; break-inside: avoid; }
figure svg { display: block; max-width: 100%; height: auto; }
figcaption { font-size: .85rem; color: #57606a; margin-top: .35rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; margin: .75rem 0 1.25rem; font-size: .85rem;
  line-height: 1.35; }
caption { text-align: left; font-weight: bold; padding: .35rem 0; }
th, td { text-align: left; vertical-align: top; padding: .3rem .7rem .3rem 0;
  border-bottom: 1px solid #e3e6e9; overflow-wrap: anywhere; }
thead th { border-bottom: 1.5px solid #1f2328; overflow-wrap: normal; }
tbody th { font-weight: normal; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
thead th.n { white-space: normal; vertical-align: bottom; }
tbody th { min-width: 9rem; }
.wide tbody th { min-width: 17rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; font-size: .85rem;
  margin: 1rem 0; }
dt { color: #57606a; }
dd { margin: 0; overflow-wrap: anywhere; }
code { font: .92em "Liberation Mono", Consolas, monospace; overflow-wrap: anywhere; }
@media print { body { max-width: none; padding: 0; font-size: 10.5pt; }
  tr { break-inside: avoid; } }
"""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; numbers stand to the right."""

    title: str
    number: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a caption; the first cell of a row names the row."""

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    #: Whether rows have long names.
    wide: bool = False

    def html(self) -> str:
        """The table, able to scroll by itself on a narrow screen."""
        head = "".join(_cell("th", c.title, c, ' scope="col"') for c in self.columns)
        body = "".join(f"<tr>{self.row(row)}</tr>\n" for row in self.rows)
        return (
            f'<div class="scroll"><table{_class("wide" if self.wide else "")}>'
            f"<caption>{for_html(self.caption)}</caption>\n"
            f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody></table></div>\n"
        )

    def row(self, row: Sequence[str]) -> str:
        """The cells of a row."""
        cells = zip(self.columns, row, strict=True)
        return "".join(
            _cell("td" if n else "th", text, column, "" if n else ' scope="row"')
            for n, (column, text) in enumerate(cells)
        )


def _cell(tag: str, text: str, column: Column, more: str) -> str:
    number = ' class="n"' if column.number else ""
    return f"<{tag}{number}{more}>{for_html(text)}</{tag}>"


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart: its SVG, a title, and in words what can be seen in it."""

    id: str
    svg: str
    title: str
    seen: str

    def html(self) -> str:
        """The figure; who cannot see it is told title and description."""
        inside = (
            f'<title id="{self.id}-title">{for_html(self.title)}</title>'
            f'<desc id="{self.id}-desc">{for_html(self.seen)}</desc>'
        )
        # The parts of the drawing have labels of their own, which say less than its table. Only
        # tags hold any: what a name in the drawing says stays as it is.
        plain = re.sub(r"<[^>]*>", lambda tag: _LABELS.sub("", tag[0]), self.svg)
        head = f'<svg role="img" aria-labelledby="{self.id}-title {self.id}-desc" '
        drawn = re.sub(r"<svg ([^>]*)>", lambda m: f"{head}{m[1]}>{inside}", plain, count=1)
        return (
            f'<figure id="{self.id}">\n{drawn}\n<figcaption>{for_html(self.title)}. '
            f"{for_html(self.seen)}</figcaption>\n</figure>\n"
        )


def paragraph(text: str, kind: str = "") -> str:
    """A paragraph of plain text."""
    return f"<p{_class(kind)}>{for_html(text)}</p>\n"


def heading(level: int, text: str) -> str:
    """A heading."""
    return f"<h{level}>{for_html(text)}</h{level}>\n"


def pairs(rows: Sequence[tuple[str, str]]) -> str:
    """Names and what they stand for."""
    inside = "".join(
        f"<dt>{for_html(name)}</dt><dd>{for_html(value)}</dd>\n" for name, value in rows
    )
    return f"<dl>\n{inside}</dl>\n"


def key_figures(rows: Sequence[tuple[str, str]]) -> str:
    """The few figures a hurried reader takes away."""
    inside = "".join(
        f"<li><b>{for_html(figure)}</b><span>{for_html(words)}</span></li>\n"
        for figure, words in rows
    )
    return f'<ul class="key">\n{inside}</ul>\n'


def parts_of(rows: list[T]) -> Iterator[list[T]]:
    """The rows of a chart in parts of about the same length, each short enough for a page."""
    number = -(-len(rows) // _ROWS_A_FIGURE)
    for n in range(number):
        yield rows[n * len(rows) // number : (n + 1) * len(rows) // number]


def document(heading_text: str, parts: Sequence[str], language: str = "en") -> str:
    """The whole page."""
    return (
        f'<!doctype html>\n<html lang="{for_html(language)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{for_html(heading_text)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
        f"{''.join(parts)}</main>\n</body>\n</html>\n"
    )


def _class(kind: str) -> str:
    return f' class="{kind}"' if kind else ""
