"""Each database project is a database.

Here it is seen whose name its objects carry, and what binds the names of other projects to
it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

import pytest

from sql_lineage_purview.model.diagnostics import Diagnostic
from sql_lineage_purview.model.graph import LineageGraph
from sql_lineage_purview.project.configuring.database_settings import DatabaseSettings
from sql_lineage_purview.project.configuring.loading import load_settings
from sql_lineage_purview.project.configuring.settings import Settings
from sql_lineage_purview.project.scanning import scan
from sql_lineage_purview.render.diagnostic_listing import render_diagnostic
from sql_lineage_purview.render.json_document import render_json
from tests.catalog.packages import package, procedure, simple, table
from tests.linking import column_lines, table_lines
from tests.project.solutions import new, old, properties, reference, solution, variable

A = "CREATE TABLE dbo.readings (id int, raw varchar(9))"
B = "CREATE TABLE dbo.readings (id int, cooked int)"


def graph_of(*paths: Path, settings: Settings | None = None) -> LineageGraph:
    return scan(paths, settings or Settings(), use_cache=False).graph


def tables(graph: LineageGraph) -> list[str]:
    return [f"{table.name} ({', '.join(table.columns or ())})" for table in graph.tables]


def codes(graph: LineageGraph) -> list[str]:
    return [diagnostic.code for diagnostic in graph.diagnostics]


class TestNames:
    def test_the_tables_of_each_project_are_its_own(self, tmp_path: Path) -> None:
        solution(tmp_path, {"a/A.sqlproj": old(), "a/r.sql": A, "b/B.sqlproj": new(), "b/r.sql": B})

        graph = graph_of(tmp_path)

        assert tables(graph) == ["A.dbo.readings (id, raw)", "B.dbo.readings (id, cooked)"]
        assert codes(graph) == []

    def test_a_project_that_is_alone_leaves_its_name_out(self, tmp_path: Path) -> None:
        load = (
            "INSERT dbo.readings (id) SELECT x FROM [A].dbo.src; INSERT a..readings (raw) "
            "SELECT y FROM Other.dbo.more"
        )
        solution(
            tmp_path,
            {
                "A.sqlproj": old(),
                "r.sql": A,
                "s.sql": "CREATE TABLE dbo.src (x int)",
                "t.sql": load,
            },
        )

        graph = graph_of(tmp_path)

        assert table_lines(graph) == [
            "Other.dbo.more -> dbo.readings  DIRECT",
            "dbo.src -> dbo.readings  DIRECT",
        ]
        assert codes(graph) == []

    def test_a_use_of_its_own_database_says_nothing_new(self, tmp_path: Path) -> None:
        load = (
            "USE [$(DatabaseName)]\nGO\nINSERT dbo.readings (id) SELECT x FROM "
            "[$(DatabaseName)].dbo.src"
        )
        solution(
            tmp_path,
            {
                "A.sqlproj": old(),
                "r.sql": A,
                "s.sql": "CREATE TABLE dbo.src (x int)",
                "t.sql": load,
            },
        )

        graph = graph_of(tmp_path)

        assert table_lines(graph) == ["dbo.src -> dbo.readings  DIRECT"]
        assert codes(graph) == []

    @pytest.mark.parametrize(
        "head", ["USE Other\nGO\nCREATE TABLE dbo.x (i int)", "CREATE TABLE Other.dbo.x (i int)"]
    )
    def test_a_script_that_defines_tables_of_another_database_makes_two(
        self, tmp_path: Path, head: str
    ) -> None:
        solution(
            tmp_path,
            {"p/A.sqlproj": old(), "p/r.sql": A, "s.sql": head, "t.sql": "DELETE dbo.readings"},
        )

        assert tables(graph_of(tmp_path)) == ["A.dbo.readings (id, raw)", "Other.dbo.x (i)"]

    def test_system_databases_are_no_others(self, tmp_path: Path) -> None:
        solution(
            tmp_path,
            {"A.sqlproj": old(), "r.sql": A, "s.sql": "USE master\nGO\nCREATE TABLE dbo.x (i int)"},
        )

        assert "dbo.readings (id, raw)" in tables(graph_of(tmp_path))

    def test_the_deployed_name_goes_before_that_of_the_project(self, tmp_path: Path) -> None:
        named = new().replace("</Project>", properties(TargetDatabase="Live") + "</Project>")
        load = "INSERT dbo.readings (id) SELECT id FROM B.dbo.readings"
        solution(
            tmp_path,
            {
                "a/A.sqlproj": old(),
                "a/r.sql": A,
                "a/l.sql": load,
                "b/B.sqlproj": named,
                "b/r.sql": B,
            },
        )

        assert column_lines(graph_of(tmp_path)) == [
            "Live.dbo.readings.id -> A.dbo.readings.id  IDENTITY"
        ]

    def test_loose_scripts_of_a_scan_with_several_databases_have_none(self, tmp_path: Path) -> None:
        loose = "INSERT dbo.readings (id) SELECT 1"
        solution(
            tmp_path,
            {
                "a/A.sqlproj": old(),
                "a/r.sql": A,
                "b/B.sqlproj": new(),
                "b/r.sql": B,
                "l.sql": loose,
            },
        )

        graph = graph_of(tmp_path)

        [twin] = graph.diagnostics
        assert twin.code == "SLP204"
        assert twin.message == "dbo.readings and A.dbo.readings or B.dbo.readings may be one table"


class TestConfigured:
    FILES: ClassVar = {
        "a/A.sqlproj": old(
            reference(r"..\b\B.sqlproj", DatabaseSqlCmdVariable="B"), variable("B", "B")
        ),
        "a/r.sql": A,
        "a/l.sql": "INSERT dbo.readings (id) SELECT id FROM [$(B)].dbo.readings",
        "b/B.sqlproj": new(),
        "b/r.sql": B,
    }

    def test_folders_go_before_projects_and_references_follow(self, tmp_path: Path) -> None:
        solution(tmp_path, self.FILES)

        graph = graph_of(tmp_path, settings=Settings(folders=((tmp_path / "b", "Beta"),)))

        assert column_lines(graph) == ["Beta.dbo.readings.id -> A.dbo.readings.id  IDENTITY"]

    def test_one_database_for_all_goes_before_projects(self, tmp_path: Path) -> None:
        solution(tmp_path, self.FILES)

        assert {
            table.name.parts[0]
            for table in graph_of(tmp_path, settings=Settings(database="All")).tables
        } == {"All"}

    def test_a_row_of_the_database_map_gives_its_name(self, tmp_path: Path) -> None:
        solution(tmp_path, self.FILES)

        graph = graph_of(
            tmp_path,
            settings=Settings(databases=(DatabaseSettings("Beta", server="s", database="b"),)),
        )

        assert column_lines(graph) == ["Beta.dbo.readings.id -> A.dbo.readings.id  IDENTITY"]

    def test_a_variable_of_the_configuration_still_means_the_project(self, tmp_path: Path) -> None:
        solution(tmp_path, self.FILES)

        graph = graph_of(tmp_path, settings=Settings(variables=(("b", "B_Live"),)))

        assert column_lines(graph) == ["B.dbo.readings.id -> A.dbo.readings.id  IDENTITY"]


class TestReferences:
    @pytest.mark.parametrize(
        ("elements", "written"),
        [
            ((reference(r"..\b%20b\B.sqlproj", DatabaseVariableLiteralValue="Lit"),), "Lit"),
            (
                (
                    reference(r"..\b%20b\B.sqlproj", DatabaseSqlCmdVariable="Var"),
                    variable("Var", "Live"),
                ),
                "[$(Var)]",
            ),
            (
                (
                    reference(r"..\b%20b\B.sqlproj", DatabaseSqlCmdVariable="Var"),
                    variable("Var", "Live"),
                ),
                "Live",
            ),
            ((reference(r"..\b%20b\B.sqlproj", DatabaseSqlCmdVariable="Var"),), "$(VAR)"),
            ((reference(r"..\b%20b\B.sqlproj", DatabaseSqlCmdVariable="$(Var)"),), "$(Var)"),
            (
                (
                    variable("Var", "", "Local"),
                    reference(r"..\B b\b.SQLPROJ", DatabaseSqlCmdVariable="Var"),
                ),
                "[$(Var)]",
            ),
            (
                (
                    variable("Env", "Dev"),
                    variable("Var", "$(Env)_B"),
                    reference("B.sqlproj", DatabaseSqlCmdVariable="Var"),
                ),
                "Dev_B",
            ),
            (
                (
                    reference(
                        r"..\b%20b\bin\Debug\B.dacpac",
                        "Artifact",
                        DatabaseVariableLiteralValue="Lit",
                    ),
                ),
                "Lit",
            ),
            ((reference(r"$(SolutionDir)\B.sqlproj", DatabaseVariableLiteralValue="Lit"),), "Lit"),
            ((reference("Our.B", "Package", DatabaseVariableLiteralValue="Lit"),), "Lit"),
            ((reference("Our.B", "Package", DatabaseSqlCmdVariable="Var"),), "[$(Var)]"),
            (
                (
                    reference(
                        r"..\b b\B.sqlproj",
                        DatabaseSqlCmdVariable="Var",
                        ServerSqlCmdVariable="Srv",
                    ),
                ),
                "[$(Srv)].[$(Var)]",
            ),
            (
                (
                    reference(
                        r"..\b b\B.sqlproj",
                        DatabaseVariableLiteralValue="L",
                        ServerVariableLiteralValue="S",
                    ),
                ),
                "S.L",
            ),
            ((), "B"),
        ],
    )
    @pytest.mark.parametrize("style", [old, new])
    def test_bind_the_names_of_other_databases(
        self, tmp_path: Path, style: Callable[..., str], elements: tuple[str, ...], written: str
    ) -> None:
        packaged = new().replace("</Project>", properties(PackageId="Our.B") + "</Project>")
        load = f"INSERT dbo.readings (id, raw) SELECT * FROM {written}.dbo.readings"
        solution(
            tmp_path,
            {
                "a/A.sqlproj": style(*elements),
                "a/r.sql": A,
                "a/l.sql": load,
                "b b/B.sqlproj": packaged,
                "b b/r.sql": B,
            },
        )

        assert column_lines(graph_of(tmp_path)) == [
            "B.dbo.readings.cooked -> A.dbo.readings.raw  IDENTITY  EXPANDED",
            "B.dbo.readings.id -> A.dbo.readings.id  IDENTITY  EXPANDED",
        ]

    def test_metadata_may_stand_in_attributes(self, tmp_path: Path) -> None:
        element = (
            r'<ProjectReference Include="..\b\B.sqlproj" DatabaseVariableLiteralValue="Lit" '
            r"/>"
        )
        load = "INSERT dbo.readings (id) SELECT id FROM Lit.dbo.readings"
        solution(
            tmp_path,
            {
                "a/A.sqlproj": new(element),
                "a/r.sql": A,
                "a/l.sql": load,
                "b/B.sqlproj": new(),
                "b/r.sql": B,
            },
        )

        assert column_lines(graph_of(tmp_path)) == [
            "B.dbo.readings.id -> A.dbo.readings.id  IDENTITY"
        ]

    def test_hold_in_the_scripts_of_the_project_that_has_them(self, tmp_path: Path) -> None:
        foreign = "INSERT dbo.readings (id) SELECT x.id FROM Lit.dbo.readings AS x"
        files = {
            "a/A.sqlproj": old(reference(r"..\b\B.sqlproj", DatabaseVariableLiteralValue="Lit")),
            "a/r.sql": A,
        }
        solution(tmp_path, files | {"b/B.sqlproj": new(), "b/r.sql": B, "b/l.sql": foreign})

        assert column_lines(graph_of(tmp_path)) == [
            "Lit.dbo.readings.id -> B.dbo.readings.id  IDENTITY"
        ]

    def test_to_a_package_outside_the_scan_give_variables_its_name(self, tmp_path: Path) -> None:
        project = old(
            reference(r"C:\packages\Crm.dacpac", "Artifact", DatabaseSqlCmdVariable="Var")
        )
        solution(
            tmp_path,
            {
                "A.sqlproj": project,
                "r.sql": A,
                "l.sql": "INSERT dbo.readings (id) SELECT c.id FROM [$(Var)].dbo.c AS c",
            },
        )

        graph = graph_of(tmp_path)

        assert column_lines(graph) == ["Crm.dbo.c.id -> dbo.readings.id  IDENTITY"]
        assert codes(graph) == []

    @pytest.mark.parametrize(
        ("metadata", "written"),
        [
            ({"DatabaseVariableLiteralValue": "Lit"}, "Lit."),
            ({"DatabaseSqlCmdVariable": "V"}, "[$(V)]."),
            ({}, ""),
        ],
    )
    def test_to_a_package_in_the_scanned_folder_tell_its_columns(
        self, tmp_path: Path, metadata: dict[str, str], written: str
    ) -> None:
        project = old(reference(r"..\lib\Crm.dacpac", "Artifact", **metadata))
        load = f"INSERT dbo.readings (id, raw) SELECT * FROM {written}dbo.c"
        solution(
            tmp_path, {"a/A.sqlproj": project, "a/r.sql": A, "a/l.sql": load, "lib/readme.txt": ""}
        )
        (tmp_path / "lib/Crm.dacpac").write_bytes(
            package(table("[dbo].[c]", simple("[dbo].[c]", "p"), simple("[dbo].[c]", "q")))
        )

        graph = graph_of(tmp_path)

        assert [line.split(" -> ")[1] for line in column_lines(graph)] == [
            "dbo.readings.id  IDENTITY  EXPANDED",
            "dbo.readings.raw  IDENTITY  EXPANDED",
        ]
        assert codes(graph) == ["SLP004"]  # its modules are no part of the scan

    def test_to_a_damaged_package_harm_nothing(self, tmp_path: Path) -> None:
        project = old(reference(r"Crm.dacpac", "Artifact", DatabaseVariableLiteralValue="Lit"))
        solution(tmp_path, {"A.sqlproj": project, "Crm.dacpac": "no zip", "r.sql": A})

        assert tables(graph_of(tmp_path)) == ["dbo.readings (id, raw)"]


class TestComposites:
    def test_a_reference_without_a_variable_is_the_same_database(self, tmp_path: Path) -> None:
        files = {
            "app/App.sqlproj": old(reference(r"..\base\Base.sqlproj")),
            "app/l.sql": "CREATE PROC dbo.p AS INSERT dbo.readings (id) SELECT id FROM dbo.src",
            "base/Base.sqlproj": old(),
            "base/r.sql": A,
            "base/s.sql": "CREATE TABLE dbo.src (id int)",
        }
        assert column_lines(graph_of(solution(tmp_path, files))) == [
            "dbo.src.id -> dbo.readings.id  IDENTITY"
        ]

        solution(tmp_path, {"b/B.sqlproj": new(), "b/r.sql": B})
        graph = graph_of(tmp_path)

        assert column_lines(graph) == ["App.dbo.src.id -> App.dbo.readings.id  IDENTITY"]
        assert tables(graph) == [
            "App.dbo.readings (id, raw)",
            "App.dbo.src (id)",
            "B.dbo.readings (id, cooked)",
        ]

    def test_a_part_that_others_name_gives_the_whole_its_name(self, tmp_path: Path) -> None:
        """This is how a circle of references is resolved.

        What each needs of the other stands in a part of its own.
        """
        files = {
            "dw/DW.sqlproj": old(),
            "dw/r.sql": A,
            "dwcrm/DW.Crm.sqlproj": old(
                reference(r"..\dw\DW.sqlproj"),
                reference(r"..\crm\Crm.sqlproj", DatabaseSqlCmdVariable="Crm"),
            ),
            "dwcrm/v.sql": "CREATE VIEW dbo.v AS SELECT r.id, c.cooked FROM dbo.readings r, "
            "[$(Crm)].dbo.readings c",
            "crm/Crm.sqlproj": old(reference(r"..\dw\DW.sqlproj", DatabaseSqlCmdVariable="DW")),
            "crm/r.sql": B,
            "crm/v.sql": "CREATE VIEW dbo.v AS SELECT raw FROM [$(DW)].dbo.readings",
        }
        graph = graph_of(solution(tmp_path, files))

        assert tables(graph) == [
            "Crm.dbo.readings (id, cooked)",
            "Crm.dbo.v (raw)",
            "DW.dbo.readings (id, raw)",
            "DW.dbo.v (id, cooked)",
        ]

    def test_a_part_that_two_projects_include_is_in_each(self, tmp_path: Path) -> None:
        files = {
            "base/Base.sqlproj": old(),
            "base/r.sql": A,
            "base/p.sql": "CREATE PROC dbo.p AS INSERT dbo.readings (id) SELECT id FROM dbo.src",
            "x/X.sqlproj": old(reference(r"..\base\Base.sqlproj")),
            "x/s.sql": "CREATE TABLE dbo.src (id int)",
            "y/Y.sqlproj": new(reference(r"..\base\Base.sqlproj")),
            "y/s.sql": "CREATE VIEW dbo.src AS SELECT a AS id FROM dbo.t",
        }
        graph = graph_of(solution(tmp_path, files))

        assert column_lines(graph) == [
            "X.dbo.src.id -> X.dbo.readings.id  IDENTITY",
            "Y.dbo.src.id -> Y.dbo.readings.id  IDENTITY",
            "Y.dbo.t.a -> Y.dbo.src.id  IDENTITY",
        ]
        assert [file.path for file in graph.files] == [
            "base/p.sql",
            "base/r.sql",
            "x/s.sql",
            "y/s.sql",
        ]
        assert [row.id for row in graph.statements] == ["base/p.sql#1", "base/p.sql#2", "y/s.sql#1"]
        assert {
            str(module.name): [str(c.table) for c in module.columns] for module in graph.modules
        } == {
            "X.dbo.p": ["X.dbo.readings", "X.dbo.src"],
            "Y.dbo.p": ["Y.dbo.readings", "Y.dbo.src"],
            "Y.dbo.src": ["Y.dbo.t"],
        }

    def test_a_part_that_is_deployed_by_itself_too_is_in_both(self, tmp_path: Path) -> None:
        files = {
            "part/Part.sqlproj": old(),
            "part/r.sql": A,
            "part/p.sql": "CREATE PROC dbo.p AS DELETE dbo.readings",
            "whole/Whole.sqlproj": old(reference(r"..\part\Part.sqlproj")),
            "whole/v.sql": "CREATE VIEW dbo.v AS SELECT id FROM dbo.readings",
            "other/Other.sqlproj": old(
                reference(r"..\part\Part.sqlproj", DatabaseSqlCmdVariable="Part"),
                reference(r"..\whole\Whole.sqlproj", DatabaseSqlCmdVariable="Whole"),
            ),
            "other/v.sql": "CREATE VIEW dbo.v AS SELECT id FROM [$(Part)].dbo.readings",
            "other/w.sql": "CREATE VIEW dbo.w AS SELECT id FROM [$(Whole)].dbo.v",
        }
        graph = graph_of(solution(tmp_path, files))

        assert column_lines(graph) == [
            "Part.dbo.readings.id -> Other.dbo.v.id  IDENTITY",
            "Whole.dbo.readings.id -> Whole.dbo.v.id  IDENTITY",
            "Whole.dbo.v.id -> Other.dbo.w.id  IDENTITY",
        ]
        assert [str(module.name) for module in graph.modules if module.name.object == "p"] == [
            "Part.dbo.p",
            "Whole.dbo.p",
        ]

    def test_projects_that_include_each_other_end(self, tmp_path: Path) -> None:
        files = {
            "a/A.sqlproj": old(reference(r"..\b\B.sqlproj"), reference(r"A.sqlproj")),
            "a/r.sql": A,
            "b/B.sqlproj": old(reference(r"..\a\A.sqlproj")),
            "b/s.sql": "DELETE dbo.readings",
        }
        assert tables(graph_of(solution(tmp_path, files))) == ["dbo.readings (id, raw)"]


class TestScripts:
    def test_a_script_that_two_projects_build_is_in_both(self, tmp_path: Path) -> None:
        shared = old(build=r'<Build Include="..\shared\r.sql" />')
        solution(tmp_path, {"a/A.sqlproj": shared, "b/B.sqlproj": shared, "shared/r.sql": A})

        assert tables(graph_of(tmp_path)) == [
            "A.dbo.readings (id, raw)",
            "B.dbo.readings (id, raw)",
        ]

    def test_the_script_of_an_inner_project_is_not_the_outer_one_s(self, tmp_path: Path) -> None:
        solution(tmp_path, {"A.sqlproj": new(), "r.sql": A, "b/B.sqlproj": new(), "b/r.sql": B})

        assert tables(graph_of(tmp_path)) == [
            "A.dbo.readings (id, raw)",
            "B.dbo.readings (id, cooked)",
        ]

    @pytest.mark.parametrize(
        "element",
        [
            '<PostDeploy Include="l.sql" />',
            '<PreDeploy Include="l.sql" />',
            '<None Include="l.sql" />',
            "",
        ],
    )
    def test_what_is_not_built_runs_in_the_project_s_database(
        self, tmp_path: Path, element: str
    ) -> None:
        project = old(element, build='<Build Include="r.sql" />')
        load = "INSERT dbo.readings (id) SELECT id FROM dbo.readings"
        solution(
            tmp_path,
            {
                "a/A.sqlproj": project,
                "a/r.sql": A,
                "a/l.sql": load,
                "b/B.sqlproj": new(),
                "b/r.sql": B,
            },
        )

        assert column_lines(graph_of(tmp_path)) == [
            "A.dbo.readings.id -> A.dbo.readings.id  IDENTITY"
        ]

    def test_what_a_deployment_brings_in_runs_in_its_database(self, tmp_path: Path) -> None:
        deploy = [old(r'<PostDeploy Include="post.sql" />', build='<Build Include="r.sql" />')] * 2
        post = ":setvar Which {}\n:r ..\\shared\\seed.sql"
        files = {"a/A.sqlproj": deploy[0], "a/r.sql": A, "a/post.sql": post.format("x")}
        files |= {"b/B.sqlproj": deploy[1], "b/r.sql": B, "b/post.sql": post.format("y")}
        solution(
            tmp_path,
            files
            | {"shared/seed.sql": "INSERT dbo.readings (id) SELECT s.id FROM dbo.$(Which) AS s"},
        )

        assert column_lines(graph_of(tmp_path)) == [
            "A.dbo.x.id -> A.dbo.readings.id  IDENTITY",
            "B.dbo.y.id -> B.dbo.readings.id  IDENTITY",
        ]

    def test_two_projects_in_one_folder_have_the_scripts_that_they_name(
        self, tmp_path: Path
    ) -> None:
        files = {
            "A.sqlproj": old(build='<Build Include="a.sql" />'),
            "B.sqlproj": old(build='<Build Include="b.sql" />'),
        }
        solution(tmp_path, files | {"a.sql": A, "b.sql": B})

        assert tables(graph_of(tmp_path)) == [
            "A.dbo.readings (id, raw)",
            "B.dbo.readings (id, cooked)",
        ]


class TestPackages:
    def _packages(self, folder: Path, *names: str) -> list[Path]:
        places = [folder / f"{name}.dacpac" for name in names]
        for place in places:
            load = procedure("[dbo].[p]", f"INSERT dbo.{place.stem}2 (i) SELECT i FROM dbo.t")
            place.write_bytes(package(table("[dbo].[t]", simple("[dbo].[t]", "i")), load))
        return places

    def test_several_are_called_what_their_files_are(self, tmp_path: Path) -> None:
        graph = graph_of(*self._packages(tmp_path, "Crm", "Erp"))

        assert table_lines(graph) == [
            "Crm.dbo.t -> Crm.dbo.Crm2  DIRECT",
            "Erp.dbo.t -> Erp.dbo.Erp2  DIRECT",
        ]

    def test_one_beside_loose_scripts_leaves_its_name_out(self, tmp_path: Path) -> None:
        solution(tmp_path, {"s/a.sql": "INSERT dbo.x (i) SELECT a.i FROM Crm.dbo.t AS a"})

        graph = graph_of(*self._packages(tmp_path, "Crm"), tmp_path / "s")

        assert table_lines(graph) == ["dbo.t -> dbo.Crm2  DIRECT", "dbo.t -> dbo.x  DIRECT"]

    def test_one_beside_a_project_is_another_database(self, tmp_path: Path) -> None:
        solution(
            tmp_path,
            {"s/A.sqlproj": old(), "s/a.sql": "INSERT dbo.x (i) SELECT a.i FROM Crm.dbo.t AS a"},
        )

        graph = graph_of(*self._packages(tmp_path, "Crm"), tmp_path / "s")

        assert table_lines(graph) == [
            "Crm.dbo.t -> A.dbo.x  DIRECT",
            "Crm.dbo.t -> Crm.dbo.Crm2  DIRECT",
        ]


class TestDiagnostics:
    def _mixed(
        self, root: Path, tables: int = 3, **settings: object
    ) -> tuple[LineageGraph, list[Diagnostic]]:
        """Tables of the same names in two folders, and what is found of them."""
        for folder, column in (("north", "a"), ("south's", "b")):
            for number in range(tables):
                text = f"CREATE TABLE dbo.t{number} (id int, {column}1 int, {column}2 int)"
                solution(root, {f"{folder}/tables/t{number}.sql": text})
        graph = graph_of(root, settings=Settings(**settings))  # type: ignore[arg-type]  # fields of several types
        return graph, [
            diagnostic for diagnostic in graph.diagnostics if diagnostic.code == "SLP502"
        ]

    def test_folders_that_look_like_databases_are_reported_once_with_the_lines_to_write(
        self, tmp_path: Path
    ) -> None:
        graph, [diagnostic] = self._mixed(tmp_path)

        assert diagnostic.message.startswith(
            "2 folders define tables of the same names with other columns (dbo.t0, dbo.t1, dbo.t2)."
        )
        (tmp_path / "sql-lineage-purview.toml").write_text(
            "\n".join(diagnostic.configuration), encoding="utf-8"
        )
        settings = load_settings(tmp_path, arguments={}, environment={})
        assert settings.folders == (
            (tmp_path / "north", "north"),
            (tmp_path / "south's", "south's"),
        )
        assert not codes(graph_of(tmp_path, settings=settings))
        assert len(graph.diagnostics) == 1

    def test_lines_fit_the_configuration_that_there_is(self, tmp_path: Path) -> None:
        project = tmp_path / "pyproject.toml"
        project.write_text('[tool.sql-lineage-purview]\ndefault_schema = "dbo"\n', encoding="utf-8")

        _, [diagnostic] = self._mixed(tmp_path / "sql", base=tmp_path)

        assert diagnostic.configuration == (
            "[tool.sql-lineage-purview.folders]",
            '"sql/north" = "north"',
            '"sql/south\'s" = "south\'s"',
        )
        row = json.loads(render_json(LineageGraph(diagnostics=(diagnostic,))))["diagnostics"][0]
        assert row["message"].splitlines() == [diagnostic.message, *diagnostic.configuration]
        assert render_diagnostic(diagnostic).splitlines()[1:] == [
            f"    {line}" for line in diagnostic.configuration
        ]

    @pytest.mark.parametrize("settings", [{"database": "X"}, {"tables": 2}])
    def test_few_tables_or_a_configured_database_are_no_finding(
        self, tmp_path: Path, settings: dict[str, object]
    ) -> None:
        assert self._mixed(tmp_path, **settings)[1] == []  # type: ignore[arg-type]

    @pytest.mark.parametrize(
        "columns",
        [
            ("id int, a int, b int", "id int, a int, b int"),
            ("id int", "id int, a int, b int"),
            ("id int, a int, b int, c int", "id int, a int, b int, d int"),
        ],
    )
    def test_versions_of_tables_are_no_finding(
        self, tmp_path: Path, columns: tuple[str, str]
    ) -> None:
        for folder, listed in zip(("v1", "v2"), columns, strict=True):
            solution(
                tmp_path,
                {
                    f"{folder}/t{number}.sql": f"CREATE TABLE dbo.t{number} ({listed})"
                    for number in range(20)
                },
            )

        assert codes(graph_of(tmp_path)) == []

    def test_projects_are_no_plain_folders(self, tmp_path: Path) -> None:
        solution(tmp_path, {"north/N.sqlproj": old(), "south's/S.sqlproj": new()})

        assert self._mixed(tmp_path)[1] == []

    def test_two_projects_of_one_name_are_reported(self, tmp_path: Path) -> None:
        solution(
            tmp_path,
            {
                "x/A.sqlproj": old(),
                "x/r.sql": A,
                "y/a.sqlproj": old(),
                "y/s.sql": "DELETE dbo.readings",
            },
        )

        [diagnostic] = graph_of(tmp_path).diagnostics

        assert (diagnostic.code, diagnostic.message) == (
            "SLP503",
            "x/A.sqlproj and y/a.sqlproj are all the database A",
        )

    def test_what_another_project_alone_defines_is_reported_once(self, tmp_path: Path) -> None:
        use = "EXEC dbo.p; INSERT dbo.x (i) SELECT r.raw FROM dbo.readings AS r"
        files = {
            "a/A.sqlproj": old(),
            "a/r.sql": A,
            "a/p.sql": "CREATE PROC dbo.p AS SELECT 1 AS a",
        }
        solution(
            tmp_path,
            files | {"b/B.sqlproj": new(), "b/u.sql": use, "b/x.sql": "CREATE TABLE dbo.x (i int)"},
        )

        diagnostics = [
            diagnostic
            for diagnostic in graph_of(tmp_path).diagnostics
            if diagnostic.code == "SLP504"
        ]

        assert [(diagnostic.path, diagnostic.message) for diagnostic in diagnostics] == [
            (
                "b/u.sql",
                "scripts of the database B name 2 objects (dbo.p, dbo.readings) that only the "
                "project of A defines, to which its "
                "project has no reference; they are taken for objects of B",
            )
        ]

    def test_a_reference_tells_databases_apart(self, tmp_path: Path) -> None:
        files = {"a/A.sqlproj": old(), "a/r.sql": A, "b/u.sql": "DELETE dbo.readings"}
        solution(
            tmp_path,
            files
            | {"b/B.sqlproj": new(reference(r"..\a\A.sqlproj", DatabaseVariableLiteralValue="A"))},
        )

        assert codes(graph_of(tmp_path)) == []
