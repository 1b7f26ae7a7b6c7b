"""bench/waivers.py: each rule's script shows its disagreement; the rule excuses that alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from conformance import main
from facts import KINDS, Comparison, compare
from inputs import load_document, load_truth
from waivers import WAIVERS, Waiver

from sql_lineage_purview.cli import main as tool

from .conftest import BENCH
from .readings import Readings, readings, row, written

if TYPE_CHECKING:
    from pathlib import Path

# What the other parser answers for each script.
ANSWERS: dict[str, list[dict[str, Any]]] = {
    "rename": [row(2, kind="Execute", calls="sp_rename")],
    "schema": [row(1, kind="CreateSchema", reads="sales.orders")],
    "text pointer": [row(2, kind="Select", reads="dbo.notes")],
    "conversation group": [],
    "semantic search": [],
    "pass-through": [row(2, kind="Insert", reads="dbo.new")],
}
# Facts that only one side has, and those of them that the rule excuses.
DISPUTED = {
    "rename": (
        {"+ reads dbo.fact_staging", "+ writes dbo.fact", "+ pairs dbo.fact <- dbo.fact_staging"},
        2,
    ),
    "schema": ({"+ writes sales.recent", "+ pairs sales.recent <- sales.orders"}, 2),
    "text pointer": ({"+ writes dbo.notes"}, 2),
    "conversation group": ({"+ reads dbo.incoming"}, 1),
    "semantic search": ({"+ reads dbo.documents"}, 1),
    "pass-through": (
        {"+ reads dbo.orders", "+ writes dbo.orders", "+ pairs dbo.orders <- dbo.new"},
        3,
    ),
}


def scanned(place: Path, waiver: Waiver, answer: list[dict[str, Any]]) -> Readings:
    """The tool's own document of a rule's script, and an answer of the other side."""
    folder = place / "scripts"
    folder.mkdir()
    (folder / "a.sql").write_text(waiver.script, encoding="utf-8")
    inputs = written(
        place, folder, {}, [{"file": str(folder / "a.sql"), "valid": True, "statements": answer}]
    )
    assert (
        tool(
            [
                "scan",
                str(folder),
                "--no-cache",
                "--format",
                "json",
                "--force",
                "-o",
                str(inputs.document),
            ]
        )
        == 0
    )
    return inputs


def compared(inputs: Readings, *waivers: Waiver) -> Comparison:
    return compare(
        inputs.folder,
        load_document(inputs.document),
        load_truth(inputs.truth, inputs.folder),
        waivers,
    )


def disputed(comparison: Comparison) -> set[str]:
    tallies = comparison.tallies
    ours = {f"+ {kind} {fact}" for kind in KINDS for _, fact in tallies[kind].ours}
    return ours | {f"- {kind} {fact}" for kind in KINDS for _, fact in tallies[kind].theirs}


@pytest.mark.parametrize("waiver", WAIVERS, ids=lambda waiver: waiver.name)
def test_its_script_shows_the_disagreement_and_it_excuses_it(
    waiver: Waiver, tmp_path: Path
) -> None:
    inputs = scanned(tmp_path, waiver, ANSWERS[waiver.name])
    facts, excused = DISPUTED[waiver.name]

    assert disputed(compared(inputs)) == facts
    # The written name of a rename stays counted.
    assert disputed(compared(inputs, waiver)) == {
        fact for fact in facts if waiver.name == "rename" and "writes" in fact
    }
    assert compared(inputs, waiver).waived == {waiver.name: excused}


@pytest.mark.parametrize("waiver", WAIVERS, ids=lambda waiver: waiver.name)
def test_no_other_rule_excuses_it(waiver: Waiver, tmp_path: Path) -> None:
    inputs = scanned(tmp_path, waiver, ANSWERS[waiver.name])

    others = [other for other in WAIVERS if other is not waiver]
    assert disputed(compared(inputs, *others)) == DISPUTED[waiver.name][0]
    assert not compared(inputs, *others).waived.total()


@pytest.mark.parametrize("waiver", WAIVERS, ids=lambda waiver: waiver.name)
def test_its_script_has_five_lines_at_most_and_its_page_is_microsofts(waiver: Waiver) -> None:
    assert len(waiver.script.splitlines()) <= 5
    assert waiver.page.startswith("https://learn.microsoft.com/sql/")


def test_a_rename_without_the_call_is_not_excused(tmp_path: Path) -> None:
    renamed = row(2, kind="RENAME", reads="dbo.A", writes="dbo.B")
    inputs = readings(
        tmp_path, {"a.sql": [renamed]}, {"a.sql": [row(3, kind="Execute", calls="sp_rename")]}
    )

    assert not compared(inputs, *WAIVERS).waived.total()


def test_a_call_that_the_document_lacks_elsewhere_is_not_excused(tmp_path: Path) -> None:
    inputs = readings(
        tmp_path,
        {"a.sql": []},
        {"a.sql": [row(1, kind="Select", calls="dbo.f")]},
        modules=["dbo.f"],
    )

    assert disputed(compared(inputs, *WAIVERS)) == {"- calls dbo.f"}


def test_a_view_that_reads_other_tables_than_the_schema_is_not_excused(tmp_path: Path) -> None:
    view = row(3, kind="VIEW", reads="s.Other", writes="s.V")
    inputs = readings(
        tmp_path, {"a.sql": [view]}, {"a.sql": [row(1, kind="CreateSchema", reads="s.t")]}
    )

    assert not compared(inputs, *WAIVERS).waived.total()


def test_only_what_the_text_names_is_excused(tmp_path: Path) -> None:
    ours = [
        row(1, reads="dbo.Documents dbo.Wrong"),
        row(2, reads="Archive.Sales.dbo.Orders Elsewhere.Sales.dbo.Wrong"),
    ]
    inputs = readings(tmp_path, {"a.sql": ours}, {"a.sql": []})
    (inputs.folder / "a.sql").write_text(
        "SELECT 1 FROM SEMANTICSIMILARITYTABLE(Documents, *, 1)\nSELECT 1 FROM "
        "OPENQUERY([Archive], 'SELECT 2')\n",
        encoding="utf-8",
    )

    assert disputed(compared(inputs, *WAIVERS)) == {"+ reads dbo.wrong"}
    assert compared(inputs, *WAIVERS).waived == {"semantic search": 1, "pass-through": 1}


@pytest.mark.parametrize(("agreed", "code"), [(399, 0), (396, 1)])
def test_more_than_half_a_percent_waived_fails(
    agreed: int, code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A rename has three facts, two excused: 2 of 402 are within the limit, 2 of 399 are not."""
    many = " ".join(f"dbo.T{n}" for n in range(agreed))
    ours = [row(1, reads=many), row(2, kind="RENAME", reads="dbo.A", writes="dbo.B")]
    inputs = readings(
        tmp_path,
        {"a.sql": ours},
        {"a.sql": [row(1, reads=many), row(2, kind="Execute", calls="sp_rename")]},
    )

    assert main(inputs.arguments) == code
    printed = capsys.readouterr()
    assert f"waived: 2 of {agreed + 3} facts" in printed.out
    assert "       2  rename" in printed.out
    assert ("FAILED: waivers excuse 2 of 399 facts (0.50%)" in printed.err) == bool(code)


def test_the_page_tells_of_every_rule() -> None:
    page = (BENCH.parent / "docs/conformance.md").read_text(encoding="utf-8")
    for waiver in WAIVERS:
        assert f"| {waiver.name} |" in page
        assert waiver.page in page
