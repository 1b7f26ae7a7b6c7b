"""bench/columns.py: what it counts of columns modules refer to, what it excuses, how it ends."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from columns import Result, compare, main
from modules import load_bound, load_modules, load_referenced

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

SCRIPT = "CREATE PROCEDURE dbo.Load AS SELECT 1;\n"
TABLES = {"dbo.Fact": ["Id", "Amount"], "stg.Sales": ["Id", "Amount", "Body"]}


@dataclass(frozen=True)
class Inputs:
    folder: Path
    document: Path
    truth: Path

    @property
    def arguments(self) -> list[str]:
        return [str(self.folder), str(self.document), str(self.truth)]

    def result(self) -> Result:
        return compare(load_modules(self.document, self.folder), *load_bound(self.truth))


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path


def inputs_of(
    place: Path,
    ours: Mapping[str, str],
    theirs: Mapping[str, str],
    *,
    stars: Mapping[str, int] | None = None,
    text: str = SCRIPT,
    defined: Sequence[str] = ("dbo.fact", "stg.sales"),
) -> Inputs:
    """Both readings of one script; the columns of a module are separated by blanks."""
    folder = place / "db"
    folder.mkdir()
    (folder / "load.sql").write_text(text, encoding="utf-8")
    lines = len(text.splitlines())
    document = {
        "files": [{"path": "load.sql"}],
        "tables": [
            {
                "name": name,
                "kind": "TABLE",
                "columns": columns,
                "defined_at": {"path": "load.sql", "line": 1},
            }
            for name, columns in TABLES.items()
        ],
        "modules": [
            {
                "name": name,
                "kind": "PROCEDURE",
                "path": "load.sql",
                "line": 1,
                "end_line": lines,
                "columns": _rows(columns),
            }
            for name, columns in ours.items()
        ],
        "statements": [
            {"reads": ["stg.Sales", "other.Gone", "#t"], "writes": ["dbo.Fact"], "dynamic": False},
            {"reads": ["dbo.Guessed"], "writes": [], "dynamic": True},
        ],
    }
    answer: list[Any] = [{"unresolved": 0}, {"defined": list(defined)}]
    for name, columns in theirs.items():
        answer.append(
            {"module": name, "stars": (stars or {}).get(name, 0), "columns": columns.split()}
        )
    inputs = Inputs(folder, place / "lineage.json", place / "bind.jsonl")
    inputs.document.write_text(json.dumps(document), encoding="utf-8")
    inputs.truth.write_text("".join(f"{json.dumps(row)}\n" for row in answer), encoding="utf-8")
    return inputs


def _rows(columns: str) -> list[dict[str, str]]:
    return [
        {"table": name.rpartition(".")[0], "column": name.rpartition(".")[2]}
        for name in columns.split()
    ]


def test_columns_are_counted_by_module_table_and_column(place: Path) -> None:
    result = inputs_of(
        place,
        {"dbo.Load": "dbo.Fact.Id dbo.Fact.Amount", "dbo.Other": "stg.Sales.Id"},
        {"dbo.load": "dbo.fact.id stg.sales.id", "dbo.other": "stg.sales.id"},
    ).result()

    assert (result.modules, result.both) == (2, 2)
    assert result.missing == {"dbo.load": [("stg.sales", "id")]}
    assert result.extra == {"dbo.load": [("dbo.fact", "amount")]}
    assert (result.recall(strict=True), result.precision(strict=True)) == (2 / 3, 2 / 3)


def test_a_module_with_stars_counts_by_recall_alone(place: Path) -> None:
    result = inputs_of(
        place,
        {"dbo.Load": "dbo.Fact.Id dbo.Fact.Amount", "dbo.Other": "stg.Sales.Id"},
        {"dbo.load": "dbo.fact.id stg.sales.id", "dbo.other": "stg.sales.id"},
        stars={"dbo.load": 1},
    ).result()

    assert (result.recall(strict=True), result.precision(strict=True)) == (2 / 3, 1.0)
    assert not result.extra


def test_columns_of_tables_that_the_folder_does_not_define_are_left_out(place: Path) -> None:
    result = inputs_of(
        place, {"dbo.Load": "other.Gone.Id dbo.Fact.Id"}, {"dbo.load": "dbo.fact.id"}
    ).result()

    assert (result.both, result.extra) == (1, {})


def test_a_module_that_the_document_lacks_is_missed_with_all_its_columns(place: Path) -> None:
    result = inputs_of(place, {}, {"dbo.load": "dbo.fact.id dbo.fact.amount"}).result()

    assert result.absent == ["dbo.load"]
    assert result.recall(strict=True) == 0.0
    assert result.precision(strict=True) is None


def test_names_are_compared_without_brackets(place: Path) -> None:
    inputs = inputs_of(
        place, {"[dbo].[Load.All]": "[dbo].[Fact].Id"}, {"dbo.load.all": "dbo.fact.id"}
    )

    assert inputs.result().both == 1


def test_the_share_of_defined_tables_leaves_temporary_and_dynamic_ones_out(place: Path) -> None:
    inputs = inputs_of(place, {}, {})
    ours = load_modules(inputs.document, inputs.folder)

    assert ours.used == {"stg.sales", "dbo.fact", "other.gone"}
    assert ours.defined_share == 2 / 3


@pytest.mark.parametrize(
    ("text", "column", "rule"),
    [
        (
            "SELECT j.a FROM stg.Sales s CROSS APPLY OPENJSON ( s.[Body] ) j",
            "stg.sales.body",
            ("extra", "openjson"),
        ),
        ("SELECT Amount.Body FROM stg.Sales AS [Amount]", "stg.sales.body", ("extra", "alias")),
        (
            "ALTER TABLE dbo.Fact ADD FOREIGN KEY (Id) REFERENCES [stg].[Sales] ([Id])",
            "stg.sales.id",
            ("missing", "foreign key"),
        ),
        (
            "ALTER TABLE Fact ADD CONSTRAINT k FOREIGN KEY (Id) REFERENCES stg.Sales (Id)",
            "dbo.fact.id",
            ("missing", "foreign key"),
        ),
        (
            "DELETE dbo.Fact WHERE Amount IN (SELECT id FROM @ids)",
            "dbo.fact.id",
            ("missing", "table type"),
        ),
    ],
)
def test_a_waiver_excuses_what_the_other_side_cannot_know(
    place: Path, text: str, column: str, rule: tuple[str, str]
) -> None:
    ours, theirs = ("dbo.fact.amount", f"dbo.fact.amount {column}")[
        :: -1 if rule[0] == "extra" else 1
    ]

    result = inputs_of(place, {"dbo.Load": ours}, {"dbo.load": theirs}, text=text).result()

    assert dict(result.excused) == {rule: 1}
    assert {result.recall(strict=True), result.precision(strict=True)} == {0.5, 1.0}
    assert {result.recall(strict=False), result.precision(strict=False)} == {1.0}


@pytest.mark.parametrize(
    ("text", "ours", "theirs"),
    [
        ("SELECT j.a FROM stg.Sales s CROSS APPLY OPENJSON(s.Body) j", "stg.Sales.Id", ""),
        ("SELECT x.Amount FROM stg.Sales AS x", "stg.Sales.Amount", ""),
        (
            "ALTER TABLE dbo.Fact ADD FOREIGN KEY (Id) REFERENCES stg.Sales (Id)",
            "",
            "stg.sales.amount",
        ),
        ("DELETE dbo.Fact WHERE Id IN (SELECT Id FROM stg.Sales)", "", "dbo.fact.id"),
    ],
)
def test_no_waiver_excuses_another_column(place: Path, text: str, ours: str, theirs: str) -> None:
    assert (
        not inputs_of(place, {"dbo.Load": ours}, {"dbo.load": theirs}, text=text).result().excused
    )


def test_a_column_that_a_view_has_through_a_star_is_excused(place: Path) -> None:
    inputs = inputs_of(
        place,
        {"dbo.All": "stg.Sales.Id", "dbo.Load": "dbo.All.Id dbo.Fact.Id"},
        {"dbo.all": "", "dbo.load": "dbo.fact.id"},
        stars={"dbo.all": 1},
        defined=("dbo.fact", "stg.sales", "dbo.all"),
    )
    result = inputs.result()

    assert result.extra == {"dbo.load": [("dbo.all", "id")]}
    assert dict(result.excused) == {("extra", "star"): 1}
    assert (result.precision(strict=True), result.precision(strict=False)) == (0.5, 1.0)


def test_thresholds_are_held_with_waivers_or_without(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "SELECT j.a FROM stg.Sales s CROSS APPLY OPENJSON(s.Body) j"
    inputs = inputs_of(
        place, {"dbo.Load": "stg.Sales.Id stg.Sales.Body"}, {"dbo.load": "stg.sales.id"}, text=text
    )

    assert main([*inputs.arguments, "--at-least", "1"]) == 0
    printed = capsys.readouterr().out
    assert "strict: recall 1.0000, precision 0.5000" in printed
    assert "waived: openjson 1 extra" in printed
    assert main([*inputs.arguments, "--at-least", "0.995", "--strict"]) == 1
    assert "precision is 0.5000, below 0.995" in capsys.readouterr().err


def test_a_truth_without_columns_meets_no_threshold(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inputs = inputs_of(place, {"dbo.Load": ""}, {"dbo.load": ""})

    assert main(inputs.arguments) == 0
    assert main([*inputs.arguments, "--at-least", "0.5"]) == 1
    assert "nothing was compared" in capsys.readouterr().err


def test_differences_are_listed_with_the_worst_modules_first(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ours = {"dbo.A": "dbo.Fact.Id", "dbo.B": "stg.Sales.Id stg.Sales.Amount"}

    main(
        [
            *inputs_of(place, ours, {"dbo.a": "dbo.fact.amount", "dbo.b": "dbo.fact.id"}).arguments,
            "--examples",
            "1",
        ]
    )

    printed = capsys.readouterr().out.splitlines()
    assert "missing: dbo.a: dbo.fact.amount" in printed
    assert "extra: dbo.a: dbo.fact.id" in printed
    assert printed[-2:] == ["       3  dbo.b (load.sql)", "       2  dbo.a (load.sql)"]


def test_the_answer_of_sql_server_is_compared_without_columns_of_functions(place: Path) -> None:
    inputs = inputs_of(place, {"dbo.Load": "dbo.Fact.Id dbo.Fact.Amount", "dbo.Rows": ""}, {})
    document = json.loads(inputs.document.read_text(encoding="utf-8"))
    document["modules"][1]["kind"] = "FUNCTION"
    inputs.document.write_text(json.dumps(document), encoding="utf-8")
    inputs.truth.write_text(
        "dbo.load|dbo.fact|id\ndbo.load|dbo.rows|n\ndbo.load|stg.sales|id\n", encoding="utf-8"
    )

    ours = load_modules(inputs.document, inputs.folder)
    result = compare(ours, load_referenced(inputs.truth, ours.functions))

    assert result.missing == {"dbo.load": [("stg.sales", "id")]}
    assert result.extra == {"dbo.load": [("dbo.fact", "amount")]}


def test_no_waiver_speaks_against_sql_server_itself(place: Path) -> None:
    text = "ALTER TABLE dbo.Fact ADD FOREIGN KEY (Id) REFERENCES stg.Sales (Id)"
    inputs = inputs_of(place, {"dbo.Load": "dbo.Fact.Id"}, {}, text=text)
    inputs.truth.write_text("dbo.load|dbo.fact|id\ndbo.load|stg.sales|id\n", encoding="utf-8")

    result = compare(
        load_modules(inputs.document, inputs.folder), load_referenced(inputs.truth, frozenset())
    )

    assert result.missing
    assert not result.excused


def test_a_module_that_the_truth_has_in_another_version_can_be_left_out(place: Path) -> None:
    inputs = inputs_of(place, {"dbo.Load": "dbo.Fact.Id", "dbo.New": "dbo.Fact.Id"}, {})
    inputs.truth.write_text("dbo.load|dbo.fact|id\ndbo.new|dbo.fact|amount\n", encoding="utf-8")
    arguments = [
        str(inputs.folder),
        str(inputs.document),
        "--referenced",
        str(inputs.truth),
        "--at-least",
        "1",
    ]

    assert main(arguments) == 1
    assert main([*arguments, "--without", "dbo.New"]) == 0


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (
            "bind.jsonl",
            '{"module": "dbo.p", "stars": 0, "columns": []}\n',
            "does not say which tables are defined",
        ),
        (
            "bind.jsonl",
            '{"defined": []}\n{"module": "dbo.p"}\n',
            "has not the expected members (KeyError",
        ),
        ("bind.jsonl", "\n", "bind.jsonl is empty"),
        ("lineage.json", '{"files": [{"path": "gone.sql"}]}', "speaks of gone.sql, which"),
        ("lineage.json", '{"files": []}', "has not the expected members (KeyError"),
    ],
)
def test_an_input_that_cannot_be_read_is_reported_in_a_sentence(
    name: str, content: str, message: str, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inputs = inputs_of(place, {}, {})
    (place / name).write_text(content, encoding="utf-8")

    assert main(inputs.arguments) == 2
    error = capsys.readouterr().err
    assert error.startswith("columns: ")
    assert message in error


def test_a_line_of_sql_server_has_three_parts(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inputs = inputs_of(place, {}, {})
    inputs.truth.write_text("dbo.load|dbo.fact\n", encoding="utf-8")

    assert main([str(inputs.folder), str(inputs.document), "--referenced", str(inputs.truth)]) == 2
    assert "bind.jsonl:1: 'dbo.load|dbo.fact' has not three parts" in capsys.readouterr().err
