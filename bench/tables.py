"""What was measured, as the Markdown tables of docs/conformance.md."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conformance import shown
from facts import KINDS, Comparison, Tally

_ENOUGH = 500


@dataclass(frozen=True, slots=True)
class Measured:
    """The results of one repository.

    `cuts`, `gaps`: what bench/cuts.py and bench/gaps.py print as JSON.
    """

    title: str
    generator: str
    comparison: Comparison
    cuts: Mapping[str, int]
    gaps: Sequence[Mapping[str, Any]] = ()
    synapse: bool = False
    suite: bool = False

    @property
    def name(self) -> str:
        """The title, marked where the parser read Synapse scripts."""
        return f"{self.title} (Synapse)" if self.synapse else self.title


def markdown(results: Sequence[Measured]) -> str:
    """All tables, each with its heading."""
    repositories = sorted((result for result in results if not result.suite), key=_order)
    large = [result for result in repositories if result.comparison.facts >= _ENOUGH]
    small = [result for result in repositories if result.comparison.facts < _ENOUGH]
    suites = sorted((result for result in results if result.suite), key=_order)
    generators = sorted({result.generator for result in results if result.generator})
    lines: list[str] = [f"Of {', '.join(generators)}." if generators else ""]
    for heading, group in (
        (f"Repositories with at least {_ENOUGH} facts", large),
        (f"Repositories with fewer than {_ENOUGH} facts", small),
        ("Grammar test suites", suites),
    ):
        if group:
            lines += ["", f"### {heading}", "", *_figures(group)]
    waived = [result for result in (*repositories, *suites) if result.comparison.waived.total()]
    if waived:
        lines += ["", "### Without waivers", "", *_unwaived(waived)]
    if suites:
        lines += ["", "### Syntax gaps of the grammar test suites", "", *_kinds(suites)]
    left_out = [result for result in results if result.comparison.unjudged]
    for result in left_out:
        count = len(result.comparison.unjudged)
        lines += [
            "",
            f"{result.title}: {count} script{'s' if count > 1 else ''} that the "
            "parser's reader fails on, left out.",
        ]
    return "\n".join(lines).strip()


def _order(result: Measured) -> tuple[bool, str]:
    return (result.title.startswith("repository "), result.title.lower())


def _figures(results: Sequence[Measured]) -> Iterator[str]:
    yield (
        "| repository | valid files | statements | facts | gaps per 1,000 | reads P / R | writes "
        "P / R | calls P / R "
        "| pairs P / R | waived | cuts that differ |"
    )
    yield "|---|---:|---:|---:|---:|---|---|---|---|---:|---:|"
    for result in results:
        one = result.comparison
        yield (
            f"| {result.name} | {len(one.valid):,} | {one.statements:,} | {one.facts:,} | "
            f"{one.gaps_per_thousand:.2f} "
            f"| {_shares(one.tallies)} | {_waived(one)} | {result.cuts['differences']:,} of "
            f"{result.cuts['starts']:,} |"
        )


def _shares(tallies: Mapping[str, Tally]) -> str:
    return " | ".join(_pair(tallies[kind]) for kind in KINDS)


def _pair(tally: Tally) -> str:
    if not tally.total:
        return "none"
    return f"{shown(tally.precision)} / {shown(tally.recall)} of {tally.both:,}"


def _waived(comparison: Comparison) -> str:
    total = comparison.waived.total()
    return f"{total:,} ({comparison.waived_share:.2%})" if total else "0"


def _unwaived(results: Sequence[Measured]) -> Iterator[str]:
    yield "| repository | waived by | reads P / R | writes P / R | calls P / R | pairs P / R |"
    yield "|---|---|---|---|---|---|"
    for result in results:
        one = result.comparison
        rules = ", ".join(f"{name} {count:,}" for name, count in one.waived.most_common() if count)
        yield f"| {result.name} | {rules} | {_shares(one.strict)} |"


def _kinds(suites: Sequence[Measured]) -> Iterator[str]:
    if not any(suite.gaps for suite in suites):
        yield "None."
        return
    yield "| suite | statement | in valid files | in other files | the first |"
    yield "|---|---|---:|---:|---|"
    for suite in suites:
        for row in suite.gaps:
            yield (
                f"| {suite.title} | `{row['kind']}` | {row['valid']:,} | {row['invalid']:,} | "
                f"`{row['first']}` |"
            )
