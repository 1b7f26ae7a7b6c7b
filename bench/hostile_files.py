"""Attacks by files and by answers of an account.

The files are special ones, large ones, bombs, and names that command.
"""

# ruff: noqa: S608 - scripts, for no database
from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler

from attacking import SCAN, Case, all_of, configured, file, link, package, pipe, script, sparse

_SPACE = "http://schemas.microsoft.com/sqlserver/dac/Serialization/2012/02"
_CACHED = ("scan", ".", "--format", "json")
_SNAPSHOT = (*SCAN, "--catalog", "c.json")
_PACKAGE = ("scan", ".", "bomb.dacpac", "--format", "json", "--no-cache")
_CONFIGURATION = "sql-lineage-purview.toml"
_GIGABYTES = 10 << 30

_PIPES = {
    "p.sqlproj": "no regular file",
    "q.sql": "no regular file",
    "pipeline/p.json": "no regular file",
    "n.ipynb": "no regular file",
    "pipeline-content.json": "no regular file",
    _CONFIGURATION: "no regular file",
    ".gitignore": "",
    "dbt_project.yml": "",
    "x.Warehouse/.platform": "",
    "a.dacpac": "",
    "s.json": "",
    ".git/HEAD": "",
    "pyproject.toml": "",
}


def special_files() -> Iterator[Case]:
    for name, says in _PIPES.items():
        yield Case("special file", f"pipe as {name}", pipe(name), says)
    cache = ".sql-lineage-purview-cache/cache.sqlite3"
    yield Case("special file", "pipe in the cache", pipe(cache), "", _CACHED)
    yield Case(
        "special file", "pipe behind :r", all_of(pipe("i.inc"), script(":r i.inc\n")), "SLP403"
    )
    yield Case(
        "special file",
        "link to /dev/zero behind :r",
        all_of(link("i.inc", "/dev/zero"), script(":r i.inc\n")),
        "SLP402",
    )
    yield Case(
        "special file", "link to /dev/zero as a script", link("z.sql", "/dev/zero"), "outside"
    )
    yield Case("special file", "link to itself", link("z.sql", "z.sql"), "Skipped")
    yield Case("special file", "link to the folder", link("z", "."))
    yield Case("special file", "pipe as a catalog", pipe("c.json"), "no regular file", _SNAPSHOT)
    configuration, push = (
        file(_CONFIGURATION, configured("emulator")),
        ("push", "--yes", "--plan", "c.json"),
    )
    yield Case(
        "special file",
        "pipe as a plan",
        all_of(pipe("c.json"), configuration),
        "no regular file",
        push,
    )
    yield Case(
        "special file",
        "pipe as a dataset",
        all_of(pipe("dataset/d.json"), file("pipeline/p.json", _copy())),
    )


def large_files() -> Iterator[Case]:
    def nothing(name: str) -> Case:
        return Case("large file", f"10 GB of nothing as {name}", sparse(name, _GIGABYTES))

    yield Case(
        "large file",
        "10 GB of nothing as a script",
        sparse("z.sql", _GIGABYTES),
        "larger than 64 MB",
    )
    yield Case(
        "large file",
        "10 GB of nothing as a project",
        sparse("z.sqlproj", _GIGABYTES),
        "larger than 16 MB",
    )
    yield Case(
        "large file",
        "10 GB of nothing as a configuration",
        sparse(_CONFIGURATION, _GIGABYTES),
        "larger than 4 MB",
    )
    yield from map(
        nothing, ("pipeline/z.json", ".gitignore", ".git/HEAD", ".git/config", "dbt_project.yml")
    )
    yield Case(
        "large file",
        "10 GB of nothing behind :r",
        all_of(sparse("z.inc", _GIGABYTES), script(":r z.inc\n")),
        "SLP403",
    )
    yield Case(
        "large file",
        "20 MB behind :r",
        all_of(file("z.inc", lambda: b" " * (20 << 20)), script(":r z.inc\n")),
        "SLP107",
    )
    yield Case(
        "large file",
        "30 MB of objects as a notebook",
        file("n.ipynb", lambda: "[" + "{}," * 10_000_000 + "1]"),
    )
    yield Case("large file", "60 MB of blanks as a script", script(lambda: " \n" * (30 << 20)))
    yield Case("large file", "60 MB of a comment as a script", script(lambda: "/*" * (30 << 20)))
    yield Case(
        "large file",
        "60 MB of a string as a script",
        script(lambda: "SELECT '" + "a''" * (20 << 20)),
    )
    yield Case(
        "large file",
        "10 MB of a name",
        script(lambda: "SELECT a INTO dbo.[" + "x" * (10 << 20) + "] FROM dbo.s;"),
    )
    yield Case(
        "large file",
        "20,000 files",
        all_of(*(script("SELECT 1;", f"many/s{n}.sql") for n in range(20_000))),
    )
    yield Case("large file", "folders 900 deep", script("SELECT 1;", "d/" * 900 + "s.sql"))


