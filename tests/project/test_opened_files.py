"""Each file of a scan is opened once, and given up when nobody waits for it."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from sql_lineage_purview.model.opening import UnusableFileError
from sql_lineage_purview.project.configuring.script_databases import ScriptDatabases
from sql_lineage_purview.project.configuring.settings import Settings
from sql_lineage_purview.project.reading.compilation import ScriptCompiler
from sql_lineage_purview.project.reading.file_discovery import discover
from sql_lineage_purview.project.reading.opened_files import OpenedFiles
from sql_lineage_purview.project.reading.project_databases import ProjectDatabases
from sql_lineage_purview.project.reading.scripts import scripts_of
from sql_lineage_purview.project.scanning import scan
from sql_lineage_purview.project.storing.left_out import CACHE_FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterator

_listeners: list[list[Path]] = []


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open" and _listeners and isinstance(arguments[0], str | bytes):
        for listener in _listeners:
            listener.append(Path(os.fsdecode(arguments[0])))


sys.addaudithook(_hear)  # for good: what is heard is kept only while somebody listens


@contextmanager
def opens(root: Path) -> Iterator[Counter[str]]:
    """How often each file below a folder is opened, by its path.

    What the cache keeps does not count.
    """
    heard: list[Path] = []
    counts: Counter[str] = Counter()
    _listeners.append(heard)
    try:
        yield counts
    finally:
        _listeners.remove(heard)
        files = [place for place in heard if place.is_relative_to(root) and place.is_file()]
        paths = [place.relative_to(root) for place in files]
        counts.update(path.as_posix() for path in paths if CACHE_FOLDER not in path.parts)


def pipeline(*activities: dict[str, Any]) -> dict[str, Any]:
    return {"name": "Load", "properties": {"activities": list(activities)}}


def reference(name: str) -> dict[str, str]:
    return {"referenceName": name}


COPY = {
    "name": "Copy",
    "type": "Copy",
    "typeProperties": {"source": {"type": "AzureSqlSource"}, "sink": {"type": "AzureSqlSink"}},
    "inputs": [reference("Orders")],
    "outputs": [reference("Sales")],
}
RUN = {
    "name": "Run",
    "type": "Script",
    "linkedServiceName": reference("Server"),
    "typeProperties": {"scripts": [{"text": "INSERT dbo.b (x) SELECT x FROM dbo.a"}]},
}
PROJECT = """<Project Sdk="Microsoft.Build.Sql"><ItemGroup>
<Build Include="../shared.sql" /><PostDeploy Include="deploy.sql" /></ItemGroup></Project>"""
NOTEBOOK = {
    "cells": [{"cell_type": "code", "source": "SELECT 1"}],
    "metadata": {"kernelspec": {"name": "SQL"}},
}
DATASET = {
    "properties": {
        "type": "AzureSqlTable",
        "linkedServiceName": reference("Server"),
        "typeProperties": {},
    }
}
FILES: dict[str, Any] = {
    "a.sql": "CREATE TABLE dbo.a (x int)",
    "shared.sql": "CREATE TABLE dbo.shared (x int)",
    "First/First.sqlproj": PROJECT,
    "First/deploy.sql": ":r ../common.sql\nGO\n:r ../common.sql\n",
    "Second/Second.sqlproj": PROJECT,
    "Second/deploy.sql": ":r ../common.sql\n",
    "common.sql": "INSERT dbo.shared (x) SELECT x FROM dbo.other",
    "pipeline/Load.json": pipeline(COPY, RUN),
    "pipeline/Broken.json": '{"name": ',
    "pipeline/Empty.json": pipeline(),
    "pipeline/Other.json": {"name": "no pipeline"},
    "dataset/Orders.json": DATASET,
    "dataset/Sales.json": DATASET,
    "linkedService/Server.json": {"properties": {"type": "AzureSqlDatabase", "typeProperties": {}}},
    "trigger/Daily.json": {"properties": {"pipelines": [{"pipelineReference": reference("Load")}]}},
    "sqlscript/Query.json": {"properties": {"content": {"query": "SELECT x FROM dbo.a"}}},
    "notebook.ipynb": NOTEBOOK,
    "elsewhere/Kept.json": pipeline(RUN),
    "elsewhere/template.json": {
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "resources": [{"type": "Microsoft.DataFactory/factories/pipelines"}],
    },
    "elsewhere/data.json": {"rows": []},
    "Item.DataPipeline/.platform": {
        "metadata": {"displayName": "i"},
        "config": {"logicalId": "1-2"},
    },
    "Item.DataPipeline/pipeline-content.json": {"properties": {"activities": [RUN]}},
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for path, content in FILES.items():
        place = tmp_path / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(
            content if isinstance(content, str) else json.dumps(content), encoding="utf-8"
        )
    return tmp_path.resolve()


def test_a_scan_opens_each_file_once(root: Path) -> None:
    with opens(root) as cold:
        first = scan([root], Settings(jobs=1))
    (root / "new.sql").write_text("", encoding="utf-8")  # else nothing would be read
    with opens(root) as warm:
        second = scan([root], Settings(jobs=1))

    assert cold == dict.fromkeys(FILES, 1)
    assert warm == dict.fromkeys((*FILES, "new.sql"), 1)
    assert first.graph.column_lineage == second.graph.column_lineage
    assert len(first.graph.statements) > 5


HEARING = """
import os, sys

