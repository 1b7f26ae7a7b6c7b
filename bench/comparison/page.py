"""The tables of the page: a row for each feature, a column for each tool."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from features import ComparisonError, Feature
from judging import Judgement, Verdict

BEGIN, END = (
    "<!-- bench/comparison/compare.py: begin -->",
    ("<!-- bench/comparison/compare.py: end -->"),
)
_SHOWN = {Verdict.RIGHT: "**right**", Verdict.NOT_ASKED: ""}


@dataclass(frozen=True, slots=True)
class Compared:
    """A tool with its judgements, feature by feature.

    `errors` are what it said, `seconds` the time of all its answers.
    """

    version: str
    columns: tuple[Judgement, ...]
    tables: tuple[Judgement, ...]
    errors: tuple[str, ...]
    seconds: float


def markdown(features: Sequence[Feature], tools: Sequence[Compared]) -> str:
    """Both tables, with their sums, and the times."""
    lines = [
        "### Columns",
        "",
        *_table(features, tools, [one.columns for one in tools]),
        "",
        "### Tables",
        "",
        *_table(features, tools, [one.tables for one in tools]),
        "",
        "### Time",
        "",
        *_times(tools),
    ]
    return "\n".join(lines)


def written(page: Path, text: str) -> None:
    """Put the tables between the marks of a page.

    Raises:
        ComparisonError: the page cannot be read, or has no marks.
    """
    try:
        before, begin, rest = page.read_text(encoding="utf-8").partition(BEGIN)
        _, end, after = rest.partition(END)
        if not begin or not end:
            raise ComparisonError(f"{page} has no marks {BEGIN} and {END}")
        page.write_text(
            f"{before}{begin}\n\n{text}\n\n{end}{after}", encoding="utf-8", newline="\n"
        )
    except OSError as error:
        raise ComparisonError(f"{page}: {error.strerror or error}") from None


def _table(
    features: Sequence[Feature], tools: Sequence[Compared], judged: Sequence[Sequence[Judgement]]
) -> Iterator[str]:
    yield _row("", [tool.version for tool in tools])
    yield _row("---", ["---"] * len(tools))
    rows = list(zip(features, *judged, strict=True))
    for chapter, in_chapter in groupby(rows, lambda row: row[0].chapter):
        yield _row(f"*{chapter}*", [""] * len(tools))
        for feature, *judgements in in_chapter:
            yield _row(
                feature.title, [_SHOWN.get(one.verdict, str(one.verdict)) for one in judgements]
            )
    counts = [Counter(one.verdict for one in column) for column in judged]
    for verdict in (Verdict.RIGHT, Verdict.INCOMPLETE, Verdict.WRONG, Verdict.NOTHING):
        yield _row(f"*all: {verdict}*", [str(count[verdict]) for count in counts])


def _times(tools: Sequence[Compared]) -> Iterator[str]:
    yield _row("", [tool.version for tool in tools])
    yield _row("---", ["---"] * len(tools))
    yield _row("all features", [f"{tool.seconds / tools[0].seconds:.2g}" for tool in tools])


def _row(head: str, cells: Sequence[str]) -> str:
    return f"| {' | '.join([head, *cells])} |"
