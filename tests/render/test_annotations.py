"""Annotations: as those who read them expect them, and nothing in them commands a build."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from msgspec.structs import replace
from pydantic import ValidationError
from pydantic_sarif.model import (
    StaticAnalysisResultsFormatSarifVersion210JsonSchema as SarifLog,
)

from sql_lineage_purview.model.diagnostics import Severity, Span
from sql_lineage_purview.render.annotations.annotation import Annotation, AnnotationRule
from sql_lineage_purview.render.annotations.annotation_fingerprints import fingerprinted
from sql_lineage_purview.render.annotations.build_commands import render_azure, render_github
from sql_lineage_purview.render.annotations.gitlab import render_gitlab
from sql_lineage_purview.render.annotations.sarif import render_sarif

RULE = AnnotationRule("SLP201", Severity.WARNING, "Unknown column", "What is meant", "Check it.")
HOSTILE = "100%; a]b\n::error::c ##vso[task.complete]\x1b[31m"


def annotation(
    message: str = "no column Nope",
    path: str = "etl/Größe 1,2.sql",
    span: Span | None = None,
    level: Severity = Severity.WARNING,
) -> Annotation:
    return Annotation(RULE, level, message, path, span or Span(3, 8, 3, 12))


def sarif_run(*annotations: Annotation) -> Any:
    return json.loads(render_sarif(annotations))["runs"][0]


class TestSarif:
    def test_a_result_names_its_rule_place_and_level(self) -> None:
        run = sarif_run(annotation())

        [result], [rule] = run["results"], run["tool"]["driver"]["rules"]
        place = result["locations"][0]["physicalLocation"]
        assert (result["ruleId"], rule["id"], result["ruleIndex"]) == ("SLP201", "SLP201", 0)
        assert result["level"] == "warning"
        assert place["artifactLocation"]["uri"] == "etl/Gr%C3%B6%C3%9Fe%201%2C2.sql"
        assert place["region"] == {"startLine": 3, "startColumn": 8, "endLine": 3, "endColumn": 12}

    def test_it_is_valid_by_the_schema(self) -> None:
        unplaced = replace(annotation(), span=Span(4, 2, 4, 2), path="")
        texts = [render_sarif(rows) for rows in ([], [annotation(), unplaced])]

        for text in texts:
            SarifLog.model_validate_json(text)
        with pytest.raises(ValidationError):
            SarifLog.model_validate_json(texts[1].replace('"warning"', '"loud"'))

    def test_a_place_without_an_end_has_none(self) -> None:
        [result] = sarif_run(annotation(span=Span(4, 2, 4, 2)))["results"]

        region = result["locations"][0]["physicalLocation"]["region"]
        assert region == {"startLine": 4, "startColumn": 2}

    def test_the_fingerprint_stays_where_lines_move(self) -> None:
        first, second = (
            [row["partialFingerprints"] for row in sarif_run(*rows)["results"]]
            for rows in (
                [annotation(), annotation()],
                [annotation(span=Span(9, 1, 9, 2)), annotation(span=Span(10, 1, 10, 2))],
            )
        )

        assert first == second
        assert first[0] != first[1]


def test_gitlab_gets_a_fingerprint_and_a_severity_of_each() -> None:
    rows = [annotation(level=level) for level in Severity]

    issues = json.loads(render_gitlab(rows))

    assert [issue["severity"] for issue in issues] == ["major", "minor", "info"]
    assert len({issue["fingerprint"] for issue in issues}) == 3
    assert issues[0]["location"] == {"path": "etl/Größe 1,2.sql", "lines": {"begin": 3}}


def test_github_is_told_file_line_and_title() -> None:
    assert render_github([annotation(level=Severity.INFO)]) == (
        "::notice file=etl/Größe 1%2C2.sql,line=3,col=8,title=SLP201 Unknown column"
        "::no column Nope\n"
    )


def test_azure_is_told_errors_and_warnings_and_shown_the_rest() -> None:
    text = render_azure([annotation(level=Severity.ERROR), annotation(level=Severity.INFO)])

    assert text.splitlines() == [
        "##vso[task.logissue type=error;sourcepath=etl/Größe 1,2.sql;linenumber=3;columnnumber=8;"
        "code=SLP201;]SLP201 no column Nope",
        "etl/Größe 1,2.sql:3:8: SLP201 no column Nope",
    ]


def test_nothing_of_a_script_ends_a_command_or_begins_one() -> None:
    rows = [annotation(HOSTILE, HOSTILE, level=level) for level in Severity]

    texts = [render(rows) for render in (render_github, render_azure, render_gitlab, render_sarif)]

    github, azure, *_ = texts
    assert len(github.splitlines()) == len(azure.splitlines()) == 3
    assert [len(re.findall(r"##vso\[", text)) for text in texts] == [0, 2, 0, 0]
    assert len(re.findall(r"(?m)^::", github)) == len(re.findall("::error::", github)) + 3 == 3
    assert azure.splitlines()[0].count("]") == 1
    assert not any("\x1b" in text for text in texts)


def test_equal_annotations_of_one_file_are_told_apart() -> None:
    marks = [mark for _, mark in fingerprinted([annotation(), annotation(), annotation(path="b")])]

    assert len(set(marks)) == 3