def hear(event, arguments):
    path = arguments[0] if event == "open" else None
    if isinstance(path, str) and path.startswith(os.environ["HEARD_ROOT"]):
        os.write(log, f"{arguments[0]}\\n".encode())

log = os.open(os.environ["HEARD_LOG"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
sys.addaudithook(hear)
"""


def test_workers_open_no_file_that_was_read(
    root: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path_factory.mktemp("site")
    (site / "sitecustomize.py").write_text(HEARING, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((str(site), *sys.path)))
    monkeypatch.setenv("HEARD_ROOT", str(root))
    monkeypatch.setenv("HEARD_LOG", str(site / "log"))

    with opens(root) as counts:
        scan([root], Settings(jobs=2), use_cache=False)

    assert counts == dict.fromkeys(FILES, 1)
    # which is there once a worker has started
    assert (site / "log").read_text(encoding="utf-8") == ""


def test_a_pipeline_is_handed_on_by_the_name_that_was_given(root: Path) -> None:
    with opens(root) as counts:
        scan([root / "elsewhere" / "Kept.json"], Settings(jobs=1), use_cache=False)

    assert counts["elsewhere/Kept.json"] == 1


def test_all_are_given_up_when_their_facts_are_known(root: Path) -> None:
    discovery, databases = discover([root]), ScriptDatabases()
    scripts = scripts_of(discovery, ProjectDatabases(discovery.projects, databases), databases, ())
    read = {path for path in FILES if path.endswith(".sql")}
    assert read <= {place.relative_to(root).as_posix() for place in discovery.opened.documents}

    ScriptCompiler(discovery.root, 1, None, lambda _done, _total: None, discovery.opened).compile(
        scripts
    )

    assert not [place for place in discovery.opened.documents if place.suffix == ".sql"]


class TestOpenedFiles:
    def test_a_file_is_read_once_until_it_is_given_up(self, tmp_path: Path) -> None:
        place = tmp_path / "a.sql"
        place.write_bytes(b"first")
        files = OpenedFiles()

        first = files.read(place, 100)
        place.write_bytes(b"second")

        assert files.read(place, 100) is first
        files.release(place)
        assert files.read(place, 100).data == b"second"

    def test_a_small_file_is_kept_whose_first_bytes_were_asked_for(self, tmp_path: Path) -> None:
        place = tmp_path / "a.json"
        place.write_bytes(b"0123456789")
        files = OpenedFiles()

        with opens(tmp_path) as counts:
            assert files.head(place, 4) == b"0123"
            assert files.read(place, 100).data == b"0123456789"

        assert counts == {"a.json": 1}

    def test_of_a_large_file_the_first_bytes_are_not_taken_for_all(self, tmp_path: Path) -> None:
        place = tmp_path / "a.json"
        place.write_bytes(b"x" * 300_000)
        files = OpenedFiles()

        assert files.head(place, 4) == b"xxxx"
        assert not files.documents
        assert len(files.read(place, 400_000).data) == 300_000

    def test_what_is_missing_has_no_first_bytes_and_is_missing_still(self, tmp_path: Path) -> None:
        files = OpenedFiles()

        assert files.head(tmp_path / "gone.json", 4) == b""
        with pytest.raises(FileNotFoundError):
            files.read(tmp_path / "gone.json", 4)

    def test_a_file_that_was_read_may_be_too_large_for_another_reader(self, tmp_path: Path) -> None:
        place = tmp_path / "a.json"
        place.write_bytes(b"x" * 100)
        files = OpenedFiles()
        files.read(place, 100)

        with pytest.raises(UnusableFileError):
            files.read(place, 10)
