"""bench/conformance.py: what it counts, what it prints, how it ends."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from conformance import main, shown
from facts import Comparison, compare
from inputs import load_document, load_truth
from names import folded

from .conftest import BENCH
from .readings import Readings, readings, row, written

if TYPE_CHECKING:
    from pathlib import Path


def compared(inputs: Readings) -> Comparison:
    return compare(
        inputs.folder, load_document(inputs.document), load_truth(inputs.truth, inputs.folder)
    )


def counts(comparison: Comparison, kind: str) -> tuple[int, int, int]:
    """Facts that both have, only the document, only the truth."""
    tally = comparison.tallies[kind]
    return tally.both, tally.ours.total(), tally.theirs.total()


def test_precision_and_recall_are_those_counted_by_hand(tmp_path: Path) -> None:
    comparison = compared(
        readings(
            tmp_path,
            {"a.sql": [row(1, reads="dbo.A dbo.B dbo.C", writes="dbo.T")]},
            {"a.sql": [row(1, reads="a b x y", writes="t")]},
        )
    )

    assert counts(comparison, "reads") == (2, 1, 2)
    assert (comparison.tallies["reads"].precision, comparison.tallies["reads"].recall) == (
        2 / 3,
        1 / 2,
    )
    assert counts(comparison, "writes") == (1, 0, 0)
    assert counts(comparison, "pairs") == (2, 1, 2)
    assert counts(comparison, "lines") == (1, 0, 0)
    assert (comparison.tallies["calls"].precision, comparison.tallies["calls"].recall) == (
        None,
        None,
    )
    assert comparison.facts == 5 + 1 + 5


def test_shares_are_over_all_facts_not_over_files(tmp_path: Path) -> None:
    nine = " ".join(f"dbo.T{n}" for n in range(9))
    comparison = compared(
        readings(
            tmp_path,
            {"a.sql": [row(1, reads=nine)], "b.sql": []},
            {"a.sql": [row(1, reads=nine)], "b.sql": [row(1, reads="x")]},
        )
    )

    assert comparison.tallies["reads"].recall == 9 / 10


def test_a_file_that_the_document_lacks_is_missed_and_a_gap(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inputs = readings(
        tmp_path,
        {"a.sql": [row(1, reads="dbo.A")]},
        {
            "a.sql": [row(1, reads="a")],
            "lost.sql": [row(1, reads="b", writes="c"), row(2, reads="b")],
        },
    )

    comparison = compared(inputs)

    assert counts(comparison, "reads") == (1, 0, 2)
    assert counts(comparison, "writes") == (0, 0, 1)
    assert comparison.missing == ["lost.sql"]
    assert comparison.gaps_per_thousand == 1000 / 10
    assert main([*inputs.arguments, "--gaps", "1"]) == 1
    assert "counted as missed: 1\n    lost.sql\n" in capsys.readouterr().out


def test_a_statement_that_the_document_lacks_is_missed_though_another_states_the_same(
    tmp_path: Path,
) -> None:
    twice = [row(1, reads="dbo.A", writes="dbo.B"), row(5, reads="dbo.A", writes="dbo.B")]

    comparison = compared(readings(tmp_path, {"a.sql": twice[:1]}, {"a.sql": twice}))

    for kind in ("reads", "writes", "pairs", "lines"):
        assert counts(comparison, kind) == (1, 0, 1)


def test_a_pair_is_of_one_statement(tmp_path: Path) -> None:
    rows = [row(1, reads="dbo.A", writes="dbo.B"), row(2, reads="dbo.C", writes="dbo.D")]

    assert counts(compared(readings(tmp_path, {"a.sql": rows}, {"a.sql": rows})), "pairs") == (
        2,
        0,
        0,
    )


def test_calls_count_where_either_side_has_seen_the_module(tmp_path: Path) -> None:
    theirs = [
        row(1, calls="dbo.p known.q dbo.outside sp_executesql"),
        {**row(2, reads="x"), "module": "known.q"},
    ]

    comparison = compared(
        readings(tmp_path, {"a.sql": [row(1, calls="dbo.P")]}, {"a.sql": theirs}, modules=["dbo.P"])
    )

    assert counts(comparison, "calls") == (1, 0, 1)


def test_files_that_are_not_valid_and_rows_of_dynamic_sql_are_left_out(tmp_path: Path) -> None:
    ours = {
        "a.sql": [{**row(1, reads="dbo.Folded"), "dynamic": True}],
        "broken.sql": [row(1, reads="dbo.A")],
    }

    comparison = compared(
        readings(
            tmp_path, ours, {"a.sql": [], "broken.sql": [row(1, reads="b")]}, invalid=["broken.sql"]
        )
    )

    assert comparison.facts == 0
    assert comparison.statements == 10


def test_names_of_files_are_left_aside_on_our_side_alone(tmp_path: Path) -> None:
    inputs = readings(
        tmp_path,
        {"a.sql": [row(1, reads="data dbo.Data")]},
        {"a.sql": [row(1, reads="data")]},
        files=["data"],
    )

    assert counts(compared(inputs), "reads") == (1, 0, 0)


@pytest.mark.parametrize(
    ("name", "compared_as"),
    [
        ("Fact", "dbo.fact"),
        ("DW..Fact", "dbo.fact"),
        ("SRV.DW.[Fact].[Stock Item]", "fact.stock item"),
        ("[a.b].[c]]d]", "a.b.c]d"),
        ('"My Table"', "dbo.my table"),
        ("tempdb..#Work", "#work"),
        ("##Shared", "##shared"),
        ("@rows", None),
        ("https://lake.dfs.core.windows.net/raw/*.parquet", None),
        (r"C:\data\sales.csv", None),
        ("sys.tables", None),
        ("INFORMATION_SCHEMA.COLUMNS", None),
        ("sp_executesql", None),
        ("etl.sp_Load", "etl.sp_load"),
    ],
)
def test_names_are_compared_by_their_last_two_parts(name: str, compared_as: str | None) -> None:
    assert folded(name) == compared_as


@pytest.mark.parametrize(
    ("options", "code", "failure"),
    [
        ([], 0, ""),
        (["--at-least", "0.75", "--calls", "1", "--gaps", "50"], 0, ""),
        (["--at-least", "0.76"], 1, "recall of reads is 0.7500, below 0.76"),
        (["--calls", "1"], 0, ""),
        (["--gaps", "49.9"], 1, "50.00 syntax gaps for each thousand statements, more than 49.9"),
    ],
)
def test_a_missed_threshold_is_an_exit_code(
    options: list[str], code: int, failure: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inputs = readings(
        tmp_path,
        {"a.sql": [row(1, reads="dbo.A dbo.B dbo.C", calls="dbo.p")], "b.sql": []},
        {"a.sql": [row(1, reads="a b c d", calls="dbo.p")], "b.sql": []},
        modules=["dbo.p"],
        gaps={"a.sql": 1},
    )

    assert main([*inputs.arguments, *options]) == code
    assert failure in capsys.readouterr().err


def test_calls_have_a_threshold_of_their_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inputs = readings(
        tmp_path, {"a.sql": [row(1, calls="dbo.p")]}, {"a.sql": []}, modules=["dbo.p"]
    )

    assert main([*inputs.arguments, "--at-least", "1"]) == 0
    assert main([*inputs.arguments, "--calls", "0.99"]) == 1
    assert "precision of calls is 0.0000, below 0.99" in capsys.readouterr().err


def test_thresholds_are_missed_where_nothing_was_compared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inputs = readings(tmp_path, {"a.sql": []}, {"a.sql": []}, invalid=["a.sql"])

    assert main(inputs.arguments) == 0
    assert main([*inputs.arguments, "--gaps", "1"]) == 1
    assert "nothing was compared" in capsys.readouterr().err


def test_differences_are_listed_with_their_file_and_how_often(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inputs = readings(
        tmp_path,
        {"a.sql": [row(1, reads="dbo.A"), row(2, reads="dbo.A")]},
        {"a.sql": [row(1, writes="b")]},
    )

    main([*inputs.arguments, "--examples", "5"])

    printed = capsys.readouterr().out.splitlines()
    assert "reads: + a.sql: dbo.a (2 times)" in printed
    assert "writes: - a.sql: dbo.b" in printed
    assert printed[-1] == "       4  a.sql"


def test_a_script_that_the_truth_is_silent_about_is_reported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inputs = readings(tmp_path, {"a.sql": [], "b.sql": [], "job.json": []}, {"a.sql": []})

    main(inputs.arguments)

    assert "does not speak of, left out: 1\n    b.sql\n" in capsys.readouterr().out


def test_a_path_of_the_truth_may_be_relative_to_the_folder(tmp_path: Path) -> None:
    inputs = readings(tmp_path, {"a.sql": [row(1, reads="dbo.A")]}, {"a.sql": []})
    inputs.truth.write_text(
        json.dumps({"file": "a.sql", "valid": True, "statements": [row(1, reads="a")]}),
        encoding="utf-8",
    )

    assert counts(compared(inputs), "reads") == (1, 0, 0)


@pytest.mark.parametrize(
    ("break_it", "message"),
    [
        (lambda inputs: inputs.document.unlink(), "lineage.json cannot be read"),
        (
            lambda inputs: inputs.document.write_text("{", encoding="utf-8"),
            "lineage.json is not JSON",
        ),
        (
            lambda inputs: inputs.document.write_text('{"files": []}', encoding="utf-8"),
            "has not the expected members (KeyError",
        ),
        (lambda inputs: inputs.document.write_bytes(b"\xff\xfe{"), "lineage.json is not UTF-8"),
        (lambda inputs: inputs.truth.unlink(), "truth.jsonl cannot be read"),
        (lambda inputs: inputs.truth.write_text("", encoding="utf-8"), "truth.jsonl is empty"),
        (
            lambda inputs: inputs.truth.write_text("[1]\n", encoding="utf-8"),
            "truth.jsonl has not the expected members",
        ),
        (
            lambda inputs: written(inputs.folder.parent, inputs.folder, {}, []),
            "lineage.json has not the expected members",
        ),
    ],
)
def test_an_input_that_cannot_be_read_is_reported_in_a_sentence(
    break_it: object, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inputs = readings(tmp_path, {"a.sql": []}, {"a.sql": []})
    assert callable(break_it)
    break_it(inputs)

    assert main(inputs.arguments) == 2
    error = capsys.readouterr().err
    assert error.startswith("conformance: ")
    assert message in error


def test_a_truth_of_another_folder_is_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inputs = readings(tmp_path, {"a.sql": []}, {"a.sql": []})
    neighbour = tmp_path / "other"
    neighbour.mkdir()

    assert main([str(neighbour), *inputs.arguments[1:]]) == 2
    assert "Give the folder that both sides read." in capsys.readouterr().err
    assert main([str(tmp_path / "nowhere"), *inputs.arguments[1:]]) == 2
    assert "nowhere is no folder" in capsys.readouterr().err


def test_a_share_is_never_rounded_up_to_one() -> None:
    assert [shown(value) for value in (1.0, 0.99999, 0.12345, None)] == [
        "1.0000",
        "0.9999",
        "0.1235",
        "none",
    ]


def test_it_imports_nothing_of_the_package() -> None:
    check = (
        "import sys; sys.path.insert(0, sys.argv[1]); import conformance, measure; "
        "sys.exit([name for name in sys.modules if name.startswith('sql_lineage_purview')] or 0)"
    )

    run = subprocess.run(
        [sys.executable, "-c", check, str(BENCH)], capture_output=True, text=True, check=False
    )

    assert run.returncode == 0, run.stderr