def bombs() -> Iterator[Case]:
    yield from _projects()
    yield from _packages()
    yield from _documents()
    patterns = "".join(f"{'**/' * 30}{'*a' * 30}*b{number}\n" for number in range(200))
    name = "/".join(["a" * 200] * 10) + ".sql"
    yield Case(
        "bomb",
        "patterns of .gitignore",
        all_of(file(".gitignore", patterns), script("SELECT 1;", name)),
    )
    yield Case(
        "bomb",
        "TOML nested 2,000 deep",
        file(_CONFIGURATION, "a = " + "[" * 2000 + "]" * 2000),
        "nested too deeply",
    )
    yield Case(
        "bomb",
        "TOML, many keys with dots",
        file(_CONFIGURATION, ".".join(["a"] * 100_000) + " = 1"),
    )
    yield Case(
        "bomb",
        "jobs of 5,000 digits",
        file(_CONFIGURATION, "jobs = " + "9" * 5000),
        "too many digits",
    )
    cache = file(".sql-lineage-purview-cache/cache.sqlite3", "[" * 100_000)
    yield Case(
        "bomb", "a cache that is no database", all_of(script("SELECT 1;"), cache), "", _CACHED
    )
    counts = sparse(".sql-lineage-purview-cache/runs.json", _GIGABYTES)
    yield Case("bomb", "10 GB of nothing as the counts of earlier runs", counts, "", _CACHED)


def _projects() -> Iterator[Case]:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    document = f'<!DOCTYPE p [<!ENTITY l0 "lol">{laughs}]><Project>&l9;</Project>'
    yield Case(
        "bomb", "billion laughs as a project", file("p.sqlproj", document), "not a project file"
    )
    doubled = "".join(f"<P{n}>$(P{n - 1})$(P{n - 1})</P{n}>" for n in range(1, 60))
    project = f"<Project><PropertyGroup><P0>xxxxxxxx</P0>{doubled}</PropertyGroup></Project>"
    yield Case("bomb", "properties of a project that double", file("p.sqlproj", project))
    value = f"<Project><PropertyGroup><A>{'x' * 9000}</A>"
    values = "".join(f"<P{n}>$(A)</P{n}>" for n in range(200_000))
    yield Case(
        "bomb",
        "properties of a project that are many",
        file("p.sqlproj", f"{value}{values}</PropertyGroup></Project>"),
    )
    deep = "<Project>" + "<a>" * 200_000 + "</a>" * 200_000 + "</Project>"
    yield Case("bomb", "a project nested 200,000 deep", file("p.sqlproj", deep))
    wild = "".join(f'<Build Include="{"**/" * 20}{"*a" * 20}*b{n}.sql" />' for n in range(200))
    wildcards = file("p.sqlproj", f"<Project><ItemGroup>{wild}</ItemGroup></Project>")
    yield Case(
        "bomb",
        "wildcards of a project",
        all_of(wildcards, script("SELECT 1;", "/".join(["a" * 200] * 10) + ".sql")),
    )
    imported = "<Project>{}</Project>".format("<Import Project='p{}.sqlproj' />" * 9)
    imports = all_of(
        *(file(f"p{n}.sqlproj", imported.replace("{}", str(n + 1))) for n in range(30))
    )
    yield Case("bomb", "projects that import one another", imports)
    condition = "(" * 50_000 + "'1'=='1'" + ")" * 50_000
    conditional = (
        f'<Project><PropertyGroup><A Condition="{condition}">1</A></PropertyGroup></Project>'
    )
    yield Case("bomb", "a condition nested 50,000 deep", file("p.sqlproj", conditional))


