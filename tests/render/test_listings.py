"""CSV, the table listing, diagnostics: text that other programs and people read line by line."""

from __future__ import annotations

import csv

import pytest
from msgspec.structs import replace

from sql_lineage_purview.model.diagnostics import RULES, Diagnostic, Span
from sql_lineage_purview.model.graph import LineageGraph
from sql_lineage_purview.model.printable import one_line
from sql_lineage_purview.render.csv_columns import render_csv
from sql_lineage_purview.render.diagnostic_listing import (
    ShownDiagnostic,
    SourceLine,
    render_diagnostic,
    render_diagnostics,
    render_remedies,
)
from sql_lineage_purview.render.drawing_layout import Medium, laid_out
from sql_lineage_purview.render.markdown_table import markdown_table
from sql_lineage_purview.render.rule_rows import render_rules_text
from sql_lineage_purview.render.table_listing import render_table

from .graphs import SAMPLE


def test_csv_has_a_row_for_each_column_edge() -> None:
    rows = list(csv.DictReader(render_csv(SAMPLE).splitlines()))

    assert [(row["source_column"], row["target_column"], row["subtype"]) for row in rows] == [
        ("Amount", "Amount", "AGGREGATION"),
        ("Größe", "", "FILTER"),
    ]
    assert rows[0]["target_table"] == "dbo.[Fact Sales]"
    assert (rows[0]["path"], rows[0]["line"], rows[0]["statements"]) == (
        "etl/load.sql",
        "12",
        "etl/load.sql#2",
    )


def test_the_table_listing_is_aligned_and_names_the_first_statement() -> None:
    header, fact, staging = render_table(SAMPLE).splitlines()

    assert header.index("TYPE") == fact.index("DIRECT") == staging.index("DIRECT")
    assert fact.split("  ")[0] == "dbo.[Fact Sales]"
    assert fact.endswith("MERGE in dbo.usp_Load, etl/load.sql:12 and 1 more")
    assert staging.endswith("COPY_INTO, etl/load.sql:2")


def test_a_listing_of_nothing_is_its_header() -> None:
    assert render_table(LineageGraph()).split() == ["TARGET", "SOURCE", "TYPE", "STATEMENT"]


class TestDiagnostics:
    FINDING = Diagnostic("SLP101", "what", Span(3, 5, 3, 9), "a/b.sql")

    def test_are_one_line_that_editors_can_follow(self) -> None:
        assert render_diagnostic(self.FINDING) == "a/b.sql:3:5: SLP101 what\n"

    def test_show_a_statement_that_takes_several_lines(self) -> None:
        diagnostic = replace(self.FINDING, statement="select a\nfrom \x1b[31mb")
        assert render_diagnostic(diagnostic).splitlines()[1:] == [
            "    | select a",
            "    | from \\x1b[31mb",
        ]
        inside = replace(self.FINDING, code="SLP301", path="pipeline/p.json")
        assert "In a pipeline: " in render_remedies([inside])
        assert "In a pipeline: " not in render_remedies([replace(inside, path="p.sql")])
        deep = replace(self.FINDING, statement=f"select a,\n  b\n{' ' * 90}c")
        assert render_diagnostic(deep).splitlines()[-2:] == ["    |   b", "    |         c"]
        long = replace(self.FINDING, statement="a\n" * 100)
        assert render_diagnostic(long).splitlines()[-2:] == ["    | a", "    | …"]
        assert len(render_diagnostic(long).splitlines()) == 18
        assert render_diagnostic(replace(self.FINDING, statement="FROB x")) == render_diagnostic(
            self.FINDING
        )

    def test_go_by_another_path_where_one_is_given(self) -> None:
        assert render_diagnostic(self.FINDING, path="../b.sql").startswith("../b.sql:3:5: ")

    def test_mark_the_column_in_the_line(self) -> None:
        line, mark = self.below("\t\t FROB x")
        assert line[mark.index("^")] == "R"

    @pytest.mark.parametrize("before", range(0, 200, 7))
    def test_show_of_a_long_line_what_stands_around_the_mark(self, before: int) -> None:
        text = f"{'x' * before} FROB {'y' * (200 - before)}"
        span = Span(3, before + 2, 3, before + 6)

        line, mark = self.below(text, width=60, finding=replace(self.FINDING, span=span))

        assert max(len(line), len(mark)) <= 60
        assert line[mark.index("^") :].startswith("FROB"[: len(line) - mark.index("^")])
        assert line.startswith("    …") or "x" * before in line
        assert line.endswith(("…", "y" * (200 - before)))

    def test_mark_nothing_where_secrets_were_blacked_out(self) -> None:
        assert self.below("SECRET = '***'", intact=False) == ["    SECRET = '***'"]

    def below(
        self,
        text: str,
        *,
        intact: bool = True,
        width: int | None = None,
        finding: Diagnostic = FINDING,
    ) -> list[str]:
        """What is drawn below a finding in this line."""
        shown = ShownDiagnostic(finding, finding.path, SourceLine(text, intact))
        lines = laid_out(render_diagnostics([shown]), Medium(width))
        return ["".join(part.text for part in line).rstrip() for line in lines][1:]

    def test_of_a_hostile_name_stay_on_one_line(self) -> None:
        finding = Diagnostic("SLP201", "no column [a\r\nb\x1b[2J]", Span(), "a.sql")

        assert render_diagnostic(finding) == "a.sql:1:1: SLP201 no column [a\\r\\nb\\x1b[2J]\n"

    def test_come_with_one_remedy_for_each_code(self) -> None:
        rare = Diagnostic("SLP301", "", Span(), "a.sql")

        lines = render_remedies([rare, self.FINDING, self.FINDING]).splitlines()

        assert [line.split(":")[0] for line in lines] == [
            "SLP101 Statement not understood (2)",
            "SLP301 Dynamic SQL not known (1)",
        ]
        assert lines[0].endswith(RULES["SLP101"].remedy)


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.code)
def test_every_rule_says_what_it_means_and_what_to_do(rule: object) -> None:
    assert rule in RULES.values()
    text = render_rules_text([rule])  # type: ignore[arg-type]  # parametrize knows no types

    assert text.count("\n\n") == 2
    assert "\n\nWhat to do: " in text


def test_the_list_of_rules_has_one_line_for_each() -> None:
    assert len(render_rules_text(list(RULES.values())).splitlines()) == len(RULES)


def test_what_cannot_be_printed_is_escaped_and_the_rest_kept() -> None:
    assert one_line("a\x1b]0;x\x07\u202eb\u2028ü [c]") == "a\\x1b]0;x\\x07\\u202eb\\u2028ü [c]"


def test_names_are_no_markup_in_a_table_of_markdown() -> None:
    text = markdown_table(("a", "b"), [("dbo.[x|y]", "<b>_*`"), ("two\nlines", 3)])

    assert text.splitlines() == [
        "| a | b |",
        "| --- | --- |",
        r"| dbo.\[x\|y\] | \<b\>\_\*\` |",
        r"| two\\nlines | 3 |",
    ]
