"""bench/measure.py: from checked-out folders to the tables of the page.

The other parser is played by a script.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from measure import BEGIN, END, main, targets_of
from runs import Oracle, Target

if TYPE_CHECKING:
    from pathlib import Path

SCRIPT = "INSERT INTO dbo.Fact SELECT Id FROM stg.Sales;\n"
# Answers what the real one would for SCRIPT, and breaks off at a script named broken.sql.
PARSER = """
import json, pathlib, sys
question, *paths = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
pathlib.Path(__file__).with_name("asked.txt").open("a").write(" ".join(sys.argv[1:]) + "\\n")
for path in map(pathlib.Path, paths):
    for script in sorted(path.rglob("*.sql")) if path.is_dir() else [path]:
        if script.name == "broken.sql":
            sys.exit("RecursionError: too deep")
        row = {"line": 1, "kind": "Insert", "reads": ["stg.sales"], "writes": ["dbo.fact"]}
        rows = [{**row, "calls": [], "module": None}]
        starts = {"starts": [[0, "Insert"]], "statements": {}} if question == "parse" else {}
        print(json.dumps({"file": str(script), "valid": True, "statements": rows, **starts}))
"""


@pytest.fixture
def corpora(tmp_path: Path) -> Path:
    """A listed repository, one without a licence, and a grammar suite."""
    for folder in ("procfwk", "private-warehouse", "grammars-v4/sql/tsql/examples"):
        place = tmp_path / "corpora" / folder
        place.mkdir(parents=True)
        (place / "load.sql").write_text(SCRIPT, encoding="utf-8")
    return tmp_path / "corpora"


@pytest.fixture
def parser(tmp_path: Path) -> Path:
    script = tmp_path / "parser.py"
    script.write_text(PARSER, encoding="utf-8")
    return script


def page_in(place: Path) -> Path:
    page = place / "page.md"
    page.write_text(f"# Figures\n\n{BEGIN}\nold\n{END}\n\nMore.\n", encoding="utf-8")
    return page


def test_the_tables_are_put_into_the_page(corpora: Path, parser: Path, tmp_path: Path) -> None:
    (corpora / "procfwk" / "broken.sql").write_text(SCRIPT, encoding="utf-8")
    page = page_in(tmp_path)

    assert (
        main(
            [
                str(corpora),
                "--oracle",
                str(parser),
                "--out",
                str(page),
                "--synapse",
                "private-warehouse",
            ]
        )
        == 0
    )

    text = page.read_text(encoding="utf-8")
    shares = "1.0000 / 1.0000 of 1"
    figures = f"1 | 1 | 3 | 0.00 | {shares} | {shares} | none | {shares} | 0 | 0 of 1 |"
    assert f"\n| mrpaulandrew/procfwk | {figures}\n| repository 1 (Synapse) | {figures}\n" in text
    assert "### Grammar test suites\n\n| repository | valid files" in text
    assert f"\n| antlr/grammars-v4 | {figures}\n" in text
    assert "None." in text
    assert "mrpaulandrew/procfwk: 1 script that the parser's reader fails on, left out." in text
    assert "private-warehouse" not in text
    assert "old" not in text
    assert text.startswith("# Figures\n")
    assert text.endswith(f"{END}\n\nMore.\n")


def test_the_flags_are_passed_on_and_a_kept_answer_is_not_asked_for_again(
    corpora: Path, parser: Path, tmp_path: Path
) -> None:
    place = corpora / "private-warehouse"
    oracle, target = Oracle(parser, tmp_path), Target("repository 1", place, synapse=True)

    first, second = [(oracle.tables(target), oracle.starts(target)) for _ in range(2)]

    assert first == second
    questions = (tmp_path / "asked.txt").read_text(encoding="utf-8").splitlines()
    assert questions == [f"tables --sqlcmd --synapse {place}", f"parse --starts {place}"]


def test_scripts_behind_one_that_breaks_the_parser_are_still_asked_for(
    corpora: Path, parser: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = corpora / "procfwk"
    for name in ("a.sql", "broken.sql", "z.sql"):
        (folder / name).write_text(SCRIPT, encoding="utf-8")

    answer = Oracle(parser, tmp_path).tables(Target("procfwk", folder)).read_text(encoding="utf-8")

    assert [name for name in ("a.sql", "broken.sql", "load.sql", "z.sql") if name in answer] == [
        "a.sql",
        "load.sql",
        "z.sql",
    ]
    assert "broken.sql: RecursionError: too deep" in capsys.readouterr().err


def test_what_is_wrong_is_reported_in_a_sentence(
    corpora: Path, parser: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    unmarked = tmp_path / "unmarked.md"
    unmarked.write_text("# Figures\n", encoding="utf-8")
    usual = [str(corpora), "--oracle", str(parser)]
    for command, message in (
        ([str(tmp_path / "nowhere"), "--oracle", str(parser)], "nowhere is no folder"),
        (
            [*usual, "--repo", "other"],
            "has no folder other; it has: grammars-v4, private-warehouse, procfwk",
        ),
        ([*usual, "--out", str(unmarked)], "has no place for the tables"),
        ([*usual, "--out", str(tmp_path / "none.md")], "none.md cannot be read"),
        ([str(corpora), "--oracle", str(tmp_path / "none")], "none cannot be run"),
    ):
        assert main(command) == 2
        error = capsys.readouterr().err
        assert "measure: " in error
        assert message in error


def test_names_may_be_given_with_their_owner(corpora: Path) -> None:
    assert [target.title for target in targets_of(corpora, ["mrpaulandrew/procfwk"], [])] == [
        "mrpaulandrew/procfwk"
    ]
