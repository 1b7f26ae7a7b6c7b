"""bench/damage.py: valid statements with one token damaged, the other parser played by a script."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from damage import BEGIN, END, damaged, main

if TYPE_CHECKING:
    from pathlib import Path

SCRIPT = (
    "INSERT dbo.Tgt (Id) SELECT Id FROM dbo.Src WHERE Id > 1\nGO\nCREATE PROC dbo.p AS UPDATE "
    "dbo.Tgt SET Id = 1\n"
)
# Takes the sound texts, and refuses whatever has been made of them.
PARSER = """
import json, pathlib, sys
folder = pathlib.Path(sys.argv[-1])
for script in sorted(folder.rglob("*.sql")):
    print(json.dumps({"file": str(script), "valid": folder.name != "judged", "statements": {}}))
"""


@pytest.fixture
def corpora(tmp_path: Path) -> Path:
    place = tmp_path / "corpora" / "warehouse"
    place.mkdir(parents=True)
    (place / "load.sql").write_text(SCRIPT, encoding="utf-8")
    return tmp_path / "corpora"


@pytest.fixture
def parser(tmp_path: Path) -> Path:
    script = tmp_path / "parser.py"
    script.write_text(PARSER, encoding="utf-8")
    return script


@pytest.mark.parametrize("seed", range(40))
def test_one_token_is_dropped_doubled_or_swapped(seed: int) -> None:
    text = "SELECT 'a b' , [c d] -- why\nFROM t"
    case = damaged("SELECT", text, random.Random(seed))  # noqa: S311 - a draw that can be repeated

    tokens = ["SELECT", "'a b'", ",", "[c d]", "FROM", "t"]
    at = tokens.index(case.token)
    variants = {
        "drop": tokens[:at] + tokens[at + 1 :],
        "double": [*tokens[: at + 1], *tokens[at:]],
        "swap": [*tokens[:at], *tokens[at + 1 : at + 2], tokens[at], *tokens[at + 2 :]],
    }[case.change]
    assert case.text.replace("-- why", "").split() == " ".join(variants).split()
    assert case.sound == text


def test_the_counts_are_put_into_the_page(corpora: Path, parser: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"# Figures\n\n{BEGIN}\nold\n{END}\n", encoding="utf-8")

    code = main([str(corpora), "--oracle", str(parser), "--count", "3", "--out", str(page)])

    text = page.read_text(encoding="utf-8")
    assert "old" not in text
    (row,) = [line for line in text.splitlines() if line.startswith("| all |")]
    damaged_, refused, _, silent, invented = (
        cell.strip() for cell in row.strip("|").split("|")[1:]
    )
    assert (damaged_, refused, invented) == ("3", "3", "0")
    assert code == (not silent.startswith("0 "))


def test_a_parser_that_fails_is_reported(
    corpora: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(corpora), "--oracle", str(tmp_path / "nothing")]) == 2
    assert "cannot be run" in capsys.readouterr().err