def _packages() -> Iterator[Case]:
    def bomb(name: str, model: str, times: int, says: str, head: str = "") -> Case:
        return Case(
            "bomb", f"a package of {name}", package(lambda: head + model * times), says, _PACKAGE
        )

    model = f'<DataSchemaModel xmlns="{_SPACE}"><Model>'
    table = f'{model}<Element Type="SqlTable" Name="[a].[b]">'
    yield bomb("600 MB of blanks", " ", 600 << 20, "larger than 512 MB")
    yield bomb("one object of elements", "<R/>", 20_000_000, "larger than any real", table)
    yield bomb("one object of text", "x", 200 << 20, "larger than any real", table)
    yield bomb(
        "objects",
        '<Element Type="SqlTable" Name="[a].[b]"/>',
        1_000_000,
        "more than 200,000",
        model,
    )


def _documents() -> Iterator[Case]:
    for name in ("pipeline/p.json", "n.ipynb", "pipeline-content.json"):
        yield Case(
            "bomb", f"{name} nested 100,000 deep", file(name, '{"activities": ' + "[" * 100_000)
        )
    yield Case("bomb", "a pipeline nested 900 deep", file("pipeline/p.json", _nested(900)))
    snapshot = file("c.json", '{"snapshot_version": ' + "[" * 100_000)
    yield Case("bomb", "a snapshot nested 100,000 deep", snapshot, "no snapshot", _SNAPSHOT)
    yield Case(
        "bomb",
        "an expression nested 20,000 deep",
        file("pipeline/p.json", _expression("concat(", "'a'", ")", 20_000)),
    )
    yield Case(
        "bomb",
        "an expression in braces, 20,000 times",
        file("pipeline/p.json", _expression("@{", "1", "}", 20_000)),
    )
    yield Case("bomb", "pipelines that call one another nine times", _calling_pipelines(12, 9))
    yield Case(
        "bomb",
        "variables of a pipeline that double",
        file("pipeline/p.json", _doubling_variables(60)),
    )
    cells = [
        {
            "cell_type": "code",
            "source": ["%%sql\n", "INSERT INTO dbo.t SELECT a FROM dbo.s"],
            "metadata": {},
        }
    ] * 20_000
    yield Case(
        "bomb",
        "a notebook of 20,000 cells",
        file("n.ipynb", json.dumps({"cells": cells, "metadata": {}, "nbformat": 4})),
    )


def injections() -> Iterator[Case]:
    names = [
        "##vso[task.setvariable variable=x]]y",
        "##[error]]z",
        "::set-output name=x",
        "\u202eevil\u200b\x1b[31m",
        "=cmd|x!A1",
        "a\r\n::error::b",
    ]
    make = script("".join(_named(name) for name in names))
    formats = ("tree", "table", "csv", "json")
    commands = (
        *(f"scan --format {name}" for name in formats),
        "tables",
        "tables --format csv",
        "check --show-source",
    )
    for command in commands:
        word, *options = command.split()
        yield Case("injection", f"names, {command}", make, "", (word, ".", "--no-cache", *options))
    path = script("SELECT nothing FROM dbo.s WHERE", "::error::x.sql")
    yield Case("injection", "a command as a path", path, "", ("check", ".", "--no-cache"))
    yield Case(
        "injection", "a command as an argument", script(""), "", ("scan", "##vso[task.complete]")
    )


def _named(name: str) -> str:
    return (
        f"CREATE TABLE dbo.[{name}] ([{name}] int);\nGO\nINSERT INTO dbo.[{name}] SELECT "
        "nothing FROM dbo.s;\n"
    )


def answers() -> Iterator[Case]:
    def bomb(handler: BaseHTTPRequestHandler) -> None:
        _send(handler, _packed(b"1," * 500_000, 300), {"Content-Encoding": "gzip"})

    def objects(handler: BaseHTTPRequestHandler) -> None:
        _send(handler, _packed(b"{}," * 200_000, 100), {"Content-Encoding": "gzip"})

    def nested(handler: BaseHTTPRequestHandler) -> None:
        _send(handler, b"[" * 1_000_000, {})

    command = ("resolve", ".")
    yield Case("answer", "300 MB in a packed answer", script("SELECT 1;"), "error", command, bomb)
    yield Case(
        "answer", "20 million objects in an answer", script("SELECT 1;"), "error", command, objects
    )
    yield Case(
        "answer", "an answer nested a million deep", script("SELECT 1;"), "error", command, nested
    )


