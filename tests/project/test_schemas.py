"""Catalogs in a scan: what they tell, who comes first, that they leave no trace of their own."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from sql_lineage_purview.catalog.schema import (
    ColumnSchema,
    DatabaseSchema,
    ModuleSchema,
    TableSchema,
)
from sql_lineage_purview.catalog.snapshot import write_snapshot
from sql_lineage_purview.model.graph import ColumnSource, LineageGraph
from sql_lineage_purview.model.names import Name
from sql_lineage_purview.model.vocabulary import ColumnSourceKind, TableKind
from sql_lineage_purview.project.configuring.addresses import DatabaseAddress
from sql_lineage_purview.project.configuring.catalog_sources import CatalogSettings
from sql_lineage_purview.project.configuring.loading import load_settings
from sql_lineage_purview.project.configuring.settings import Settings
from sql_lineage_purview.project.keeping.scan_result import Scan
from sql_lineage_purview.project.project_errors import ConfigurationError, PathError
from sql_lineage_purview.project.reading.cache import Cache
from sql_lineage_purview.project.scanning import scan
from sql_lineage_purview.render.json_document import render_json
from sql_lineage_purview.tsql.disclosure import disclosed
from tests.catalog.packages import package, procedure, table, view
from tests.linking import column_lines

from .driver import Driver

COPY = "INSERT INTO dbo.Target (X) SELECT s.* FROM dbo.Source AS s"
LOADER = "CREATE PROC dbo.usp_Load AS\nINSERT INTO dbo.Fact (X) SELECT s.A FROM dbo.Source AS s"


def database(
    name: str | None, modules: tuple[tuple[str, str], ...] = (), **tables: str
) -> DatabaseSchema:
    """Tables of the schema dbo by name, with their columns in one string."""
    rows = tuple(
        TableSchema(
            Name(("dbo", table)), tuple(ColumnSchema(column, "int") for column in columns.split())
        )
        for table, columns in tables.items()
    )
    return DatabaseSchema(
        name,
        rows,
        modules=tuple(ModuleSchema(Name(("dbo", module)), text) for module, text in modules),
    )


def written(folder: Path, sql: str, name: str = "load.sql") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(sql, encoding="utf-8")
    return folder


def snapshot(place: Path, *databases: DatabaseSchema) -> Path:
    place.write_text(write_snapshot(databases, disclosed), encoding="utf-8")
    return place


def dacpac(place: Path, *objects: str) -> Path:
    place.write_bytes(package(*objects))
    return place


def catalogs(*places: Path | tuple[str, Path]) -> tuple[CatalogSettings, ...]:
    return tuple(
        CatalogSettings(str(place[1]), place[0])
        if isinstance(place, tuple)
        else CatalogSettings(str(place))
        for place in places
    )


def scanned(
    folder: Path, *places: Path | tuple[str, Path], settings: Settings | None = None
) -> LineageGraph:
    effective = settings or Settings()
    return scan(
        [folder],
        Settings(
            database=effective.database, folders=effective.folders, catalogs=catalogs(*places)
        ),
        use_cache=False,
    ).graph


def source_of(graph: LineageGraph, name: str) -> ColumnSource | None:
    [table] = [table for table in graph.tables if str(table.name) == name]
    return table.column_source


class TestWhoIsAsked:
    def test_a_catalog_tells_what_no_script_defines(self, tmp_path: Path) -> None:
        folder = written(tmp_path / "sql", COPY)
        place = snapshot(tmp_path / "dw.json", database("Dw", Source="Key"))

        assert column_lines(scanned(folder)) == ["dbo.Source.* -> dbo.Target.X  IDENTITY  PARTIAL"]
        assert column_lines(scanned(folder, place)) == [
            "dbo.Source.Key -> dbo.Target.X  IDENTITY  EXPANDED"
        ]

    @pytest.mark.parametrize(
        ("definition", "teller"),
        [
            ("CREATE TABLE dbo.Source (Mine int);\nGO\n", ColumnSourceKind.DEFINITION),
            ("SELECT o.Mine INTO dbo.Source FROM dbo.Other AS o;\n", ColumnSourceKind.QUERY),
            (
                "CREATE TABLE dbo.Source WITH (HEAP) AS SELECT o.Mine FROM dbo.Other AS o;\n",
                ColumnSourceKind.QUERY,
            ),
            (
                "CREATE VIEW dbo.Source AS SELECT o.Mine FROM dbo.Other AS o;\nGO\n",
                ColumnSourceKind.QUERY,
            ),
        ],
    )
    def test_scripts_go_before_catalogs(
        self, tmp_path: Path, definition: str, teller: ColumnSourceKind
    ) -> None:
        folder = written(tmp_path / "sql", definition + COPY)
        place = snapshot(tmp_path / "dw.json", database(None, Source="Theirs More"))

        graph = scanned(folder, place)

        assert "dbo.Source.Mine -> dbo.Target.X  IDENTITY  EXPANDED" in column_lines(graph)
        assert source_of(graph, "dbo.Source") == ColumnSource(teller, "load.sql", 1)
        [source] = [table for table in graph.tables if str(table.name) == "dbo.Source"]
        assert (source.kind, source.defined_at is not None) == (
            TableKind.VIEW if "VIEW" in definition else TableKind.TABLE,
            True,
        )

    def test_a_query_that_does_not_tell_its_columns_leaves_it_to_the_catalog(
        self, tmp_path: Path
    ) -> None:
        folder = written(
            tmp_path / "sql",
            "\n".join(("CREATE VIEW dbo.Source AS SELECT * FROM dbo.Unknown;", "GO", COPY)),
        )
        place = snapshot(tmp_path / "dw.json", database(None, Source="Key"))

        graph = scanned(folder, place)

        assert "dbo.Source.Key -> dbo.Target.X  IDENTITY  EXPANDED" in column_lines(graph)
        assert source_of(graph, "dbo.Source") == ColumnSource(ColumnSourceKind.CATALOG, str(place))

    @pytest.mark.parametrize("known", ["tables", "views", "created"])
    def test_the_first_catalog_that_knows_answers(self, tmp_path: Path, known: str) -> None:
        def one(column: str) -> Path:
            place = tmp_path / f"{column}.json"
            if known == "tables":
                return snapshot(place, database(None, Source=column))
            if known == "views":
                return snapshot(
                    place,
                    database(
                        None, (("Source", f"CREATE VIEW dbo.Source AS SELECT 1 AS {column}"),)
                    ),
                )
            return snapshot(
                place,
                database(
                    None, (("P", f"CREATE PROC dbo.P AS SELECT 1 AS {column} INTO dbo.Source"),)
                ),
            )

        folder = written(tmp_path / "sql", COPY)

        assert "dbo.Source.Mine -> dbo.Target.X  IDENTITY  EXPANDED" in column_lines(
            scanned(folder, one("Mine"), one("Yours"))
        )
        assert "dbo.Source.Yours -> dbo.Target.X  IDENTITY  EXPANDED" in column_lines(
            scanned(folder, one("Yours"), one("Mine"))
        )

    def test_a_catalog_knows_its_tables_better_than_its_modules(self, tmp_path: Path) -> None:
        """A procedure of a package may create a table that the package lists."""
        folder = written(tmp_path / "sql", COPY)
        place = dacpac(
            tmp_path / "m.dacpac",
            table("[dbo].[Source]", "Key"),
            procedure("[dbo].[P]", "SELECT 1 AS Odd INTO dbo.Source"),
        )

        assert column_lines(scanned(folder, place)) == [
            "dbo.Source.Key -> dbo.Target.X  IDENTITY  EXPANDED"
        ]

    def test_columns_for_which_nobody_answers(self, tmp_path: Path) -> None:
        assert source_of(scanned(written(tmp_path / "sql", COPY)), "dbo.Source") is None

    def test_a_renamed_table_has_the_column_source_of_its_old_name(self, tmp_path: Path) -> None:
        folder = written(
            tmp_path / "sql",
            "CREATE TABLE dbo.Old (Key int);\nGO\nEXEC sp_rename 'dbo.Old', 'Source';\n" + COPY,
        )

        assert source_of(scanned(folder), "dbo.Source") == ColumnSource(
            ColumnSourceKind.DEFINITION, "load.sql", 1
        )


class TestWhichDatabase:
    def test_a_database_that_is_alone_answers_for_names_without_one(self, tmp_path: Path) -> None:
        folder = written(
            tmp_path / "sql",
            "\n".join((f"{COPY};", "INSERT INTO dbo.Other (X) SELECT o.* FROM Dw.dbo.Only AS o")),
        )
        place = snapshot(tmp_path / "dw.json", database("Dw", Source="Key", Only="Id"))

        graph = scanned(folder, place)

        assert column_lines(graph) == [
            "Dw.dbo.Only.Id -> dbo.Other.X  IDENTITY  EXPANDED",
            "dbo.Source.Key -> dbo.Target.X  IDENTITY  EXPANDED",
        ]
        assert not graph.diagnostics

    def test_of_several_each_answers_for_its_own(self, tmp_path: Path) -> None:
        folder = written(
            tmp_path / "sql",
            "INSERT INTO dbo.Target (X, Y) SELECT d.*, e.* FROM Dw.dbo.S AS d, Erp.dbo.S AS e",
        )
        both = snapshot(tmp_path / "both.json", database("Dw", S="A"), database("Erp", S="B"))

        assert column_lines(scanned(folder, both)) == [
            "Dw.dbo.S.A -> dbo.Target.X  IDENTITY  EXPANDED",
            "Erp.dbo.S.B -> dbo.Target.Y  IDENTITY  EXPANDED",
        ]
        assert source_of(scanned(folder, both), "Erp.dbo.S") == ColumnSource(
            ColumnSourceKind.CATALOG, f"{both}/Erp"
        )
        assert "dbo.Source.* -> dbo.Target.X  IDENTITY  PARTIAL" in column_lines(
            scanned(
                written(tmp_path / "plain", COPY),
                snapshot(both, database("Dw", Source="A"), database("Erp", Source="B")),
            )
        )

    def test_what_does_not_say_its_database_is_the_configured_one(self, tmp_path: Path) -> None:
        folder = written(tmp_path / "sql", COPY)
        place = dacpac(tmp_path / "m.dacpac", table("[dbo].[Source]", "Key"))

        graph = scanned(folder, place, settings=Settings(database="Dw"))

        assert column_lines(graph) == ["Dw.dbo.Source.Key -> Dw.dbo.Target.X  IDENTITY  EXPANDED"]

    def test_a_catalog_is_given_a_database(self, tmp_path: Path) -> None:
        folder = written(
            tmp_path / "sql", "INSERT INTO dbo.Target (X) SELECT s.* FROM Prod.dbo.Source AS s"
        )
        place = snapshot(tmp_path / "dw.json", database("Dw_Test", Source="Key"))

        graph = scanned(folder, ("Prod", place), settings=Settings(database="Dw"))

        assert column_lines(graph) == ["Prod.dbo.Source.Key -> Dw.dbo.Target.X  IDENTITY  EXPANDED"]

    def test_several_databases_cannot_have_one_name(self, tmp_path: Path) -> None:
        place = snapshot(tmp_path / "both.json", database("Dw"), database("Erp"))

        with pytest.raises(
            ConfigurationError,
            match=r"several databases \(Dw, Erp\), which "
            r"cannot all be Prod",
        ):
            scanned(written(tmp_path / "sql", COPY), ("Prod", place))

    def test_folders_of_several_databases_have_each_its_own_catalog(self, tmp_path: Path) -> None:
        folder = written(tmp_path / "sql" / "dw", COPY).parent
        written(folder / "erp", COPY)
        settings = Settings(folders=((folder / "dw", "Dw"), (folder / "erp", "Erp")))
        places = (
            snapshot(tmp_path / "a.json", database("Dw", Source="A")),
            snapshot(tmp_path / "b.json", database("Erp", Source="B")),
        )

        assert column_lines(scanned(folder, *places, settings=settings)) == [
            "Dw.dbo.Source.A -> Dw.dbo.Target.X  IDENTITY  EXPANDED",
            "Erp.dbo.Source.B -> Erp.dbo.Target.X  IDENTITY  EXPANDED",
        ]


class TestSettings:
    @staticmethod
    def _loaded(folder: Path, text: str = "", **environment: str) -> tuple[CatalogSettings, ...]:
        (folder / "sql-lineage-purview.toml").write_text(text, encoding="utf-8")
        return load_settings(folder, arguments={}, environment=environment).catalogs

    def test_paths_start_from_the_configuration_file(self, tmp_path: Path) -> None:
        folder = tmp_path.resolve()

        settings = self._loaded(
            folder, "catalogs = ['dw.json', 'Erp = ../erp.dacpac', 'Live=mssql://sql01/Dw']"
        )

        files = catalogs(folder / "dw.json", ("Erp", folder.parent / "erp.dacpac"))
        assert settings == (*files, CatalogSettings("mssql://sql01/Dw", "Live"))

    @pytest.mark.parametrize("text", ["./a=b.json", "c/d=e.json"])
    def test_what_stands_before_the_sign_may_be_a_part_of_a_path(
        self, tmp_path: Path, text: str
    ) -> None:
        assert self._loaded(tmp_path.resolve(), f"catalogs = ['{text}']") == catalogs(
            tmp_path.resolve() / text
        )

    def test_the_environment_separates_them_with_commas(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)

        settings = self._loaded(
            tmp_path,
            "catalogs = ['other.json']",
            SQL_LINEAGE_PURVIEW_CATALOGS="dw.json, Erp=mssql://sql01/Erp",
        )

        assert settings == (
            *catalogs(tmp_path.resolve() / "dw.json"),
            CatalogSettings("mssql://sql01/Erp", "Erp"),
        )

    def test_they_are_a_list(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigurationError, match="catalogs must be a list of sources"):
            self._loaded(tmp_path, "catalogs = 'dw.json'")


class TestNoTrace:
    MODULES = (
        table("[dbo].[Source]", "A", "B"),
        table("[dbo].[Unused]", "A"),
        view("[dbo].[V]", "SELECT s.A AS C FROM dbo.Source AS s"),
        procedure("[dbo].[usp_Rows]", "SELECT s.A, Nope FROM dbo.Source AS s"),
        procedure(
            "[dbo].[usp_Write]",
            "INSERT INTO dbo.Elsewhere (A) SELECT A FROM dbo.Source; EXEC (@unknown)",
        ),
    )

    def test_nothing_in_a_catalog_is_a_part_of_the_lineage(self, tmp_path: Path) -> None:
        place = dacpac(tmp_path / "m.dacpac", *self.MODULES)
        folder = written(
            tmp_path / "sql",
            "INSERT INTO dbo.Target (X) SELECT v.* FROM dbo.V AS v;\nEXEC dbo.usp_Write",
        )

        graph = scanned(folder, place)

        assert [file.path for file in graph.files] == ["load.sql"]
        assert [(str(table.name), table.defined_at) for table in graph.tables] == [
            ("dbo.Target", None),
            ("dbo.V", None),
        ]
        assert {row.path for row in graph.statements} == {"load.sql"}
        assert (graph.modules, graph.diagnostics) == ((), ())
        assert column_lines(graph) == ["dbo.V.C -> dbo.Target.X  IDENTITY  EXPANDED"]
        assert "m.dacpac" not in render_json(graph)

    def test_procedures_and_functions_of_a_catalog_are_looked_through(self, tmp_path: Path) -> None:
        inline = (
            "CREATE FUNCTION dbo.tvf () RETURNS TABLE AS RETURN SELECT s.B AS Y FROM "
            "dbo.Source AS s"
        )
        place = snapshot(
            tmp_path / "dw.json",
            database(
                "Dw",
                (
                    ("usp_Rows", "CREATE PROC dbo.usp_Rows AS SELECT s.A FROM dbo.Source AS s"),
                    ("tvf", inline),
                ),
                Source="A B",
            ),
        )
        folder = written(
            tmp_path / "sql",
            "INSERT INTO dbo.T1 (X) EXEC dbo.usp_Rows;\nINSERT INTO dbo.T2 (X) "
            "SELECT f.Y FROM dbo.tvf() AS f",
        )

        assert column_lines(scanned(folder, place)) == [
            "dbo.Source.A -> dbo.T1.X  IDENTITY",
            "dbo.Source.B -> dbo.T2.X  IDENTITY",
        ]

    def test_a_scanned_module_goes_before_one_of_a_catalog_without_a_word(
        self, tmp_path: Path
    ) -> None:
        place = snapshot(
            tmp_path / "dw.json", database(None, (("V", "CREATE VIEW dbo.V AS SELECT 1 AS Old"),))
        )
        folder = written(tmp_path / "sql", "CREATE VIEW dbo.V AS SELECT o.New FROM dbo.O AS o")

        graph = scanned(folder, place)

        assert [table.columns for table in graph.tables if str(table.name) == "dbo.V"] == [("New",)]
        assert [(str(module.name), module.path) for module in graph.modules] == [
            ("dbo.V", "load.sql")
        ]
        assert not graph.diagnostics

    def test_variables_stand_in_modules_of_packages_too(self, tmp_path: Path) -> None:
        place = dacpac(
            tmp_path / "m.dacpac", procedure("[dbo].[P]", "SELECT s.A FROM [$(Erp)].dbo.S AS s")
        )
        folder = written(tmp_path / "sql", "INSERT INTO dbo.T (X) EXEC dbo.P")

        graph = scan(
            [folder],
            Settings(variables=(("Erp", "ErpDb"),), catalogs=catalogs(place)),
            use_cache=False,
        ).graph

        assert column_lines(graph) == ["ErpDb.dbo.S.A -> dbo.T.X  IDENTITY"]


class TestScanningThem:
    def test_the_modules_of_a_package_have_lineage(self, tmp_path: Path) -> None:
        place = dacpac(
            tmp_path / "x.dacpac",
            table("[dbo].[Source]", "A"),
            procedure(
                "[dbo].[usp_Load]", "INSERT INTO dbo.Fact (X)\nSELECT s.* FROM dbo.Source AS s"
            ),
        )

        graph = scan([place], Settings(), use_cache=False).graph

        assert column_lines(graph) == ["dbo.Source.A -> dbo.Fact.X  IDENTITY  EXPANDED"]
        assert [(row.path, row.line) for row in graph.statements] == [
            ("x.dacpac/dbo.usp_Load.sql", 3)
        ]
        assert [(module.path, module.line) for module in graph.modules] == [
            ("x.dacpac/dbo.usp_Load.sql", 1)
        ]
        assert [file.path for file in graph.files] == [
            "x.dacpac/dbo.usp_Load.sql",
            "x.dacpac/definitions.sql",
        ]

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
    def test_a_snapshot_is_scanned_in_the_database_that_it_names(
        self, tmp_path: Path, encoding: str
    ) -> None:
        place = tmp_path / "dw.json"
        place.write_text(
            write_snapshot([database("Dw", (("usp_Load", LOADER),), Source="A")], disclosed),
            encoding=encoding,
        )

        assert column_lines(scan([place], Settings(), use_cache=False).graph) == [
            "Dw.dbo.Source.A -> Dw.dbo.Fact.X  IDENTITY"
        ]

    def test_several_databases_of_a_snapshot_stand_apart(self, tmp_path: Path) -> None:
        place = snapshot(
            tmp_path / "both.json",
            *(database(name, (("usp_Load", LOADER),), Source="A") for name in ("Dw", "Erp")),
        )

        graph = scan([place], Settings(), use_cache=False).graph

        assert [module.path for module in graph.modules] == [
            "both.json/Dw/dbo.usp_Load.sql",
            "both.json/Erp/dbo.usp_Load.sql",
        ]
        assert len(column_lines(graph)) == 2

    def test_a_package_belongs_to_the_configured_database(self, tmp_path: Path) -> None:
        place = dacpac(
            tmp_path / "x.dacpac",
            procedure("[dbo].[P]", "INSERT INTO dbo.T (X) SELECT s.A FROM dbo.S AS s"),
        )

        assert column_lines(scan([place], Settings(database="Dw"), use_cache=False).graph) == [
            "Dw.dbo.S.A -> Dw.dbo.T.X  IDENTITY"
        ]

    def test_scripts_count_before_the_package_beside_them(self, tmp_path: Path) -> None:
        place = dacpac(tmp_path / "z.dacpac", table("[dbo].[Source]", "Old"))
        folder = written(
            written(tmp_path / "a", COPY), "CREATE TABLE dbo.Source (New int)", "source.sql"
        )

        assert column_lines(scan([folder, place], Settings(), use_cache=False).graph) == [
            "dbo.Source.New -> dbo.Target.X  IDENTITY  EXPANDED"
        ]

    def test_packages_that_are_only_met_are_not_scanned(self, tmp_path: Path) -> None:
        folder = written(tmp_path / "sql", COPY)
        dacpac(folder / "x.dacpac", procedure("[dbo].[P]", "SELECT 1 AS A"))

        assert [file.path for file in scan([folder], Settings(), use_cache=False).graph.files] == [
            "load.sql"
        ]


class TestLive:
    @pytest.fixture
    def driver(self, monkeypatch: pytest.MonkeyPatch) -> Driver:
        driver = Driver()
        monkeypatch.setitem(sys.modules, "mssql_python", driver)
        driver.server.table(2, "Source", "A")
        driver.server.module(2, "usp_Load", "P", LOADER)
        return driver

    def test_a_database_tells_columns(self, tmp_path: Path, driver: Driver) -> None:
        settings = Settings(catalogs=(CatalogSettings("mssql://sql01/Dw"),))

        graph = scan([written(tmp_path / "sql", COPY)], settings, use_cache=False).graph

        assert column_lines(graph) == ["dbo.Source.A -> dbo.Target.X  IDENTITY  EXPANDED"]
        assert source_of(graph, "dbo.Source") == ColumnSource(
            ColumnSourceKind.CATALOG, "mssql://sql01/Dw"
        )

    def test_the_modules_of_a_database_are_scanned(
        self, tmp_path: Path, driver: Driver, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)

        result = scan([], Settings(), databases=[DatabaseAddress.of("mssql://sql01:1433/Dw")])

        assert result.root == tmp_path.resolve()
        assert column_lines(result.graph) == ["Dw.dbo.Source.A -> Dw.dbo.Fact.X  IDENTITY"]
        assert [(module.path, module.line) for module in result.graph.modules] == [
            ("mssql://sql01:1433/Dw/dbo.usp_Load.sql", 1)
        ]

    def test_scripts_count_before_the_database_beside_them(
        self, tmp_path: Path, driver: Driver
    ) -> None:
        folder = written(tmp_path / "sql", LOADER.replace("s.A", "s.B"))

        graph = scan(
            [folder],
            Settings(database="Dw"),
            databases=[DatabaseAddress.of("mssql://sql01/Dw")],
            use_cache=False,
        ).graph

        codes = [
            (diagnostic.code, diagnostic.path)
            for diagnostic in graph.diagnostics
            if diagnostic.code == "SLP501"
        ]
        assert codes == [("SLP501", "load.sql")]

    def test_what_a_module_includes_is_not_looked_for_on_this_machine(
        self, tmp_path: Path, driver: Driver
    ) -> None:
        driver.server.module(2, "Odd", "P", "CREATE PROC dbo.Odd AS\n:r secret.sql\nSELECT 1 AS A")
        folder = written(tmp_path / "sql", "CREATE TABLE dbo.Secret (A int)", "secret.sql")

        graph = scan(
            [folder],
            Settings(),
            databases=[DatabaseAddress.of("mssql://sql01/Dw")],
            use_cache=False,
        ).graph

        assert "SLP402" in {diagnostic.code for diagnostic in graph.diagnostics}


class TestCaching:
    def test_a_second_scan_compiles_nothing_and_another_catalog_counts(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        folder = written(tmp_path / "sql", COPY)
        places = [
            snapshot(tmp_path / f"{name}.json", database(None, Source=name)) for name in ("A", "B")
        ]
        first = self._scan(folder, places[0])
        compiled_scripts: list[object] = []
        monkeypatch.setattr(Cache, "put", lambda _, *entry: compiled_scripts.append(entry))

        second, third = self._scan(folder, places[0]), self._scan(folder, places[1])

        assert render_json(first.graph) == render_json(second.graph)
        assert column_lines(third.graph) == ["dbo.Source.B -> dbo.Target.X  IDENTITY  EXPANDED"]
        assert len(compiled_scripts) == 1  # the other catalog, and no script

    @staticmethod
    def _scan(folder: Path, place: Path) -> Scan:
        return scan([folder], Settings(catalogs=catalogs(place)))


class TestWhatIsNoCatalog:
    @pytest.mark.parametrize(
        ("name", "data", "words"),
        [
            ("m.dacpac", b"", "is no catalog: it cannot be read"),
            ("m.json", b"{}", "is no catalog: it is no snapshot"),
            ("m.json", bytes(range(256)), "is no catalog: it is no JSON"),
            ("m.csv", b"a,b\n1,2\n", "is no catalog: its first line names no TABLE_SCHEMA"),
            ("m.xlsx", b"PK", "is no catalog. Give a .dacpac"),
        ],
    )
    def test_it_is_said(self, tmp_path: Path, name: str, data: bytes, words: str) -> None:
        (tmp_path / name).write_bytes(data)

        with pytest.raises(PathError) as caught:
            scanned(written(tmp_path / "sql", COPY), tmp_path / name)

        assert words in str(caught.value)

    def test_a_file_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(PathError, match=r"nowhere\.json: the catalog cannot be read"):
            scanned(written(tmp_path / "sql", COPY), tmp_path / "nowhere.json")

    def test_a_damaged_package_that_was_named(self, tmp_path: Path) -> None:
        (tmp_path / "x.dacpac").write_bytes(b"damaged")

        with pytest.raises(PathError, match="is no catalog: it cannot be read"):
            scan([tmp_path / "x.dacpac"], Settings(), use_cache=False)

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
    def test_saved_columns_in_any_encoding(self, tmp_path: Path, encoding: str) -> None:
        place = tmp_path / "columns.csv"
        place.write_text(
            "TABLE_SCHEMA\tTABLE_NAME\tCOLUMN_NAME\ndbo\tSource\tGröße\n", encoding=encoding
        )

        graph = scanned(written(tmp_path / "sql", COPY), place)

        assert column_lines(graph) == ["dbo.Source.Größe -> dbo.Target.X  IDENTITY  EXPANDED"]
