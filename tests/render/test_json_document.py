"""The lineage document: its schema, its rows, its bytes."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from sql_lineage_purview.model.graph import Declaration, LineageGraph
from sql_lineage_purview.model.names import parse_name
from sql_lineage_purview.model.unread import UnreadKind, rows_of
from sql_lineage_purview.model.vocabulary import (
    Certainty,
    EdgeType,
    ModuleKind,
    Stale,
    StatementKind,
    Subtype,
    TableKind,
)
from sql_lineage_purview.render.json_document import json_pieces, render_json

from .graphs import SAMPLE

if TYPE_CHECKING:
    from collections.abc import Callable

SCHEMA = json.loads(
    (Path(__file__).parents[2] / "docs" / "lineage-document.schema.json").read_text(
        encoding="utf-8"
    )
)
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def _document() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(render_json(SAMPLE))
    return document


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("graph", [SAMPLE, LineageGraph()], ids=["sample", "empty"])
def test_a_document_fits_its_schema(graph: LineageGraph) -> None:
    VALIDATOR.validate(json.loads(render_json(graph)))


def test_the_schema_knows_the_words_of_the_vocabulary_and_no_others() -> None:
    defined = SCHEMA["$defs"]

    def words(row: str, member: str) -> set[str]:
        return set(defined[row]["properties"][member]["enum"])

    assert words("statement", "kind") == set(StatementKind)
    assert words("table", "kind") == set(TableKind)
    assert words("module", "kind") == set(ModuleKind)
    assert words("unread", "kind") == set(UnreadKind)
    assert words("table_edge", "type") == set(EdgeType)
    assert words("column_edge", "subtype") == set(Subtype)
    assert words("column_edge", "certainty") == set(Certainty)


def test_each_row_has_the_members_of_the_schema_and_no_others() -> None:
    document = _document()
    rows = {
        "files": "file",
        "tables": "table",
        "modules": "module",
        "statements": "statement",
        "table_lineage": "table_edge",
        "column_lineage": "column_edge",
        "diagnostics": "diagnostic",
    }

    assert list(document) == [
        "schema_version",
        "generator",
        *list(rows)[:-1],
        "not_read",
        "diagnostics",
    ]
    for member, row in rows.items():
        assert document[member], f"the sample has no {member}"
        for found in document[member]:
            assert list(found) == list(SCHEMA["$defs"][row]["properties"])


def test_what_is_not_read_is_a_row_for_each_kind() -> None:
    met = [
        (UnreadKind.SSIS_PACKAGE, "b.dtsx", 1),
        (UnreadKind.WEB_ACTIVITY, "p.json", 2),
        (UnreadKind.SSIS_PACKAGE, "a.dtsx", 1),
    ]
    document = json.loads(render_json(LineageGraph(not_read=rows_of(met))))

    VALIDATOR.validate(document)
    assert document["not_read"] == [
        {"kind": "SSIS_PACKAGE", "count": 2, "paths": ["a.dtsx", "b.dtsx"]},
        {"kind": "WEB_ACTIVITY", "count": 2, "paths": ["p.json"]},
    ]


def test_what_people_declare_has_a_member_of_its_own() -> None:
    a, b = parse_name("dbo.A"), parse_name("dbo.B")
    graph = replace(
        SAMPLE, declared=(Declaration(b, a, (("x", "y"),), "say.sql", 3, Stale.MISSING),)
    )
    document = json.loads(render_json(graph))

    VALIDATOR.validate(document)
    assert document.pop("declared_lineage") == [
        {
            "source": "dbo.A",
            "target": "dbo.B",
            "columns": [{"source": "x", "target": "y"}],
            "path": "say.sql",
            "line": 3,
            "stale": "missing",
        }
    ]
    assert document == _document()


def _set(*path: Any, to: object) -> Callable[[dict[str, Any]], None]:
    def change(document: dict[str, Any]) -> None:
        inner: Any = document
        for step in path[:-1]:
            inner = inner[step]
        inner[path[-1]] = to

    return change


@pytest.mark.parametrize(
    "damage",
    [
        _set("schema_version", to=2),
        _set("statements", 0, "kind", to="FROB"),
        _set("statements", 0, "line", to=0),
        _set("table_lineage", 0, "statements", to=[]),
        _set("column_lineage", 0, "subtype", to="JOIN"),
        _set("column_lineage", 1, "certainty", to="SURE"),
        _set("files", 0, "gaps", to={"syntax": 1}),
        _set("diagnostics", 0, "severity", to="FATAL"),
    ],
)
def test_the_schema_refuses_what_is_no_document(damage: Callable[[dict[str, Any]], None]) -> None:
    document = copy.deepcopy(_document())
    damage(document)

    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate(document)


def test_names_stand_as_they_are_shown() -> None:
    document = _document()

    assert [table["name"] for table in document["tables"]] == [
        "dbo.[Fact Sales]",
        "https://acct.dfs.core.windows.net/landing/sales.csv",
        "stg.Sales",
    ]
    assert document["column_lineage"][1] == {
        "source": {"table": "stg.Sales", "column": "Größe"},
        "target": {"table": "dbo.[Fact Sales]", "column": None},
        "type": "INDIRECT",
        "subtype": "FILTER",
        "certainty": "EXPANDED",
        "statements": ["etl/load.sql#2"],
    }


def test_the_text_is_the_same_each_time_and_ends_in_a_newline() -> None:
    text = render_json(SAMPLE)

    assert text == render_json(SAMPLE)
    assert text.endswith("}\n")
    assert "Größe" in text


def test_a_long_document_comes_in_pieces_that_hold_some_of_its_rows_each() -> None:
    graph = LineageGraph(statements=SAMPLE.statements[:1] * 2_500)
    pieces = list(json_pieces(graph))

    assert "".join(pieces) == render_json(graph)
    assert len(json.loads(render_json(graph))["statements"]) == 2_500
    assert max(piece.count("\n") for piece in pieces) <= 1_000