def full_disks() -> Iterator[Case]:
    tables = "".join(
        f"CREATE TABLE dbo.t{n} (a int);\nINSERT INTO dbo.t{n} SELECT a FROM dbo.s;\n"
        for n in range(1_000)
    )
    make = all_of(script(tables), file(_CONFIGURATION, configured("emulator")))
    plan, push = (
        ("plan", ".", "--missing", "create", "-o", "plan.json"),
        ("push", ".", "--yes", "--missing", "create"),
    )
    yield Case(
        "full disk",
        "results into a file",
        make,
        "cannot be written",
        (*SCAN, "-o", "out.json"),
        file_size=1 << 16,
    )
    yield Case("full disk", "the cache", make, "", _CACHED, file_size=1 << 10)
    yield Case("full disk", "a plan", make, "cannot be written", plan, file_size=1 << 19)
    for size in (1 << 10, 1 << 17, 1 << 18, 1 << 20):
        yield Case(
            "full disk",
            f"the emulator's file, {size >> 10} kB",
            make,
            "cannot be kept there",
            push,
            file_size=size,
        )


def _packed(piece: bytes, times: int) -> bytes:
    packer = zlib.compressobj(1, wbits=31)
    pieces = (packer.compress(piece) for _ in range(times))
    return b"".join([packer.compress(b"["), *pieces, packer.compress(b"1]"), packer.flush()])


def _send(handler: BaseHTTPRequestHandler, body: bytes, headers: dict[str, str]) -> None:
    handler.send_response(200)
    for name, value in {
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        **headers,
    }.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


# --- pipelines ------------------------------------------------------------------------------------


def _copy() -> str:
    side = [{"referenceName": "d", "type": "DatasetReference"}]
    copy = {"name": "c", "type": "Copy", "inputs": side, "outputs": side, "typeProperties": {}}
    return json.dumps({"name": "p", "properties": {"activities": [copy]}})


def _nested(depth: int) -> str:
    activity = '{"name": "x", "type": "Wait"}'
    for _ in range(depth // 3):
        activity = (
            ('{"name": "x", "type": "ForEach", "typeProperties": {"activities": [')
            + activity
            + "]}}"
        )
    return '{"properties": {"activities": [' + activity + "]}}"


def _expression(opening: str, inner: str, closing: str, times: int) -> str:
    nested = opening * times + inner + closing * times
    return _pipeline("p", [_script_activity(nested if nested.startswith("@") else f"@{nested}")])


def _calling_pipelines(length: int, times: int) -> object:
    def pipeline(number: int) -> str:
        calls = [
            {
                "name": f"c{call}",
                "type": "ExecutePipeline",
                "typeProperties": {
                    "pipeline": {"referenceName": f"p{number + 1}", "type": "PipelineReference"},
                    "parameters": {"q": f"@concat(pipeline().parameters.q, '{call}')"},
                },
            }
            for call in range(times)
        ]
        return _pipeline(f"p{number}", [*calls, _script_activity("@pipeline().parameters.q")])

    return all_of(*(file(f"pipeline/p{number}.json", pipeline(number)) for number in range(length)))


def _doubling_variables(times: int) -> str:
    def setting(number: int) -> dict[str, object]:
        value = (
            (f"@concat(variables('v{number}'), variables('v{number}'))")
            if number
            else "@concat('SELECT a FROM dbo.s', ' ')"
        )
        properties = {
            "variableName": f"v{number + 1 if number else 1}",
            "value": {"value": value, "type": "Expression"},
        }
        depends = (
            [{"activity": f"a{number - 1}", "dependencyConditions": ["Succeeded"]}]
            if number
            else []
        )
        return {
            "name": f"a{number}",
            "type": "SetVariable",
            "dependsOn": depends,
            "typeProperties": properties,
        }

    return _pipeline(
        "p", [*map(setting, range(times)), _script_activity(f"@variables('v{times}')")]
    )


def _script_activity(text: str) -> dict[str, object]:
    scripts = [{"type": "NonQuery", "text": {"value": text, "type": "Expression"}}]
    return {"name": "s", "type": "Script", "typeProperties": {"scripts": scripts}}


def _pipeline(name: str, activities: list[dict[str, object]]) -> str:
    parameters = {"q": {"type": "string", "defaultValue": "SELECT a FROM dbo.s;"}}
    return json.dumps(
        {"name": name, "properties": {"activities": activities, "parameters": parameters}}
    )
