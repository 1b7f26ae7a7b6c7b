"""Small repositories in which files need each other, and what the command makes of a folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sql_lineage_purview.cli import main

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

PROJECT = """<Project Sdk="Microsoft.Build.Sql/0.2.0"><PropertyGroup><Name>{name}</Name>
</PropertyGroup><ItemGroup>{references}</ItemGroup></Project>"""
REFERENCE = """<ProjectReference Include="../Shop/Shop.sqlproj"><Project>1</Project>
<Name>Shop</Name><DatabaseSqlCmdVariable>ShopDb</DatabaseSqlCmdVariable></ProjectReference>"""

INCLUDES = {
    "deploy.sql": ":setvar Part load\n:setvar Target Stage\n"
    ":r .\\parts\\$(Part).sql\n:r missing.sql\n:r deploy.sql\n:r ../outside.sql\n"
    "INSERT dbo.Log SELECT Id FROM dbo.$(Source);\n",
    "parts/Load.sql": ":r names.sql\nINSERT dbo.$(Target) (A) SELECT A FROM dbo.Raw;\n",
    "parts/names.sql": ":setvar Source Orders\nPRINT 'names';\n",
    "parts/plain.sql": "CREATE TABLE dbo.Plain (A int); -- Error:read\n",
    "unicode.sql": ":r parts/plain.sql\nSELECT A INTO dbo.U FROM dbo.Plain;\n".encode("utf-16"),
}
DATABASES = {
    "sql-lineage-purview.toml": '[folders]\nsales = "Sales"\ndw = "Dw"\n',
    "sales/orders.sql": "CREATE TABLE dbo.Orders (Id int, Amount money);\n",
    "dw/orders.sql": "CREATE TABLE dbo.Orders (Id int);\n"
    "INSERT dbo.Orders (Id) SELECT o.Id FROM Sales.dbo.Orders o;\n",
}
PROJECTS = {
    "Shop/Shop.sqlproj": PROJECT.format(name="Shop", references=""),
    "Shop/Orders.sql": "CREATE TABLE dbo.Orders (Id int, Amount money);\n",
    "Dw/Dw.sqlproj": PROJECT.format(name="Dw", references=REFERENCE),
    "Dw/Load.sql": "CREATE PROCEDURE dbo.Load AS INSERT dbo.Fact (Id) SELECT Id FROM "
    "[$(ShopDb)].dbo.Orders;\n",
    "Dw/Fact.sql": "CREATE TABLE dbo.Fact (Id int);\n",
}
STRINGS = {
    "callee.sql": "CREATE PROCEDURE dbo.Fill @table sysname AS\n"
    "DECLARE @sql nvarchar(max) = N'INSERT dbo.Target (A) SELECT A FROM dbo.' + @table;\n"
    "EXEC (@sql);\n",
    "caller.sql": "CREATE PROCEDURE dbo.Run AS EXEC dbo.Fill @table = N'Source1';\n",
    "tables.sql": "CREATE TABLE dbo.Source1 (A int);\nCREATE TABLE dbo.Target (A int);\n",
}
FAULTS = {
    "broken.sql": "INSERT dbo.A (X SELECT FROM WHERE;\nINSERT dbo.B (X) SELECT X FROM dbo.C;\n",
    "latin.sql": "SELECT Größe INTO dbo.Maße FROM dbo.Meßwert;\n".encode("latin-1"),
    "binary.sql": bytes(range(256)) * 8,
    "empty.sql": "",
    "mysql.sql": "CREATE TABLE `t` (`a` int) ENGINE=InnoDB;\n",
    "notes.txt": "nothing",
    "sqlscript/fill.json": '{"name": "fill", "properties": {"content": {"query": '
    '"INSERT dbo.B (X) SELECT X FROM dbo.D", "currentConnection": {"databaseName": "Pool"}}, '
    '"type": "SqlQuery"}}',
    "sqlscript/damaged.json": '{"name": ',
    "copy/one.sql": "INSERT dbo.B (X) SELECT X FROM dbo.C;\n",
    "copy/_two.sql": "INSERT dbo.B (X) SELECT X FROM dbo.C;\n",
}
REPOSITORIES: dict[str, dict[str, str | bytes]] = {
    "includes": {**INCLUDES},
    "databases": {**DATABASES},
    "projects": {**PROJECTS},
    "strings": {**STRINGS},
    "faults": {**FAULTS},
}


def write(folder: Path, files: dict[str, str | bytes]) -> Path:
    for path, content in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def table_of(spark: SparkSession, folder: Path) -> DataFrame:
    """The files of a folder, all of them: Spark's reader of files leaves out some names."""
    rows = [
        (path.relative_to(folder).as_posix(), path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    ]
    return spark.createDataFrame(rows, "path string, content binary")


def command_document(folder: Path, target: Path) -> str:
    """What `scan FOLDER --format json` writes."""
    code = main(["scan", str(folder), "--no-cache", "--format", "json", "-o", str(target)])
    assert code == 0
    return target.read_bytes().decode("utf-8")
