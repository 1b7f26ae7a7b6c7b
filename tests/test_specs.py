"""Runs the specs: Markdown files that say, for a DBA, what lineage a script has.

A case is a heading `##`, prose, one or more `sql` blocks (```` ```sql path.sql ````), and blocks
that hold the whole answer: `lineage` (column edges, the certainty where it is not EXACT), `tables`
(table edges), `statements` (rows in order). A block that is left out is not asserted, but `lineage`
or `tables` must be there. A diagnostic is asserted in the SQL on the line that causes it, as `--
SLP202`; one that is not asserted fails the case. `pytest --rewrite-specs` writes what the tool
answers, for review.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.linking import column_lines, lineage_of, statement_lines, table_lines

FOLDER = Path(__file__).parent / "specs"
BLOCK = re.compile(
    r"^```(?P<kind>sql|lineage|tables|statements)[ ]?(?P<path>\S*)\n(?P<body>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
ANSWERS = {"lineage": column_lines, "tables": table_lines, "statements": statement_lines}


@dataclass(frozen=True)
class Case:
    file: Path
    title: str
    text: str

    def blocks(self, kind: str) -> list[re.Match[str]]:
        return [match for match in BLOCK.finditer(self.text) if match["kind"] == kind]


def cases() -> list[Case]:
    return [
        Case(file, section.splitlines()[0][3:].strip(), section)
        for file in sorted(FOLDER.glob("*.md"))
        for section in re.split(r"^(?=## )", file.read_text(encoding="utf-8"), flags=re.MULTILINE)[
            1:
        ]
    ]


def expected_diagnostics(scripts: dict[str, str]) -> list[str]:
    return sorted(
        f"{path}:{number} {code}"
        for path, sql in scripts.items()
        for number, line in enumerate(sql.splitlines(), 1)
        for code in re.findall(r"SLP\d{3}", line.partition("--")[2])
    )


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case.file.stem}: {case.title}")
def test_spec(case: Case, request: pytest.FixtureRequest) -> None:
    scripts = {
        match["path"] or f"script{n}.sql": match["body"]
        for n, match in enumerate(case.blocks("sql"), 1)
    }
    assert scripts, "a case has a sql block"
    assert case.blocks("lineage") or case.blocks("tables"), "a case says which lineage there is"
    graph = lineage_of(scripts)
    if request.config.getoption("--rewrite-specs"):
        rewrite(case, {kind: answer(graph) for kind, answer in ANSWERS.items()})
        return
    for kind, answer in ANSWERS.items():
        for block in case.blocks(kind):
            lines = [line for line in block["body"].splitlines() if line.strip()]
            expected = lines if kind == "statements" else sorted(lines)
            assert answer(graph) == expected, kind
    diagnostics = sorted(f"{d.path}:{d.span.line} {d.code}" for d in graph.diagnostics)
    assert diagnostics == expected_diagnostics(scripts)


def rewrite(case: Case, answers: dict[str, list[str]]) -> None:
    def block(match: re.Match[str]) -> str:
        if match["kind"] not in answers:
            return match[0]
        return (
            f"```{match['kind']}\n"
            + "".join(f"{line}\n" for line in answers[match["kind"]])
            + "```"
        )

    text = case.file.read_text(encoding="utf-8")
    case.file.write_text(
        text.replace(case.text, BLOCK.sub(block, case.text)), encoding="utf-8", newline="\n"
    )
