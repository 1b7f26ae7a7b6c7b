"""Tables of an answer as one page of HTML that opens from disk: no script, nothing is loaded."""

from __future__ import annotations

import base64
import hashlib
import re
from html import escape
from typing import TYPE_CHECKING

from msgspec import Struct

from ..model.printable import one_line
from ..model.regex import regex

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_STYLE = """
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 90rem; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid #8886; padding: .3rem .6rem; text-align: left; }
th, td { vertical-align: top; overflow-wrap: break-word; }
th { position: sticky; top: 0; background: Canvas; }
@media print { body { font-size: 10px; margin: 0; max-width: none; } tr { break-inside: avoid; } }
"""
# what a narrow column may break behind its marks: a path, or a name of several parts
_LONG = regex(r"\S{24,}")
_MARK = regex(r"[./\\_]+(?=\w)")


class ReportSection(Struct, frozen=True):
    """A table of an answer, with what stands above it."""

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[object]]
    remarks: Sequence[str] = ()


def page_opening(kind: str) -> str:
    """How each page of a kind begins, as a regular expression."""
    return rf'<!DOCTYPE html>\s*<html lang="en">\s*<!-- {kind} by sql-lineage-purview'


def report_page(
    kind: str, title: str, remarks: Iterable[str], sections: Iterable[ReportSection]
) -> str:
    """The page.

    Args:
        kind: What is answered: `impact`, `trace`.
        title: Its heading.
        remarks: What stands first, as a list.
        sections: The tables; one without rows has its remarks alone.
    """
    digest = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode("ascii")
    policy = f"default-src 'none'; style-src 'sha256-{digest}'"
    head = (
        f'<!DOCTYPE html>\n<html lang="en">\n<!-- {kind} by sql-lineage-purview -->\n<head>\n'
        f'<meta charset="utf-8">\n<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_text(title)}</title>\n<style>{_STYLE}</style>\n</head>\n"
    )
    body = f"<h1>{_text(title)}</h1>\n{_list(remarks)}{''.join(map(_section, sections))}"
    return f"{head}<body>\n{body}</body>\n</html>\n"


def _section(section: ReportSection) -> str:
    head = f"<h2>{_text(section.title)}</h2>\n{_list(section.remarks)}"
    if not section.rows:
        return head
    rows = "".join(_row("td", row) for row in section.rows)
    header = _row("th", section.header)
    return f"{head}<table>\n<thead>{header}</thead>\n<tbody>\n{rows}</tbody>\n</table>\n"


def _row(tag: str, cells: Iterable[object]) -> str:
    return f"<tr>{''.join(f'<{tag}>{_cell(cell)}</{tag}>' for cell in cells)}</tr>\n"


def _cell(value: object) -> str:
    return _LONG.sub(_breakable, _text(value))


def _breakable(word: re.Match[str]) -> str:
    return _MARK.sub(r"\g<0><wbr>", word[0])


def _list(remarks: Iterable[str]) -> str:
    rows = "".join(f"<li>{_text(remark)}</li>\n" for remark in remarks)
    return f"<ul>\n{rows}</ul>\n" if rows else ""


def _text(value: object) -> str:
    return escape(one_line(value))
