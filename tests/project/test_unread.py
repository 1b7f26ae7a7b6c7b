"""What moves data and is not read: it is counted by kind, and told once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from sql_lineage_purview.model.diagnostics import Diagnostic, Span
from sql_lineage_purview.model.graph import LineageGraph
from sql_lineage_purview.model.unread import UnreadKind, rows_of
from sql_lineage_purview.project.configuring.settings import Settings
from sql_lineage_purview.project.reading.unread_findings import with_unread
from sql_lineage_purview.project.scanning import scan

if TYPE_CHECKING:
    from pathlib import Path


def put(root: Path, files: dict[str, Any]) -> None:
    for path, content in files.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(
            content if isinstance(content, str) else json.dumps(content), encoding="utf-8"
        )


def counted(root: Path, **settings: Any) -> dict[str, tuple[int, tuple[str, ...]]]:
    graph = scan([root], Settings(**settings), use_cache=False).graph
    return {row.kind.value: (row.count, row.paths) for row in graph.not_read}


def notebook(
    *cells: str, kernel: str = "synapse_pyspark", language: str = "python"
) -> dict[str, Any]:
    return {
        "cells": [{"cell_type": "code", "source": cell} for cell in cells],
        "metadata": {"kernelspec": {"name": kernel}, "language_info": {"name": language}},
    }


def activity(kind: str, **properties: Any) -> dict[str, Any]:
    return {"name": kind, "type": kind, "typeProperties": properties}


def pipeline(*activities: Any) -> dict[str, Any]:
    return {"name": "p", "properties": {"activities": list(activities)}}


class TestFiles:
    @pytest.mark.parametrize(
        ("path", "content", "kind"),
        [
            ("a.dtsx", "<xml/>", "SSIS_PACKAGE"),
            ("A.DTSX", "<xml/>", "SSIS_PACKAGE"),
            ("a.ispac", "", "SSIS_PACKAGE"),
            ("a.pbix", "", "SEMANTIC_MODEL"),
            ("m.SemanticModel/definition/model.tmdl", "", "SEMANTIC_MODEL"),
            ("a.rdl", "<Report/>", "PAGINATED_REPORT"),
            ("a.dacpac", "", "DATABASE_PACKAGE"),
            ("a.kql", "T | take 5", "KQL_SCRIPT"),
            ("a.hql", "", "HIVE_SCRIPT"),
            ("a.prc", "CREATE PROC p AS SELECT 1", "SCRIPT_BY_OTHER_ENDING"),
            ("a.sql", "CREATE OR REPLACE VIEW v AS SELECT a FROM t", "OTHER_SQL_SCRIPT"),
            ("load.py", "# Databricks notebook source\ndf.write", "DATABRICKS_NOTEBOOK"),
            (
                "n.Notebook/notebook-content.py",
                '# Fabric notebook source\n# META "name": "synapse_pyspark"',
                "SPARK_NOTEBOOK",
            ),
            (
                "n.Notebook/notebook-content.py",
                '# Fabric notebook source\n# META "name": "jupyter"',
                "NOTEBOOK",
            ),
            ("f.Dataflow/mashup.pq", "section Section1;", "DATA_FLOW"),
            ("c.CopyJob/copyjob-content.json", {}, "COPY_JOB"),
            ("dataflow/f.json", {"properties": {"type": "MappingDataFlow"}}, "DATA_FLOW"),
            ("sparkJobDefinition/j.json", {"properties": {"jobProperties": {}}}, "SPARK_JOB"),
            ("l.Lakehouse/shortcuts.metadata.json", [{"name": "a", "target": {}}], "SHORTCUT"),
            ("notebook/n.json", {"properties": notebook("df = 1")}, "SPARK_NOTEBOOK"),
            (
                "sqlscript/k.json",
                {"properties": {"content": {"query": "T", "metadata": {"language": "kusto"}}}},
                "KQL_SCRIPT",
            ),
            ("a.ipynb", notebook("df = 1", kernel="python3"), "NOTEBOOK"),
            ("a.ipynb", notebook("SELECT 1", kernel="SQL", language="sql") | {}, None),
            ("a.ipynb", notebook("SELECT 1", "%%pyspark\ndf = 1", kernel="SQL"), "NOTEBOOK"),
            ("a.ipynb", notebook(" ", "%%configure\n{}"), None),
            ("dataflow/other.json", {"workflow": []}, None),
            ("l.Lakehouse/shortcuts.metadata.json", [], None),
            ("a.py", "import os", None),
            ("a.json", {"a": 1}, None),
            ("a.md", "dtsx", None),
        ],
    )
    def test_kinds(self, tmp_path: Path, path: str, content: Any, kind: str | None) -> None:
        put(tmp_path, {path: content})

        assert counted(tmp_path) == ({kind: (1, (path,))} if kind else {})

    def test_a_template_of_deployment_counts_where_it_holds_pipelines(self, tmp_path: Path) -> None:
        schema = "https://schema.management.azure.com/schemas/2015-01-01/deploymentTemplate.json#"
        resource = {"type": "Microsoft.DataFactory/factories/pipelines"}
        put(
            tmp_path,
            {
                "any.json": {"$schema": schema, "resources": [resource]},
                "vm.json": {"$schema": schema, "resources": []},
            },
        )

        assert counted(tmp_path) == {"PIPELINE_TEMPLATE": (1, ("any.json",))}

    def test_an_item_of_fabric_counts_once(self, tmp_path: Path) -> None:
        put(
            tmp_path,
            {
                "f.Dataflow/.platform": {},
                "f.Dataflow/mashup.pq": "",
                "f.Dataflow/queryMetadata.json": {},
            },
        )

        assert counted(tmp_path) == {"DATA_FLOW": (1, ("f.Dataflow/.platform",))}

    def test_models_of_dbt(self, tmp_path: Path) -> None:
        put(
            tmp_path,
            {
                "dbt/dbt_project.yml": 'name: shop\nmodel-paths:\n  - "marts"\n',
                "dbt/marts/a/orders.sql": "SELECT 1 AS a",
                "dbt/marts/b.py": "def model(dbt, session): ...",
                "dbt/snapshots/s.sql": "SELECT 1 AS a",
                "dbt/marts/schema.yml": "",
                "models/view.sql": "CREATE VIEW dbo.v AS SELECT a FROM dbo.t",
                "other/m.sql": "SELECT a FROM {{ ref('orders') }}",
            },
        )

        assert counted(tmp_path) == {
            "DBT_MODEL": (
                4,
                ("dbt/marts/a/orders.sql", "dbt/marts/b.py", "dbt/snapshots/s.sql", "other/m.sql"),
            )
        }

    def test_what_is_excluded_ignored_or_built_does_not_count(self, tmp_path: Path) -> None:
        put(
            tmp_path,
            {
                "a.dtsx": "",
                "old/b.dtsx": "",
                "src/.gitignore": "drafts/\n*.tmp.dtsx\n",
                "src/drafts/c.dtsx": "",
                "src/d.tmp.dtsx": "",
                "node_modules/x/e.dtsx": "",
                "App/bin/Debug/f.dacpac": "",
                "App/obj/g.sql": "CREATE OR REPLACE VIEW v AS SELECT a FROM t",
            },
        )

        assert counted(tmp_path, exclude=("old/",)) == {"SSIS_PACKAGE": (1, ("a.dtsx",))}

    def test_a_file_that_is_named_counts(self, tmp_path: Path) -> None:
        put(tmp_path, {"a.dtsx": "", "p.prc": "INSERT dbo.t SELECT a FROM dbo.s"})

        assert counted(tmp_path / "a.dtsx") == {"SSIS_PACKAGE": (1, ("a.dtsx",))}
        named = scan([tmp_path / "p.prc"], Settings(), use_cache=False)
        assert (named.graph.not_read, len(named.graph.table_lineage)) == ((), 1)


class TestActivities:
    @pytest.mark.parametrize(
        ("kind", "counts"),
        [
            ("ExecuteDataFlow", "DATA_FLOW_ACTIVITY"),
            ("TridentNotebook", "NOTEBOOK_ACTIVITY"),
            ("HDInsightHive", "HADOOP_ACTIVITY"),
            ("ExecuteSSISPackage", "SSIS_ACTIVITY"),
            ("WebActivity", "WEB_ACTIVITY"),
            ("SomethingNew", "OTHER_ACTIVITY"),
            ("Wait", None),
            ("GetMetadata", None),
            ("SqlServerStoredProcedure", None),
        ],
    )
    def test_kinds(self, tmp_path: Path, kind: str, counts: str | None) -> None:
        put(tmp_path, {"pipeline/p.json": pipeline(activity(kind, storedProcedureName="dbo.p"))})

        assert counted(tmp_path) == ({counts: (1, ("pipeline/p.json",))} if counts else {})

    def test_those_inside_of_others_count_and_those_switched_off_do_not(
        self, tmp_path: Path
    ) -> None:
        loop = activity(
            "ForEach",
            activities=[
                activity("SynapseNotebook"),
                activity("IfCondition", ifTrueActivities=[activity("SynapseNotebook")]),
            ],
        )
        off = activity("SynapseNotebook") | {"state": "Inactive"}
        put(
            tmp_path,
            {
                "pipeline/a.json": pipeline(loop, off),
                "pipeline/b.json": pipeline(activity("SynapseNotebook")),
            },
        )

        assert counted(tmp_path) == {
            "NOTEBOOK_ACTIVITY": (3, ("pipeline/a.json", "pipeline/b.json"))
        }

    def test_a_copy_counts_where_it_carries_nothing(self, tmp_path: Path) -> None:
        copied = activity("Copy", source={"type": "x"}) | {
            "inputs": [{"referenceName": "a"}],
            "outputs": [{"referenceName": "b"}],
        }
        put(tmp_path, {"pipeline/p.json": pipeline(copied, activity("Copy"))})
        graph = scan([tmp_path], Settings(), use_cache=False).graph

        assert [(row.kind, row.count) for row in graph.not_read] == [(UnreadKind.COPY_ACTIVITY, 2)]
        assert {diagnostic.code for diagnostic in graph.diagnostics} == {"SLP405"}


class TestDiagnostics:
    def test_those_of_scripts_keep_their_order(self) -> None:
        findings = tuple(
            Diagnostic("SLP101", "not understood", Span(), "a.sql", f"SELECT {number} FROM")
            for number in range(40)
        )
        graph = with_unread(
            LineageGraph(diagnostics=findings), rows_of([(UnreadKind.SSIS_PACKAGE, "b.dtsx", 1)])
        )

        assert graph.diagnostics[:-1] == findings

    def test_each_kind_is_reported_once_at_its_first_file(self, tmp_path: Path) -> None:
        put(
            tmp_path,
            {
                "b.dtsx": "",
                "a.dtsx": "",
                "c.rdl": "",
                "pipeline/p.json": pipeline(activity("Custom")),
            },
        )
        diagnostics = scan([tmp_path], Settings(), use_cache=False).graph.diagnostics

        assert [
            (diagnostic.path, diagnostic.code, diagnostic.severity.value, diagnostic.message)
            for diagnostic in diagnostics
        ] == [
            ("a.dtsx", "SLP004", "INFO", "not read: 2 SSIS packages, the first of them here"),
            ("c.rdl", "SLP004", "INFO", "not read: 1 paginated report"),
            ("pipeline/p.json", "SLP005", "INFO", "not followed: 1 custom activity"),
        ]
