"""Each change of the series is told as what it was written down to be."""

from __future__ import annotations

from pathlib import Path

import pytest

from sql_lineage_purview.analysis.comparison.graph_comparison import (
    GraphComparison,
    compare_graphs,
)
from sql_lineage_purview.analysis.comparison.lineage_change import LineageChange
from sql_lineage_purview.model.graph import LineageGraph
from sql_lineage_purview.project.configuring.settings import Settings
from sql_lineage_purview.project.scanning import scan
from sql_lineage_purview.render.labels import label
from tests.change_series import BASE, CHANGES, ProjectChange


def _graph(folder: Path, files: dict[str, str]) -> LineageGraph:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8", newline="\n")
    return scan([folder], Settings(), use_cache=False).graph


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> LineageGraph:
    return _graph(tmp_path_factory.mktemp("base"), dict(BASE))


def _name(change: LineageChange) -> str:
    if change.subject:
        return label(change.subject)
    return change.location.path if change.location else ""


def _told(comparison: GraphComparison) -> list[str]:
    return [f"{row.impact} {row.kind} {_name(row)}" for row in comparison.changes]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.name)
def test_a_change_is_of_its_class(
    change: ProjectChange, base: LineageGraph, tmp_path: Path
) -> None:
    head = _graph(tmp_path, change.files)
    comparison = compare_graphs(base, head)
    told = {(row.kind.value, _name(row)) for row in comparison.changes}

    assert (comparison.worst and comparison.worst.value) == change.impact, _told(comparison)
    assert set(change.kinds.items()) <= told, _told(comparison)


def test_a_column_is_not_lost_to_a_table_that_nobody_knows(tmp_path: Path) -> None:
    """`Note` was the table's while this had it; now it is taken for one of the other table."""
    reader = (
        "CREATE PROCEDURE dbo.Peek AS\n"
        "SELECT Note FROM dbo.Orders AS o JOIN dbo.Elsewhere AS e ON e.Id = o.OrderId;\n"
    )
    orders = BASE["tables/Orders.sql"]
    base = _graph(tmp_path / "base", {"orders.sql": orders, "read.sql": reader})
    shorter = orders.replace("Note", "Remark")
    head = _graph(tmp_path / "head", {"orders.sql": shorter, "read.sql": reader})

    [worst, *_] = compare_graphs(base, head).changes
    assert (worst.kind, worst.impact) == ("column-dropped", "breaking")
    assert [str(use.module) for use in worst.users] == ["dbo.Peek"]


def test_old_and_new_name_of_a_rename_are_one(tmp_path: Path) -> None:
    """Who goes on to use the old name is told with the rename, and not once for each edge."""
    change = next(change for change in CHANGES if change.name == "table renamed alone")
    base = _graph(tmp_path / "base", dict(BASE))
    head = _graph(tmp_path / "head", change.files)

    assert _told(compare_graphs(base, head)) == ["breaking table-renamed dbo.Archive"]
