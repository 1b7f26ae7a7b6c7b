"""A saved document is read back as it was written, and whatever is no such document is said."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sql_lineage_purview.project.configuring.loading import load_settings
from sql_lineage_purview.project.document_reading import (
    DocumentError,
    document_graph,
    read_document,
)
from sql_lineage_purview.project.scanning import scan
from sql_lineage_purview.render.json_document import lineage_document, render_json

SAMPLE = Path(__file__).parents[2] / "sample_sql"


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    graph = scan([SAMPLE], load_settings(SAMPLE), use_cache=False).graph
    parsed: dict[str, Any] = json.loads(render_json(graph))
    return parsed


def test_a_document_is_read_as_it_was_written(document: dict[str, Any]) -> None:
    written = lineage_document(document_graph(document))

    assert json.loads(json.dumps(written)) == document


def _without(name: str) -> Callable[[dict[str, Any]], Any]:
    return lambda document: document.pop(name)


def _with(row: str, name: str, value: object) -> Callable[[dict[str, Any]], Any]:
    def change(document: dict[str, Any]) -> None:
        document[row][0] = {**document[row][0], name: value}

    return change


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (_without("schema_version"), "schema_version is missing"),
        (_without("tables"), "tables is missing"),
        (lambda document: document.update(schema_version=2), "schema_version is 2"),
        (lambda document: document.update(schema_version=True), "schema_version is no whole"),
        (lambda document: document.update(modules={}), "modules is no array"),
        (lambda document: document.update(modules=[3]), r"modules\[0\] is no object"),
        (_with("tables", "name", 3), r"tables\[0\].name is no text"),
        (_with("tables", "name", ""), "not a name"),
        (_with("tables", "kind", "CHAIR"), r"tables\[0\].kind is none of TABLE"),
        (_with("tables", "columns", [1]), r"tables\[0\].columns holds something else"),
        (_with("tables", "defined_at", {"path": "x"}), r"tables\[0\].defined_at.line is missing"),
        (_with("statements", "dynamic", 0), r"statements\[0\].dynamic is no true or false"),
        (_with("files", "gaps", None), r"files\[0\].gaps is no object"),
        (_with("column_lineage", "source", []), r"column_lineage\[0\].source is no object"),
        (_with("diagnostics", "code", "SLP999"), r"diagnostics\[0\].code is SLP999"),
    ],
)
def test_what_is_no_document_is_said(
    change: Callable[[dict[str, Any]], Any], reason: str, document: dict[str, Any], tmp_path: Path
) -> None:
    copy = json.loads(json.dumps(document))
    change(copy)
    file = tmp_path / "lineage.json"
    file.write_text(json.dumps(copy), encoding="utf-8")

    with pytest.raises(DocumentError, match=reason):
        read_document(file)


@pytest.mark.parametrize("text", ["", "[]", "{", "[" * 100_000, '{"schema_version": 1}'])
def test_a_file_of_something_else_is_said(text: str, tmp_path: Path) -> None:
    file = tmp_path / "lineage.json"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(DocumentError, match=r"lineage\.json is no lineage document"):
        read_document(file)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="cannot be read"):
        read_document(tmp_path / "lineage.json")
